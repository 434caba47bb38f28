package admitone.access;

import admitone.runtime.SellerId;
import admitone.tasks.Task;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * One user's place in one channel, locked while it is decided about.
 *
 * @param entitledUntil the latest end of the user's active grants; null: none
 * @param requestUpdateId the update by which the user asked to be let in and was not answered yet
 * @param isInside whether the user is inside, as last heard or looked at; false also where nothing is known
 * @param stay the end of theirs for which nobody removes them yet; null: none, or that was not recorded yet
 */
public record Seat(
        @Nullable Instant entitledUntil,
        @Nullable Long requestUpdateId,
        boolean isInside,
        @Nullable Stay stay) {

    public Seat(@Nullable Instant entitledUntil, @Nullable Long requestUpdateId, boolean isInside) {
        this(entitledUntil, requestUpdateId, isInside, null);
    }

    /**
     * Time inside after an end. {@code until}: so long they were told that they may renew; null: nobody told them yet; the end itself: nothing of it is taken
     * off, since they are being removed, or were told so.
     */
    public record Stay(Instant endedAt, @Nullable Instant until) {
        /** Of the time of which nobody told them no more than this is taken off what they buy. */
        private static final Duration UNTOLD = Duration.ofDays(1);

        /** How much of it lies before {@code now}, as far as they were told that it may. */
        Duration passed(Instant now) {
            Instant last = until == null ? endedAt.plus(UNTOLD) : until;
            return Duration.between(endedAt, now.isBefore(last) ? now : last);
        }
    }

    /** How long they have been inside without a right; empty where they have one, or are outside. */
    Optional<Duration> stayed(Instant now) {
        if (!isInside || (entitledUntil != null && entitledUntil.isAfter(now))) {
            return Optional.empty();
        }
        Stay last = entitledUntil != null && (stay == null || entitledUntil.isAfter(stay.endedAt()))
                ? new Stay(entitledUntil, null)
                : stay;
        return Optional.ofNullable(last).map(one -> one.passed(now));
    }

    /** Whose place it is. */
    public record Key(SellerId seller, UUID channelId, long telegramUserId) {
        /** As PostgreSQL sorts them. */
        static final Comparator<Key> ORDER = Comparator.comparing(
                        (Key key) -> key.seller().value())
                .thenComparing(key -> key.channelId().toString())
                .thenComparingLong(Key::telegramUserId);

        /** As {@link #of} reads it. */
        Map<String, String> told() {
            return Map.of("channel", channelId.toString(), "user", Long.toString(telegramUserId));
        }

        static Key read(ResultSet row) throws SQLException {
            return new Key(
                    new SellerId(row.getString("seller_id")),
                    row.getObject("channel_id", UUID.class),
                    row.getLong("telegram_user_id"));
        }

        /** As {@link Effects} wrote it into a task. */
        static Key of(Task task) {
            return new Key(task.seller(), UUID.fromString(task.need("channel")), Long.parseLong(task.need("user")));
        }
    }
}
