package admitone.payments;

import java.util.Locale;

/** Where a purchase stands, in the words that buyers and other systems see. */
public enum PublicStatus {
    AWAITING_PAYMENT,
    CONFIRMING,
    PARTIALLY_PAID,
    CONFIRMED,
    FAILED,
    EXPIRED,
    REFUNDED;

    /** The stored names of the states that are shown so; the other way round than {@link PaymentState#shown}. */
    String[] states() {
        return switch (this) {
            case AWAITING_PAYMENT -> new String[] {"waiting"};
            case CONFIRMING -> new String[] {"confirming", "confirmed", "sending"};
            case PARTIALLY_PAID -> new String[] {"partially_paid", "held"};
            case CONFIRMED -> new String[] {"paid"};
            case FAILED -> new String[] {"failed", "cancelled"};
            case EXPIRED -> new String[] {"expired"};
            case REFUNDED -> new String[] {"refunded"};
        };
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
