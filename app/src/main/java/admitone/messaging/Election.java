package admitone.messaging;

import admitone.database.Columns;
import admitone.database.Transactions;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** One holder per office among all instances on this database, for as long as it keeps saying so. */
@Repository
public class Election {
    /** The office of whoever listens to the bot. */
    public static final String LISTENER = "telegram_poller";

    /** A term that nobody renews for so long is over, whenever it ends: a clock that was ahead has written it. */
    private static final Duration ABANDONED_AFTER = Duration.ofMinutes(1);

    private final JdbcClient jdbc;
    private final Transactions transactions;
    private final Clock clock;
    private final String me;
    private final Map<String, Seen> others = new ConcurrentHashMap<>();

    /** Until when another instance's term runs, and since when we have seen it say so. */
    private record Seen(Instant until, Instant since) {}

    Election(JdbcClient jdbc, Transactions transactions, Clock clock, Ids ids) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
        this.me = ids.next().toString();
    }

    /** From now on this instance stands for the office whenever it is free. */
    public Office standFor(String office) {
        return new Office(this, office, clock).start();
    }

    /** Takes the office or keeps it for {@code term} from now; answers until when, or nothing while another instance holds it. */
    Optional<Instant> take(String office, Duration term) {
        Instant now = clock.instant();
        Instant until = now.plus(term);
        int taken = transactions.run(
                SellerId.PLATFORM,
                () -> jdbc.sql("""
                        insert into messaging.office as o (office, holder, until, since) values (?, ?, ?, ?)
                        on conflict (office) do update set holder = excluded.holder, until = excluded.until,
                          since = case when o.holder = excluded.holder and o.until >= excluded.since then least(o.since, excluded.since) else excluded.since end
                        where o.holder = excluded.holder or o.until < ? or o.until = ?
                        """)
                        .params(
                                office,
                                me,
                                Columns.at(until),
                                Columns.at(now),
                                Columns.at(now),
                                Columns.at(abandoned(office, now)))
                        .update());
        return taken == 1 ? Optional.of(until) : Optional.empty();
    }

    /**
     * When one instance had held the office for {@code time} without a break, all of it after {@code from}; empty where none has, as the last
     * term that was taken shows.
     */
    public Optional<Instant> heldFor(String office, Duration time, Instant from) {
        return jdbc.sql("""
                select from_then + cast(:time as interval) as held_at
                from (select until, greatest(since, cast(:from as timestamptz)) as from_then from messaging.office where office = :office) o
                where until - cast(:ahead as interval) >= from_then
                """)
                .param("office", office)
                .param("from", Columns.at(from))
                .param("time", time.toMillis() + " ms")
                .param("ahead", Office.TERM.plus(time).toMillis() + " ms")
                .query((row, n) -> Columns.instant(row, "held_at"))
                .optional();
    }

    /** Whether another instance's term runs; reads only, so that waiting for an office writes nothing. */
    boolean isTaken(String office) {
        Instant now = clock.instant();
        Optional<Instant> term = jdbc.sql(
                        "select until from messaging.office where office = ? and holder <> ? and until >= ?")
                .params(office, me, Columns.at(now))
                .query((row, n) -> Columns.instant(row, "until"))
                .optional();
        if (term.isEmpty()) {
            return false;
        }
        Seen seen = others.get(office);
        if (seen == null || !seen.until().equals(term.get())) {
            others.put(office, new Seen(term.get(), now));
        }
        return !term.get().equals(abandoned(office, now));
    }

    /** The end of the term that nobody renews; where there is none, of none. One whose own clock is ahead renews, and is left alone. */
    private Instant abandoned(String office, Instant now) {
        Seen seen = others.get(office);
        return seen != null && now.isAfter(seen.since().plus(ABANDONED_AFTER)) ? seen.until() : Instant.EPOCH;
    }

    /** Gives the office back, so that another instance need not wait for the term to end. */
    void leave(String office) {
        transactions.run(SellerId.PLATFORM, () -> {
            jdbc.sql("delete from messaging.office where office = ? and holder = ?")
                    .params(office, me)
                    .update();
        });
    }
}
