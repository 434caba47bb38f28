package admitone.checkout.web;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.Plan;
import admitone.checkout.BuyerStatus;
import admitone.checkout.Order;
import admitone.checkout.PayOrder;
import admitone.checkout.PayOrder.Outcome;
import admitone.checkout.web.BuyerReads.Found;
import admitone.database.Lane;
import admitone.payments.Payment;
import admitone.payments.PaymentState.Closed;
import admitone.runtime.Settings;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.net.URI;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.View;
import org.springframework.web.servlet.view.RedirectView;

/** Where a buyer chooses a coin and is given the address to pay to. Reads, but for the one form. */
@Controller
class PayController {
    private static final List<String> COMMON_COINS = List.of(
            "btc",
            "eth",
            "usdttrc20",
            "usdterc20",
            "usdtbsc",
            "usdtton",
            "usdc",
            "usdcsol",
            "ton",
            "sol",
            "trx",
            "ltc",
            "bnbbsc",
            "xmr",
            "doge");
    private static final DateTimeFormatter MOMENT =
            DateTimeFormatter.ofPattern("d MMMM, HH:mm 'UTC'", Locale.ENGLISH).withZone(ZoneOffset.UTC);

    private final BuyerReads reads;
    private final Catalog catalog;
    private final PayOrder payOrder;
    private final StatusLimit limit;
    private final String ownAuthority;

    PayController(BuyerReads reads, Catalog catalog, PayOrder payOrder, StatusLimit limit, Settings settings) {
        this.reads = reads;
        this.catalog = catalog;
        this.payOrder = payOrder;
        this.limit = limit;
        this.ownAuthority = settings.publicUrl().getAuthority();
    }

    /** Where to send what. */
    record Address(
            String coin,
            String amount,
            String address,
            @Nullable String memo,
            @Nullable String until) {}

    record Shown(
            String orderId,
            @Nullable String title,
            @Nullable String plan,
            String price,
            String span,
            BuyerStatus status,
            boolean mayPay,
            List<String> coinsBefore,
            @Nullable Address address) {}

    @GetMapping("/pay/{orderId}")
    ModelAndView page(@PathVariable String orderId, @RequestParam(required = false) @Nullable String coin) {
        return render(orderId, coin, null, HttpStatus.OK);
    }

    @PostMapping(value = "/pay/{orderId}", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    ModelAndView choose(
            @PathVariable String orderId,
            @RequestParam(name = "pay_currency", defaultValue = "") String coin,
            HttpServletRequest request,
            HttpServletResponse response) {
        if (!isFromOwnPage(request)) {
            return render(
                    orderId, null, "That form was not sent from this page. Please choose here.", HttpStatus.FORBIDDEN);
        }
        Optional<Order> order = Lane.READS
                .run(() -> reads.ours(orderId))
                .map(found -> found.purchase().order());
        if (order.isEmpty()) {
            return Pages.unknownOrder();
        }
        if (limit.count("pay " + orderId, request.getRemoteAddr()).isPresent()) {
            return render(
                    orderId,
                    null,
                    "That were many tries in a short time. Please wait half a minute, then choose again.",
                    HttpStatus.TOO_MANY_REQUESTS);
        }
        return switch (payOrder.inCoin(order.get(), coin)) {
            case Outcome.Ready(Payment payment)
            when payment.state() instanceof Closed ->
                render(orderId, null, words("address_over"), HttpStatus.UNPROCESSABLE_CONTENT);
            case Outcome.Ready(Payment payment) ->
                seeOther("/pay/" + orderId + "?coin="
                        + Objects.requireNonNull(payment.payCurrency()).code());
            case Outcome.Refused refused ->
                render(orderId, null, words(refused.code()), HttpStatus.UNPROCESSABLE_CONTENT);
            case Outcome.NotNow notNow -> {
                response.setHeader(
                        "Retry-After", Long.toString(Math.max(1, notNow.after().toSeconds())));
                yield render(
                        orderId,
                        null,
                        "The payment provider does not answer just now. Nothing was charged; please try again in a moment.",
                        HttpStatus.SERVICE_UNAVAILABLE);
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

    private ModelAndView render(String orderId, @Nullable String coin, @Nullable String fault, HttpStatus status) {
        Optional<Shown> shown = Lane.READS.run(() -> reads.ours(orderId).map(found -> shown(orderId, found, coin)));
        if (shown.isEmpty()) {
            return Pages.unknownOrder();
        }
        Map<String, Object> model = new HashMap<>(Map.of("page", shown.get(), "coins", COMMON_COINS));
        if (fault != null) {
            model.put("fault", fault);
        }
        return new ModelAndView("checkout/pay", model, status);
    }

    private Shown shown(String orderId, Found found, @Nullable String coin) {
        Order order = found.purchase().order();
        List<Payment> payable = found.purchase().payable();
        boolean mayPay = found.mayPay();
        return new Shown(
                orderId,
                catalog.channel(order.seller(), order.channelId())
                        .map(Channel::title)
                        .orElse(null),
                catalog.plan(order.seller(), order.planId()).map(Plan::name).orElse(null),
                order.price().text() + " " + Pages.upper(order.price().asset().code()),
                Pages.span(order.days()),
                found.status(),
                mayPay,
                payable.stream().map(PayController::coin).distinct().toList(),
                mayPay
                        ? payable.stream()
                                .filter(payment -> coin(payment).equals(coin))
                                .findFirst()
                                .map(payment -> address(payment, order.expiresAt()))
                                .orElse(null)
                        : null);
    }

    private static String coin(Payment payment) {
        return Objects.requireNonNull(payment.payAmount()).asset().code();
    }

    /** The offer ends when the order or the provider's address does, whichever is first. */
    private static Address address(Payment payment, Instant orderEnds) {
        Instant addressEnds = payment.expiresAt();
        Instant sendBefore = addressEnds != null && addressEnds.isBefore(orderEnds) ? addressEnds : orderEnds;
        return new Address(
                Pages.upper(coin(payment)),
                Objects.requireNonNull(payment.payAmount()).text(),
                Objects.requireNonNull(payment.payAddress()),
                payment.payinExtraId(),
                MOMENT.format(sendBefore));
    }

    private static String words(String code) {
        return switch (code) {
            case "already_paid" -> "This purchase is paid already; nothing more is needed.";
            case "order_expired" -> "The time for this purchase is over. Please begin a new one with the bot.";
            case "not_a_coin" -> "Please choose a coin: a short name such as btc, eth or usdttrc20.";
            case "address_over" -> "The address in this coin is no longer valid. Please choose another coin.";
            case "too_many_coins" -> "You have chosen many coins already. Please pay with one of them.";
            case "below_minimum" ->
                "The price is below the least that can be paid in this coin. Please choose another coin.";
            case "rest_below_minimum" ->
                "What is missing is less than can be paid in this coin. Please choose another coin, or wait for the seller: they see what arrived and can let you in.";
            case "coin_unavailable" -> "This coin cannot be used just now. Please choose another one.";
            case "key_refused" ->
                "Payments are not set up correctly here. Please tell the seller; nothing was charged.";
            default -> "The payment provider does not take this coin for this price. Please choose another coin.";
        };
    }
}
