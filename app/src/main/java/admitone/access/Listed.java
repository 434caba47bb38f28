package admitone.access;

import java.time.Instant;
import java.util.Locale;

/**
 * What a seller said about somebody in a channel, whatever they have bought.
 *
 * @param turn counts what was said, so that each has effects of its own
 */
public record Listed(Seat.Key seat, Word word, String reason, String by, Instant at, int turn) {
    /** One of them at a time. */
    public enum Word {
        /** Let in when they ask, never removed, never reminded. */
        WHITELISTED,
        /** Never let in, and nothing is sold to them. */
        BANNED;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
