package admitone.payouts;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Where a payout stands. Each state carries only what exists in it. */
sealed interface PayoutState {
    /** A person must approve it; {@code next} is the number of its next attempt. */
    record AwaitingApproval(int next) implements PayoutState {}

    /**
     * To be made at the provider.
     *
     * @param next the number of its next attempt
     * @param waits what it waits for; null: nothing
     */
    record Approved(int next, @Nullable Waits waits) implements PayoutState {}

    /** Its batch is being made, or whether it was is not known. */
    record Creating(Attempt attempt) implements PayoutState {}

    /** Its batch is known; nothing moves before it is verified. */
    record Created(Attempt attempt) implements PayoutState {}

    /** A code was given, or is being given. */
    record Verifying(Attempt attempt) implements PayoutState {}

    /** The provider sends it. */
    record Sent(Attempt attempt) implements PayoutState {}

    /** The provider said so, and may still send it: what is reserved stays so. */
    record Failed(Attempt attempt) implements PayoutState {}

    /** The coins are gone to the seller. */
    record Finished() implements PayoutState {}

    /** The provider gave it back. */
    record Rejected() implements PayoutState {}

    /** Called off, by a person or at the provider. */
    record Cancelled() implements PayoutState {}

    /** It failed, and a person gave it back. */
    record Released() implements PayoutState {}

    /** What an approved payout waits for. */
    enum Waits {
        SHORT_OF_COIN,
        NOT_WHITELISTED,
        BELOW_MINIMUM,
        REFUSED,
        PROVIDER_NOT_SET_UP,
        PROVIDER_DOWN,
        /** Others before it wait for their codes. */
        ITS_TURN;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static @Nullable Waits of(@Nullable String word) {
            return word == null ? null : valueOf(word.toUpperCase(Locale.ROOT));
        }
    }

    default String word() {
        return switch (this) {
            case AwaitingApproval _ -> "awaiting_approval";
            case Approved _ -> "approved";
            case Creating _ -> "creating";
            case Created _ -> "created";
            case Verifying _ -> "verifying";
            case Sent _ -> "sent";
            case Failed _ -> "failed";
            case Finished _ -> "finished";
            case Rejected _ -> "rejected";
            case Cancelled _ -> "cancelled";
            case Released _ -> "released";
        };
    }

    /** Whether nothing is reserved for it any more. */
    default boolean isOver() {
        return switch (this) {
            case Finished _, Rejected _, Cancelled _, Released _ -> true;
            case AwaitingApproval _, Approved _, Creating _, Created _, Verifying _, Sent _, Failed _ -> false;
        };
    }

    /** The attempt that is under way. */
    default @Nullable Attempt attempt() {
        return switch (this) {
            case Creating(Attempt attempt) -> attempt;
            case Created(Attempt attempt) -> attempt;
            case Verifying(Attempt attempt) -> attempt;
            case Sent(Attempt attempt) -> attempt;
            case Failed(Attempt attempt) -> attempt;
            case AwaitingApproval _, Approved _, Finished _, Rejected _, Cancelled _, Released _ -> null;
        };
    }
}
