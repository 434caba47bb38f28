package admitone.tasks;

import admitone.database.Gathered;
import admitone.database.Sql;
import admitone.database.Transactions;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.tasks.JdbcTasks.Owing;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** The outbox: effects are owed in the transaction that decides them, and done afterwards by a {@link TaskHandler}. */
@Component
public class Tasks {
    private final JdbcTasks rows;
    private final Transactions transactions;
    private final Wakeup wakeup;
    private final Handover handover;
    private final Ids ids;
    private final Clock clock;
    private final Gathered<Owing> owing;

    Tasks(
            JdbcTasks rows,
            JdbcTemplate template,
            Transactions transactions,
            Wakeup wakeup,
            Handover handover,
            Ids ids,
            Clock clock) {
        this.rows = rows;
        this.transactions = transactions;
        this.wakeup = wakeup;
        this.handover = handover;
        this.ids = ids;
        this.clock = clock;
        this.owing = new Gathered<>(template, this::insertion);
    }

    /** A queue as an operator sees it. {@code oldestAgeS}: seconds since the oldest unfinished task was owed, however often it was put off. */
    public record Queue(
            String name, int ready, int scheduled, int running, int dead, long oldestAgeS, boolean paused) {}

    /** A task as an operator sees it. */
    public record Listed(
            SellerId seller,
            UUID id,
            String kind,
            String subject,
            String state,
            int attempt,
            Instant dueAt,
            @Nullable String lastError) {

        /** Whether it is yet to come to something. */
        public boolean isUnderWay() {
            return state.equals("ready") || state.equals("running");
        }
    }

    /** Within the current transaction; what is already owed is left as it is. Written when it commits, and begun right after where a worker has a place. */
    public void owe(SellerId seller, List<Owed> owed) {
        owed.forEach(one -> owe(seller, one));
    }

    /** As above; answers the id that the task gets unless it is owed already. */
    public UUID owe(SellerId seller, Owed owed) {
        UUID id = ids.next();
        owing.add(new Owing(seller, id, owed, clock.instant(), null));
        return id;
    }

    private Sql insertion(List<Owing> all) {
        Begun begun = new Begun();
        TransactionSynchronizationManager.registerSynchronization(begun);
        Map<List<String>, Owing> once = new LinkedHashMap<>();
        all.forEach(one -> once.putIfAbsent(
                List.of(one.seller().value(), one.owed().subject(), one.owed().kind()), one));
        return rows.insertion(once.values().stream().map(begun::place).toList(), begun.written::add);
    }

    /** What this transaction owes and this instance begins as soon as it is committed. */
    private final class Begun implements TransactionSynchronization {
        private final Map<Owing, Handover.Place> places = new LinkedHashMap<>();
        private final Set<UUID> written = new HashSet<>();
        private boolean leavesSome;

        Owing place(Owing one) {
            Optional<Handover.Place> place = handover.take(one.owed(), one.at());
            if (place.isEmpty()) {
                leavesSome |= one.owed().notBefore() == null; // a later look finds what is due later
                return one;
            }
            Owing claimed = new Owing(
                    one.seller(), one.id(), one.owed(), one.at(), place.get().leaseEnd());
            places.put(claimed, place.get());
            return claimed;
        }

        @Override
        public void afterCommit() {
            if (leavesSome) {
                wakeup.signal();
            }
            new LinkedHashMap<>(places).forEach((one, place) -> {
                if (written.contains(one.id())) {
                    places.remove(one); // first: it is begun or let go, never both
                    place.begin(task(one, place));
                }
            });
        }

        private static Task task(Owing one, Handover.Place place) {
            return new Task(
                    one.seller(),
                    one.id(),
                    one.owed().kind(),
                    one.owed().subject(),
                    one.owed().payload(),
                    /* attempt= */ 1,
                    /* failures= */ 0,
                    /* unknowns= */ 0,
                    place.leaseEnd(),
                    /* interrupted= */ false);
        }

