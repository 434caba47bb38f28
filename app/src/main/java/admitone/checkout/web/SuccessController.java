package admitone.checkout.web;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.checkout.Order;
import admitone.checkout.StatusWords.Asker;
import admitone.checkout.web.BuyerReads.Found;
import admitone.checkout.web.StateViews.StateView;
import admitone.database.Lane;
import admitone.payments.Hints;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/**
 * The page a buyer waits on. Complete without JavaScript; its script listens to the status API and, when that says something new,
 * fetches the state part again.
 */
@Controller
class SuccessController {
    private final BuyerReads reads;
    private final Catalog catalog;
    private final StateViews states;
    private final Hints hints;
    private final String pollSchedule;

    SuccessController(
            BuyerReads reads,
            Catalog catalog,
            StateViews states,
            Hints hints,
            @Value("${admitone.success-page.poll-milliseconds:5000 10000 20000 40000}") String pollSchedule) {
        this.reads = reads;
        this.catalog = catalog;
        this.states = states;
        this.hints = hints;
        this.pollSchedule = pollSchedule;
    }

    record Shown(String orderId, @Nullable String title, StateView state) {}

    /**
     * The provider appends its own {@code NP_id}, the id of a payment, which says nothing we would believe: a hint to ask about it, kept
     * in memory, since reading a page writes nothing.
     */
    @GetMapping("/success")
    ModelAndView page(
            @RequestParam(name = "order_id", required = false) @Nullable String orderId,
            @RequestParam(name = "NP_id", required = false) @Nullable String paymentId,
            HttpServletRequest request) {
        return render("checkout/success", orderId, paymentId, request);
    }

    @GetMapping("/success/state")
    ModelAndView state(
            @RequestParam(name = "order_id", required = false) @Nullable String orderId, HttpServletRequest request) {
        return render("checkout/state :: state", orderId, null, request);
    }

    private ModelAndView render(
            String view, @Nullable String orderId, @Nullable String paymentId, HttpServletRequest request) {
        Optional<Shown> shown = Lane.READS.run(() -> orderId == null
                ? Optional.empty()
                : reads.find(orderId, Pages.language(request)).map(found -> {
                    hint(found, paymentId);
                    return shown(orderId, found, request);
                }));
        return shown.map(page ->
                        new ModelAndView(view, Map.of("page", page, "state", page.state(), "schedule", pollSchedule)))
                .orElseGet(Pages::unknownOrder);
    }

    private void hint(Found found, @Nullable String paymentId) {
        Order order = found.purchase().order();
        if (paymentId != null && found.asker() == Asker.HOLDER && order.paidBy() == null) {
            hints.take(order.id(), paymentId);
        }
    }

    private Shown shown(String orderId, Found found, HttpServletRequest request) {
        Order order = found.purchase().order();
        Optional<Channel> channel =
                found.asker() == Asker.ANYBODY ? Optional.empty() : catalog.channel(order.seller(), order.channelId());
        return new Shown(orderId, channel.map(Channel::title).orElse(null), states.of(found, channel, request));
    }
}
