package admitone.access;

import admitone.access.Grant.Access;
import admitone.access.Origin.Given;
import admitone.access.Origin.Kind;
import admitone.access.Origin.Purchase;
import admitone.database.Columns;
import admitone.database.Gathered;
import admitone.database.Listing;
import admitone.database.Read;
import admitone.database.Reads;
import admitone.database.Sql;
import admitone.database.Transactions;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The grants of a seller, and the seats they are for. */
@Repository
public class Grants {
    /** Why a grant ended that was not cut short. */
    static final String TIME_OVER = "time_over";

    private static final String LOCKED = "for update of s";

    private final JdbcClient jdbc;
    private final Reads reads;
    private final Transactions transactions;
    private final Clock clock;
    private final Gathered<Grant> added;
    private final Gathered<Delivery> deliveries;

    Grants(JdbcTemplate template, JdbcClient jdbc, Reads reads, Transactions transactions, Clock clock) {
        this.jdbc = jdbc;
        this.reads = reads;
        this.transactions = transactions;
        this.clock = clock;
        this.added = new Gathered<>(template, Grants::insert);
        this.deliveries = new Gathered<>(template, Grants::confirm);
    }

    private record Delivery(Grant grant, long messageId, Instant at) {}

    /** Within the current transaction: nobody else decides about this user in this channel until it ends. */
    public Seat lockSeat(SellerId seller, UUID channelId, long telegramUserId) {
        Seat.Key key = new Seat.Key(seller, channelId, telegramUserId);
        return Optional.ofNullable(lockSeats(List.of(key)).get(key)).orElseThrow();
    }

    /** Within the current transaction: as {@link #lockSeat}, for several, in the order of their keys. */
    Map<Seat.Key, Seat> lockSeats(Collection<Seat.Key> keys) {
        Map<Seat.Key, Seat> seats = reads.one(lockNewSeats(keys));
        readSeats(keys, LOCKED, seats);
        return seats;
    }

    /** What days that are paid for now would be, where they do not begin now but at an end past which the user has stayed. */
    public Optional<Grant.Span> lateRenewal(Seat.Key key, @Nullable Integer days) {
        Map<Seat.Key, Seat> seats = new HashMap<>();
        readSeats(List.of(key), "", seats);
        Instant now = clock.instant();
        return Optional.of(Grant.Span.bought(seats.get(key), now, days))
                .filter(span -> span.startsAt().isBefore(now));
    }

    /**
     * Within the current transaction: as {@link #lockSeat}, for those of several who have never had a seat, in the order of their keys. Waits for nobody
     * but who takes the same new seat at this moment. The others: {@link #lockFreeSeats}.
     */
    public Read<Map<Seat.Key, Seat>> lockNewSeats(Collection<Seat.Key> keys) {
        Map<Seat.Key, Seat> seats = new HashMap<>();
        return Read.of("""
                insert into access.seat (seller_id, channel_id, telegram_user_id)
                select r->>0, (r->>1)::uuid, (r->>2)::bigint
                from unnest(?::jsonb[]) as r
                on conflict (seller_id, channel_id, telegram_user_id) do nothing
                returning seller_id, channel_id, telegram_user_id
                """, rows(keys), seats, row -> seats.put(Seat.Key.read(row), new Seat(null, null, false)));
    }

    /** Within the current transaction: adds the other ones of the keys to seats that are locked, but for those that somebody else holds. */
    public void lockFreeSeats(Collection<Seat.Key> keys, Map<Seat.Key, Seat> seats) {
        readSeats(keys, LOCKED + " skip locked", seats);
    }

