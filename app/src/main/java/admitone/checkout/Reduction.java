package admitone.checkout;

import admitone.money.Money;
import java.util.Locale;

/**
 * So much was taken off a plan's price for one order.
 *
 * @param reference what for: a coupon's code, or the order whose unused time is credited
 */
public record Reduction(Kind kind, String reference, Money amount) {
    public enum Kind {
        COUPON,
        /** Unused time that was paid for, when somebody buys access for life. */
        UPGRADE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Kind of(String word) {
            return valueOf(word.toUpperCase(Locale.ROOT));
        }
    }
}
