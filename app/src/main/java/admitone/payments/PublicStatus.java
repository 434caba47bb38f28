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

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
