package admitone.tasks;

import admitone.database.Transactions;
import admitone.hold.Hold;
import admitone.runtime.Batches;
import admitone.runtime.Failures;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import admitone.tasks.JdbcTasks.Due;
import admitone.tasks.JdbcTasks.Ending;
import admitone.tasks.JdbcTasks.Look;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.dao.TransientDataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Claims due tasks and hands each to its handler on a thread of its own. */
@Component
class TaskWorker implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(TaskWorker.class);
    private static final int MOST_IN_ONE_CLAIM = 100;
    private static final int MOST_IN_ONE_RECORDING = 128;
    private static final long POLL_MS = 500;
    private static final Duration WHILE_HELD = Duration.ofSeconds(1);
    /** For the longest call, and to record its answer. */
    static final Duration STOP_WITHIN = Duration.ofSeconds(15);

    private static final int MOST_RECORDINGS = 4;
    private static final Duration RECORD_AGAIN = Duration.ofMillis(300);
    private static final Duration AFTER_UNRECORDED = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);
    private static final Duration LOOK_FOR_STRANGERS = Duration.ofMinutes(1);
    /** While versions change, an instance of another one may know the kind. */
    private static final Duration LEFT_TO_OTHERS = Duration.ofHours(1);

    private final JdbcTasks rows;
    private final Transactions transactions;
    private final Wakeup wakeup;
    private final Hold hold;
    private final Clock clock;
    private final FaultPoints faults;
    private final Duration lease;
    private final Map<String, TaskHandler> handlers;
    private final Handover handover;
    private final Places places = new Places();
    private final Set<String> standStill = ConcurrentHashMap.newKeySet();
    private final Batches<Attempted, Boolean> recordings;
    private Instant lookForStrangersAt = Instant.EPOCH;
    private volatile boolean running;
    private volatile @Nullable Thread loop;

    /** An attempt that is over. */
    private record Attempted(Task task, Result result) {}

    TaskWorker(
            JdbcTasks rows,
            Transactions transactions,
            Wakeup wakeup,
            Hold hold,
            Handover handover,
            Clock clock,
            FaultPoints faults,
            Settings settings,
            List<TaskHandler> handlers) {
        this.rows = rows;
        this.transactions = transactions;
        this.wakeup = wakeup;
        this.hold = hold;
        this.handover = handover;
        this.clock = clock;
        this.faults = faults;
        this.lease = settings.taskLease();
        this.handlers = handlers.stream().collect(Collectors.toMap(TaskHandler::kind, Function.identity()));
        this.recordings = new Batches<>(
                MOST_IN_ONE_RECORDING,
                2,
                all -> complete(all).stream().map(Optional::of).toList(),
                one -> complete(List.of(one)).getFirst(),
                e -> e instanceof DataAccessResourceFailureException || e instanceof TransactionException);
    }

    @Override
    public void start() {
        running = true;
        loop = Thread.ofVirtual().name("tasks").start(this::loop);
    }

    private void loop() {
        boolean open = false;
        DueLooks looks = new DueLooks(rows, System::nanoTime);
        Failures failures = new Failures(log, "tasks could not be claimed");
        while (running) {
            try {
                boolean more = claimAndRun(looks);
                failures.areOver();
                if (!open && running) {
                    // not before it is known which queues stand still
                    handover.open(new Handover.Worker(places, lease, standStill, this::begin));
                    open = true;
                }
                if (!more) {
                    wakeup.await(POLL_MS);
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException | Error e) {
                failures.add(e, "next try in " + POLL_MS + " ms");
                pause();
            }
        }
    }

    /** Answers whether there was anything to do. */
    private boolean claimAndRun(DueLooks looks) {
        Instant now = clock.instant();
        boolean held = hold.isOn();
        Set<String> mayNotBegin = mayNotBegin(held);
        standStill.addAll(mayNotBegin);
        standStill.retainAll(mayNotBegin);
        Map<String, Integer> mayBegin = new HashMap<>();
        for (String kind : handlers.keySet()) {
            int free = places.free(kind);
            if (free > 0 && !mayNotBegin.contains(kind)) {
                mayBegin.put(kind, free);
            }
        }
        List<Due> due = new ArrayList<>(looks.look(now, mayBegin, MOST_IN_ONE_CLAIM));
        if (!held) {
            due.addAll(strangers(now));
        }
        if (due.isEmpty()) {
            return false;
        }
        faults.reach(Point.CP06_BEFORE_CLAIM);
        List<Due> placed =
                due.stream().filter(one -> places.tryTake(one.kind())).toList();
        List<Task> claimed;
        try {
            claimed = placed.isEmpty() ? List.of() : claim(placed, now);
        } catch (RuntimeException | Error e) { // or their kinds would stand still here, one after the other
            placed.forEach(one -> places.giveBack(one.kind()));
            throw e;
        }
        Set<UUID> ids = claimed.stream().map(Task::id).collect(Collectors.toSet());
        placed.stream().filter(one -> !ids.contains(one.id())).forEach(one -> places.giveBack(one.kind()));
        claimed.forEach(task -> Thread.ofVirtual().name("task-" + task.kind()).start(() -> runOne(task)));
        return !claimed.isEmpty();
    }

    private Set<String> mayNotBegin(boolean held) {
        Set<String> kinds = new HashSet<>(rows.paused());
        handlers.values().stream()
                .filter(handler -> held && !handler.harmlessAfterRestore())
                .map(TaskHandler::kind)
                .forEach(kinds::add);
        return kinds;
    }

    /** Tasks of kinds that this version does not know, looked for once a minute: those that nobody has done in an hour become dead letters. */
    private List<Due> strangers(Instant now) {
        if (now.isBefore(lookForStrangersAt)) {
            return List.of();
        }
        lookForStrangersAt = now.plus(LOOK_FOR_STRANGERS);
        Set<String> kinds = new HashSet<>(rows.unfinished());
        kinds.removeAll(handlers.keySet());
        if (kinds.isEmpty()) {
            return List.of();
        }
        List<Look> fromTheBeginning = kinds.stream()
                .map(kind -> new Look(kind, Instant.EPOCH, MOST_IN_ONE_CLAIM))
                .toList();
        return rows.due(now.minus(LEFT_TO_OTHERS), fromTheBeginning, MOST_IN_ONE_CLAIM);
    }

    /** All at once; should that fail, each seller's rows by themselves, so that one's hold up nobody else's. */
    private List<Task> claim(List<Due> due, Instant now) {
        Map<SellerId, List<Due>> bySeller = due.stream().collect(Collectors.groupingBy(Due::seller));
        try {
            return transactions.runTogether(bySeller.keySet(), () -> rows.claim(due, now, now.plus(lease)));
        } catch (RuntimeException e) {
            log.info("{} tasks could not be claimed at once ({})", due.size(), e.toString());
        }
        List<Task> claimed = new ArrayList<>();
        bySeller.forEach((seller, rowsOfSeller) -> {
            try {
                claimed.addAll(transactions.run(seller, () -> rows.claim(rowsOfSeller, now, now.plus(lease))));
            } catch (RuntimeException e) {
                log.warn("tasks of seller {} could not be claimed ({}), tried again", seller, e.toString());
            }
        });
        return claimed;
    }

    /** A task that was claimed by the transaction that owed it. */
    void begin(Task task) {
        faults.reach(Point.CP06_BEFORE_CLAIM);
        Thread.ofVirtual().name("task-" + task.kind()).start(() -> runOne(task));
    }

    private void runOne(Task task) {
        try {
            record(task, attempt(task));
        } finally {
            if (places.giveBack(task.kind())) {
                wakeup.signal();
            }
        }
    }

    /** An outcome that cannot be recorded for want of the database is tried again; one that cannot be recorded at all has failed. */
    private void record(Task task, Result outcome) {
        Result result = outcome;
        for (int tries = 1; tries <= MOST_RECORDINGS; tries++) {
            try {
                if (!recordings.of(new Attempted(task, result))) {
                    log.info(
                            "task {} {}: the outcome of attempt {} is recorded already, or left to a newer attempt",
                            task.kind(),
                            task.id(),
                            task.attempt());
                }
                return;
            } catch (DataAccessResourceFailureException | TransientDataAccessException | TransactionException e) {
                log.info("outcome of task {} {} not recorded yet ({})", task.kind(), task.id(), e.toString());
                LockSupport.parkNanos(RECORD_AGAIN.multipliedBy(tries).toNanos());
            } catch (RuntimeException e) {
                log.warn("outcome of task {} {} cannot be recorded", task.kind(), task.id(), e);
                result = unrecorded(result, "the outcome cannot be recorded: " + e);
            }
        }
        log.warn(
                "outcome of task {} {} not recorded; when its lease ends it counts as not known",
                task.kind(),
                task.id());
    }

    /** What is known to have happened, or not to be known, is not known any more; what certainly did not happen still did not. */
    private static Result unrecorded(Result result, String why) {
        return switch (result) {
            case Result.Done _, Result.Dead _, Result.Unknown _ -> new Result.Unknown(AFTER_UNRECORDED, why);
            case Result.Later _, Result.Failed _ -> new Result.Failed(why);
        };
    }

    private Result attempt(Task task) {
        TaskHandler handler = handlers.get(task.kind());
        if (handler == null) {
            return Result.dead("no handler for " + task.kind() + " in this version");
        }
        if (!running) { // since after it was claimed: whoever claims it next need not wait for the lease
            return Result.later(Duration.ZERO, "the instance that had claimed it stopped");
        }
        if (!handler.harmlessAfterRestore() && hold.isOn()) { // since after it was claimed
            return Result.later(WHILE_HELD, hold.why());
        }
        if (!task.leavesTimeFor(lease.dividedBy(3).multipliedBy(2), clock.instant())) { // for a look and a call
            return Result.later(Duration.ZERO, "the lease was nearly over before the call");
        }
        try {
            faults.reach(Point.CP07_BEFORE_CALL);
            Result result = handler.attempt(task);
            faults.reach(Point.CP09_BEFORE_RECORD);
            return result;
        } catch (RuntimeException e) {
            log.warn("task {} {} failed", task.kind(), task.id(), e);
            return new Result.Failed(e.toString());
        }
    }

    /** In one commit: the outcomes, and the records of those that count. Answers for each whether it does. */
    private List<Boolean> complete(List<Attempted> attempted) {
        Instant now = clock.instant();
        List<JdbcTasks.Ended> ended = attempted.stream()
                .map(one -> ended(one.task(), one.result(), now))
                .toList();
        Set<SellerId> sellers =
                attempted.stream().map(one -> one.task().seller()).collect(Collectors.toSet());
        List<Boolean> mine = transactions.runTogether(sellers, () -> {
            Set<JdbcTasks.Fence> recorded = rows.complete(ended);
            return attempted.stream()
                    .map(one -> {
                        boolean counts = recorded.contains(JdbcTasks.Fence.of(one.task()));
                        if (counts) {
                            one.result().record().run();
                        }
                        return counts;
                    })
                    .toList();
        });
        ended.stream()
                .filter(one -> one.ending().isGoingOn())
                .map(one -> Duration.between(now, one.dueAt()))
                .min(Duration::compareTo)
                .ifPresent(wakeup::signalIn);
        return mine;
    }

    private JdbcTasks.Ended ended(Task task, Result result, Instant now) {
        return switch (result) {
            case Result.Done _ -> new JdbcTasks.Ended(task, Ending.DONE, now, null, now);
            case Result.Dead(String why, Runnable _) -> dead(task, why, now);
            case Result.Later(Duration after, String why, Runnable _) ->
                new JdbcTasks.Ended(task, Ending.LATER, now.plus(after), why, now);
            case Result.Unknown(Duration after, String why) ->
                new JdbcTasks.Ended(task, Ending.UNKNOWN, now.plus(longer(after, backOff(task.unknowns()))), why, now);
            case Result.Failed(String why) -> failed(task, why, now);
        };
    }

    private JdbcTasks.Ended failed(Task task, String why, Instant now) {
        if (task.failures() + 1 >= mostAttempts(task.kind())) {
            return dead(task, why, now);
        }
        Instant next = now.plus(backOff(task.failures() + 1));
        log.info("task {} {} failed ({}), next try {}", task.kind(), task.id(), why, next);
        return new JdbcTasks.Ended(task, Ending.FAILED, next, why, now);
    }

    private static JdbcTasks.Ended dead(Task task, String why, Instant now) {
        log.warn("task {} {} is a dead letter: {}", task.kind(), task.id(), why);
        return new JdbcTasks.Ended(task, Ending.DEAD, now, why, now);
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }

    private int mostAttempts(String kind) {
        TaskHandler handler = handlers.get(kind);
        return handler == null ? 1 : handler.mostAttempts();
    }

    /** 1 s, 2 s, 4 s … at most ten minutes. */
    static Duration backOff(int count) {
        Duration pause = Duration.ofSeconds(1L << Math.clamp(count - 1, 0, 20));
        return pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause;
    }

    private void pause() {
        try {
            wakeup.await(POLL_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void stop() {
        running = false;
        handover.close();
        wakeup.signal();
        Thread claiming = loop;
        long end = System.nanoTime() + STOP_WITHIN.toNanos();
        try {
            if (claiming != null) {
                claiming.join(STOP_WITHIN);
            }
            handover.close(); // the loop may have opened it after it was closed
            // what does not finish in this time is found again by its lease
            places.awaitAllFree(Duration.ofNanos(end - System.nanoTime()).toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
