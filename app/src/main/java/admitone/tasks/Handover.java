package admitone.tasks;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Where a task that is owed goes straight to the worker of this instance, claimed by the very transaction that owes it: no second
 * commit, no search. Without a worker, a free place, or leave to begin, it is left for whoever claims it.
 */
@Component
class Handover {
    private volatile @Nullable Worker worker;

    /** A running worker. {@code mayNotBegin} are the kinds that stand still. */
    record Worker(Places places, Duration lease, Set<String> mayNotBegin, Consumer<Task> begin) {}

    void open(Worker running) {
        worker = running;
    }

    void close() {
        worker = null;
    }

    /** A place that was taken for one task: it is begun, or let go. */
    record Place(Worker worker, String kind, Instant leaseEnd) {
        void begin(Task task) {
            worker.begin().accept(task);
        }

        /** Answers whether there was none left: then something may wait for it. */
        boolean letGo() {
            return worker.places().giveBack(kind);
        }
    }

    Optional<Place> take(Owed owed, Instant now) {
        Worker running = worker;
        return running != null
                        && owed.notBefore() == null
                        && !running.mayNotBegin().contains(owed.kind())
                        && running.places().tryTake(owed.kind())
                ? Optional.of(new Place(running, owed.kind(), now.plus(running.lease())))
                : Optional.empty();
    }
}
