package admitone.cases;

/** A decision that cannot be taken now: it is thrown, so that nothing of it is written and the case stays open. */
public final class DecisionRefused extends RuntimeException {
    /** The code of what may be possible in a moment. */
    public static final String NOT_NOW = "not_now";

    private final String code;

    /** {@code code} is stable; {@code reason} says what to do first. */
    public DecisionRefused(String code, String reason) {
        super(reason);
        this.code = code;
    }

    public String code() {
        return code;
    }
}
