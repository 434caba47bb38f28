package admitone.runtime;

/** A seller: 12 characters of base32. Leads every key, and stands inside every handle given to the outside. */
public record SellerId(String value) {
    public static final int LENGTH = 12;

    /** Owns what belongs to no seller: unknown orders, suspense, the bot's own tasks. */
    public static final SellerId PLATFORM = new SellerId("0".repeat(LENGTH));

    public SellerId {
        if (value.length() != LENGTH || !Base32.isText(value)) {
            throw new IllegalArgumentException("a seller id has " + LENGTH + " base32 characters");
        }
    }

    @Override
    public String toString() {
        return value;
    }
}