        /**
         * What was owed before is somebody else's. Where the transaction is not committed, or not known to be, the leases end of
         * the rows that should be there.
         */
        @Override
        public void afterCompletion(int status) {
            for (Handover.Place place : places.values()) {
                if (place.letGo()) {
                    wakeup.signal();
                }
            }
            places.clear();
        }
    }

    /** Within the current transaction: makes a task due now whatever became of it before; owes it if it never was. */
    public void oweAgain(SellerId seller, Owed owed) {
        Instant now = clock.instant();
        rows.insert(new Owing(seller, ids.next(), owed, now, null));
        rows.rearm(seller, owed.kind(), owed.subject(), now);
        signalAfterCommit();
    }

    /**
     * Within the current transaction: owes a task that is done once more; one that waits or runs is left alone, and ends
     * after this transaction. Written at once: at the commit nothing is left to wait for that task's own, which may itself wait for what is locked after this.
     */
    public void wake(SellerId seller, Owed owed) {
        Instant now = clock.instant();
        rows.insert(new Owing(seller, ids.next(), owed, now, null));
        rows.wake(seller, owed.kind(), owed.subject(), now);
        signalAfterCommit();
    }

    /**
     * Within the current transaction: as {@link #wake} of a task that was owed before, but waits for nobody. One that waits or runs, or that somebody
     * holds, is passed over and may end before this transaction: for where a later look finds what was missed.
     */
    public void wakeUnlessHeld(SellerId seller, Owed owed) {
        if (rows.wakeUnlessHeld(seller, owed.kind(), owed.subject(), clock.instant())) {
            signalAfterCommit();
        }
    }

    /** Within the current transaction: what waits in a seller's queue is due now. */
    public void hurry(SellerId seller, String kind) {
        rows.hurry(seller, kind, clock.instant());
    }

    /** Within the current transaction: of what waits in a seller's queue with this in its payload, the one that is due first is due now. */
    public void hurryFirst(SellerId seller, String kind, Map<String, String> payload) {
        rows.hurryFirst(seller, kind, payload, clock.instant());
    }

    public List<Queue> queues() {
        return rows.queues(clock.instant());
    }

    /** Where a task stands in a list. */
    public record Key(Instant dueAt, UUID id) {}

    /** Tasks of a queue by when they are due, those after {@code after}. Without a state: all that are not done. */
    public List<Listed> page(
            String kind, Optional<String> state, Optional<String> subject, Optional<Key> after, int limit) {
        return rows.page(kind, state, subject, after, limit);
    }

    public Optional<Listed> find(SellerId seller, UUID id) {
        return rows.find(seller, id);
    }

    public List<Listed> ofSubject(SellerId seller, String subject) {
        return rows.ofSubject(seller, subject);
    }

    public void pause(String kind, boolean paused) {
        transactions.run(SellerId.PLATFORM, () -> rows.pause(kind, paused));
        wakeup.signal();
    }

    /** Within a current transaction of the platform: as {@link #pause}. */
    public void pauseWithin(String kind, boolean paused) {
        rows.pause(kind, paused);
        signalAfterCommit();
    }

    /** Within the current transaction: as {@link #retry}. */
    public boolean retryWithin(SellerId seller, String kind, UUID id, boolean evenDone) {
        signalAfterCommit();
        return rows.retry(seller, kind, id, evenDone, clock.instant());
    }

    private void signalAfterCommit() {
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void afterCommit() {
                wakeup.signal();
            }
        });
    }

    /** Makes a dead or waiting task due now, and a done one whose kind allows it; false when there is none such. */
    public boolean retry(SellerId seller, String kind, UUID id, boolean evenDone) {
        boolean found = transactions.run(seller, () -> rows.retry(seller, kind, id, evenDone, clock.instant()));
        wakeup.signal();
        return found;
    }
}
