package admitone.payments;

import admitone.money.Asset;
import admitone.money.Money;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the provider said about a payment: signed in a notification, or answered to a question. Amounts it left out are null.
 *
 * @param orderId the text we gave when the payment was made; may be another system's, or missing
 * @param statusWord the provider's own word, also where {@code status} is {@link ProviderStatus#OTHER}
 * @param outcome what was paid out to us after the provider's and the network's costs
 * @param body the bytes as they came, kept in the inbox
 */
public record Heard(
        String paymentId,
        @Nullable String parentPaymentId,
        @Nullable String orderId,
        ProviderStatus status,
        String statusWord,
        @Nullable Money price,
        @Nullable Asset payCurrency,
        @Nullable Money payAmount,
        @Nullable Money actuallyPaid,
        @Nullable Money outcome,
        Trigger trigger,
        byte[] body) {

    /** Why we heard it now. */
    public record Trigger(Cause cause, String source, Instant at) {}

    public enum Cause {
        /** A signed notification; the source is its sender's address. */
        IPN,
        /** We asked on our own account. */
        SWEEP,
        /** A task ran again. */
        TASK_RETRY,
        /** A person asked. */
        OPERATOR,
        /** A payout of ours has given it back. */
        PAYOUT;

        public String word() {
            return name().toLowerCase(java.util.Locale.ROOT);
        }
    }

    /** The same, for another reason. */
    public Heard againBy(Trigger other) {
        return new Heard(
                paymentId,
                parentPaymentId,
                orderId,
                status,
                statusWord,
                price,
                payCurrency,
                payAmount,
                actuallyPaid,
                outcome,
                other,
                body);
    }

    public boolean isSettled() {
        return status == ProviderStatus.FINISHED || status == ProviderStatus.PARTIALLY_PAID;
    }
}
