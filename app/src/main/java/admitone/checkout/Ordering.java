package admitone.checkout;

import admitone.catalog.Catalog;
import admitone.catalog.Plan;
import admitone.checkout.Coupon.Refusal;
import admitone.checkout.Coupons.Taking;
import admitone.money.Money;
import admitone.payments.MoneyUnderWay;
import admitone.payments.Payments;
import admitone.runtime.Ids;
import admitone.runtime.Settings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Makes orders. An order is a snapshot: what it depends on is not asked for again. */
@Component
public class Ordering {
    private final Orders orders;
    private final Coupons coupons;
    private final UnusedTime unusedTime;
    private final Referrals referrals;
    private final Payments payments;
    private final MoneyUnderWay underWay;
    private final LeastPrice leastPrice;
    private final Catalog catalog;
    private final Ids ids;
    private final Clock clock;
    private final Duration ttl;

    Ordering(
            Orders orders,
            Coupons coupons,
            UnusedTime unusedTime,
            Referrals referrals,
            Payments payments,
            MoneyUnderWay underWay,
            LeastPrice leastPrice,
            Catalog catalog,
            Ids ids,
            Clock clock,
            Settings settings) {
        this.orders = orders;
        this.coupons = coupons;
        this.unusedTime = unusedTime;
        this.referrals = referrals;
        this.payments = payments;
        this.underWay = underWay;
        this.leastPrice = leastPrice;
        this.catalog = catalog;
        this.ids = ids;
        this.clock = clock;
        this.ttl = settings.orderTtl();
    }

    public sealed interface Placed {
        record Made(Order order) implements Placed {}

        /** The coupon cannot be used, so there is no order. {@code heldBy}: this person's order that holds the use and can still be paid, where that is why. */
        record NoCoupon(Coupon.Refusal why, @Nullable String heldBy) implements Placed {}
    }

    /**
     * Within the current transaction of the plan's seller: an order for this user, at today's price less what is taken off it.
     *
     * @param coupon its code
     */
    public Placed place(Plan plan, long telegramUserId, Optional<String> coupon) {
        return switch (quote(plan, telegramUserId, coupon, false)) {
            case Quoted.At(Quote quote) -> new Placed.Made(make(plan, telegramUserId, quote));
            case Quoted.NoCoupon(Placed.NoCoupon refused) -> refused;
        };
    }

    /**
     * As {@link #place}, for somebody who may pick the same plan many times: the order they have already, where money has come for it or is coming (a coupon is refused then), or half of its
     * time is left and it would not be cheaper now and some coin still takes its price, or which holds the use of the coupon, or for which they were about to pay with unused time taken off. Unused time
     * that was taken off an order which they did nothing about is taken off the new one.
     */
    public Placed placeOnce(Plan plan, long telegramUserId, Optional<String> coupon) {
        Optional<Order> begun = withMoney(plan, telegramUserId);
        if (begun.isPresent()) { // whatever else it costs by now: who pays anew pays twice
            return coupon.filter(code -> !isBy(begun.get(), code))
                    .<Placed>map(_ -> new Placed.NoCoupon(Refusal.BEGUN, null))
                    .orElseGet(() -> new Placed.Made(again(plan, begun.get())));
        }
        List<Order> open = orders.open(plan, telegramUserId, clock.instant().plus(ttl.dividedBy(2))).stream()
                .filter(order -> !hasLostCoupon(order))
                .toList();
        Optional<Order> by = coupon.flatMap(code -> open.stream()
                .filter(order -> isBy(order, code) && canBePaid(order))
                .findFirst());
        if (by.isPresent()) {
            return new Placed.Made(again(plan, by.get()));
        }
        return switch (quote(plan, telegramUserId, coupon, true)) {
            case Quoted.At(Quote quote) ->
                new Placed.Made(Stream.concat(orders.begunWithUnusedTime(plan, telegramUserId).stream(), open.stream())
                        .filter(order -> isNoDearer(order, quote.price()))
                        .findFirst()
                        .map(order -> again(plan, order))
                        .orElseGet(() -> make(plan, telegramUserId, takenOver(plan, quote))));
            case Quoted.NoCoupon(Placed.NoCoupon refused) ->
                Optional.ofNullable(refused.heldBy())
                        .flatMap(id -> orders.find(plan.seller(), id))
                        .filter(order -> order.planId().equals(plan.id()) && canBePaid(order) && !hasLostCoupon(order))
                        .<Placed>map(order -> new Placed.Made(again(plan, order)))
                        .orElse(refused);
        };
    }

    /** Of what no coin takes any more only where a new order is no help either. */
    private boolean isNoDearer(Order order, Money price) {
        int compared = order.price().compareTo(price);
        return compared == 0 || (compared < 0 && canBePaid(order));
    }

