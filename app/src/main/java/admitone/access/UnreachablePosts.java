package admitone.access;

import admitone.database.Columns;
import admitone.runtime.SellerId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * A day's post in a channel for those whom the bot cannot tell of their end. Until it is posted or refused, the time after which they are removed does not begin.
 */
@Repository
class UnreachablePosts {
    private final JdbcClient jdbc;

    UnreachablePosts(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Of a channel on a day, in UTC. */
    record Key(SellerId seller, UUID channelId, LocalDate day) {
        static Key at(SellerId seller, UUID channelId, Instant now) {
            return new Key(seller, channelId, now.atOffset(ZoneOffset.UTC).toLocalDate());
        }

        Instant begins() {
            return day.atStartOfDay(ZoneOffset.UTC).toInstant();
        }
    }

    /** {@code posted}: it was, or may have been. */
    record Outcome(boolean posted, Instant at) {}

    /** Within the current transaction, which is alone with this day until its end: what became of the post, if anything has. */
    Optional<Outcome> lock(Key key) {
        jdbc.sql("""
                insert into access.unreachable_post (seller_id, channel_id, day) values (?, ?, ?)
                on conflict (seller_id, channel_id, day) do nothing
                """).params(key.seller().value(), key.channelId(), key.day()).update();
        return jdbc.sql(
                        "select * from access.unreachable_post where seller_id = ? and channel_id = ? and day = ? for update")
                .params(key.seller().value(), key.channelId(), key.day())
                .query((row, n) -> Optional.ofNullable(outcome(row)))
                .single();
    }

    /** Within the current transaction, which holds the lock: those of that day may stay so long from the post on, or from the attempt to tell them where none stands. */
    void settle(Key key, Outcome outcome, @Nullable String why, Duration stay) {
        jdbc.sql("""
                update access.unreachable_post set settled_at = ?, posted = ?, why = ? where seller_id = ? and channel_id = ? and day = ?
                """)
                .params(Columns.all(
                        Columns.at(outcome.at()),
                        outcome.posted(),
                        why,
                        key.seller().value(),
                        key.channelId(),
                        key.day()))
                .update();
        jdbc.sql("""
                update access.ending
                set remove_at = greatest(ends_at, unreachable_at, ?::timestamptz) + make_interval(secs => ?)
                where seller_id = ? and channel_id = ? and unreachable_at >= ? and unreachable_at < ? and remove_at is null
                  and settled_at is null
                """)
                .params(Columns.all(
                        outcome.posted() ? Columns.at(outcome.at()) : null,
                        stay.toSeconds(),
                        key.seller().value(),
                        key.channelId(),
                        Columns.at(key.begins()),
                        Columns.at(key.begins().plus(Duration.ofDays(1)))))
                .update();
    }

    private static @Nullable Outcome outcome(ResultSet row) throws SQLException {
        Instant at = Columns.instantOrNull(row, "settled_at");
        return at == null ? null : new Outcome(row.getBoolean("posted"), at);
    }
}
