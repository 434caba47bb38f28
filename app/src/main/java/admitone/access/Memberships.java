package admitone.access;

import admitone.access.Membership.UnknownMembers;
import admitone.database.Columns;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Who works each channel, and how far its members have been looked at. */
@Repository
public class Memberships {
    private final JdbcClient jdbc;
    private final TellingAnew tellingAnew;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Clock clock;

    Memberships(JdbcClient jdbc, TellingAnew tellingAnew, Tasks tasks, Timeline timeline, Clock clock) {
        this.jdbc = jdbc;
        this.tellingAnew = tellingAnew;
        this.tasks = tasks;
        this.timeline = timeline;
        this.clock = clock;
    }

    public Membership of(SellerId seller, UUID channelId) {
        return jdbc.sql("select * from access.membership where seller_id = ? and channel_id = ?")
                .params(seller.value(), channelId)
                .query((row, _) -> read(row))
                .optional()
                .orElse(Membership.DEFAULT);
    }

    boolean isObserving(SellerId seller, UUID channelId) {
        return of(seller, channelId).observing();
    }

    /** Within the current transaction. What waited while the channel was observed is looked at anew, and done where it is still due; whose time is over is told first. */
    public void set(SellerId seller, UUID channelId, Membership now, String cause, String by) {
        Membership before = lock(seller, channelId);
        jdbc.sql(
                        "update access.membership set observing = ?, unknown_members = ?, look_at = null where seller_id = ? and channel_id = ?")
                .params(now.observing(), now.unknownMembers().word(), seller.value(), channelId)
                .update();
        if (before.observing() && !now.observing()) {
            tellingAnew.all(seller, channelId);
            Effects.ON_MEMBERS.forEach(kind -> tasks.hurry(seller, kind));
        }
        if (before.observing() != now.observing()) {
            timeline.append(
                    seller,
                    new Event(
                            "channel:" + channelId,
                            clock.instant(),
                            now.observing() ? "observing_begun" : "observing_ended",
                            cause,
                            by,
                            Map.of()));
        }
    }

    /** Within the current transaction: nobody else changes this, or counts whom the channel's members are asked about, until it ends. */
    Membership lock(SellerId seller, UUID channelId) {
        jdbc.sql("""
                insert into access.membership (seller_id, channel_id) values (?, ?)
                on conflict (seller_id, channel_id) do nothing
                """).params(seller.value(), channelId).update();
        return jdbc.sql("select * from access.membership where seller_id = ? and channel_id = ? for update")
                .params(seller.value(), channelId)
                .query((row, _) -> read(row))
                .single();
    }

    // looking at members

    /** Of all sellers: when each channel is due whose members have been looked at. */
    Map<UUID, Instant> nextLooks() {
        Map<UUID, Instant> next = new HashMap<>();
        jdbc.sql("select channel_id, look_at from access.membership where look_at is not null")
                .query(row -> {
                    next.put(row.getObject("channel_id", UUID.class), Columns.instant(row, "look_at"));
                });
        return next;
    }

    /**
     * The next known members to look at, by user: who may be inside, or has a right to be. Nobody can list the members of a chat, so there are no others.
     */
    List<Long> toLookAt(SellerId seller, UUID channelId, int limit) {
        return jdbc.sql("""
                select s.telegram_user_id from access.seat s
                where s.seller_id = :seller and s.channel_id = :channel
                  and s.telegram_user_id > coalesce((select look_after from access.membership
                    where seller_id = :seller and channel_id = :channel), 0)
                  and (s.inside is distinct from false or exists (select from access.grants g
                    where g.seller_id = s.seller_id and g.channel_id = s.channel_id and g.telegram_user_id = s.telegram_user_id
                      and g.access <> 'ended' and (g.ends_at is null or g.ends_at > :now)))
                order by s.telegram_user_id limit :limit
                """)
                .param("seller", seller.value())
                .param("channel", channelId)
                .param("now", Columns.at(clock.instant()))
                .param("limit", limit)
                .query((row, _) -> row.getLong("telegram_user_id"))
                .list();
    }

    /** Within the current transaction: whether they are due, and then they are whoever's asks until {@code nextAt}. */
    boolean begin(SellerId seller, UUID channelId, Instant now, Instant nextAt) {
        lock(seller, channelId);
        return jdbc.sql("""
                        update access.membership set look_at = ?
                        where seller_id = ? and channel_id = ? and (look_at is null or look_at <= ?)
                        """)
                        .params(Columns.at(nextAt), seller.value(), channelId, Columns.at(now))
                        .update()
                == 1;
    }

    /** Within the current transaction: they were looked at up to this user (null: no further than before), and the next are due then. */
    void lookedAt(SellerId seller, UUID channelId, @Nullable Long upTo, Instant nextAt) {
        lock(seller, channelId);
        jdbc.sql("""
                update access.membership set look_after = coalesce(?::bigint, look_after), look_at = ?
                where seller_id = ? and channel_id = ?
                """)
                .params(Columns.all(upTo, Columns.at(nextAt), seller.value(), channelId))
                .update();
    }

    private static Membership read(ResultSet row) throws SQLException {
        return new Membership(
                row.getBoolean("observing"),
                UnknownMembers.valueOf(row.getString("unknown_members").toUpperCase(Locale.ROOT)));
    }
}
