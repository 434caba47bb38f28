package admitone.checkout;

import admitone.access.Grant;
import admitone.access.Grants;
import admitone.catalog.Plan;
import admitone.money.Money;
import admitone.payments.Payments;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Time that somebody has paid for and, since they buy access for life, need not have paid for. It is taken off the price, once. */
@Component
class UnusedTime {
    private final Grants grants;
    private final Orders orders;
    private final Payments payments;
    private final Clock clock;

    UnusedTime(Grants grants, Orders orders, Payments payments, Clock clock) {
        this.grants = grants;
        this.orders = orders;
        this.payments = payments;
        this.clock = clock;
    }

    /** Pure: what is left of it at {@code now}, pro rata of what was paid, half-up to the cent. */
    static Money left(Money paid, Instant from, Instant until, Instant now) {
        Instant begin = now.isAfter(from) ? now : from;
        Duration left = until.isAfter(begin) ? Duration.between(begin, until) : Duration.ZERO;
        return paid.shareHalfUp(left.toMillis(), Duration.between(from, until).toMillis());
    }

    /** Within the current transaction, and until it ends nobody else decides about this user in this channel. */
    List<Reduction> of(Plan plan, long telegramUserId) {
        if (plan.days() != null
                || grants.active(plan.seller(), plan.channelId(), telegramUserId)
                        .isEmpty()) {
            return List.of();
        }
        grants.lockSeat(plan.seller(), plan.channelId(), telegramUserId);
        List<Grant> active = grants.active(plan.seller(), plan.channelId(), telegramUserId);
        List<Reduction> credits = new ArrayList<>();
        for (Grant grant : active) {
            Instant until = grant.endsAt();
            if (until == null) {
                return List.of(); // has it for life already
            }
            bought(grant).filter(this::isFree).ifPresent(order -> {
                Money left = left(order.price(), grant.startsAt(), until, clock.instant());
                credits.add(new Reduction(Reduction.Kind.UPGRADE, order.id(), left));
            });
        }
        return credits;
    }

    private Optional<Order> bought(Grant grant) {
        return grant.orderId().flatMap(id -> orders.find(grant.seller(), id));
    }

    /** No order that it was credited to is paid, or can still be: neither in time, nor by a payment that was made in time and comes late. */
    private boolean isFree(Order bought) {
        Instant now = clock.instant();
        return orders.creditedWith(bought).stream()
                .noneMatch(order -> order.paidBy() != null
                        || order.expiresAt().isAfter(now)
                        || (order.createdAt().isAfter(now.minus(Orders.MAY_STILL_BE_PAID))
                                && !payments.ofOrder(order.seller(), order.id()).isEmpty()));
    }
}
