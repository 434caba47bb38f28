package admitone.access;

import java.util.Locale;

/** Where a right comes from; what makes it be granted once. */
public sealed interface Origin {
    /** Bought by this order, paid by this payment, which may be one of several. */
    record Purchase(String orderId, String paymentId) implements Origin {}

    /**
     * Given by somebody, unpaid.
     *
     * @param reference what it was given for; once per channel and kind. 1 to {@value #LONGEST_REFERENCE} characters
     */
    record Given(Kind kind, String reference) implements Origin {
        public static final int LONGEST_REFERENCE = 200;

        public Given {
            if (reference.isBlank() || reference.codePointCount(0, reference.length()) > LONGEST_REFERENCE) {
                throw new IllegalArgumentException("a reference has 1 to " + LONGEST_REFERENCE + " characters");
            }
        }
    }

    /** Why a right was given that nobody paid for here. */
    enum Kind {
        /** By a person, by hand. */
        MANUAL,
        /** Taken over from before AdmitOne. */
        IMPORT,
        /** A gift code was redeemed. */
        GIFT,
        TRIAL,
        /** Sold or given by another system. */
        EXTERNAL;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
