package admitone.api;

import admitone.access.Grants;
import admitone.access.Lists;
import admitone.access.Reach;
import admitone.access.Seat;
import admitone.api.Idempotency.Answer;
import admitone.api.Requests.NewOrder;
import admitone.api.Requests.NewPayment;
import admitone.api.Views.GrantView;
import admitone.api.Views.InvoiceView;
import admitone.api.Views.OrderView;
import admitone.api.Views.PayView;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.Plan;
import admitone.checkout.Order;
import admitone.checkout.Ordering;
import admitone.checkout.Ordering.Placed;
import admitone.checkout.Orders;
import admitone.checkout.PayOrder;
import admitone.checkout.PayOrder.Outcome;
import admitone.checkout.StatusWords;
import admitone.payments.Payment;
import admitone.payments.Payments;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;

@ApiController
@RequestMapping(ApiFilter.BASE + "/orders")
@Tag(name = "Orders", description = "A purchase: made before the buyer pays, with a snapshot of all it depends on")
class OrdersController {
    private static final Duration UNTIL_KEY_IS_MENDED = Duration.ofMinutes(1);

    private final Catalog catalog;
    private final Orders orders;
    private final Ordering ordering;
    private final Payments payments;
    private final Grants grants;
    private final Lists lists;
    private final Reach reach;
    private final PayOrder payOrder;
    private final Idempotency idempotency;
    private final Clock clock;
    private final Settings settings;

    OrdersController(
            Catalog catalog,
            Orders orders,
            Ordering ordering,
            Payments payments,
            Grants grants,
            Lists lists,
            Reach reach,
            PayOrder payOrder,
            Idempotency idempotency,
            Clock clock,
            Settings settings) {
        this.catalog = catalog;
        this.orders = orders;
        this.ordering = ordering;
        this.payments = payments;
        this.grants = grants;
        this.lists = lists;
        this.reach = reach;
        this.payOrder = payOrder;
        this.idempotency = idempotency;
        this.clock = clock;
        this.settings = settings;
    }

