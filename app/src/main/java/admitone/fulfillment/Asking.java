package admitone.fulfillment;

import admitone.payments.AskedAbout;
import admitone.payments.AskedAbout.ToAsk;
import admitone.payments.Heard.Cause;
import admitone.payments.Heard.Trigger;
import admitone.runtime.Answer;
import admitone.runtime.Recurring;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.transaction.TransactionException;

/**
 * Asks the provider about each of some rows: first at the age the settings say, then after twice the pause each time, at most an
 * hour. A question without an answer does not count, nor one whose answer the database could not take in; where the provider wants a pause, all wait.
 */
abstract class Asking extends Recurring {
    private static final Logger log = LoggerFactory.getLogger(Asking.class);
    private static final Duration ROUND = Duration.ofMillis(500);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(1);
    private static final Duration AFTER_SILENCE = Duration.ofSeconds(30);
    private static final int MOST_TRIES = 4;
    private static final Duration TRY_AGAIN = Duration.ofMillis(300);
    private static final int MOST_AT_ONCE = 8;
    private static final int BATCH = 50;

    private final String name;
    private final AskedAbout rows;
    private final Clock clock;
    private final Duration first;
    private final Duration until;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private volatile Instant quietUntil = Instant.EPOCH;

    /** @param until the age at which a row is asked about no more */
    Asking(String name, AskedAbout rows, Clock clock, Duration first, Duration until) {
        super(name, ROUND);
        this.name = name;
        this.rows = rows;
        this.clock = clock;
        this.first = first;
        this.until = until;
    }

    /** Asks about one, and takes in what is answered. */
    protected abstract Answer<?> ask(String id, Trigger trigger);

    /** So long at least until the question after the one now due. */
    protected Duration leastPause(ToAsk one, Instant now) {
        return Duration.ZERO;
    }

    @Override
    protected void round() {
        Instant now = clock.instant();
        if (now.isBefore(quietUntil)) {
            return;
        }
        List<ToAsk> due = rows.dueForAsking(now, BATCH);
        for (ToAsk one : due) {
            if (clock.instant().isBefore(quietUntil)) {
                return;
            }
            if (rows.claimAsking(one, nextAsk(one.asked(), one.createdAt(), now, first, until, leastPause(one, now)))) {
                places.acquireUninterruptibly();
                Thread.ofVirtual().name(name).start(() -> ask(one));
            }
        }
    }

    /** Whether no question is under way. */
    boolean isIdle() {
        return places.availablePermits() == MOST_AT_ONCE;
    }

    /** When to ask again after the question now due; null: never. A longer pause than usual does not skip the last question. */
    static @Nullable Instant nextAsk(
            int asked, Instant createdAt, Instant now, Duration first, Duration until, Duration least) {
        Duration pause = first.multipliedBy(1L << Math.min(asked + 1, 16));
        Instant next = now.plus(pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause);
        Instant end = createdAt.plus(until);
        if (next.isAfter(end)) {
            return null;
        }
        Instant seldom = now.plus(least);
        return seldom.isAfter(end) ? end : seldom.isAfter(next) ? seldom : next;
    }

    private void ask(ToAsk one) {
        try {
            var trigger = new Trigger(Cause.SWEEP, name + " #" + (one.asked() + 1), clock.instant());
            switch (ask(one.id(), trigger)) {
                case Answer.Done<?> _ -> {}
                case Answer.NotNow<?>(Duration after, String reason) -> {
                    quietUntil = clock.instant().plus(after);
                    rows.notAnswered(one, quietUntil);
                }
                case Answer.Declined<?>(String code, String reason) ->
                    log.warn(
                            "{}: the provider declined to answer about {} ({} {}), asked again later",
                            name,
                            one.id(),
                            code,
                            reason);
                case Answer.Unknown<?>(String reason) -> {
                    log.info("{}: no answer from the provider about {} ({}), asked again", name, one.id(), reason);
                    rows.notAnswered(one, clock.instant().plus(AFTER_SILENCE));
                }
            }
        } catch (DataAccessResourceFailureException | TransientDataAccessException | TransactionException e) {
            log.info(
                    "{}: what the provider said about {} is not taken in yet ({}), asked again",
                    name,
                    one.id(),
                    e.toString());
            askAgain(one);
        } catch (RuntimeException e) {
            log.warn(
                    "{}: what the provider said about {} could not be taken in ({}), asked again later",
                    name,
                    one.id(),
                    e.toString());
        } finally {
            places.release();
        }
    }

    /** What came to nothing for want of the database does not count, once that is back. */
    private void askAgain(ToAsk one) {
        for (int tries = 1; tries <= MOST_TRIES; tries++) {
            try {
                rows.notAnswered(one, clock.instant().plus(AFTER_SILENCE));
                return;
            } catch (DataAccessResourceFailureException | TransientDataAccessException | TransactionException e) {
                LockSupport.parkNanos(TRY_AGAIN.multipliedBy(tries).toNanos());
            }
        }
        log.warn("{}: the question about {} counts, though nobody could take in its answer", name, one.id());
    }
}
