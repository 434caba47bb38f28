package admitone.messaging;

import admitone.database.Columns;
import admitone.database.Transactions;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.TransactionException;

/**
 * A limit per second that all instances on one database keep together. An instance takes a short span of the time to come, spends the messages
 * that fit into it, and gives nothing back: what it does not spend lapses with the span. Spans follow one another (virtual scheduling, GCRA), so that over
 * any longer time the limit itself holds, and within one second at most {@code perSecond + 3 * span} messages are sent.
 */
final class SharedPace {
    private static final Logger log = LoggerFactory.getLogger(SharedPace.class);
    private static final String PLATFORM = SellerId.PLATFORM.value();
    /** Spans at full speed last the fifth part of a second. */
    private static final int SPANS_PER_SECOND = 5;

    private static final Duration WHEN_BUSY = Duration.ofMillis(20);
    private static final Duration WRONG_BY = Duration.ofSeconds(5);
    private static final Duration WHEN_AWAY = Duration.ofSeconds(1);
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(2);

    private final JdbcClient jdbc;
    private final Transactions transactions;
    private final Clock clock;
    private final Duration each;
    private final int largest;

    private int left;
    private int size = 1;
    private Instant lapses = Instant.EPOCH;
    /** Nothing is to be had before then, so nobody asks the database. */
    private Instant closedUntil = Instant.EPOCH;
    /** Of those sent away since then, each is told to come one message later than the one before. */
    private int sentAway;

    SharedPace(JdbcClient jdbc, Transactions transactions, Clock clock, int perSecond) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
        this.each = Duration.ofSeconds(1).dividedBy(perSecond);
        this.largest = Math.max(1, perSecond / SPANS_PER_SECOND);
    }

    /** Empty: one message may be sent now, and is counted. Else how long to wait; nobody is kept waiting here. */
    synchronized Optional<Duration> take() {
        Instant now = clock.instant();
        if (left > 0 && now.isBefore(lapses)) {
            left--;
            return Optional.empty();
        }
        if (now.isBefore(closedUntil)) {
            return Optional.of(later(now));
        }
        // one asks for more only as long as it spends what it got: the others may need it
        int wanted = left == 0 ? Math.min(largest, 2 * size) : 1;
        return reserve(now, wanted) ? spend(now, wanted) : Optional.of(later(now));
    }

    private Optional<Duration> spend(Instant now, int taken) {
        size = taken;
        left = taken - 1;
        lapses = now.plus(each.multipliedBy(taken));
        sentAway = 0;
        return Optional.empty();
    }

    private Duration later(Instant now) {
        Duration wait = Duration.between(now, closedUntil).plus(each.multipliedBy(sentAway++));
        return wait.compareTo(LONGEST_WAIT) > 0 && closedUntil.isBefore(now.plus(LONGEST_WAIT)) ? LONGEST_WAIT : wait;
    }

    private boolean reserve(Instant now, int messages) {
        try {
            Instant free = transactions.run(SellerId.PLATFORM, () -> reserved(now, messages));
            closedUntil = free;
            return !free.isAfter(now);
        } catch (DataAccessException | TransactionException e) {
            log.info(
                    "no message is sent for {} ms: the database cannot count them ({})",
                    WHEN_AWAY.toMillis(),
                    e.toString());
            closedUntil = clock.instant().plus(WHEN_AWAY); // asking may have taken long
            return false;
        }
    }

    /** When the limit is free: not after now if the span was taken, else when to ask again. */
    private Instant reserved(Instant now, int messages) {
        Optional<Instant> free = jdbc.sql(
                        "select free_at from messaging.sending where seller_id = ? for update skip locked")
                .param(PLATFORM)
                .query((row, n) -> Columns.instant(row, "free_at"))
                .optional();
        if (free.isEmpty()) {
            return now.plus(WHEN_BUSY); // another instance is taking one: not waited for, it may have fallen asleep
        }
        // further ahead than anybody takes: a clock that was ahead has written it
        boolean isWrong =
                free.get().isAfter(now.plus(each.multipliedBy(3L * largest)).plus(WRONG_BY));
        if (free.get().isAfter(now) && !isWrong) {
            return free.get();
        }
        Instant least = now.minus(each.multipliedBy(largest)); // what nobody took before that has lapsed
        Instant from = isWrong || free.get().isBefore(least) ? least : free.get();
        jdbc.sql("update messaging.sending set free_at = ? where seller_id = ?")
                .params(Columns.at(from.plus(each.multipliedBy(messages))), PLATFORM)
                .update();
        return now;
    }
}
