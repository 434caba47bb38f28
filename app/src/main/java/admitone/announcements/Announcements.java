package admitone.announcements;

import admitone.access.Grants;
import admitone.catalog.Channel;
import admitone.database.Columns;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** A seller's messages to the former members of a channel. */
@Repository
public class Announcements {
    public static final int LONGEST = 1000;

    /** Of more, those whose time ended last are told. */
    public static final int MOST_MEMBERS = 5000;

    /** Of a seller, in a day of UTC. */
    public static final int MOST_A_DAY = 3;

    /** Nobody is told more often, whoever announces. */
    static final Duration PAUSE = Duration.ofDays(7);

    private final JdbcClient jdbc;
    private final Grants grants;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Ids ids;
    private final Clock clock;

    Announcements(JdbcClient jdbc, Grants grants, Tasks tasks, Timeline timeline, Ids ids, Clock clock) {
        this.jdbc = jdbc;
        this.grants = grants;
        this.tasks = tasks;
        this.timeline = timeline;
        this.ids = ids;
        this.clock = clock;
    }

    /** {@code members}: how many it goes to, but for those who do not want it, have bought by then, or were told another one in the last week. */
    public record Announced(UUID id, int members) {}

    /** Within the current transaction of the channel's seller: owes one message to each former member. Empty: the seller has made {@link #MOST_A_DAY} today. */
    public Optional<Announced> toExpired(Channel channel, String text, String cause, String by) {
        Instant now = clock.instant();
        UUID id = ids.next();
        if (!add(channel, id, text, now)) {
            return Optional.empty();
        }
        Set<Long> quiet = quiet(channel.seller());
        List<Long> members = grants.expired(channel.seller(), channel.id(), MOST_MEMBERS).stream()
                .filter(member -> !quiet.contains(member))
                .toList();
        for (int i = 0; i < members.size(); i++) {
            tasks.owe(
                    channel.seller(),
                    AnnounceTask.owed(
                            id, channel.id(), members.get(i), now.plus(SlowLane.SLOWEST_TURN.multipliedBy(i))));
        }
        timeline.append(
                channel.seller(),
                new Event(
                        "channel:" + channel.id(),
                        now,
                        "announced",
                        cause,
                        by,
                        Map.of("announcement", id.toString(), "members", Integer.toString(members.size()))));
        return Optional.of(new Announced(id, members.size()));
    }

    /** As the first of the seller's places of the day that is free; whoever takes one at the same time is waited for. */
    private boolean add(Channel channel, UUID id, String text, Instant now) {
        for (int nth = 1; nth <= MOST_A_DAY; nth++) {
            int added = jdbc.sql("""
                    insert into announcements.announcement (seller_id, announcement_id, channel_id, text, at, day, nth)
                    values (?, ?, ?, ?, ?, ?, ?)
                    on conflict (seller_id, day, nth) do nothing
                    """)
                    .params(
                            channel.seller().value(),
                            id,
                            channel.id(),
                            text,
                            Columns.at(now),
                            now.atOffset(ZoneOffset.UTC).toLocalDate(),
                            nth)
                    .update();
            if (added == 1) {
                return true;
            }
        }
        return false;
    }

    Optional<String> text(SellerId seller, UUID id) {
        return jdbc.sql("select text from announcements.announcement where seller_id = ? and announcement_id = ?")
                .params(seller.value(), id)
                .query(String.class)
                .optional();
    }

    /** Within a transaction of its own: whether this person may be told this one now, which then is the one of their week. */
    boolean takeTurn(long telegramUserId, UUID id) {
        Instant now = clock.instant();
        return jdbc.sql("""
                        insert into announcements.turn as t (telegram_user_id, announcement_id, at) values (?, ?, ?)
                        on conflict (telegram_user_id) do update set announcement_id = excluded.announcement_id, at = excluded.at
                          where t.at <= ? or t.announcement_id = excluded.announcement_id
                        """)
                        .params(telegramUserId, id, Columns.at(now), Columns.at(now.minus(PAUSE)))
                        .update()
                == 1;
    }

    /** Within the current transaction of the seller: this person never hears of such a message from them again. */
    public void quiet(SellerId seller, long telegramUserId) {
        jdbc.sql("""
                insert into announcements.opt_out (seller_id, telegram_user_id, at) values (?, ?, ?)
                on conflict (seller_id, telegram_user_id) do nothing
                """)
                .params(seller.value(), telegramUserId, Columns.at(clock.instant()))
                .update();
    }

    boolean isQuiet(SellerId seller, long telegramUserId) {
        return jdbc.sql("""
                select exists (select from announcements.opt_out where seller_id = ? and telegram_user_id = ?)
                """)
                .params(seller.value(), telegramUserId)
                .query(Boolean.class)
                .single();
    }

    private Set<Long> quiet(SellerId seller) {
        return jdbc.sql("select telegram_user_id from announcements.opt_out where seller_id = ?")
                .param(seller.value())
                .query((row, n) -> row.getLong("telegram_user_id"))
                .set();
    }
}
