package admitone.access;

import admitone.access.Grant.Access;
import admitone.database.Columns;
import admitone.database.Transactions;
import admitone.runtime.SellerId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The grants of a seller, and the seats they are for. */
@Repository
public class Grants {
    private final JdbcClient jdbc;
    private final Transactions transactions;
    private final Clock clock;

    Grants(JdbcClient jdbc, Transactions transactions, Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Within the current transaction: nobody else decides about this user in this channel until it ends. */
    public Seat lockSeat(SellerId seller, UUID channelId, long telegramUserId) {
        @Nullable
        Long request = jdbc.sql("""
                insert into access.seat as s (seller_id, channel_id, telegram_user_id) values (?, ?, ?)
                on conflict (seller_id, channel_id, telegram_user_id) do update set telegram_user_id = excluded.telegram_user_id
                returning request_update_id
                """)
                .params(seller.value(), channelId, telegramUserId)
                .query((row, n) -> Optional.ofNullable(row.getObject("request_update_id", Long.class)))
                .single()
                .orElse(null);
        @Nullable
        Instant until = jdbc.sql("""
                select ends_at from access.grants
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and access <> 'ended' and ends_at is not null
                order by ends_at desc limit 1
                """)
                .params(seller.value(), channelId, telegramUserId)
                .query((row, n) -> Columns.instant(row, "ends_at"))
                .optional()
                .orElse(null);
        return new Seat(until, request);
    }

    /** Within the current transaction: the user asked by this update and waits for an answer. */
    void asked(SellerId seller, UUID channelId, long telegramUserId, long updateId) {
        jdbc.sql(
                        "update access.seat set request_update_id = ? where seller_id = ? and channel_id = ? and telegram_user_id = ?")
                .params(Columns.all(updateId, seller.value(), channelId, telegramUserId))
                .update();
    }

    /** Within the current transaction: what the user asked up to this update is answered; a newer request still waits. */
    void answered(SellerId seller, UUID channelId, long telegramUserId, long updateId) {
        jdbc.sql("""
                update access.seat set request_update_id = null
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and request_update_id <= ?
                """)
                .params(seller.value(), channelId, telegramUserId, updateId)
                .update();
    }

    /** Within the current transaction, the seat being locked: the user was inside, or outside, at this instant. */
    void seen(SellerId seller, UUID channelId, long telegramUserId, boolean inside, Instant at) {
        jdbc.sql("""
                update access.seat set inside = ?, inside_at = ?
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and (inside_at is null or inside_at <= ?)
                """)
                .params(Columns.all(inside, Columns.at(at), seller.value(), channelId, telegramUserId, Columns.at(at)))
                .update();
    }

    /** Whether the user is inside, as last heard. */
    boolean isInside(SellerId seller, UUID channelId, long telegramUserId) {
        return jdbc.sql("""
                select exists (select from access.seat
                  where seller_id = ? and channel_id = ? and telegram_user_id = ? and inside)
                """)
                .params(seller.value(), channelId, telegramUserId)
                .query(Boolean.class)
                .single();
    }

    /** The update by which the user asks to be let in and waits for an answer. */
    Optional<Long> waitingRequest(SellerId seller, UUID channelId, long telegramUserId) {
        return jdbc.sql("""
                select request_update_id from access.seat
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and request_update_id is not null
                """)
                .params(seller.value(), channelId, telegramUserId)
                .query((row, n) -> row.getLong("request_update_id"))
                .optional();
    }

    /**
     * Within the current transaction.
     *
     * @throws org.springframework.dao.DuplicateKeyException when the order has its grant already: a broken invariant
     */
    public void add(Grant grant) {
        jdbc.sql("""
                insert into access.grants
                  (seller_id, grant_id, order_id, payment_id, channel_id, telegram_user_id, starts_at, ends_at, access)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
                .params(Columns.all(
                        grant.seller().value(),
                        grant.id(),
                        grant.orderId(),
                        grant.paymentId(),
                        grant.channelId(),
                        grant.telegramUserId(),
                        Columns.at(grant.startsAt()),
                        Columns.atOrNull(grant.endsAt()),
                        grant.access().word()))
                .update();
    }

    /** Within the current transaction; answers those that were still active. */
    public List<Grant> endOfPayment(SellerId seller, String paymentId, String why) {
        return jdbc.sql("""
                update access.grants set access = 'ended', ended_why = ?, ended_at = ?
                where seller_id = ? and payment_id = ? and access <> 'ended' returning *
                """)
                .params(why, Columns.at(clock.instant()), seller.value(), paymentId)
                .query(Grants::read)
                .list();
    }

    /** Within the current transaction: a step forward; a step back changes nothing. Answers whether it was one. */
    boolean advance(Grant grant, Access to, @Nullable Long messageId) {
        return jdbc.sql("""
                        update access.grants set access = ?,
                          message_id = coalesce(?, message_id),
                          delivered_at = case when ? = 'delivered' then ?::timestamptz else delivered_at end,
                          admitted_at = case when ? = 'admitted' then ?::timestamptz else admitted_at end
                        where seller_id = ? and grant_id = ?
                          and array_position(array['preparing', 'ready', 'delivered', 'admitted'], access)
                            < array_position(array['preparing', 'ready', 'delivered', 'admitted'], ?)
                        """)
                        .params(Columns.all(
                                to.word(),
                                messageId,
                                to.word(),
                                Columns.at(clock.instant()),
                                to.word(),
                                Columns.at(clock.instant()),
                                grant.seller().value(),
                                grant.id(),
                                to.word()))
                        .update()
                == 1;
    }

    /** Within the current transaction: remembers that a message was confirmed even where the buyer was inside before it. */
    void messageConfirmed(Grant grant, long messageId) {
        jdbc.sql("""
                update access.grants set message_id = ?, delivered_at = coalesce(delivered_at, ?)
                where seller_id = ? and grant_id = ?
                """)
                .params(Columns.all(
                        messageId, Columns.at(clock.instant()), grant.seller().value(), grant.id()))
                .update();
    }

    /** Within the current transaction: the channel's link is there now. */
    void linkIsThere(SellerId seller, UUID channelId) {
        jdbc.sql(
                        "update access.grants set access = 'ready' where seller_id = ? and channel_id = ? and access = 'preparing'")
                .params(seller.value(), channelId)
                .update();
    }

    public Optional<Grant> find(SellerId seller, UUID id) {
        return jdbc.sql("select * from access.grants where seller_id = ? and grant_id = ?")
                .params(seller.value(), id)
                .query(Grants::read)
                .optional();
    }

    public Optional<Grant> ofOrder(SellerId seller, String orderId) {
        return jdbc.sql("select * from access.grants where seller_id = ? and order_id = ?")
                .params(seller.value(), orderId)
                .query(Grants::read)
                .optional();
    }

    public Optional<Grant> ofPayment(SellerId seller, String paymentId) {
        return jdbc.sql("select * from access.grants where seller_id = ? and payment_id = ?")
                .params(seller.value(), paymentId)
                .query(Grants::read)
                .optional();
    }

    /** A user's grants in a channel whose time is not over, oldest first. */
    public List<Grant> active(SellerId seller, UUID channelId, long telegramUserId) {
        return jdbc.sql("""
                select * from access.grants
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and access <> 'ended'
                  and (ends_at is null or ends_at > ?)
                order by starts_at, grant_id
                """)
                .params(seller.value(), channelId, telegramUserId, Columns.at(clock.instant()))
                .query(Grants::read)
                .list();
    }

    /** All of a user's grants with a seller whose time is not over. */
    List<Grant> active(SellerId seller, long telegramUserId) {
        return jdbc.sql("""
                select * from access.grants
                where seller_id = ? and telegram_user_id = ? and access <> 'ended' and (ends_at is null or ends_at > ?)
                order by starts_at, grant_id
                """)
                .params(seller.value(), telegramUserId, Columns.at(clock.instant()))
                .query(Grants::read)
                .list();
    }

    /** Newest first, paged by key. */
    public List<Grant> list(
            SellerId seller,
            Optional<UUID> channelId,
            Optional<Long> telegramUserId,
            Optional<UUID> before,
            int limit) {
        return jdbc.sql("""
                select * from access.grants
                where seller_id = ? and (?::uuid is null or channel_id = ?) and (?::bigint is null or telegram_user_id = ?)
                  and (?::uuid is null or grant_id < ?)
                order by grant_id desc limit ?
                """)
                .params(Columns.all(
                        seller.value(),
                        channelId.orElse(null),
                        channelId.orElse(null),
                        telegramUserId.orElse(null),
                        telegramUserId.orElse(null),
                        before.orElse(null),
                        before.orElse(null),
                        limit))
                .query(Grants::read)
                .list();
    }

    /** Of all sellers, newest first, paged by key. */
    public List<Grant> listAll(Optional<Long> telegramUserId, Optional<UUID> before, int limit) {
        return jdbc.sql("""
                select * from access.grants
                where (?::bigint is null or telegram_user_id = ?) and (?::uuid is null or grant_id < ?)
                order by grant_id desc limit ?
                """)
                .params(Columns.all(
                        telegramUserId.orElse(null),
                        telegramUserId.orElse(null),
                        before.orElse(null),
                        before.orElse(null),
                        limit))
                .query(Grants::read)
                .list();
    }

    /** Remembers, in a transaction of its own, that this user deals with this seller, so that the bot finds their grants. */
    public void knowBuyer(SellerId seller, long telegramUserId) {
        transactions.run(seller, () -> {
            jdbc.sql("""
                    insert into access.buyer_route (telegram_user_id, seller_id) values (?, ?)
                    on conflict (telegram_user_id, seller_id) do nothing
                    """).params(telegramUserId, seller.value()).update();
        });
    }

    List<SellerId> sellersOf(long telegramUserId) {
        return jdbc.sql("select seller_id from access.buyer_route where telegram_user_id = ? order by seller_id")
                .param(telegramUserId)
                .query((row, n) -> new SellerId(row.getString("seller_id")))
                .list();
    }

    private static Grant read(ResultSet row, int n) throws SQLException {
        return new Grant(
                new SellerId(row.getString("seller_id")),
                row.getObject("grant_id", UUID.class),
                row.getString("order_id"),
                row.getString("payment_id"),
                row.getObject("channel_id", UUID.class),
                row.getLong("telegram_user_id"),
                Columns.instant(row, "starts_at"),
                Columns.instantOrNull(row, "ends_at"),
                Access.valueOf(row.getString("access").toUpperCase(Locale.ROOT)));
    }
}