    private void readSeats(Collection<Seat.Key> keys, String locked, Map<Seat.Key, Seat> seats) {
        List<Object[]> others =
                rows(keys.stream().filter(key -> !seats.containsKey(key)).toList());
        reads.together(
                Read.of(
                        """
                        select s.* from access.seat s
                        join (select r->>0 as seller_id, (r->>1)::uuid as channel_id, (r->>2)::bigint as telegram_user_id from unnest(?::jsonb[]) as r) as v
                          on s.seller_id = v.seller_id and s.channel_id = v.channel_id and s.telegram_user_id = v.telegram_user_id
                        order by s.seller_id, s.channel_id, s.telegram_user_id
                        """ + locked,
                        others,
                        seats,
                        row -> seats.put(
                                Seat.Key.read(row),
                                new Seat(
                                        null,
                                        row.getObject("request_update_id", Long.class),
                                        row.getBoolean("inside")))),
                // whoever has a grant has had a seat before. A statement of its own: the one before sees the grants as
                // they were when it began to wait
                Read.of("""
                        select g.seller_id, g.channel_id, g.telegram_user_id, max(g.ends_at) as until
                        from access.grants g
                        join (select r->>0 as seller_id, (r->>1)::uuid as channel_id, (r->>2)::bigint as telegram_user_id from unnest(?::jsonb[]) as r) as v
                          on g.seller_id = v.seller_id and g.channel_id = v.channel_id and g.telegram_user_id = v.telegram_user_id
                        where g.access <> 'ended' and g.ends_at is not null
                        group by g.seller_id, g.channel_id, g.telegram_user_id
                        """, others, seats, row -> {
                    Instant until = Columns.instant(row, "until");
                    seats.computeIfPresent(
                            Seat.Key.read(row),
                            (_, seat) -> new Seat(until, seat.requestUpdateId(), seat.isInside(), seat.stay()));
                }),
                Read.of("""
                        select distinct on (e.seller_id, e.channel_id, e.telegram_user_id) e.* from access.ending e
                        join (select r->>0 as seller_id, (r->>1)::uuid as channel_id, (r->>2)::bigint as telegram_user_id from unnest(?::jsonb[]) as r) as v
                          on e.seller_id = v.seller_id and e.channel_id = v.channel_id and e.telegram_user_id = v.telegram_user_id
                        where e.settled_at is null and e.notice_at is not null
                        order by e.seller_id, e.channel_id, e.telegram_user_id, e.ends_at desc
                        """, others, seats, row -> {
                    Instant endedAt = Columns.instant(row, "ends_at");
                    boolean counts =
                            row.getBoolean("renews_from_end") && Columns.instantOrNull(row, "removing_at") == null;
                    var stay = new Seat.Stay(endedAt, counts ? Columns.instantOrNull(row, "remove_at") : endedAt);
                    seats.computeIfPresent(
                            Seat.Key.read(row),
                            (_, seat) -> new Seat(seat.entitledUntil(), seat.requestUpdateId(), seat.isInside(), stay));
                }));
    }

