package admitone.checkout.web;

import admitone.access.Grant;
import admitone.access.Grants;
import admitone.access.Reach;
import admitone.access.Seat;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.Plan;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.checkout.PayOrder;
import admitone.checkout.PayOrder.Outcome;
import admitone.checkout.PrivateLinks;
import admitone.checkout.Reduction;
import admitone.checkout.web.BuyerReads.Found;
import admitone.database.Lane;
import admitone.messaging.BotName;
import admitone.messaging.Form;
import admitone.messaging.Language;
import admitone.messaging.Lasting;
import admitone.payments.Coins;
import admitone.payments.InvoiceProvider;
import admitone.payments.Payment;
import admitone.payments.PaymentState.Closed;
import admitone.runtime.Handle;
import admitone.runtime.Settings;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.ModelAttribute;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.view.RedirectView;

/**
 * Where a buyer chooses a coin, is given the address to pay to, and sees the payment arrive. Reads, but for the one form; what can be
 * paid in was asked of the provider before.
 */
@Controller
class PayController {
    private static final String POLICY = "Content-Security-Policy";
    private static final String OWN_FORMS = "form-action 'self'";
    private static final String PAGE_DECLINED = "page_declined";

    private final BuyerReads reads;
    private final Orders orders;
    private final Catalog catalog;
    private final Grants grants;
    private final Reach reach;
    private final BotName bot;
    private final Coins coins;
    private final PayOrder payOrder;
    private final InvoiceProvider invoices;
    private final StateViews states;
    private final BuyerCookie cookie;
    private final StatusLimit limit;
    private final Clock clock;
    private final String ownAuthority;
    private final String pollSchedule;

    PayController(
            BuyerReads reads,
            Orders orders,
            Catalog catalog,
            Grants grants,
            Reach reach,
            BotName bot,
            Coins coins,
            PayOrder payOrder,
            InvoiceProvider invoices,
            StateViews states,
            BuyerCookie cookie,
            StatusLimit limit,
            Clock clock,
            Settings settings,
            @Value("${admitone.success-page.poll-milliseconds:5000 10000 20000 40000}") String pollSchedule) {
        this.reads = reads;
        this.orders = orders;
        this.catalog = catalog;
        this.grants = grants;
        this.reach = reach;
        this.bot = bot;
        this.coins = coins;
        this.payOrder = payOrder;
        this.invoices = invoices;
        this.states = states;
        this.cookie = cookie;
        this.limit = limit;
        this.clock = clock;
        this.ownAuthority = settings.publicUrl().getAuthority();
        this.pollSchedule = pollSchedule;
    }

    /**
     * What the page shows.
     *
     * @param listPrice what the plan costs; null: as much as is asked
     * @param less what was taken off that
     * @param address null: no coin was chosen yet, or there is nothing to pay
     * @param otherAddresses the codes of coins that were chosen before
     * @param choice null: there is nothing to pay, or the coin is chosen on a page of the provider's
     * @param hosted whether it is paid there
     * @param startBot opens the bot for somebody to whom it cannot write yet; null: it can, or there is nothing to pay
     * @param late the span, if it is paid now, of whoever renews after their end; null: it begins then
     * @param own whether the coins of our own page are offered all the same, since the provider declined to make its page
     */
    record Shown(
            String orderId,
            @Nullable String title,
            @Nullable String plan,
            String price,
            @Nullable String listPrice,
            List<Less> less,
            String span,
            @Nullable PayAddress address,
            List<String> otherAddresses,
            @Nullable CoinChoice choice,
            boolean hosted,
            @Nullable String startBot,
            @Nullable Late late,
            boolean own) {
        /** Another word for each thing that may be offered, so that a page knows when to change it. */
        public String offers() {
            String offered = address != null
                    ? "address " + address.paymentId()
                    : choice != null ? "coins" : hosted ? "page" : "nothing";
            return startBot == null ? offered : offered + ", start first";
        }
    }

    /** A browser holds the redirect that answers a form to the page's policy too. */
    @ModelAttribute
    void letFormsLeadToTheProvider(HttpServletResponse response) {
        String policy = response.getHeader(POLICY);
        if (invoices.canList() && policy != null) {
            response.setHeader(
                    POLICY, policy.replace(OWN_FORMS, OWN_FORMS + " " + String.join(" ", invoices.origins())));
        }
    }

    record Late(Instant from, String fromText, Instant until, String untilText) {
        static Late of(Grant.Span span, Form form) {
            Instant until = Objects.requireNonNull(span.endsAt());
            return new Late(span.startsAt(), form.moment(span.startsAt()), until, form.moment(until));
        }
    }

