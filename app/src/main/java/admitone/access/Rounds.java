package admitone.access;

import admitone.database.Columns;
import admitone.database.Transactions;
import admitone.hold.Hold;
import admitone.runtime.Loop;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Looks that are taken again and again, each round of them by one instance. */
@Repository
public class Rounds {
    private static final Logger log = LoggerFactory.getLogger(Rounds.class);

    private final JdbcClient jdbc;
    private final Transactions transactions;
    private final Hold hold;
    private final Clock clock;
    private final Map<String, Seen> seen = new ConcurrentHashMap<>();

    /** When a round is due next, and since when we have seen it say so. */
    private record Seen(Instant nextAt, Instant since) {}

    Rounds(JdbcClient jdbc, Transactions transactions, Hold hold, Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.hold = hold;
        this.clock = clock;
    }

    /** Whether this instance does the round that is due; the next is due after {@code pause}. After a restore there are none until a person resumes. */
    public boolean take(String name, Duration pause) {
        if (hold.isOn()) {
            return false;
        }
        Instant now = clock.instant();
        Optional<Instant> nextAt = jdbc.sql("select next_at from access.round where name = ?")
                .param(name)
                .query((row, n) -> Columns.instant(row, "next_at"))
                .optional();
        if (nextAt.isPresent() && nextAt.get().isAfter(now) && !hasStood(name, nextAt.get(), pause, now)) {
            return false;
        }
        return transactions.run(
                SellerId.PLATFORM,
                () -> jdbc.sql("""
                        insert into access.round as r (name, next_at) values (?, ?)
                        on conflict (name) do update set next_at = excluded.next_at where r.next_at = ?
                        """)
                                .params(name, Columns.at(now.plus(pause)), Columns.at(nextAt.orElse(Instant.EPOCH)))
                                .update()
                        == 1);
    }

    /** For longer than a pause: a clock that was ahead has written it. */
    private boolean hasStood(String name, Instant nextAt, Duration pause, Instant now) {
        Seen before = seen.get(name);
        if (before == null || !before.nextAt().equals(nextAt)) {
            seen.put(name, new Seen(nextAt, now));
            return false;
        }
        return now.isAfter(before.since().plus(pause));
    }

    /** One that fails leaves the others alone, and has its turn in the next round; once the instance stops, all others have. */
    public <T> void each(List<T> all, Consumer<T> look) {
        for (T one : all) {
            if (Loop.isEnding()) {
                return;
            }
            try {
                look.accept(one);
            } catch (RuntimeException e) {
                if (Loop.isEnding()) {
                    return; // cut off
                }
                log.warn("{} could not be looked at ({}), next round again", one, e.toString());
            }
        }
    }
}
