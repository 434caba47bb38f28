package admitone.simulators.nowpayments;

/** What goes wrong with a call. */
public enum Fault {
    /** The connection closes and nothing has happened. */
    DROP_BEFORE_EFFECT,
    /** It has happened, and the connection closes without an answer. */
    DROP_AFTER_EFFECT,
    /** It is refused, and nothing has happened. */
    STATUS_400,
    STATUS_500_BEFORE,
    STATUS_500_AFTER,
    /** The proxy's page, before the key is looked at. */
    HTML_429,
    HTML_403,
    /** It has happened, and the answer comes late. */
    SLOW
}