    @PostMapping
    @Operation(summary = "Make an order: what a buyer will pay for, at today's price")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = OrderView.class)))
    ResponseEntity<byte[]> add(Caller caller, HttpServletRequest request, @RequestBody NewOrder draft) {
        Handle channelId = draft.channelId();
        Handle planId = draft.planId();
        SellerId seller = caller.require(channelId.seller());
        Channel channel = catalog.channel(seller, channelId.id()).orElseThrow(Problem::notFound);
        caller.require(planId.seller());
        Plan plan = catalog.plan(planId.seller(), planId.id()).orElseThrow(Problem::notFound);
        if (!plan.seller().equals(seller) || !plan.channelId().equals(channel.id())) {
            throw Problem.invalid("plan_id", "must be a plan of this channel; GET /api/v1/channels/{id} lists them");
        }
        return idempotency.once(caller, request, seller, id -> grants.knowBuyer(id, draft.telegramUserId()), id -> {
            if (lists.isBanned(new Seat.Key(id, channel.id(), draft.telegramUserId()))) {
                throw Problem.buyerBanned();
            }
            Plan onSale = catalog.planOnSale(id, plan.id()).orElseThrow(Problem::planClosed);
            return switch (ordering.place(onSale, draft.telegramUserId(), Optional.ofNullable(draft.coupon()))) {
                case Placed.Made(Order order) -> Answer.created(view(order, List.of(), reachable(order)));
                case Placed.NoCoupon refused -> throw refused(refused);
            };
        });
    }

    @PostMapping("/{orderId}/payment")
    @Operation(summary = "How to pay an order in a coin; the same order and coin get the same address")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = PayView.class)))
    ResponseEntity<byte[]> pay(
            Caller caller, HttpServletRequest request, @PathVariable String orderId, @RequestBody NewPayment draft) {
        Order order = order(caller, orderId);
        return idempotency.keep(
                caller,
                request,
                order.seller(),
                () -> Answer.created(PayView.of(made(order, payOrder.inCoin(order, draft.payCurrency())), order.id())));
    }

    @PostMapping("/{orderId}/invoice")
    @Operation(
            summary =
                    "The provider's page where an order is paid, for a seller whose payment_page is hosted; the same order"
                            + " gets the same page")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = InvoiceView.class)))
    ResponseEntity<byte[]> invoice(Caller caller, HttpServletRequest request, @PathVariable String orderId) {
        Order order = order(caller, orderId);
        return idempotency.keep(
                caller,
                request,
                order.seller(),
                () -> Answer.created(InvoiceView.of(made(order, payOrder.byInvoice(order)), order)));
    }

    private static <T> T made(Order order, Outcome<T> outcome) {
        return switch (outcome) {
            case Outcome.Ready<T>(T made) -> made;
            case Outcome.Refused<T>(String code, String reason) -> throw refused(order, code, reason);
            case Outcome.NotNow<T>(Duration after, String reason) ->
                throw Problem.notNow(
                        "provider_not_ready",
                        "No payment could be made now: " + reason + ". Send the same request again.",
                        after);
        };
    }

    private static Problem refused(Placed.NoCoupon refused) {
        String code = "coupon_" + refused.why().word();
        return switch (refused.why()) {
            case UNKNOWN ->
                Problem.unprocessable(code, "This channel has no coupon of this code. Mend it, or order without.");
            case NOT_YET -> Problem.conflict(code, "This coupon cannot be used yet.");
            case OVER -> Problem.conflict(code, "This coupon cannot be used any more.");
            case OTHER_PLAN -> Problem.unprocessable(code, "This coupon is for another plan of the channel.");
            case USED_UP ->
                Problem.conflict(
                        code,
                        "All uses of this coupon are taken. One is free again when an order is not paid in time.");
            case USED -> Problem.conflict(code, "This buyer has used this coupon. It is good once for each person.");
            case HELD ->
                Problem.conflict(
                        code,
                        "This buyer has an order with this coupon that can still be paid: " + refused.heldBy()
                                + ". Let them pay that one.");
            case BEGUN -> Problem.conflict(code, "This buyer has begun to pay for this plan without the coupon.");
            case NOTHING_OFF ->
                Problem.unprocessable(
                        code, "This plan costs no more than the least that can be paid: nothing can be taken off.");
        };
    }

    private static Problem refused(Order order, String code, String reason) {
        return switch (code) {
            case "not_hosted" ->
                Problem.conflict(
                        code,
                        "This seller's buyers pay on the own pay page: POST …/payment. PUT /api/v1/sellers/{id}/payment-page"
                                + " with hosted changes that.");
            case "already_paid" -> Problem.conflict(code, "This order is paid. Make a new order to buy again.");
            case "order_expired" ->
                Problem.conflict(code, "This order was to be paid until " + order.expiresAt() + ". Make a new one.");
            case "buyer_banned" -> Problem.buyerBanned();
            case "cannot_admit" -> Problem.conflict(code, reason);
            case "coupon_gone" ->
                Problem.conflict(
                        code,
                        "All uses of the coupon were taken while nothing was begun for this order. Make a new one.");
            case "too_many_coins" ->
                Problem.conflict(code, "This order has payments in many coins already. Pay one of them.");
            case "below_minimum" ->
                Problem.unprocessable(
                        code,
                        "The price of " + order.price().text()
                                + " USD is less than the provider takes in this coin. Choose another coin.");
            case "rest_below_minimum" ->
                Problem.unprocessable(
                        code,
                        "What is missing of the price is less than the provider takes in this coin. Choose another coin,"
                                + " or let the seller decide the case.");
            case "coin_unavailable" ->
                Problem.unprocessable(code, "The provider does not take this coin now. Choose another coin.");
            case "key_refused" ->
                Problem.notNow(
                        "provider_key_refused",
                        "The payment provider refuses this service's API key. The operator must mend"
                                + " ADMITONE_NOWPAYMENTS_API_KEY.",
                        UNTIL_KEY_IS_MENDED);
            case "page_declined" ->
                Problem.unprocessable(
                        code,
                        "The payment provider declined to make its page: " + reason
                                + ". POST …/payment gives an address on the own pay page.");
            default -> Problem.unprocessable(code, "The payment provider declined: " + reason);
        };
    }

    @GetMapping("/{orderId}")
    @Operation(summary = "An order with its payments and its grant")
    OrderView one(Caller caller, @PathVariable String orderId) {
        Order order = order(caller, orderId);
        return view(order, payments.ofOrder(order.seller(), order.id()), reachable(order));
    }

    @GetMapping
    @Operation(summary = "Orders of a seller, newest first")
    Page<OrderView> list(
            Caller caller,
            @RequestParam(name = "seller_id") Optional<String> sellerId,
            @RequestParam Optional<String> cursor,
            @RequestParam Optional<String> limit) {
        int most = Params.limit(limit);
        SellerId seller = Params.seller(caller, sellerId)
                .orElseThrow(() -> Problem.invalid("seller_id", "is missing: say whose orders to list"));
        List<Order> rows = orders.list(seller, Page.after(cursor, parts -> parts[0]), most + 1);
        Map<Long, Boolean> reachable = reach.known(
                seller, rows.stream().map(Order::telegramUserId).distinct().toList());
        return Page.of(
                rows,
                most,
                order -> List.of(order.id()),
                order -> view(
                        order, payments.ofOrder(order.seller(), order.id()), reachable.get(order.telegramUserId())));
    }

    private Order order(Caller caller, String orderId) {
        SellerId seller = Params.sellerOfOrder(caller, orderId);
        return orders.find(seller, orderId).orElseThrow(Problem::notFound);
    }

    private @Nullable Boolean reachable(Order order) {
        return reach.known(order.seller(), List.of(order.telegramUserId())).get(order.telegramUserId());
    }

    private OrderView view(Order order, List<Payment> made, @Nullable Boolean reachable) {
        Instant now = clock.instant();
        GrantView grant = grants.ofOrder(order.seller(), order.id())
                .map(one -> GrantView.of(one, now))
                .orElse(null);
        return OrderView.of(
                order,
                StatusWords.status(order, made, now).word(),
                made,
                orders.reductions(order),
                grant,
                reachable,
                settings.publicUrl().toString());
    }
}