    /** In the order of their keys, each once. */
    static List<Object[]> rows(Collection<Seat.Key> keys) {
        return keys.stream()
                .distinct()
                .sorted(Seat.Key.ORDER)
                .map(key -> new Object[] {key.seller(), key.channelId(), key.telegramUserId()})
                .toList();
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

    /** Within the current transaction, as {@link #lockSeat}: the user was inside, or outside, in the second of this instant. Updates know no finer time. */
    void seen(SellerId seller, UUID channelId, long telegramUserId, boolean inside, Instant at) {
        seen(seller, channelId, telegramUserId, inside, at, null);
    }

    /** As {@link #seen}, told by this update. One that failed before may be acted on after a later one of the same second: the later one counts. */
    void heard(SellerId seller, UUID channelId, long telegramUserId, boolean inside, Instant at, long updateId) {
        seen(seller, channelId, telegramUserId, inside, at, updateId);
    }

    private void seen(
            SellerId seller, UUID channelId, long telegramUserId, boolean inside, Instant at, @Nullable Long updateId) {
        lockSeat(seller, channelId, telegramUserId);
        jdbc.sql("""
                update access.seat set inside = :inside, inside_at = :second,
                  inside_update_id = coalesce(cast(:update as bigint), case when inside_at = :second then inside_update_id end)
                where seller_id = :seller and channel_id = :channel and telegram_user_id = :user
                  and (inside_at is null or inside_at < :second
                    or (inside_at = :second and (cast(:update as bigint) is null or inside_update_id is null or inside_update_id <= :update)))
                """)
                .param("inside", inside)
                .param("second", Columns.at(at.truncatedTo(ChronoUnit.SECONDS)))
                .param("update", updateId)
                .param("seller", seller.value())
                .param("channel", channelId)
                .param("user", telegramUserId)
                .update();
    }

    /** Within the current transaction, after {@link #seen}: who let them in without any link, unless something later is known; null: nobody. */
    void letInBy(Seat.Key seat, @Nullable Long by, Instant at) {
        jdbc.sql("""
                update access.seat set added_by = ?
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and inside_at = ?
                """)
                .params(Columns.all(
                        by,
                        seat.seller().value(),
                        seat.channelId(),
                        seat.telegramUserId(),
                        Columns.at(at.truncatedTo(ChronoUnit.SECONDS))))
                .update();
    }

    /** Who let them in last, without any link. */
    Optional<Long> letInBy(Seat.Key seat) {
        return jdbc.sql("""
                select added_by from access.seat
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and added_by is not null
                """)
                .params(seat.seller().value(), seat.channelId(), seat.telegramUserId())
                .query(Long.class)
                .optional();
    }

    /** As {@link #looked(Seat.Key, boolean, Instant)}. */
    void looked(Grant grant, boolean inside, Instant began) {
        looked(grant.seat(), inside, began);
    }

    /** As {@link #seen}, by a look that began at this instant. An update of the same second may be later: it counts, whichever is recorded first. */
    void looked(Seat.Key seat, boolean inside, Instant began) {
        seen(seat.seller(), seat.channelId(), seat.telegramUserId(), inside, began.minusSeconds(1));
    }

    /** Until when each of these users may stay, by all that they have, in one statement: an empty end is none, for life. Who has nothing is left out. */
    Read<Map<Seat.Key, Optional<Instant>>> lastEnds(Collection<Seat.Key> seats) {
        Map<Seat.Key, Optional<Instant>> ends = new HashMap<>();
        return Read.of(
                """
                select g.seller_id, g.channel_id, g.telegram_user_id,
                  case when bool_and(g.ends_at is not null) then max(g.ends_at) end as last_end
                from access.grants g
                join (select r->>0 as seller_id, (r->>1)::uuid as channel_id, (r->>2)::bigint as telegram_user_id from unnest(?::jsonb[]) as r) as v
                  on g.seller_id = v.seller_id and g.channel_id = v.channel_id and g.telegram_user_id = v.telegram_user_id
                where g.access <> 'ended'
                group by g.seller_id, g.channel_id, g.telegram_user_id
                """,
                rows(seats),
                ends,
                row -> ends.put(Seat.Key.read(row), Optional.ofNullable(Columns.instantOrNull(row, "last_end"))));
    }

    /** Those of the seats whose users are inside, as last heard, in one statement. */
    Read<Set<Seat.Key>> inside(Collection<Seat.Key> seats) {
        Set<Seat.Key> inside = new HashSet<>();
        return Read.of("""
                select s.seller_id, s.channel_id, s.telegram_user_id from access.seat s
                join (select r->>0 as seller_id, (r->>1)::uuid as channel_id, (r->>2)::bigint as telegram_user_id from unnest(?::jsonb[]) as r) as v
                  on s.seller_id = v.seller_id and s.channel_id = v.channel_id and s.telegram_user_id = v.telegram_user_id
                where s.inside
                """, rows(seats), inside, row -> inside.add(Seat.Key.read(row)));
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
     * Within the current transaction, which holds the user's seat, when it commits. It fails with a {@code DuplicateKeyException} when the order has its grant
     * already: a broken invariant.
     */
    public void add(Grant grant) {
        added.add(grant);
    }

    private static Sql insert(List<Grant> grants) {
        return new Sql(
                """
                insert into access.grants
                  (seller_id, grant_id, order_id, payment_id, given, reference, channel_id, telegram_user_id, starts_at, ends_at, access,
                   look_at)
                select r->>0, (r->>1)::uuid, r->>2, r->>3, r->>4, r->>5, (r->>6)::uuid, (r->>7)::bigint, (r->>8)::timestamptz,
                  (r->>9)::timestamptz, r->>10, (r->>11)::timestamptz
                from unnest(?::jsonb[]) as r
                """,
                Columns.rows(grants.stream()
                        .map(grant -> Columns.all(
                                grant.seller(),
                                grant.id(),
                                grant.orderId().orElse(null),
                                grant.paymentId().orElse(null),
                                grant.origin() instanceof Given given
                                        ? given.kind().word()
                                        : null,
                                grant.origin() instanceof Given given ? given.reference() : null,
                                grant.channelId(),
                                grant.telegramUserId(),
                                grant.startsAt(),
                                grant.endsAt(),
                                grant.access().word(),
                                Schedule.firstLook(grant)))
                        .toList()));
    }

    /** Within the current transaction; answers those that were still active. What follows from it is decided by the next look at the seat. */
    public List<Grant> endOfPayment(SellerId seller, String paymentId, String why) {
        return endOfPayment(seller, paymentId, List.of(), why);
    }

    /** As {@link #endOfPayment(SellerId, String, String)}, with what these orders granted, of which it was one of the payments. */
    public List<Grant> endOfPayment(SellerId seller, String paymentId, List<String> orderIds, String why) {
        var now = Columns.at(clock.instant());
        List<Grant> ended = jdbc.sql("""
                update access.grants set access = 'ended', ended_why = ?, ended_at = ?, look_at = ?
                where seller_id = ? and (payment_id = ? or order_id = any(?)) and access <> 'ended' returning *
                """)
                .params(Columns.all(why, now, now, seller.value(), paymentId, orderIds.toArray(String[]::new)))
                .query(Grants::read)
                .list();
        // the last first: what follows it closes up to it before both close up to the one before
        ended.stream().sorted(Comparator.comparing(Grant::startsAt).reversed()).forEach(this::closeUp);
        return ended;
    }

    /** Within the current transaction: what follows a grant that was cut short begins, and ends, by so much earlier. */
    private void closeUp(Grant cut) {
        Instant now = clock.instant();
        if (cut.endsAt() == null || !cut.endsAt().isAfter(now)) {
            return;
        }
        lockSeat(cut.seller(), cut.channelId(), cut.telegramUserId());
        Instant from = cut.startsAt().isAfter(now) ? cut.startsAt() : now;
        long micros = ChronoUnit.MICROS.between(from, cut.endsAt());
        jdbc.sql("""
                update access.grants set starts_at = starts_at - ? * interval '1 microsecond',
                  ends_at = ends_at - ? * interval '1 microsecond', look_at = ?
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and access <> 'ended' and starts_at >= ?
                """)
                .params(
                        micros,
                        micros,
                        Columns.at(now),
                        cut.seller().value(),
                        cut.channelId(),
                        cut.telegramUserId(),
                        Columns.at(cut.endsAt()))
                .update();
    }

    /** Within the current transaction, which holds the seat: ends it, whatever it was for; false when it is over. */
    boolean end(Grant grant, String why) {
        var now = Columns.at(clock.instant());
        Optional<Grant> ended = jdbc.sql("""
                update access.grants set access = 'ended', ended_why = ?, ended_at = ?, look_at = ?
                where seller_id = ? and grant_id = ? and access <> 'ended' and (ends_at is null or ends_at > ?) returning *
                """)
                .params(why, now, now, grant.seller().value(), grant.id(), now)
                .query(Grants::read)
                .optional();
        ended.ifPresent(this::closeUp);
        return ended.isPresent();
    }

    /** Within the current transaction, which holds the seat: moves its end, and the grants that follow it. Empty when it is over or for life. */
    Optional<Grant> extend(Grant grant, int days) {
        var now = Columns.at(clock.instant());
        int hours = Math.multiplyExact(days, 24);
        Optional<Grant> running =
                find(grant.seller(), grant.id()).filter(one -> one.isActiveAt(clock.instant()) && one.endsAt() != null);
        running.ifPresent(one -> jdbc.sql("""
                update access.grants set
                  starts_at = case when grant_id = ? then starts_at else starts_at + ? * interval '1 hour' end,
                  ends_at = ends_at + ? * interval '1 hour', look_at = ?
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and access <> 'ended' and (grant_id = ? or starts_at >= ?)
                """)
                .params(Columns.all(
                        one.id(),
                        hours,
                        hours,
                        now,
                        one.seller().value(),
                        one.channelId(),
                        one.telegramUserId(),
                        one.id(),
                        Columns.atOrNull(one.endsAt())))
                .update());
        return running.flatMap(one -> find(one.seller(), one.id()));
    }

    /** Within the current transaction, which holds the seat: the grants whose time is over are ended; answers those that were not yet. */
    List<Grant> endOver(Seat.Key seat, Instant now) {
        return jdbc.sql("""
                update access.grants set access = 'ended', ended_why = ?, ended_at = ?
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and access <> 'ended' and ends_at <= ?
                returning *
                """)
                .params(
                        TIME_OVER,
                        Columns.at(now),
                        seat.seller().value(),
                        seat.channelId(),
                        seat.telegramUserId(),
                        Columns.at(now))
                .query(Grants::read)
                .list();
    }

    /** Within the current transaction: a step forward; a step back changes nothing. Answers whether it was one. */
    boolean advance(Grant grant, Access to) {
        return jdbc.sql("""
                        update access.grants set access = ?,
                          admitted_at = case when ? = 'admitted' then ?::timestamptz else admitted_at end
                        where seller_id = ? and grant_id = ?
                          and array_position(array['preparing', 'ready', 'delivered', 'admitted'], access)
                            < array_position(array['preparing', 'ready', 'delivered', 'admitted'], ?)
                        """)
                        .params(
                                to.word(),
                                to.word(),
                                Columns.at(clock.instant()),
                                grant.seller().value(),
                                grant.id(),
                                to.word())
                        .update()
                == 1;
    }

    /** Within the current transaction, when it commits: a message was confirmed; remembered also where the buyer was inside before it. */
    void delivered(Grant grant, long messageId) {
        deliveries.add(new Delivery(grant, messageId, clock.instant()));
    }

    private static Sql confirm(List<Delivery> all) {
        return new Sql(
                """
                update access.grants g set
                  access = case when g.access in ('preparing', 'ready') then 'delivered' else g.access end,
                  message_id = v.message_id, delivered_at = coalesce(g.delivered_at, v.at)
                from (select (r->>0)::bigint as message_id, (r->>1)::timestamptz as at, r->>2 as seller_id, (r->>3)::uuid as grant_id from unnest(?::jsonb[]) as r) as v
                where g.seller_id = v.seller_id and g.grant_id = v.grant_id
                """,
                Columns.rows(all.stream()
                        .map(one -> Columns.all(
                                one.messageId(),
                                one.at(),
                                one.grant().seller(),
                                one.grant().id()))
                        .toList()));
    }

    /** Within the current transaction: the channel's link is there now. */
    void linkIsThere(SellerId seller, UUID channelId) {
        jdbc.sql(
                        "update access.grants set access = 'ready' where seller_id = ? and channel_id = ? and access = 'preparing'")
                .params(seller.value(), channelId)
                .update();
    }

    /** The newest grants of those who were sent the way in and are not inside, as last heard: one each, of at most so many. */
    List<UUID> toldOutside(SellerId seller, UUID channelId, int limit) {
        return jdbc.sql("""
                select max(grant_id::text)::uuid as grant_id from access.grants g
                where seller_id = ? and channel_id = ? and access in ('delivered', 'admitted') and (ends_at is null or ends_at > ?)
                  and exists (select from access.seat s where s.seller_id = g.seller_id and s.channel_id = g.channel_id
                    and s.telegram_user_id = g.telegram_user_id and s.inside is not true)
                  and not exists (select from access.listed l where l.seller_id = g.seller_id and l.channel_id = g.channel_id
                    and l.telegram_user_id = g.telegram_user_id and l.word = 'banned')
                group by telegram_user_id order by 1 desc limit ?
                """)
                .params(seller.value(), channelId, Columns.at(clock.instant()), limit)
                .query((row, n) -> row.getObject("grant_id", UUID.class))
                .list();
    }

    public Optional<Grant> find(SellerId seller, UUID id) {
        return jdbc.sql("select * from access.grants where seller_id = ? and grant_id = ?")
                .params(seller.value(), id)
                .query(Grants::read)
                .optional();
    }

    /** Several at once, by id; those that are there. */
    Read<Map<UUID, Grant>> find(Map<UUID, SellerId> sellersById) {
        Map<UUID, Grant> found = new HashMap<>();
        return Read.of("""
                select g.* from access.grants g
                join (select r->>0 as seller_id, (r->>1)::uuid as grant_id from unnest(?::jsonb[]) as r) as v
                  on g.seller_id = v.seller_id and g.grant_id = v.grant_id
                """, Columns.keys(sellersById), found, row -> {
            Grant grant = read(row, 0);
            found.put(grant.id(), grant);
        });
    }

    public Optional<Grant> ofOrder(SellerId seller, String orderId) {
        return jdbc.sql("select * from access.grants where seller_id = ? and order_id = ?")
                .params(seller.value(), orderId)
                .query(Grants::read)
                .optional();
    }

    /** The first, where a person has decided that what was paid too much buys more time. */
    public Optional<Grant> ofPayment(SellerId seller, String paymentId) {
        return jdbc.sql("select * from access.grants where seller_id = ? and payment_id = ? order by grant_id limit 1")
                .params(seller.value(), paymentId)
                .query(Grants::read)
                .optional();
    }

    /** What was given for this. */
    Optional<Grant> ofOrigin(SellerId seller, UUID channelId, Given origin) {
        return jdbc.sql(
                        "select * from access.grants where seller_id = ? and channel_id = ? and given = ? and reference = ?")
                .params(seller.value(), channelId, origin.kind().word(), origin.reference())
                .query(Grants::read)
                .optional();
    }

    /** Whether the user ever had a right in this channel. */
    public boolean hadAny(SellerId seller, UUID channelId, long telegramUserId) {
        return jdbc.sql("""
                select exists (select from access.grants where seller_id = ? and channel_id = ? and telegram_user_id = ?)
                """)
                .params(seller.value(), channelId, telegramUserId)
                .query(Boolean.class)
                .single();
    }

    /** Those who had access to the channel until their time was over, have none now, and are not banned; whose time ended last first. */
    public List<Long> expired(SellerId seller, UUID channelId, int limit) {
        return jdbc.sql("""
                select telegram_user_id from access.grants g where seller_id = :seller and channel_id = :channel
                  and not exists (select from access.listed l where l.seller_id = g.seller_id and l.channel_id = g.channel_id
                    and l.telegram_user_id = g.telegram_user_id and l.word = 'banned')
                group by telegram_user_id
                having bool_and(access = 'ended' or coalesce(ends_at <= :now, false))
                  and bool_or(ends_at <= :now and (ended_why is null or ended_why = :over))
                order by max(ends_at) desc nulls last, telegram_user_id limit :limit
                """)
                .param("seller", seller.value())
                .param("channel", channelId)
                .param("now", Columns.at(clock.instant()))
                .param("over", TIME_OVER)
                .param("limit", limit)
                .query((row, n) -> row.getLong("telegram_user_id"))
                .list();
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

    /** All of a user's grants with a seller whose time is not over, oldest first. */
    public List<Grant> active(SellerId seller, long telegramUserId) {
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
        return Listing.of("access.grants", seller)
                .whereGiven("channel_id = ?", channelId)
                .whereGiven("telegram_user_id = ?", telegramUserId)
                .before("grant_id", before)
                .page(jdbc, limit, Grants::read);
    }

    /** Of all sellers, newest first, paged by key. */
    public List<Grant> listAll(Optional<Long> telegramUserId, Optional<UUID> before, int limit) {
        return Listing.of("access.grants", Optional.empty())
                .whereGiven("telegram_user_id = ?", telegramUserId)
                .before("grant_id", before)
                .page(jdbc, limit, Grants::read);
    }

    /** Those bought from {@code from} until before {@code until}, by their ids, oldest first. */
    public List<Grant> boughtBetween(SellerId seller, Instant from, Instant until, int limit) {
        return jdbc.sql("""
                select * from access.grants where seller_id = ? and grant_id >= ? and grant_id < ? and order_id is not null order by grant_id limit ?
                """)
                .params(seller.value(), Ids.firstAt(from), Ids.firstAt(until), limit)
                .query(Grants::read)
                .list();
    }

    /** Remembers, in a transaction of its own, that this user deals with this seller, so that the bot finds their grants. */
    public void knowBuyer(SellerId seller, long telegramUserId) {
        knowBuyers(seller, List.of(telegramUserId));
    }

    /** As {@link #knowBuyer}, of several by one statement. */
    void knowBuyers(SellerId seller, Collection<Long> telegramUserIds) {
        transactions.run(seller, () -> remember(seller, telegramUserIds));
    }

    /** As {@link #knowBuyer}, within the current transaction. */
    void rememberBuyer(SellerId seller, long telegramUserId) {
        remember(seller, List.of(telegramUserId));
    }

    private void remember(SellerId seller, Collection<Long> telegramUserIds) {
        jdbc.sql("""
                insert into access.buyer_route (telegram_user_id, seller_id)
                select (r->>0)::bigint, r->>1
                from unnest(?::jsonb[]) as r
                on conflict (telegram_user_id, seller_id) do nothing
                """)
                .params(Columns.rows(telegramUserIds.stream()
                        .distinct()
                        .sorted()
                        .map(user -> new Object[] {user, seller})
                        .toList()))
                .update();
    }

    /** The channels of this seller where the user has been, has asked to join, or has bought access. */
    public List<UUID> channelsOf(SellerId seller, long telegramUserId) {
        return jdbc.sql("""
                select channel_id from access.seat where seller_id = ? and telegram_user_id = ?
                union select channel_id from access.grants where seller_id = ? and telegram_user_id = ?
                """)
                .params(seller.value(), telegramUserId, seller.value(), telegramUserId)
                .query((row, _) -> row.getObject("channel_id", UUID.class))
                .list();
    }

    /** The sellers with whom this user deals. */
    public List<SellerId> sellersOf(long telegramUserId) {
        return jdbc.sql("select seller_id from access.buyer_route where telegram_user_id = ? order by seller_id")
                .param(telegramUserId)
                .query((row, n) -> new SellerId(row.getString("seller_id")))
                .list();
    }

    /** What the timeline tells of a row under. */
    static String subject(ResultSet row) throws SQLException {
        return read(row, 0).subject();
    }

    private static Origin origin(ResultSet row) throws SQLException {
        String given = row.getString("given");
        return given == null
                ? new Purchase(row.getString("order_id"), row.getString("payment_id"))
                : new Given(Kind.valueOf(given.toUpperCase(Locale.ROOT)), row.getString("reference"));
    }

    private static Grant read(ResultSet row, int n) throws SQLException {
        return new Grant(
                new SellerId(row.getString("seller_id")),
                row.getObject("grant_id", UUID.class),
                origin(row),
                row.getObject("channel_id", UUID.class),
                row.getLong("telegram_user_id"),
                Columns.instant(row, "starts_at"),
                Columns.instantOrNull(row, "ends_at"),
                Access.valueOf(row.getString("access").toUpperCase(Locale.ROOT)));
    }
}
