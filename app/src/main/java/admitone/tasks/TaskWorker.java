package admitone.tasks;

import admitone.database.Transactions;
import admitone.hold.Hold;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import admitone.tasks.JdbcTasks.Due;
import admitone.tasks.JdbcTasks.Ending;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/** Claims due tasks and hands each to its handler on a thread of its own. */
@Component
class TaskWorker implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(TaskWorker.class);
    private static final int MOST_AT_ONCE = 48;
    private static final long POLL_MS = 500;
    private static final Duration POLL = Duration.ofMillis(POLL_MS);
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);
    private static final int MOST_RECORDINGS = 4;
    private static final Duration RECORD_AGAIN = Duration.ofMillis(300);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private final JdbcTasks rows;
    private final Transactions transactions;
    private final Wakeup wakeup;
    private final Hold hold;
    private final Clock clock;
    private final FaultPoints faults;
    private final Duration lease;
    private final Map<String, TaskHandler> handlers;
    private final String[] harmless;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private volatile boolean running;

    TaskWorker(
            JdbcTasks rows,
            Transactions transactions,
            Wakeup wakeup,
            Hold hold,
            Clock clock,
            FaultPoints faults,
            Settings settings,
            List<TaskHandler> handlers) {
        this.rows = rows;
        this.transactions = transactions;
        this.wakeup = wakeup;
        this.hold = hold;
        this.clock = clock;
        this.faults = faults;
        this.lease = settings.taskLease();
        this.handlers = handlers.stream().collect(Collectors.toMap(TaskHandler::kind, Function.identity()));
        this.harmless = handlers.stream()
                .filter(TaskHandler::harmlessAfterRestore)
                .map(TaskHandler::kind)
                .toArray(String[]::new);
    }

    @Override
    public void start() {
        running = true;
        Thread.ofVirtual().name("tasks").start(this::loop);
    }

    private void loop() {
        while (running) {
            try {
                if (!claimAndRun()) {
                    wakeup.await(POLL_MS);
                }
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                log.warn("tasks could not be claimed ({}), next try in {} ms", e.toString(), POLL_MS);
                pause();
            }
        }
    }

    /** Answers whether there was anything to do. */
    private boolean claimAndRun() throws InterruptedException {
        places.acquire();
        int free = 1 + places.drainPermits();
        int used = 0;
        try {
            Instant now = clock.instant();
            List<Due> due = hold.isOn() ? rows.due(now, free, harmless) : rows.due(now, free);
            if (!due.isEmpty()) {
                faults.reach(Point.CP06_BEFORE_CLAIM);
            }
            Map<SellerId, List<Due>> bySeller = due.stream().collect(Collectors.groupingBy(Due::seller));
            for (var entry : bySeller.entrySet()) {
                for (Task task : claim(entry.getKey(), entry.getValue(), now)) {
                    used++;
                    Thread.ofVirtual().name("task-" + task.kind()).start(() -> runOne(task));
                }
            }
            return used > 0;
        } finally {
            places.release(free - used);
        }
    }

    /** One seller's rows that cannot be claimed hold up nobody else's. */
    private List<Task> claim(SellerId seller, List<Due> due, Instant now) {
        try {
            return transactions.run(
                    seller, () -> rows.claim(seller, due.stream().map(Due::id).toList(), now, now.plus(lease)));
        } catch (RuntimeException e) {
            log.warn("tasks of seller {} could not be claimed ({}), tried again", seller, e.toString());
            return List.of();
        }
    }

    private void runOne(Task task) {
        try {
            record(task, attempt(task));
        } finally {
            places.release();
            wakeup.signal();
        }
    }

    /** An outcome that cannot be recorded for want of the database is tried again; one that cannot be recorded at all has failed. */
    private void record(Task task, Result outcome) {
        Result result = outcome;
        for (int tries = 1; tries <= MOST_RECORDINGS; tries++) {
            try {
                complete(task, result);
                return;
            } catch (DataAccessResourceFailureException | TransactionException e) {
                log.info("outcome of task {} {} not recorded yet ({})", task.kind(), task.id(), e.toString());
                LockSupport.parkNanos(RECORD_AGAIN.multipliedBy(tries).toNanos());
            } catch (RuntimeException e) {
                log.warn("outcome of task {} {} cannot be recorded", task.kind(), task.id(), e);
                result = new Result.Failed("the outcome cannot be recorded: " + e);
            }
        }
        log.warn(
                "outcome of task {} {} not recorded; when its lease ends it counts as not known",
                task.kind(),
                task.id());
    }

    private Result attempt(Task task) {
        TaskHandler handler = handlers.get(task.kind());
        if (handler == null) {
            return Result.dead("no handler for " + task.kind() + " in this version");
        }
        if (!handler.harmlessAfterRestore() && hold.isOn()) { // it began after the task was claimed
            return Result.later(POLL, "outside effects are on hold after a restore");
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

    private void complete(Task task, Result result) {
        Instant now = clock.instant();
        boolean recorded = transactions.run(task.seller(), () -> switch (result) {
            case Result.Done(Runnable record) -> end(task, Ending.DONE, now, null, record);
            case Result.Dead(String why, Runnable record) -> {
                log.warn("task {} {} is a dead letter: {}", task.kind(), task.id(), why);
                yield end(task, Ending.DEAD, now, why, record);
            }
            case Result.Later(Duration after, String why, Runnable record) ->
                end(task, Ending.LATER, now.plus(after), why, record);
            case Result.Unknown(Duration after, String why) ->
                end(task, Ending.UNKNOWN, now.plus(longer(after, backOff(task.unknowns()))), why, Result.NOTHING);
            case Result.Failed(String why) -> failed(task, why, now);
        });
        if (!recorded) {
            log.info(
                    "task {} {}: attempt {} lost its lease, its outcome is left to the newer one",
                    task.kind(),
                    task.id(),
                    task.attempt());
        }
    }

    private boolean failed(Task task, String why, Instant now) {
        if (task.failures() + 1 >= mostAttempts(task.kind())) {
            log.warn("task {} {} is a dead letter: {}", task.kind(), task.id(), why);
            return end(task, Ending.DEAD, now, why, Result.NOTHING);
        }
        Instant next = now.plus(backOff(task.failures() + 1));
        log.info("task {} {} failed ({}), next try {}", task.kind(), task.id(), why, next);
        return end(task, Ending.FAILED, next, why, Result.NOTHING);
    }

    private boolean end(Task task, Ending ending, Instant dueAt, @Nullable String why, Runnable record) {
        boolean mine = rows.complete(task, ending, dueAt, why, clock.instant());
        if (mine) {
            record.run();
        }
        return mine;
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
        wakeup.signal();
        try {
            // what does not finish in this time is found again by its lease
            if (places.tryAcquire(MOST_AT_ONCE, STOP_WITHIN.toMillis(), TimeUnit.MILLISECONDS)) {
                places.release(MOST_AT_ONCE);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