    /** @param coupon its code; null: unused time was taken off */
    record Less(@Nullable String coupon, String amount) {
        static Less of(Reduction one, Form form) {
            return new Less(one.kind() == Reduction.Kind.COUPON ? one.reference() : null, form.money(one.amount()));
        }
    }

    @GetMapping("/pay/{orderId}")
    ModelAndView page(
            @PathVariable String orderId,
            @RequestParam(required = false) @Nullable String coin,
            @RequestParam(name = PrivateLinks.PARAMETER, required = false) @Nullable String key,
            HttpServletRequest request,
            HttpServletResponse response) {
        if (key != null) { // out of the address, before anybody copies it or it is kept in the browser's history
            cookie.remember(orderId, key, request, response);
            return Handle.sellerOfOrder(orderId).isEmpty() ? Pages.unknownOrder() : seeOther("/pay/" + orderId);
        }
        return render("checkout/pay", orderId, coin, null, HttpStatus.OK, request);
    }

    /** What changes while the page is open. */
    @GetMapping("/pay/{orderId}/state")
    ModelAndView state(
            @PathVariable String orderId,
            @RequestParam(required = false) @Nullable String coin,
            HttpServletRequest request) {
        return render("checkout/pay :: parts", orderId, coin, null, HttpStatus.OK, request);
    }

