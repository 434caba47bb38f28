package admitone.payments;

import java.util.Locale;

/** The provider's words for where a payment stands. */
public enum ProviderStatus {
    WAITING,
    CONFIRMING,
    CONFIRMED,
    SENDING,
    EXPIRED,
    FAILED,
    PARTIALLY_PAID,
    CANCELLED,
    WRONG_ASSET_CONFIRMED,
    FINISHED,
    REFUNDED,
    /** A word we do not know: stored, never acted on. */
    OTHER;

    public static ProviderStatus of(String word) {
        String upper = word.strip().toUpperCase(Locale.ROOT);
        if (upper.equals("CANCELED")) {
            return CANCELLED;
        }
        for (ProviderStatus status : values()) {
            if (status.name().equals(upper)) {
                return status;
            }
        }
        return OTHER;
    }

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
