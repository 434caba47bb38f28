package admitone.checkout;

import admitone.access.Grant.Access;
import admitone.catalog.Channel.Admission;
import admitone.money.Money;
import admitone.payments.Coverage;
import admitone.payments.Payment;
import admitone.payments.PaymentState.Waiting;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * An order with all that happened to it, as a buyer may know it.
 *
 * @param payments oldest first
 * @param granted null: it has granted nothing
 * @param isBanned the seller keeps its buyer out
 * @param second what arrived beside the payment that paid it, oldest first
 * @param isRestTooLittle what is missing of the price is less than can be paid in any coin
 */
public record Purchase(
        Order order,
        List<Payment> payments,
        @Nullable Granted granted,
        boolean isBanned,
        List<SecondPayment> second,
        boolean isRestTooLittle) {

    /** Of a buyer who is not banned, paid once at most. */
    Purchase(Order order, List<Payment> payments, @Nullable Granted granted) {
        this(order, payments, granted, false, List.of(), false);
    }

    /** An address that was given for the rest holds, whatever the coins have come to. */
    Purchase withRestPayable(Predicate<Money> inAnyCoin) {
        boolean isTooLittle = payable().isEmpty()
                && rest().filter(rest -> !inAnyCoin.test(rest)).isPresent();
        return new Purchase(order, payments, granted, isBanned, second, isTooLittle);
    }

    /** A time that is over is over, whether or not that was recorded yet. To somebody banned no way in is open. */
    Access accessAt(Instant now) {
        if (granted == null) {
            return Access.NONE;
        }
        if (granted.access() == Access.ENDED
                || (granted.endsAt() != null && !granted.endsAt().isAfter(now))) {
            return Access.ENDED;
        }
        return isBanned ? Access.PREPARING : granted.access();
    }

    /** What is missing of the price where a part of it has arrived; empty where nothing has, or all of it. */
    public Optional<Money> rest() {
        return order.paidBy() == null ? rest(order.price(), payments) : Optional.empty();
    }

    static Optional<Money> rest(Money price, List<Payment> payments) {
        Coverage arrived = Coverage.of(price, payments);
        return arrived.isNothing()
                ? Optional.empty()
                : Optional.of(arrived.rest()).filter(Money::isPositive);
    }

    /** Those that wait for exactly what is to be paid now, with an address to send it to. */
    public List<Payment> payable() {
        @Nullable Money rest = rest().orElse(null);
        return payments.stream()
                .filter(payment -> payment.state() instanceof Waiting
                        && payment.payAddress() != null
                        && payment.payAmount() != null
                        && Objects.equals(payment.rest(), rest))
                .toList();
    }

    /**
     * What the order has granted.
     *
     * @param endsAt null: for life
     * @param deliveredAt when the messenger confirmed a message with the link, or that none is needed; or null
     * @param admission how its buyer comes in
     */
    public record Granted(
            Access access,
            @Nullable Instant endsAt,
            @Nullable Instant deliveredAt,
            Admission admission) {}
}