    /** The least price rises with the market, and a reduction may have taken the order's down to it. */
    private boolean canBePaid(Order order) {
        return leastPrice.above(order).isEmpty();
    }

    /** The newest for which money is coming; or has come, as long as the order could be paid: whoever is asked about it may not answer. */
    private Optional<Order> withMoney(Plan plan, long telegramUserId) {
        List<Order> unpaid = orders.unpaid(plan, telegramUserId);
        Map<String, MoneyUnderWay.Stage> stages = underWay.of(
                plan.seller(), payments.ofOrders(unpaid.stream().collect(Collectors.toMap(Order::id, Order::seller))));
        Instant now = clock.instant();
        return unpaid.stream()
                .filter(order -> {
                    MoneyUnderWay.@Nullable Stage stage = stages.get(order.id());
                    return stage == MoneyUnderWay.Stage.COMING
                            || (stage == MoneyUnderWay.Stage.ARRIVED
                                    && order.expiresAt().isAfter(now));
                })
                .findFirst();
    }

    /** An order that was made before: whoever brought its buyer since has their share of it too. */
    private Order again(Plan plan, Order order) {
        Order.@Nullable Referral referral =
                order.referral() == null ? referrals.of(plan, order.telegramUserId()) : null;
        return referral == null ? order : orders.refer(order, referral);
    }

    /** Whoever picks the plan again is not led back to an order that can be paid no more. */
    private boolean hasLostCoupon(Order order) {
        return orders.reductions(order).stream()
                .anyMatch(one -> one.kind() == Reduction.Kind.COUPON && coupons.isLost(order, one.reference()));
    }

    private boolean isBy(Order order, String coupon) {
        return orders.reductions(order).stream()
                .anyMatch(one ->
                        one.kind() == Reduction.Kind.COUPON && one.reference().equals(coupon));
    }

    private sealed interface Quoted {
        record At(Quote quote) implements Quoted {}

        record NoCoupon(Placed.NoCoupon refused) implements Quoted {}
    }

    /** The coupon goes off the plan's price first, then unused time. Locks are taken in one order: the place in the channel, the coupon. */
    private Quoted quote(Plan plan, long telegramUserId, Optional<String> coupon, boolean takesOver) {
        List<Reduction> unused = unusedTime.of(plan, telegramUserId, takesOver);
        Quote quote = Quote.of(plan.price(), leastPrice.now());
        if (coupon.isPresent()) {
            switch (take(plan, telegramUserId, coupon.get())) {
                case Taking.Taken(Reduction reduction) -> quote = quote.less(reduction);
                case Taking.Refused refused -> {
                    return new Quoted.NoCoupon(new Placed.NoCoupon(refused.why(), refused.heldBy()));
                }
            }
        }
        for (Reduction one : unused) {
            quote = quote.less(one);
        }
        return new Quoted.At(quote);
    }

    /** A use that this person holds by an order of another plan, or by one that cannot be paid any more, and for which they have begun no payment, moves to this one. */
    private Taking take(Plan plan, long telegramUserId, String code) {
        Taking taking = coupons.take(plan, telegramUserId, code);
        return taking instanceof Taking.Refused(Refusal why, String heldBy)
                        && why == Refusal.HELD
                        && heldBy != null
                        && orders.find(plan.seller(), heldBy)
                                .filter(order ->
                                        !order.planId().equals(plan.id()) || !canBePaid(order) || hasLostCoupon(order))
                                .isPresent()
                        && orders.giveUp(plan.seller(), heldBy)
                ? coupons.take(plan, telegramUserId, code)
                : taking;
    }

    /** Whose unused time was taken off an order before: that one is over now. Where it was begun at this very moment, the time stays with it. */
    private Quote takenOver(Plan plan, Quote quote) {
        List<Reduction> kept = quote.reductions().stream()
                .filter(one -> one.kind() != Reduction.Kind.UPGRADE
                        || orders.creditedTo(plan.seller(), null, one.reference())
                                .map(holder -> orders.giveUp(plan.seller(), holder))
                                .orElse(true))
                .toList();
        return new Quote(quote.list(), quote.least(), kept);
    }

    private Order make(Plan plan, long telegramUserId, Quote quote) {
        Instant now = clock.instant();
        Order order = new Order(
                plan.seller(),
                ids.nextOrderId(plan.seller()),
                plan.channelId(),
                plan.id(),
                telegramUserId,
                quote.price(),
                plan.days(),
                catalog.seller(plan.seller()).orElseThrow().feePercent(),
                now,
                now.plus(ttl),
                null,
                quote.list(),
                referrals.of(plan, telegramUserId));
        orders.add(order, quote.reductions());
        return order;
    }
}
