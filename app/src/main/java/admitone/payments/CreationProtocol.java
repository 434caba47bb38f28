package admitone.payments;

import admitone.database.Transactions;
import admitone.payments.JdbcCreations.Creation;
import admitone.runtime.Answer;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Makes something at the provider, once for each intent. The call cannot be repeated, so: the intent is committed, the call made,
 * its answer recorded. What an answer that was lost would have told is abandoned and made anew: nobody was shown the first one, and
 * should money reach it all the same, the signed notification about it is adopted.
 */
@Component
class CreationProtocol {
    private static final Logger log = LoggerFactory.getLogger(CreationProtocol.class);
    /** Longer than the two calls that making may take, each at most ten seconds. */
    private static final Duration LEASE = Duration.ofSeconds(30);

    /** How long a buyer's request waits for another one that makes the same, or for a pause asked of us. */
    private static final Duration PATIENCE = Duration.ofSeconds(12);

    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final Duration AFTER_LOST = Duration.ofMillis(500);
    private static final int MOST_ATTEMPTS_PER_REQUEST = 3;

    private final JdbcCreations creations;
    private final Transactions transactions;
    private final Timeline timeline;
    private final Clock clock;

    CreationProtocol(JdbcCreations creations, Transactions transactions, Timeline timeline, Clock clock) {
        this.creations = creations;
        this.transactions = transactions;
        this.timeline = timeline;
        this.clock = clock;
    }

    /** How one kind of thing is made. {@code A} is what the provider answers, {@code T} what is kept of it. */
    interface Making<A, T> {
        Answer<A> call();

        /** What must be claimed in a transaction of its own, before the answer is recorded. */
        void claim(A answer);

        String id(A answer);

        /** Within the transaction that records the answer, also of an attempt that is not the newest any more: it stays known. */
        void keep(A answer, Instant now);

        /** What more there is to tell of it. */
        default Map<String, String> told() {
            return Map.of();
        }

        /** What was recorded. */
        T made(String id);
    }

    /** The same intent gets the same, however often and from wherever this is called. */
    <A, T> Made<T> make(Intent intent, Making<A, T> making) {
        Instant giveUp = clock.instant().plus(PATIENCE);
        Made.NotNow<T> last = beingMade(intent, Duration.ofSeconds(5));
        int made = 0;
        while (clock.instant().isBefore(giveUp)) {
            Creation creation =
                    transactions.run(intent.seller(), () -> creations.claim(intent, clock.instant(), LEASE));
            switch (creation) {
                case Creation.Recorded(String id) -> {
                    return new Made.Ready<>(making.made(id));
                }
                case Creation.SomebodyElseIsCalling() -> LockSupport.parkNanos(LOOK_EVERY.toNanos());
                case Creation.Mine(int attempt) -> {
                    Made<T> outcome = call(intent, attempt, making);
                    if (!(outcome instanceof Made.NotNow<T> notNow)) {
                        return outcome;
                    }
                    last = notNow;
                    made++;
                    if (made == MOST_ATTEMPTS_PER_REQUEST || notNow.after().compareTo(SHORT) > 0) {
                        return notNow;
                    }
                    LockSupport.parkNanos(notNow.after().toNanos());
                }
            }
        }
        return last;
    }

    private <A, T> Made<T> call(Intent intent, int attempt, Making<A, T> making) {
        return switch (making.call()) {
            case Answer.Done<A>(A answer) -> record(intent, attempt, answer, making);
            case Answer.Declined<A>(String code, String reason) -> {
                transactions.run(intent.seller(), () -> creations.end(intent, attempt, "declined", reason));
                yield new Made.Declined<>(code, reason);
            }
            case Answer.NotNow<A>(Duration after, String reason) -> {
                transactions.run(intent.seller(), () -> creations.end(intent, attempt, "abandoned", reason));
                yield new Made.NotNow<>(after, reason);
            }
            case Answer.Unknown<A>(String reason) -> {
                log.warn(
                        "{} of order {} in {}: answer lost ({}), abandoned and made anew",
                        intent.what(),
                        intent.orderId(),
                        intent.coin() == null ? "any coin" : intent.coin(),
                        reason);
                transactions.run(intent.seller(), () -> {
                    creations.end(intent, attempt, "abandoned", reason);
                    tell(intent, "creation_abandoned", Map.of("why", reason, "attempt", "" + attempt));
                });
                yield new Made.NotNow<>(AFTER_LOST, "the payment provider does not answer");
            }
        };
    }

    private <A, T> Made<T> record(Intent intent, int attempt, A answer, Making<A, T> making) {
        making.claim(answer);
        String id = making.id(answer);
        boolean mine = transactions.run(intent.seller(), () -> {
            boolean recorded = creations.record(intent, attempt, id);
            making.keep(answer, clock.instant());
            Map<String, String> detail = new HashMap<>(Map.of(intent.what() + "_id", id, "attempt", "" + attempt));
            if (intent.rest() != null) {
                detail.put("rest", intent.rest().toString());
            }
            detail.putAll(making.told());
            tell(intent, "created", detail);
            return recorded;
        });
        // where not: our lease ended and another request made what counts; this one stays known, in case money reaches
        // it
        return mine ? new Made.Ready<>(making.made(id)) : beingMade(intent, Duration.ofSeconds(1));
    }

    private static <T> Made.NotNow<T> beingMade(Intent intent, Duration after) {
        return new Made.NotNow<>(after, "this " + intent.what() + " is being made by another request");
    }

    private void tell(Intent intent, String what, Map<String, String> detail) {
        timeline.append(
                intent.seller(),
                new Event(
                        Event.order(intent.orderId()),
                        clock.instant(),
                        intent.what() + "_" + what,
                        "buyer",
                        intent.what() + " creation",
                        detail));
    }
}
