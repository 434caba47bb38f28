package admitone.checkout;

import admitone.access.Grant.Access;
import admitone.catalog.Channel.Admission;
import admitone.payments.Payment;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An order with all that happened to it, as a buyer may know it.
 *
 * @param payments oldest first
 * @param granted null: it has granted nothing
 */
public record Purchase(
        Order order, List<Payment> payments, @Nullable Granted granted) {

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
            Admission admission) {
        /** A time that is over is over, whether or not that was recorded yet. */
        Access shownAt(Instant now) {
            return endsAt == null || endsAt.isAfter(now) ? access : Access.ENDED;
        }
    }
}
