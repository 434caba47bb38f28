package admitone.runtime;

import java.math.BigInteger;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * How a row is named to the outside: {@code <kind>_<seller>_<26 base32 characters of its UUID>}. Every handle carries its
 * seller, so no request begins by looking through all sellers.
 */
public record Handle(String kind, SellerId seller, UUID id) {
    public static final String CHANNEL = "ch";
    public static final String PLAN = "pl";
    public static final String GRANT = "gr";
    public static final String GIFT = "gf";
    public static final String CASE = "cs";
    public static final String ENTRY = "je";
    public static final String TASK = "tk";
    public static final String HOLD = "ho";
    public static final String ANNOUNCEMENT = "an";
    /** The row is a channel, whose free trial a link to the bot begins. */
    public static final String TRIAL = "try";

    /** By which somebody brings buyers to a channel. */
    public static final String REFERRAL = "ref";

    private static final Pattern FORM =
            Pattern.compile("([a-z]{2,4})_([0-9a-hjkmnp-tv-z]{12})_([0-7][0-9a-hjkmnp-tv-z]{25})");
    private static final Pattern ORDER = Pattern.compile("ao_([0-9a-hjkmnp-tv-z]{12})_[0-9a-hjkmnp-tv-z]{36}");

    /** The handle in {@code text} if it is one of this kind. */
    public static Optional<Handle> parse(String kind, String text) {
        return parse(text).filter(handle -> handle.kind().equals(kind));
    }

    /** The handle in {@code text}, of whatever kind. */
    public static Optional<Handle> parse(String text) {
        var match = FORM.matcher(text);
        if (!match.matches()) {
            return Optional.empty();
        }
        BigInteger bits = Base32.bits(match.group(3));
        return Optional.of(new Handle(
                match.group(1),
                new SellerId(match.group(2)),
                new UUID(bits.shiftRight(64).longValue(), bits.longValue())));
    }

    /** The seller inside an order id, if the text has an order id's form. */
    public static Optional<SellerId> sellerOfOrder(String orderId) {
        var match = ORDER.matcher(orderId);
        return match.matches() ? Optional.of(new SellerId(match.group(1))) : Optional.empty();
    }

    @Override
    public String toString() {
        BigInteger bits = new BigInteger(Long.toUnsignedString(id.getMostSignificantBits()))
                .shiftLeft(64)
                .or(new BigInteger(Long.toUnsignedString(id.getLeastSignificantBits())));
        return kind + "_" + seller + "_" + Base32.text(bits, 26);
    }
}
