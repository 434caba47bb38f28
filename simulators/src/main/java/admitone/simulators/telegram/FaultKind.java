package admitone.simulators.telegram;

import java.util.Locale;

/** What may go wrong with a call. */
public enum FaultKind {
    /** The connection closes; nothing happened. */
    DROP_BEFORE_EFFECT,
    /** The call took effect, then the connection closes: the lost answer. */
    DROP_AFTER_EFFECT,
    STATUS_500_BEFORE,
    STATUS_500_AFTER,
    /** 502 with an HTML page, as a proxy on the way would answer; nothing happened. */
    BAD_GATEWAY,
    /** 429 with {@code retry_after}. */
    FLOOD,
    /** The effect at once, the answer after the delay. */
    SLOW,
    /** The delay first, then the effect, even when the caller has gone. */
    SLOW_BEFORE_EFFECT,
    /** Any refusal: the fault's own {@code error_code} and {@code description}. */
    ERROR;

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
