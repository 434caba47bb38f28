package admitone.access;

import admitone.database.Columns;
import admitone.database.Listing;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * While a channel is only observed, what would be done there is recorded instead, once per occasion. What is owed waits, and is decided anew when
 * observing ends: by then its reason may be gone.
 */
@Repository
public class Observing {
    /** Whoever ends it hurries what waits; what was put off at that very moment is found so late. */
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(5);

    private final Memberships memberships;
    private final JdbcClient jdbc;
    private final Timeline timeline;
    private final Ids ids;
    private final Clock clock;

    Observing(Memberships memberships, JdbcClient jdbc, Timeline timeline, Ids ids, Clock clock) {
        this.memberships = memberships;
        this.jdbc = jdbc;
        this.timeline = timeline;
        this.ids = ids;
        this.clock = clock;
    }

    /** What we do to people and their links. */
    enum Deed {
        APPROVE,
        DECLINE,
        REVOKE_LINK,
        REMOVE,
        BAN,
        LIFT_BAN,
        REPORT;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What would have been done to whom. */
    public record Observed(UUID id, UUID channelId, long telegramUserId, String deed, String occasion, Instant at) {}

    boolean isOn(SellerId seller, UUID channelId) {
        return memberships.isObserving(seller, channelId);
    }

    /** What an attempt comes to that is about to call the messenger: empty unless the channel is only observed. */
    Optional<Result> instead(Task task, UUID channelId, long telegramUserId, Deed deed) {
        Seat.Key seat = new Seat.Key(task.seller(), channelId, telegramUserId);
        return isOn(task.seller(), channelId)
                ? Optional.of(new Result.Later(
                        LOOK_AGAIN, "the channel is only observed", () -> note(seat, deed, task.subject())))
                : Optional.empty();
    }

    /** The same of what is said in the channel, to nobody in particular. */
    Optional<Result> instead(SellerId seller, UUID channelId) {
        return isOn(seller, channelId)
                ? Optional.of(Result.later(LOOK_AGAIN, "the channel is only observed"))
                : Optional.empty();
    }

    /** Within the current transaction: it would be done now. The same occasion again changes nothing. */
    void note(Seat.Key seat, Deed deed, String occasion) {
        Instant now = clock.instant();
        boolean isNew = jdbc.sql("""
                        insert into access.observed (seller_id, observed_id, channel_id, telegram_user_id, deed, occasion, at)
                        values (?, ?, ?, ?, ?, ?, ?)
                        on conflict (seller_id, channel_id, deed, occasion) do nothing
                        """)
                        .params(
                                seat.seller().value(),
                                ids.next(),
                                seat.channelId(),
                                seat.telegramUserId(),
                                deed.word(),
                                occasion,
                                Columns.at(now))
                        .update()
                == 1;
        if (isNew) {
            timeline.append(
                    seat.seller(),
                    new Event(
                            "channel:" + seat.channelId(),
                            now,
                            "observed",
                            "observing",
                            occasion,
                            Map.of("would", deed.word(), "user", Long.toString(seat.telegramUserId()))));
        }
    }

    /** Newest first, by key: those before {@code before}. */
    public List<Observed> list(SellerId seller, UUID channelId, @Nullable UUID before, int limit) {
        return Listing.of("access.observed", seller)
                .where("channel_id = ?", channelId)
                .before("observed_id", Optional.ofNullable(before))
                .page(
                        jdbc,
                        limit,
                        (row, _) -> new Observed(
                                row.getObject("observed_id", UUID.class),
                                row.getObject("channel_id", UUID.class),
                                row.getLong("telegram_user_id"),
                                row.getString("deed"),
                                row.getString("occasion"),
                                Columns.instant(row, "at")));
    }
}
