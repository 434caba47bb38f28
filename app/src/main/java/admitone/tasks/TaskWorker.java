package admitone.tasks;

import admitone.database.Transactions;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import admitone.tasks.JdbcTasks.Due;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Claims due tasks and hands each to its handler on a thread of its own. */
@Component
class TaskWorker implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(TaskWorker.class);
    private static final int MOST_AT_ONCE = 48;
    private static final long POLL_MS = 500;
    private static final Duration STOP_WITHIN = Duration.ofSeconds(10);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(10);

    private final JdbcTasks rows;
    private final Transactions transactions;
    private final Wakeup wakeup;
    private final Clock clock;
    private final FaultPoints faults;
    private final Duration lease;
    private final Map<String, TaskHandler> handlers;
    private final Semaphore places = new Semaphore(MOST_AT_ONCE);
    private volatile boolean running;

    TaskWorker(
            JdbcTasks rows,
            Transactions transactions,
            Wakeup wakeup,
            Clock clock,
            FaultPoints faults,
            Settings settings,
            List<TaskHandler> handlers) {
        this.rows = rows;
        this.transactions = transactions;
        this.wakeup = wakeup;
        this.clock = clock;
        this.faults = faults;
        this.lease = settings.taskLease();
        this.handlers = handlers.stream().collect(Collectors.toMap(TaskHandler::kind, Function.identity()));
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
            List<Due> due = rows.due(now, free);
            if (!due.isEmpty()) {
                faults.reach(Point.CP06_BEFORE_CLAIM);
            }
            Map<SellerId, List<Due>> bySeller = due.stream().collect(Collectors.groupingBy(Due::seller));
            for (var entry : bySeller.entrySet()) {
                List<Task> claimed = transactions.run(
                        entry.getKey(),
                        () -> rows.claim(
                                entry.getKey(),
                                entry.getValue().stream().map(Due::id).toList(),
                                now,
                                now.plus(lease)));
                for (Task task : claimed) {
                    used++;
                    Thread.ofVirtual().name("task-" + task.kind()).start(() -> runOne(task));
                }
            }
            return used > 0;
        } finally {
            places.release(free - used);
        }
    }

    private void runOne(Task task) {
        try {
            complete(task, attempt(task));
        } catch (RuntimeException e) {
            // the lease will end, and the next attempt knows that this one may have had its effect
            log.warn(
                    "outcome of task {} {} not recorded ({}), looked at again when its lease ends",
                    task.kind(),
                    task.id(),
                    e.toString());
        } finally {
            places.release();
            wakeup.signal();
        }
    }

    private Result attempt(Task task) {
        TaskHandler handler = handlers.get(task.kind());
        if (handler == null) {
            return Result.dead("no handler for " + task.kind() + " in this version");
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
            case Result.Done(Runnable record) -> end(task, "done", now, null, false, now, record);
            case Result.Dead(String why, Runnable record) -> {
                log.warn("task {} {} is a dead letter: {}", task.kind(), task.id(), why);
                yield end(task, "dead", now, why, false, now, record);
            }
            case Result.Later(Duration after, String why, Runnable record) ->
                end(task, "ready", now.plus(after), why, false, now, record);
            case Result.Unknown(Duration after, String why) ->
                end(task, "ready", now.plus(after), why, true, now, Result.NOTHING);
            case Result.Failed(String why) -> {
                boolean dead = task.attempt() >= mostAttempts(task.kind());
                log.info(
                        "task {} {} failed ({}), {}",
                        task.kind(),
                        task.id(),
                        why,
                        dead ? "a dead letter" : "next try " + now.plus(backOff(task.attempt())));
                yield end(
                        task,
                        dead ? "dead" : "ready",
                        now.plus(backOff(task.attempt())),
                        why,
                        false,
                        now,
                        Result.NOTHING);
            }
        });
        if (!recorded) {
            log.info(
                    "task {} {}: attempt {} lost its lease, its outcome is left to the newer one",
                    task.kind(),
                    task.id(),
                    task.attempt());
        }
    }

    private boolean end(
            Task task,
            String state,
            Instant dueAt,
            @org.jspecify.annotations.Nullable String why,
            boolean unknown,
            Instant now,
            Runnable record) {
        boolean mine = rows.complete(task, state, dueAt, why, unknown, now);
        if (mine) {
            record.run();
        }
        return mine;
    }

    private int mostAttempts(String kind) {
        TaskHandler handler = handlers.get(kind);
        return handler == null ? 1 : handler.mostAttempts();
    }

    /** 1 s, 2 s, 4 s … at most ten minutes. */
    static Duration backOff(int attempt) {
        Duration pause = Duration.ofSeconds(1L << Math.min(attempt - 1, 20));
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
