package admitone.tasks;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An effect owed to the outside. There is one task of each kind and subject, for ever: owing it again changes nothing.
 *
 * @param notBefore when it may first be tried; null: at once
 */
public record Owed(
        String kind,
        String subject,
        Map<String, String> payload,
        @Nullable Instant notBefore) {
    public static Owed now(String kind, String subject, Map<String, String> payload) {
        return new Owed(kind, subject, payload, null);
    }
}
