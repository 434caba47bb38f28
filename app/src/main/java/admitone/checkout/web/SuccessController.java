package admitone.checkout.web;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.checkout.BuyerStatus;
import admitone.checkout.StatusWords.Asker;
import admitone.checkout.web.BuyerReads.Found;
import admitone.database.Lane;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;

/**
 * The page a buyer waits on. Complete without JavaScript; its script polls the status API and, when that says something new,
 * fetches the state part again. The way in is on the page alone, never in the status API.
 */
@Controller
class SuccessController {
    private final BuyerReads reads;
    private final Catalog catalog;
    private final String pollSchedule;

    SuccessController(
            BuyerReads reads,
            Catalog catalog,
            @Value("${admitone.success-page.poll-milliseconds:5000 10000 20000 40000}") String pollSchedule) {
        this.reads = reads;
        this.catalog = catalog;
        this.pollSchedule = pollSchedule;
    }

    /** What the page shows; {@code wayIn} and {@code payPage} null where they do not help or may not be shown. */
    record Shown(
            String orderId,
            @Nullable String title,
            BuyerStatus status,
            int step,
            @Nullable String wayIn,
            @Nullable String payPage) {}

    /** The provider appends its own {@code NP_id}, which says nothing we would believe. */
    @GetMapping("/success")
    ModelAndView page(@RequestParam(name = "order_id", required = false) @Nullable String orderId) {
        return render("checkout/success", orderId);
    }

    @GetMapping("/success/state")
    ModelAndView state(@RequestParam(name = "order_id", required = false) @Nullable String orderId) {
        return render("checkout/state :: state", orderId);
    }

    private ModelAndView render(String view, @Nullable String orderId) {
        Optional<Shown> shown = Lane.READS.run(
                () -> orderId == null ? Optional.empty() : reads.find(orderId).map(f -> shown(orderId, f)));
        return shown.map(page -> new ModelAndView(view, Map.of("page", page, "schedule", pollSchedule)))
                .orElseGet(Pages::unknownOrder);
    }

    private Shown shown(String orderId, Found found) {
        if (found.asker() == Asker.ANYBODY) {
            return new Shown(orderId, null, found.status(), step(found.status()), null, null);
        }
        var order = found.purchase().order();
        Optional<Channel> channel = catalog.channel(order.seller(), order.channelId());
        return new Shown(
                orderId,
                channel.map(Channel::title).orElse(null),
                found.status(),
                step(found.status()),
                channel.filter(_ -> found.status().showsWayIn())
                        .flatMap(SuccessController::wayIn)
                        .orElse(null),
                found.mayPay() ? "/pay/" + order.id() : null);
    }

    /** Only a web link ever becomes one on the page. */
    private static Optional<String> wayIn(Channel channel) {
        return Optional.ofNullable(channel.standingLink())
                .filter(link -> link.startsWith("https://") || link.startsWith("http://"));
    }

    /** How many of the three steps (paid, confirmed, access) are done. */
    private static int step(BuyerStatus status) {
        return switch (status.access()) {
            case DELIVERED, ADMITTED, ENDED -> 3;
            case PREPARING, READY -> 2;
            case NONE ->
                switch (status.status()) {
                    case CONFIRMED -> 2;
                    case CONFIRMING -> 1;
                    case AWAITING_PAYMENT, PARTIALLY_PAID, EXPIRED, FAILED, REFUNDED -> 0;
                };
        };
    }
}
