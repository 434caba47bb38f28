package admitone.checkout;

import admitone.access.Grant.Access;
import admitone.money.Money;
import admitone.payments.PublicStatus;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Where a purchase stands, as its buyer is told.
 *
 * @param inviteSent a message with the link was confirmed
 * @param message what happens next, in full sentences
 * @param asked the coins asked for; with {@code received} and {@code shortBy} only where the payment is short
 * @param endsAt of the access; null: none, or for life
 * @param isFinal nothing more is expected to happen by itself
 */
public record BuyerStatus(
        PublicStatus status,
        Access access,
        boolean inviteSent,
        Words words,
        String heading,
        String message,
        @Nullable Money asked,
        @Nullable Money received,
        @Nullable Money shortBy,
        @Nullable Instant endsAt,
        boolean isFinal) {

    /** Whether the link may be shown. */
    public boolean showsWayIn() {
        return switch (access) {
            case READY, DELIVERED, ADMITTED -> true;
            case NONE, PREPARING, ENDED -> false;
        };
    }
}
