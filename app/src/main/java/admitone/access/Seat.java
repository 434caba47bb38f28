package admitone.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One user's place in one channel, locked while it is decided about.
 *
 * @param entitledUntil the latest end of the user's active grants; null: none
 * @param requestUpdateId the update by which the user asked to be let in and was not answered yet
 */
public record Seat(
        @Nullable Instant entitledUntil, @Nullable Long requestUpdateId) {}
