package admitone.access;

import admitone.access.Ending.Outcome;
import admitone.access.Schedule.Right;
import admitone.access.Schedule.Stage;
import admitone.database.Columns;
import admitone.runtime.SellerId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The ends of everybody's time, how far each has come, and when which seat is looked at. */
@Repository
class Endings {
    /** Somebody without a right now. To be followed by nothing that binds. */
    private static final String NO_RIGHT = """
             not exists (select from access.grants g
               where g.seller_id = e.seller_id and g.channel_id = e.channel_id and g.telegram_user_id = e.telegram_user_id
                 and g.access <> 'ended' and (g.ends_at is null or g.ends_at > :now))
            """;

    /** Whose removal counts: not of those who are outside already, nor of those that a person let go on. */
    private static final String COUNTS = """
             e.cleared_at is null and not exists (select from access.seat s
               where s.seller_id = e.seller_id and s.channel_id = e.channel_id and s.telegram_user_id = e.telegram_user_id
                 and not s.inside)
            """;

    private final JdbcClient jdbc;
    private final Clock clock;

    Endings(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    // looking

    /** Of all sellers: the seats about which something is due, longest due first; at most {@code limit}, and no more grants are read, however many wait. */
    List<Seat.Key> dueSeats(int limit) {
        return jdbc.sql("""
                select seller_id, channel_id, telegram_user_id from (
                  select seller_id, channel_id, telegram_user_id, look_at from access.grants where look_at <= ?
                  order by look_at limit ?) longest
                group by seller_id, channel_id, telegram_user_id order by min(look_at), seller_id, channel_id, telegram_user_id
                """)
                .params(Columns.at(clock.instant()), limit)
                .query((row, n) -> Seat.Key.read(row))
                .list();
    }

    /** A grant of a seat, and what it gives. */
    record Held(UUID grantId, String subject, Right right, boolean isOver) {}

    /** All that this user ever had in this channel, the last to end last. */
    List<Held> held(Seat.Key seat) {
        return jdbc.sql("""
                select *, case access when 'ended' then least(ends_at, ended_at) else ends_at end as right_ends from access.grants
                where seller_id = ? and channel_id = ? and telegram_user_id = ? order by right_ends nulls last, grant_id
                """)
                .params(seat.seller().value(), seat.channelId(), seat.telegramUserId())
                .query((row, n) -> new Held(
                        row.getObject("grant_id", UUID.class),
                        Grants.subject(row),
                        new Right(
                                Grant.madeAt(row.getObject("grant_id", UUID.class)),
                                Columns.instantOrNull(row, "right_ends")),
                        row.getString("access").equals("ended")))
                .list();
    }

    static List<Right> rights(List<Held> held) {
        return held.stream().map(Held::right).toList();
    }

    /** Within the current transaction, which holds the seat: it is looked at then, or, where that is null, for a new grant only. */
    void lookAgain(Seat.Key seat, UUID grantId, @Nullable Instant at) {
        jdbc.sql("""
                update access.grants set look_at = case when grant_id = ? then ?::timestamptz end
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and (grant_id = ? or look_at is not null)
                """)
                .params(Columns.all(
                        grantId,
                        Columns.atOrNull(at),
                        seat.seller().value(),
                        seat.channelId(),
                        seat.telegramUserId(),
                        grantId))
                .update();
    }

    // one end

    /** Within the current transaction, which holds the seat. */
    Ending open(Ending.Key key, UUID grantId) {
        jdbc.sql("""
                insert into access.ending (seller_id, channel_id, telegram_user_id, ends_at, grant_id) values (?, ?, ?, ?, ?)
                on conflict (seller_id, channel_id, telegram_user_id, ends_at) do nothing
                """)
                .params(
                        key.seat().seller().value(),
                        key.seat().channelId(),
                        key.seat().telegramUserId(),
                        Columns.at(key.endsAt()),
                        grantId)
                .update();
        return find(key).orElseThrow();
    }

    /** Within the current transaction, which holds the seat: the purchase that made it no end was given back before it came. */
    void reopen(Ending.Key key) {
        jdbc.sql("update access.ending set settled_at = null, outcome = null" + THIS_END + " and outcome = 'renewed'")
                .params(of(key))
                .update();
    }

    Optional<Ending> find(Ending.Key key) {
        return jdbc.sql("select * from access.ending e" + THIS_END)
                .params(of(key))
                .query((row, n) -> read(row))
                .optional();
    }

    /** Within the current transaction, which holds the seat. */
    void reminded(Ending.Key key, Duration before) {
        change(key, "reminded_h = ?", before.toHours());
    }

    /** Within the current transaction, which holds the seat: the notice is owed. Whoever was told before may stay no longer for its sake. */
    void noticed(Ending.Key key, Instant now, Duration grace) {
        change(
                key,
                "notice_at = ?, remove_at = case when told_at is not null then ?::timestamptz end",
                Columns.at(now),
                Columns.at(Schedule.removeAt(key.endsAt(), now, grace)));
    }

    /** Within the current transaction: the messenger confirmed a reminder. */
    void told(Ending.Key key, Instant at) {
        change(key, "told_at = coalesce(told_at, ?)", Columns.at(at));
    }

    /** Within the current transaction: the messenger confirmed the notice, which promises this grace from now, unless the removal is owed. */
    void told(Ending.Key key, Instant at, Duration grace) {
        change(
                key,
                "told_at = coalesce(told_at, ?),"
                        + " remove_at = case when removal_at is null then greatest(remove_at, ?) else remove_at end",
                Columns.at(at),
                Columns.at(Schedule.removeAt(key.endsAt(), at, grace)));
    }

    /** Within the current transaction: the notice cannot be delivered. */
    void unreachable(Ending.Key key, Instant at) {
        change(key, "unreachable_at = ?", Columns.at(at));
    }

    /** Within the current transaction: they may stay until then, unless it was said before until when. */
    void staysUntil(Ending.Key key, Instant removeAt) {
        change(key, "remove_at = coalesce(remove_at, ?)", Columns.at(removeAt));
    }

    /** Within the current transaction: the removal is owed. */
    void leaving(Ending.Key key) {
        change(key, "removal_at = ?", Columns.at(clock.instant()));
    }

    /** Within the current transaction, which holds the seat: the call goes out now. False: this end is settled. */
    boolean removing(Ending.Key key) {
        return change(key, "removing_at = ?", Columns.at(clock.instant())) == 1;
    }

    /** Within the current transaction: the call certainly did nothing. */
    void notRemoved(Ending.Key key) {
        change(key, "removing_at = null");
    }

    /** Whether a call to remove went out that may have done it: then it is we who keep them out. */
    boolean isRemoving(Ending.Key key) {
        return jdbc.sql("select exists (select from access.ending e" + THIS_END + " and removing_at is not null)")
                .params(of(key))
                .query(Boolean.class)
                .single();
    }

    /** Those for which a call to remove went out that may have done it. */
    List<Ending.Key> removals(Seat.Key seat) {
        return jdbc.sql("""
                select * from access.ending
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and removing_at is not null
                """)
                .params(seat.seller().value(), seat.channelId(), seat.telegramUserId())
                .query((row, n) -> key(row))
                .list();
    }

    /** Within the current transaction. What was settled before stays. */
    void settle(Ending.Key key, Outcome outcome) {
        change(key, "settled_at = ?, outcome = ?", Columns.at(clock.instant()), outcome.word());
    }

    /** Within the current transaction, which holds the seat: a purchase made these no ends. */
    void renewed(Seat.Key seat, @Nullable Instant until) {
        jdbc.sql("""
                update access.ending set settled_at = ?, outcome = 'renewed'
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and settled_at is null
                  and (?::timestamptz is null or ends_at < ?)
                """)
                .params(Columns.all(
                        Columns.at(clock.instant()),
                        seat.seller().value(),
                        seat.channelId(),
                        seat.telegramUserId(),
                        Columns.atOrNull(until),
                        Columns.atOrNull(until)))
                .update();
    }

    /** Within the current transaction, which holds the seat: whatever is under way about an end of theirs comes to this. */
    void settleAll(Seat.Key seat, Outcome outcome) {
        jdbc.sql("""
                update access.ending set settled_at = ?, outcome = ?
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and settled_at is null
                """)
                .params(
                        Columns.at(clock.instant()),
                        outcome.word(),
                        seat.seller().value(),
                        seat.channelId(),
                        seat.telegramUserId())
                .update();
    }

    /** Within the current transaction, which holds the seat: what came to this since then is under way again, as of those who are yet to be told. */
    List<Ending> reopen(Seat.Key seat, Outcome outcome, Instant since) {
        return jdbc.sql("""
                update access.ending set settled_at = null, outcome = null,
                  remove_at = null, unreachable_at = null, cleared_at = null, removal_at = null, observed_at = null
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and outcome = ? and settled_at >= ?
                returning *
                """)
                .params(
                        seat.seller().value(),
                        seat.channelId(),
                        seat.telegramUserId(),
                        outcome.word(),
                        Columns.at(since))
                .query((row, n) -> read(row))
                .list();
    }

    /** Within the current transaction: those whose time to stay runs are as if they were yet to be told. */
    List<Ending> untold(SellerId seller, UUID channelId) {
        return jdbc.sql("""
                update access.ending set remove_at = null, unreachable_at = null, observed_at = null
                where seller_id = ? and channel_id = ? and remove_at is not null and removal_at is null and settled_at is null
                returning *
                """)
                .params(seller.value(), channelId)
                .query((row, n) -> read(row))
                .list();
    }

    /** Whether something is due about the last end of theirs, or it is settled that they stay. */
    boolean isUnderWay(Seat.Key seat) {
        return jdbc.sql("""
                select exists (select from access.ending
                    where seller_id = :seller and channel_id = :channel and telegram_user_id = :user
                      and (settled_at is null or outcome = 'kept')
                      and ends_at = (select max(case access when 'ended' then least(ends_at, ended_at) else ends_at end)
                        from access.grants where seller_id = :seller and channel_id = :channel and telegram_user_id = :user))
                  or exists (select from access.grants
                    where seller_id = :seller and channel_id = :channel and telegram_user_id = :user and look_at is not null)
                """)
                .param("seller", seat.seller().value())
                .param("channel", seat.channelId())
                .param("user", seat.telegramUserId())
                .query(Boolean.class)
                .single();
    }

    // removals of a channel

    record OfChannel(SellerId seller, UUID channelId) {}

    /** Of all sellers: the channels where a removal is due and waits for nobody. */
    List<OfChannel> channelsWithDue() {
        return jdbc.sql("""
                select distinct e.seller_id, e.channel_id from access.ending e
                left join access.channel_terms t on t.seller_id = e.seller_id and t.channel_id = e.channel_id
                left join access.membership m on m.seller_id = e.seller_id and m.channel_id = e.channel_id
                where e.remove_at <= ? and e.settled_at is null and e.removal_at is null and (t.stopped is null or e.cleared_at is not null)
                  and (e.observed_at is null or m.observing is distinct from true)
                order by e.seller_id, e.channel_id
                """)
                .param(Columns.at(clock.instant()))
                .query((row, n) -> new OfChannel(
                        new SellerId(row.getString("seller_id")), row.getObject("channel_id", UUID.class)))
                .list();
    }

    record Counts(int lastHour, int due, int nextHour, int entitled) {}

    /** What the brake asks. */
    Counts count(SellerId seller, UUID channelId) {
        Instant now = clock.instant();
        return jdbc.sql("""
                select
                  (select count(*) from access.ending e
                    where e.seller_id = :seller and e.channel_id = :channel and e.removal_at > :ago and e.cleared_at is null) as last_hour,
                  (select count(*) from access.ending e where e.seller_id = :seller and e.channel_id = :channel
                    and e.settled_at is null and e.removal_at is null and e.remove_at <= :now and
                """ + COUNTS + " and " + NO_RIGHT + """
                  ) as due,
                  (select count(*) from access.ending e where e.seller_id = :seller and e.channel_id = :channel
                    and e.settled_at is null and e.removal_at is null and e.remove_at <= :ahead and
                """ + COUNTS + " and " + NO_RIGHT + """
                  ) as next_hour,
                  (select count(distinct telegram_user_id) from access.grants where seller_id = :seller and channel_id = :channel
                    and access <> 'ended' and (ends_at is null or ends_at > :now)) as entitled
                """)
                .param("seller", seller.value())
                .param("channel", channelId)
                .param("now", Columns.at(now))
                .param("ago", Columns.at(now.minus(Removals.WINDOW)))
                .param("ahead", Columns.at(now.plus(Removals.WINDOW)))
                .query((row, n) -> new Counts(
                        row.getInt("last_hour"), row.getInt("due"), row.getInt("next_hour"), row.getInt("entitled")))
                .single();
    }

    /** Those whose removal is due, in order; where the channel's removals wait for a person, only those that may go on. */
    List<Ending.Key> due(SellerId seller, UUID channelId, boolean onlyCleared, int limit) {
        return jdbc.sql("""
                select * from access.ending where seller_id = ? and channel_id = ? and remove_at <= ?
                  and settled_at is null and removal_at is null and (cleared_at is not null or not ?)
                order by remove_at, telegram_user_id limit ?
                """)
                .params(seller.value(), channelId, Columns.at(clock.instant()), onlyCleared, limit)
                .query((row, n) -> key(row))
                .list();
    }

    /** Of a channel that is only observed: those whose removal is due and was not told of. */
    List<Ending.Key> dueUnobserved(SellerId seller, UUID channelId, int limit) {
        return jdbc.sql("""
                select * from access.ending e
                where e.seller_id = :seller and e.channel_id = :channel and e.remove_at <= :now
                  and e.settled_at is null and e.removal_at is null and e.observed_at is null
                order by e.remove_at, e.telegram_user_id limit :limit
                """)
                .param("seller", seller.value())
                .param("channel", channelId)
                .param("now", Columns.at(clock.instant()))
                .param("limit", limit)
                .query((row, n) -> key(row))
                .list();
    }

    /** Within the current transaction: it was told that the removal would be owed now. */
    void observed(Ending.Key key) {
        change(key, "observed_at = ?", Columns.at(clock.instant()));
    }

    /** Within the current transaction: a person decided about all that were to go by {@code until}. Answers how many. */
    int decided(SellerId seller, UUID channelId, boolean goOn, Instant until) {
        return jdbc.sql(
                        "update access.ending set "
                                + (goOn ? "cleared_at = ?" : "settled_at = ?, outcome = 'kept'")
                                + " where seller_id = ? and channel_id = ? and remove_at <= ? and settled_at is null and removal_at is null")
                .params(Columns.at(clock.instant()), seller.value(), channelId, Columns.at(until))
                .update();
    }

    /** Who could not be told of their end from then until before then. */
    List<Long> unreachable(SellerId seller, UUID channelId, Instant from, Instant until) {
        return jdbc.sql("""
                select telegram_user_id from access.ending
                where seller_id = ? and channel_id = ? and unreachable_at >= ? and unreachable_at < ?
                  and (outcome is null or outcome <> 'renewed')
                order by unreachable_at, telegram_user_id
                """)
                .params(seller.value(), channelId, Columns.at(from), Columns.at(until))
                .query((row, n) -> row.getLong("telegram_user_id"))
                .list();
    }

    private static final String THIS_END =
            " where seller_id = ? and channel_id = ? and telegram_user_id = ? and ends_at = ?";

    /** How many it changed: none where the end is settled. */
    private int change(Ending.Key key, String set, Object... values) {
        return jdbc.sql("update access.ending e set " + set + THIS_END + " and settled_at is null")
                .params(Stream.concat(Arrays.stream(values), Arrays.stream(of(key)))
                        .toArray())
                .update();
    }

    private static Object[] of(Ending.Key key) {
        return Columns.all(
                key.seat().seller().value(),
                key.seat().channelId(),
                key.seat().telegramUserId(),
                Columns.at(key.endsAt()));
    }

    private static Ending.Key key(ResultSet row) throws SQLException {
        return new Ending.Key(Seat.Key.read(row), Columns.instant(row, "ends_at"));
    }

    private static Ending read(ResultSet row) throws SQLException {
        return new Ending(key(row), row.getObject("grant_id", UUID.class), stage(row));
    }

    private static Stage stage(ResultSet row) throws SQLException {
        Integer reminded = row.getObject("reminded_h", Integer.class);
        Instant removeAt = Columns.instantOrNull(row, "remove_at");
        if (row.getString("outcome") != null) {
            return new Stage.Settled();
        }
        if (row.getObject("removal_at") != null) {
            return new Stage.Leaving();
        }
        if (removeAt != null) {
            return new Stage.Staying(removeAt);
        }
        return row.getObject("notice_at") != null
                ? new Stage.Noticed()
                : new Stage.Running(reminded == null ? null : Duration.ofHours(reminded));
    }
}
