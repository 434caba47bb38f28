package admitone.access;

import admitone.cases.Cases;
import admitone.database.Columns;
import admitone.runtime.SellerId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Who was seen inside without a right, once per stay, and what became of it. */
@Repository
class Outsiders {
    // outcomes
    static final String OUTSIDE = "outside";
    static final String HAS_A_RIGHT = "has_a_right";
    static final String WHITELISTED = "whitelisted";
    static final String BANNED = "banned";

    // decisions
    static final String KEEP = "keep";
    static final String REMOVE = "remove";
    static final String DISMISS = "dismiss";

    private static final int MOST_NAMED = 10;

    private final JdbcClient jdbc;
    private final Cases cases;
    private final Clock clock;

    Outsiders(JdbcClient jdbc, Cases cases, Clock clock) {
        this.jdbc = jdbc;
        this.cases = cases;
        this.clock = clock;
    }

    /** Within the current transaction, which holds the seat; empty where this stay is known. */
    Optional<Outsider> found(Seat.Key seat, boolean beyond) {
        return jdbc.sql("""
                insert into access.outsider (seller_id, channel_id, telegram_user_id, found_at, beyond)
                values (?, ?, ?, ?, ?)
                on conflict do nothing returning *
                """)
                .params(seat.seller().value(), seat.channelId(), seat.telegramUserId(), Columns.at(now()), beyond)
                .query(Outsiders::read)
                .optional();
    }

    /** To the microsecond, as it is kept. */
    private Instant now() {
        return clock.instant().truncatedTo(java.time.temporal.ChronoUnit.MICROS);
    }

    /** Whether this stay is known. */
    boolean isKnown(Seat.Key seat) {
        return jdbc.sql("""
                select exists (select from access.outsider
                  where seller_id = ? and channel_id = ? and telegram_user_id = ? and settled_at is null)
                """)
                .params(seat.seller().value(), seat.channelId(), seat.telegramUserId())
                .query(Boolean.class)
                .single();
    }

    int foundSince(SellerId seller, UUID channelId, Instant since) {
        return jdbc.sql("select count(*) from access.outsider where seller_id = ? and channel_id = ? and found_at >= ?")
                .params(seller.value(), channelId, Columns.at(since))
                .query(Integer.class)
                .single();
    }

    /** Those who are asked about together, were found in this time and are not decided. */
    List<Outsider> beyond(SellerId seller, UUID channelId, Instant from, Instant until, int limit) {
        return jdbc.sql("""
                select * from access.outsider
                where seller_id = ? and channel_id = ? and found_at >= ? and found_at < ?
                  and beyond and decided is null and settled_at is null
                order by telegram_user_id limit ?
                """)
                .params(seller.value(), channelId, Columns.at(from), Columns.at(until), limit)
                .query(Outsiders::read)
                .list();
    }

    /** How many {@link #beyond} would answer. */
    int countBeyond(SellerId seller, UUID channelId, Instant from, Instant until) {
        return jdbc.sql("""
                select count(*) from access.outsider
                where seller_id = ? and channel_id = ? and found_at >= ? and found_at < ?
                  and beyond and decided is null and settled_at is null
                """)
                .params(seller.value(), channelId, Columns.at(from), Columns.at(until))
                .query(Integer.class)
                .single();
    }

    /** Who added those, and how many each, the most first: as {@code 4711 (30), 4712 (2)}; empty where nobody did. */
    String whoAddedBeyond(SellerId seller, UUID channelId, Instant from, Instant until) {
        return String.join(
                ", ",
                jdbc.sql("""
                        select s.added_by || ' (' || count(*) || ')' from access.outsider o
                        join access.seat s on s.seller_id = o.seller_id and s.channel_id = o.channel_id
                          and s.telegram_user_id = o.telegram_user_id
                        where o.seller_id = ? and o.channel_id = ? and o.found_at >= ? and o.found_at < ?
                          and o.beyond and o.decided is null and o.settled_at is null and s.added_by is not null
                        group by s.added_by order by count(*) desc, s.added_by limit ?
                        """)
                        .params(seller.value(), channelId, Columns.at(from), Columns.at(until), MOST_NAMED)
                        .query(String.class)
                        .list());
    }

    /** Within the current transaction, which holds the seat: false where it was decided before, or they are gone. */
    boolean decide(Outsider one, String decision) {
        return change(one, "decided = ?", " and decided is null", decision);
    }

    /** Within the current transaction, which holds the seat: the call to remove goes out now. False: it is not to. */
    boolean removing(Outsider one) {
        return change(one, "removing_at = ?", " and decided = 'remove'", Columns.at(clock.instant()));
    }

    /** Within the current transaction: the call certainly did nothing. */
    void notRemoved(Outsider one) {
        change(one, "removing_at = null", "");
    }

    /** Within the current transaction. What was settled before stays. */
    void settle(Outsider one, String outcome) {
        change(one, "settled_at = ?, outcome = ?", "", Columns.at(clock.instant()), outcome);
    }

    /** Within the current transaction, which holds the seat: this stay of theirs, if it is known, is over or needs no decision; nobody is asked any more. */
    void settle(Seat.Key seat, String outcome) {
        jdbc.sql("""
                update access.outsider set settled_at = ?, outcome = ?
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and settled_at is null
                returning *
                """)
                .params(
                        Columns.at(clock.instant()),
                        outcome,
                        seat.seller().value(),
                        seat.channelId(),
                        seat.telegramUserId())
                .query(Outsiders::read)
                .list()
                .forEach(one ->
                        cases.settle(seat.seller(), one.subject(), OutsiderCase.KIND, DISMISS, "settled: " + outcome));
    }

    /** Whether a call to remove went out that may have done it: then it is we who keep them out. */
    boolean isRemoving(Outsider one) {
        return jdbc.sql("select exists (select from access.outsider" + THIS + " and removing_at is not null)")
                .params(of(one))
                .query(Boolean.class)
                .single();
    }

    /** Their stays that a call to remove may have ended. */
    List<Outsider> removals(Seat.Key seat) {
        return jdbc.sql("""
                select * from access.outsider
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and removing_at is not null
                """)
                .params(seat.seller().value(), seat.channelId(), seat.telegramUserId())
                .query(Outsiders::read)
                .list();
    }

    private static final String THIS =
            " where seller_id = ? and channel_id = ? and telegram_user_id = ? and found_at = ?";

    private boolean change(Outsider one, String set, String where, Object... values) {
        return jdbc.sql("update access.outsider set " + set + THIS + " and settled_at is null" + where)
                        .params(Stream.concat(Arrays.stream(values), Arrays.stream(of(one)))
                                .toArray())
                        .update()
                == 1;
    }

    private static Object[] of(Outsider one) {
        return Columns.all(
                one.seat().seller().value(),
                one.seat().channelId(),
                one.seat().telegramUserId(),
                Columns.at(one.foundAt()));
    }

    private static Outsider read(ResultSet row, int n) throws SQLException {
        return new Outsider(Seat.Key.read(row), Columns.instant(row, "found_at"));
    }
}
