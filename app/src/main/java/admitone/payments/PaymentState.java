package admitone.payments;

import admitone.money.Money;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Where a payment stands with us. It only ever moves to a state of higher rank, so the order of what is heard does not matter. */
public sealed interface PaymentState {
    /** Nothing seen yet. */
    record Waiting() implements PaymentState {}

    /** Seen on chain, not settled: the provider's {@code confirming}, {@code confirmed} and {@code sending}. */
    record Confirming(Stage stage) implements PaymentState {}

    /** Ended without enough money. */
    record Closed(Reason reason) implements PaymentState {}

    /** Settled for less than was asked. */
    record PartiallyPaid(Money received) implements PaymentState {}

    /** Money arrived that may not be acted on until a person decides; {@code why} is the kind of the case. */
    record Held(String why) implements PaymentState {}

    /** Settled in full: the one state that grants. {@code outcome} is null where the provider did not tell it. */
    record Paid(Money received, @Nullable Money outcome, Instant at) implements PaymentState {}

    /** Given back to the buyer. */
    record Refunded() implements PaymentState {}

    enum Stage {
        CONFIRMING,
        CONFIRMED,
        SENDING
    }

    enum Reason {
        EXPIRED,
        FAILED,
        CANCELLED
    }

    default int rank() {
        return switch (this) {
            case Waiting() -> 0;
            case Confirming(Stage stage) ->
                switch (stage) {
                    case CONFIRMING -> 1;
                    case CONFIRMED -> 2;
                    case SENDING -> 3;
                };
            case Closed(Reason reason) ->
                switch (reason) {
                    case EXPIRED -> 4;
                    case FAILED -> 5;
                    case CANCELLED -> 6;
                };
            case PartiallyPaid _ -> 7;
            case Held _ -> 8;
            case Paid _ -> 9;
            case Refunded() -> 10;
        };
    }

    default PublicStatus shown() {
        return switch (this) {
            case Waiting() -> PublicStatus.AWAITING_PAYMENT;
            case Confirming _ -> PublicStatus.CONFIRMING;
            case Closed(Reason reason) -> reason == Reason.EXPIRED ? PublicStatus.EXPIRED : PublicStatus.FAILED;
            case PartiallyPaid _, Held _ -> PublicStatus.PARTIALLY_PAID;
            case Paid _ -> PublicStatus.CONFIRMED;
            case Refunded() -> PublicStatus.REFUNDED;
        };
    }

    /** Whether asking the provider again could still change it. */
    default boolean isOpen() {
        return switch (this) {
            case Waiting(), Confirming _, PartiallyPaid _ -> true;
            case Closed(Reason reason) -> reason == Reason.EXPIRED; // a deposit after expiry is found only by asking
            case Held _, Paid _, Refunded() -> false;
        };
    }

    /** The name it is stored under. */
    default String word() {
        return switch (this) {
            case Waiting() -> "waiting";
            case Confirming(Stage stage) -> stage.name().toLowerCase(java.util.Locale.ROOT);
            case Closed(Reason reason) -> reason.name().toLowerCase(java.util.Locale.ROOT);
            case PartiallyPaid _ -> "partially_paid";
            case Held _ -> "held";
            case Paid _ -> "paid";
            case Refunded() -> "refunded";
        };
    }
}
