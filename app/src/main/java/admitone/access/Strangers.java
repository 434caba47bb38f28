package admitone.access;

import admitone.database.Columns;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Who came in by a link of ours without a right to, until they are outside again. */
@Repository
class Strangers {
    /** An outcome: we put them out. */
    static final String REMOVED = "removed";

    /** An outcome: they left, or a person put them out. */
    static final String OUTSIDE = "outside";

    private final JdbcClient jdbc;
    private final Clock clock;

    Strangers(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Within the current transaction. False where it changes nothing: the same update was heard before, or a later one was acted on. */
    boolean came(PoolLink link, long telegramUserId, long updateId, Instant at) {
        return jdbc.sql("""
                        insert into access.stranger as s (seller_id, link_id, telegram_user_id, channel_id, update_id, came_at)
                        values (?, ?, ?, ?, ?, ?)
                        on conflict (seller_id, link_id, telegram_user_id) do update
                        set update_id = excluded.update_id, came_at = excluded.came_at, settled_at = null, outcome = null
                        where (s.came_at, s.update_id) < (excluded.came_at, excluded.update_id)
                        """)
                        .params(Columns.all(
                                link.seller().value(),
                                link.id(),
                                telegramUserId,
                                link.channelId(),
                                updateId,
                                Columns.at(at)))
                        .update()
                == 1;
    }

    /**
     * Within the current transaction: this user left then, as an update tells. One that failed is acted on after later ones: whoever has come in again
     * since stays a stranger inside.
     */
    void left(SellerId seller, UUID channelId, long telegramUserId, long updateId, Instant at, String outcome) {
        jdbc.sql("""
                update access.stranger set settled_at = ?, outcome = ?
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and settled_at is null and (came_at, update_id) < (?, ?)
                """)
                .params(Columns.all(
                        Columns.at(clock.instant()),
                        outcome,
                        seller.value(),
                        channelId,
                        telegramUserId,
                        Columns.at(at),
                        updateId))
                .update();
    }

    /** Within the current transaction: this user is no longer a stranger inside this channel. */
    void settle(SellerId seller, UUID channelId, long telegramUserId, String outcome) {
        jdbc.sql("""
                update access.stranger set settled_at = ?, outcome = ?
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and settled_at is null
                """)
                .params(Columns.all(Columns.at(clock.instant()), outcome, seller.value(), channelId, telegramUserId))
                .update();
    }

    /** Within the current transaction: what this update told of is over; what came after it is not. */
    void settle(Seat.Key seat, Stay stay, String outcome) {
        jdbc.sql("""
                update access.stranger set settled_at = ?, outcome = ?
                where seller_id = ? and link_id = ? and telegram_user_id = ? and update_id = ? and settled_at is null
                """)
                .params(Columns.all(
                        Columns.at(clock.instant()),
                        outcome,
                        seat.seller().value(),
                        stay.linkId(),
                        seat.telegramUserId(),
                        stay.updateId()))
                .update();
    }

    /** Whether we put them out, after this instant. */
    boolean isRemovedSince(SellerId seller, UUID linkId, long telegramUserId, Instant at) {
        return jdbc.sql("""
                select exists (select from access.stranger
                  where seller_id = ? and link_id = ? and telegram_user_id = ? and outcome = ? and settled_at > ?)
                """)
                .params(Columns.all(seller.value(), linkId, telegramUserId, REMOVED, Columns.at(at)))
                .query(Boolean.class)
                .single();
    }

    /** What they are, or were, removed under. */
    List<String> removals(Seat.Key seat) {
        return jdbc.sql("""
                select link_id, update_id from access.stranger
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and (outcome is null or outcome = ?)
                """)
                .params(seat.seller().value(), seat.channelId(), seat.telegramUserId(), REMOVED)
                .query((row, n) -> Effects.strangerSubject(
                        row.getObject("link_id", UUID.class), seat.telegramUserId(), row.getLong("update_id")))
                .list();
    }

    /** A stranger's coming in by a link of ours, as an update told it. */
    record Stay(UUID linkId, long updateId) {}

    /** By which links they came in, as far as they are not outside again. */
    List<Stay> stays(Seat.Key seat) {
        return jdbc.sql("""
                select link_id, update_id from access.stranger
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and settled_at is null
                """)
                .params(seat.seller().value(), seat.channelId(), seat.telegramUserId())
                .query((row, _) -> new Stay(row.getObject("link_id", UUID.class), row.getLong("update_id")))
                .list();
    }

    /** Whether they came in by any link of ours, and are not outside again as far as is known. */
    boolean isInside(Seat.Key seat) {
        return jdbc.sql("""
                select exists (select from access.stranger
                  where seller_id = ? and channel_id = ? and telegram_user_id = ? and settled_at is null)
                """)
                .params(seat.seller().value(), seat.channelId(), seat.telegramUserId())
                .query(Boolean.class)
                .single();
    }

    /** How many came in by links of this grant. */
    int countOf(Grant grant) {
        return jdbc.sql("""
                select count(*) from access.stranger s
                join access.pool_link l on l.seller_id = s.seller_id and l.link_id = s.link_id
                where s.seller_id = ? and l.grant_id = ?
                """)
                .params(grant.seller().value(), grant.id())
                .query(Integer.class)
                .single();
    }
}
