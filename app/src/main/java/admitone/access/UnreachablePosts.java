package admitone.access;

import admitone.database.Columns;
import admitone.runtime.SellerId;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * A post in a channel, one a week at most, for those whom the bot cannot tell of their end. Until it is posted, or a person says that they were told, the time after which they
 * are removed does not begin. Whose time ran before there were posts keeps it: the seller was told of them by name, as was the rule, and it is over within 90 days.
 */
@Repository
class UnreachablePosts {
    /** The channel is spared: who is found after a post waits for the next, and stays until then. */
    static final Duration BETWEEN = Duration.ofDays(7);

    private static final Duration A_LITTLE_LATE = Duration.ofDays(1);

    /** More who wait are counted, not named. */
    private static final int MOST_READ = 1000;

    private final JdbcClient jdbc;

    UnreachablePosts(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** The last one of a channel that stands; {@code messageId} null: not known. */
    record Posted(LocalDate day, Instant at, @Nullable Long messageId) {}

    Optional<Posted> last(SellerId seller, UUID channelId) {
        return jdbc.sql("""
                select day, settled_at, message_id from access.unreachable_post
                where seller_id = ? and channel_id = ? and posted order by day desc limit 1
                """)
                .params(seller.value(), channelId)
                .query((row, _) -> new Posted(
                        row.getObject("day", LocalDate.class),
                        Columns.instant(row, "settled_at"),
                        row.getObject("message_id", Long.class)))
                .optional();
    }

    /** By which post somebody is told whom the bot could not reach, and from when on it may be made. */
    record Next(Key key, Instant notBefore) {}

    /** That of today, where it stands or none stood for a week; else the one of the day on which a week is over. */
    Next next(SellerId seller, UUID channelId, Instant now) {
        Key today = Key.at(seller, channelId, now);
        return last(seller, channelId)
                .filter(posted -> posted.day().isBefore(today.day()))
                .map(posted -> posted.at().plus(BETWEEN))
                .filter(now::isBefore)
                .map(at -> new Next(Key.at(seller, channelId, at), at))
                .orElse(new Next(today, now));
    }

    /** Of a channel on a day, in UTC. */
    record Key(SellerId seller, UUID channelId, LocalDate day) {
        static Key at(SellerId seller, UUID channelId, Instant now) {
            return new Key(seller, channelId, now.atOffset(ZoneOffset.UTC).toLocalDate());
        }

        Instant ends() {
            return day.plusDays(1).atStartOfDay(ZoneOffset.UTC).toInstant();
        }
    }

    /** Within the current transaction, which is alone with this day until its end: whether the post stands. */
    boolean lockPosted(Key key) {
        jdbc.sql("""
                insert into access.unreachable_post (seller_id, channel_id, day) values (?, ?, ?)
                on conflict (seller_id, channel_id, day) do nothing
                """).params(key.seller().value(), key.channelId(), key.day()).update();
        return jdbc.sql("""
                        select posted is true from access.unreachable_post where seller_id = ? and channel_id = ? and day = ? for update
                        """)
                .params(key.seller().value(), key.channelId(), key.day())
                .query(Boolean.class)
                .single();
    }

    /** It never ceases to be. */
    boolean isPosted(Key key) {
        return jdbc.sql("""
                select exists (select from access.unreachable_post where seller_id = ? and channel_id = ? and day = ? and posted)
                """)
                .params(key.seller().value(), key.channelId(), key.day())
                .query(Boolean.class)
                .single();
    }

    /** Whether a later day of the channel has its own post to make, which says all that this one would. */
    boolean isFollowed(Key key) {
        return jdbc.sql("""
                select exists (select from access.unreachable_post
                  where seller_id = ? and channel_id = ? and day > ? and posted is not true)
                """)
                .params(key.seller().value(), key.channelId(), key.day())
                .query(Boolean.class)
                .single();
    }

    /** Those of a channel who could not be told, for whom nothing has begun and who have not bought again: who they are, and until when that was found. */
    record Waiting(List<Long> users, Instant last) {}

    Optional<Waiting> waiting(SellerId seller, UUID channelId, Instant now) {
        record One(long user, Instant at) {}
        List<One> all = jdbc.sql("""
                select telegram_user_id, unreachable_at from access.ending e
                where seller_id = ? and channel_id = ? and unreachable_at is not null and remove_at is null and settled_at is null
                  and not exists (select from access.grants g
                    where g.seller_id = e.seller_id and g.channel_id = e.channel_id and g.telegram_user_id = e.telegram_user_id
                      and g.access <> 'ended' and (g.ends_at is null or g.ends_at > ?))
                order by unreachable_at, telegram_user_id limit ?
                """)
                .params(seller.value(), channelId, Columns.at(now), MOST_READ)
                .query((row, _) -> new One(row.getLong("telegram_user_id"), Columns.instant(row, "unreachable_at")))
                .list();
        return all.isEmpty()
                ? Optional.empty()
                : Optional.of(new Waiting(
                        all.stream().map(One::user).toList(), all.getLast().at()));
    }

    /** Within the current transaction, which holds the lock: it was posted then; those of that day and before may stay so long from then on. */
    void posted(Key key, Instant at, long messageId, Duration stay) {
        // those of a whole week are not removed all at once, which would wait for a person each time: they keep the
        // distance of their ends
        Duration waited = last(key.seller(), key.channelId())
                .filter(before -> at.isBefore(before.at().plus(BETWEEN).plus(A_LITTLE_LATE)))
                .map(_ -> BETWEEN)
                .orElse(Duration.ZERO);
        jdbc.sql("""
                update access.unreachable_post set settled_at = ?, posted = true, why = ?, message_id = ?
                where seller_id = ? and channel_id = ? and day = ?
                """)
                .params(
                        Columns.at(at),
                        "message " + messageId,
                        messageId,
                        key.seller().value(),
                        key.channelId(),
                        key.day())
                .update();
        told(key.seller(), key.channelId(), key.ends(), at, waited, stay);
    }

    /** Within the current transaction: those who wait, and were found to before then, may stay so long from {@code at} on. */
    void told(SellerId seller, UUID channelId, Instant before, Instant at, Duration stay) {
        told(seller, channelId, before, at, Duration.ZERO, stay);
    }

    private void told(SellerId seller, UUID channelId, Instant before, Instant at, Duration waited, Duration stay) {
        jdbc.sql("""
                update access.ending set remove_at = greatest(ends_at, unreachable_at + make_interval(secs => ?), ?) + make_interval(secs => ?)
                where seller_id = ? and channel_id = ? and unreachable_at < ? and remove_at is null and settled_at is null
                """)
                .params(
                        waited.toSeconds(),
                        Columns.at(at),
                        stay.toSeconds(),
                        seller.value(),
                        channelId,
                        Columns.at(before))
                .update();
    }
}
