package admitone.payouts;

import admitone.payouts.PayoutProvider.Status;
import admitone.payouts.PayoutState.Waits;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What may happen to a payout. */
sealed interface PayoutEvent {
    record Approve() implements PayoutEvent {}

    /** Its next batch is about to be asked for. */
    record Begin(String externalId) implements PayoutEvent {}

    /** A payment in it was given back to its buyer. */
    record CallOff() implements PayoutEvent {}

    /** The batch was certainly not made; not tried again before {@code after}. */
    record NotCreated(Waits waits, Duration after) implements PayoutEvent {}

    /** The call certainly did not arrive: it is made again, and counts as none. */
    record NotCalled(Waits waits) implements PayoutEvent {}

    /** The batch was made, as the provider answered, or was found by its external id. */
    record Recorded(String batchId) implements PayoutEvent {}

    /** The provider has sent a batch of it, made at {@code calledAt}, that is not on record: a restore forgot it. */
    record Adopted(int number, String externalId, String batchId, Instant calledAt) implements PayoutEvent {}

    /** The provider certainly does not know it now. */
    record Absent() implements PayoutEvent {}

    /** The provider has something that may be it. */
    record PerhapsPresent() implements PayoutEvent {}

    /** A code is about to be given. */
    record VerifyBegins() implements PayoutEvent {}

    /** The code certainly did not arrive. */
    record VerifyNotSent() implements PayoutEvent {}

    /** The code was refused. */
    record VerifyDeclined() implements PayoutEvent {}

    record Verified() implements PayoutEvent {}

    /**
     * What the provider says of the batch of the newest attempt.
     *
     * @param age how old the batch was when it became so, by the provider's clock; null: it does not say
     */
    record Said(Status status, @Nullable Duration age) implements PayoutEvent {}

    /** A person gives back what failed. */
    record Release() implements PayoutEvent {}

    /** A person gives back what stands still at the provider, or is not known to be there: it has said that it will not send it. */
    record GiveUp() implements PayoutEvent {}

    /** A person calls off what was not asked of the provider yet. */
    record Cancel() implements PayoutEvent {}
}
