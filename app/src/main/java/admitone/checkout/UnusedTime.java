package admitone.checkout;

import admitone.access.Grant;
import admitone.access.Grants;
import admitone.catalog.Plan;
import admitone.money.Money;
import admitone.payments.Coverage;
import admitone.payments.Payments;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
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

    /**
     * Within the current transaction, and until it ends nobody else decides about this user in this channel.
     *
     * @param takesOver also what was taken off an order for which nothing was begun; whoever uses it gives that order up
     */
    List<Reduction> of(Plan plan, long telegramUserId, boolean takesOver) {
        if (plan.days() != null
                || grants.active(plan.seller(), plan.channelId(), telegramUserId)
                        .isEmpty()) {
            return List.of();
        }
        grants.lockSeat(plan.seller(), plan.channelId(), telegramUserId);
        List<Grant> active = grants.active(plan.seller(), plan.channelId(), telegramUserId);
        if (active.stream().anyMatch(grant -> grant.endsAt() == null)) {
            return List.of(); // has it for life already
        }
        return active.stream()
                .flatMap(grant -> credit(grant, takesOver).stream())
                .toList();
    }

    /** Of the days that were bought, for what was paid for them; a grant may last longer than that. */
    private Optional<Reduction> credit(Grant grant, boolean takesOver) {
        return grant.orderId()
                .flatMap(id -> orders.find(grant.seller(), id))
                .filter(order -> order.days() != null)
                .filter(order -> orders.creditedTo(order.seller(), null, order.id())
                        .filter(id -> !takesOver || !orders.isUntouched(order.seller(), id))
                        .isEmpty())
                .map(order -> {
                    Instant from = grant.startsAt();
                    Instant until = from.plus(Duration.ofDays(Objects.requireNonNull(order.days())));
                    return new Reduction(
                            Reduction.Kind.UPGRADE, order.id(), left(paid(order), from, until, clock.instant()));
                });
    }

    /** Of an order's price what its payments have brought; a person may have let in somebody who paid less. */
    private Money paid(Order order) {
        if (orders.isOfCase(order)) {
            return order.price();
        }
        Money brought = Coverage.counted(order.price(), payments.ofOrder(order.seller(), order.id()))
                .brought();
        return brought.compareTo(order.price()) < 0 ? brought : order.price();
    }
}