    @PostMapping(value = "/pay/{orderId}", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    ModelAndView choose(
            @PathVariable String orderId,
            @RequestParam(name = "pay_currency", defaultValue = "") String written,
            HttpServletRequest request,
            HttpServletResponse response) {
        return ifMayBeMade(
                orderId,
                request,
                order -> answer(
                        orderId,
                        payOrder.inCoin(
                                order,
                                CoinChoice.of(coins, order.price(), Pages.language(request))
                                        .code(written)),
                        payment -> payment.state() instanceof Closed
                                ? fault(orderId, "address_over", HttpStatus.UNPROCESSABLE_CONTENT, request)
                                : seeOther("/pay/" + orderId + "?coin="
                                        + Objects.requireNonNull(payment.payCurrency())
                                                .code()),
                        request,
                        response));
    }

    /** To the provider's page; where that may be was checked when it was made. */
    @PostMapping("/pay/{orderId}/invoice")
    ModelAndView invoice(@PathVariable String orderId, HttpServletRequest request, HttpServletResponse response) {
        return ifMayBeMade(
                orderId,
                request,
                order -> answer(
                        orderId,
                        payOrder.byInvoice(order),
                        invoice -> seeOther(invoice.page().toString()),
                        request,
                        response));
    }

    private ModelAndView ifMayBeMade(String orderId, HttpServletRequest request, Function<Order, ModelAndView> made) {
        if (!isFromOwnPage(request)) {
            return fault(orderId, "not_from_here", HttpStatus.FORBIDDEN, request);
        }
        Optional<Order> order = Lane.READS
                .run(() -> reads.ours(orderId, Pages.language(request)))
                .map(found -> found.purchase().order());
        if (order.isEmpty()) {
            return Pages.unknownOrder();
        }
        if (limit.count("pay " + orderId, request.getRemoteAddr()).isPresent()) {
            return fault(orderId, "too_often", HttpStatus.TOO_MANY_REQUESTS, request);
        }
        return made.apply(order.get());
    }

    private <T> ModelAndView answer(
            String orderId,
            Outcome<T> outcome,
            Function<T, ModelAndView> ready,
            HttpServletRequest request,
            HttpServletResponse response) {
        return switch (outcome) {
            case Outcome.Ready<T>(T made) -> ready.apply(made);
            case Outcome.Refused<T>(String code, String _) ->
                fault(orderId, told(code), HttpStatus.UNPROCESSABLE_CONTENT, request);
            case Outcome.NotNow<T>(Duration after, String _) -> {
                response.setHeader("Retry-After", Long.toString(Math.max(1, after.toSeconds())));
                yield fault(orderId, "not_now", HttpStatus.SERVICE_UNAVAILABLE, request);
            }
        };
    }

    /**
     * There is no session to ride on, so this only keeps other sites from making payments in a buyer's name. With our own
     * Referrer-Policy a browser's form says {@code Origin: null}, so that alone is no objection.
     */
    private boolean isFromOwnPage(HttpServletRequest request) {
        String site = request.getHeader("Sec-Fetch-Site");
        if (site != null) {
            return site.equals("same-origin") || site.equals("none");
        }
        String origin = request.getHeader("Origin");
        return origin == null
                || origin.equals("null")
                || authority(origin)
                        .filter(a -> a.equals(ownAuthority) || a.equals(request.getHeader("Host")))
                        .isPresent();
    }

    private static Optional<String> authority(String origin) {
        try {
            return Optional.ofNullable(URI.create(origin).getAuthority());
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static ModelAndView seeOther(String path) {
        RedirectView to = new RedirectView(path);
        to.setStatusCode(HttpStatus.SEE_OTHER);
        to.setExposeModelAttributes(false);
        return new ModelAndView((View) to);
    }

    private ModelAndView fault(String orderId, String fault, HttpStatus status, HttpServletRequest request) {
        return render("checkout/pay", orderId, null, fault, status, request);
    }

    private ModelAndView render(
            String view,
            String orderId,
            @Nullable String coin,
            @Nullable String fault,
            HttpStatus status,
            HttpServletRequest request) {
        Language language = Pages.language(request);
        Optional<Map<String, Object>> model = Lane.READS.run(() -> reads.ours(orderId, language)
                .map(found -> model(found, coin, isOwn(fault, request), language, request)));
        if (model.isEmpty()) {
            return Pages.unknownOrder();
        }
        if (fault != null) {
            model.get().put("fault", fault);
        }
        return new ModelAndView(view, model.get(), status);
    }

    /** All that leads on from the page that says so says it too. */
    private static boolean isOwn(@Nullable String fault, HttpServletRequest request) {
        return PAGE_DECLINED.equals(fault) || "1".equals(request.getParameter("own"));
    }

    private Map<String, Object> model(
            Found found, @Nullable String coin, boolean own, Language language, HttpServletRequest request) {
        Order order = found.purchase().order();
        Optional<Channel> channel = catalog.channel(order.seller(), order.channelId());
        return new HashMap<>(Map.of(
                "page",
                shown(found, channel, coin, own, language),
                "state",
                states.of(found, channel, request).withoutPayPage(),
                "schedule",
                pollSchedule));
    }

    private Shown shown(Found found, Optional<Channel> channel, @Nullable String coin, boolean own, Language language) {
        Order order = found.purchase().order();
        Form form = Form.in(language);
        boolean hosted = found.mayPay() && !own && payOrder.isHosted(order);
        List<Payment> payable = found.mayPay() ? found.purchase().payable() : List.of();
        Optional<Payment> chosen = payable.stream()
                .filter(payment -> coin(payment).equals(coin))
                .findFirst()
                .or(() -> coin == null ? payable.stream().reduce((_, newer) -> newer) : Optional.empty());
        return new Shown(
                order.id(),
                channel.map(Channel::title).orElse(null),
                catalog.plan(order.seller(), order.planId()).map(Plan::name).orElse(null),
                form.money(order.price()),
                order.isReduced() ? form.money(order.listPrice()) : null,
                orders.reductions(order).stream().map(one -> Less.of(one, form)).toList(),
                form.lasting(new Lasting.Days(order.days())),
                chosen.map(payment -> PayAddress.of(payment, coins, order.expiresAt(), clock.instant(), language))
                        .orElse(null),
                payable.stream()
                        .filter(payment -> !chosen.equals(Optional.of(payment)))
                        .map(PayController::coin)
                        .distinct()
                        .toList(),
                found.mayPay() && !hosted
                        ? CoinChoice.of(coins, found.purchase().rest().orElse(order.price()), language)
                        : null,
                hosted,
                found.mayPay() ? startBot(order) : null,
                found.mayPay()
                        ? grants.lateRenewal(
                                        new Seat.Key(order.seller(), order.channelId(), order.telegramUserId()),
                                        order.days())
                                .map(span -> Late.of(span, form))
                                .orElse(null)
                        : null,
                own);
    }

    /** Their way in comes by the bot, which may write to nobody who has not pressed Start. */
    private @Nullable String startBot(Order order) {
        long buyer = order.telegramUserId();
        return reach.known(order.seller(), List.of(buyer)).getOrDefault(buyer, false)
                ? null
                : bot.link().orElse(null);
    }

    private static String coin(Payment payment) {
        return Objects.requireNonNull(payment.payAmount()).asset().code();
    }

    /** By which its words are found; who chooses is told no more of what a provider objects to. */
    static String told(String code) {
        return switch (code) {
            case "already_paid",
                    "coupon_gone",
                    "order_expired",
                    "buyer_banned",
                    "cannot_admit",
                    "not_a_coin",
                    "too_many_coins",
                    "below_minimum",
                    "rest_below_minimum",
                    "coin_unavailable",
                    "not_hosted",
                    PAGE_DECLINED,
                    "key_refused" -> code;
            default -> "not_taken";
        };
    }
}
