package admitone.tasks;

import static admitone.AtOnce.atOnce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import admitone.Core;
import admitone.TestSettings;
import admitone.database.Columns;
import admitone.hold.Hold;
import admitone.hold.HoldMemory;
import admitone.runtime.FaultPoints;
import admitone.runtime.OutsideHttp;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.json.JsonMapper;

class TasksDatabaseTests {
    private static final SellerId SELLER = new SellerId("0123456789ab");
    /** By the driver, which sends a statement anew until then. */
    private static final int PREPARED_AFTER = 10;

    private static final Duration LEASE = Duration.ofSeconds(40);

    private static final List<JdbcTasks.Look> FROM_THE_BEGINNING = Stream.of(
                    "mail", "call", "deliver", "decide", "look")
            .map(kind -> new JdbcTasks.Look(kind, Instant.EPOCH, 1000))
            .toList();

    private final Core core = Core.start("tasks");
    private final Tasks tasks = core.bean(Tasks.class);
    private final JdbcTasks rows = core.bean(JdbcTasks.class);
    private final List<TaskWorker> workers = new ArrayList<>();

    @AfterEach
    void stop() {
        workers.forEach(TaskWorker::stop);
        core.close();
    }

    @Test
    void isOwedOnce() {
        owe("mail", "order:1");
        owe("mail", "order:1");
        owe("mail", "order:2");
        owe("call", "order:1");

        assertThat(core.count("tasks.task")).isEqualTo(3);
    }

    @Test
    void isOwedOnlyWithTheDecisionThatOwesIt() {
        assertThatThrownBy(() -> core.transactions.run(SELLER, () -> {
                    tasks.owe(SELLER, Owed.now("mail", "order:1", Map.of()));
                    throw new IllegalArgumentException("decided otherwise");
                }))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(core.count("tasks.task")).isZero();
    }

    @Test
    void isOwedOnceWhenManyOweItAtOnce() throws Exception {
        atOnce(40, () -> {
            owe("mail", "order:1");
            return true;
        });

        assertThat(core.count("tasks.task")).isEqualTo(1);
    }

    @Test
    void whatWasOwedBeforeIsNotBegunAgain() {
        List<String> begun = new CopyOnWriteArrayList<>();
        worker("mail", task -> {
            begun.add(task.subject());
            return Result.done();
        });
        await().until(() -> core.bean(Handover.class)
                .take(Owed.now("mail", "a probe", Map.of()), core.clock.instant())
                .map(place -> {
                    place.letGo();
                    return true;
                })
                .orElse(false));

        owe("mail", "order:1");
        await().until(() -> core.tasks("mail").equals(List.of("done")));
        owe("mail", "order:1");
        workers.forEach(TaskWorker::stop); // when it has ended what it began

        assertThat(begun).containsExactly("order:1");
    }

    @Test
    void isClaimedByOneOfManyWorkers() throws Exception {
        for (int i = 0; i < 60; i++) {
            owe("mail", "order:" + i);
        }
        List<UUID> all = rows.due(core.clock.instant(), FROM_THE_BEGINNING, 1000).stream()
                .map(JdbcTasks.Due::id)
                .toList();

        List<List<Task>> claimed = atOnce(8, () -> claim(all));

        List<UUID> ids = claimed.stream().flatMap(List::stream).map(Task::id).toList();
        assertThat(ids).doesNotHaveDuplicates();
        assertThat(claim(all)).isEmpty();
        List<UUID> missed = new ArrayList<>(all);
        missed.removeAll(ids);
        assertThat(missed).as("locked by one who then claimed it").isEmpty();
    }

    @Test
    void claimDoesNotWaitForWhoHoldsTheRow() {
        UUID id = owe("mail", "order:1");

        core.transactions.run(SELLER, () -> {
            claimInside(List.of(id));
            assertThat(onAnotherThread(() -> claim(List.of(id)))).isEmpty();
        });
    }

    /** Somebody else ended it between the look for what is due and the claim. */
    @ParameterizedTest
    @EnumSource(names = {"DONE", "DEAD"})
    void whatHasEndedIsNotTaken(JdbcTasks.Ending ending) {
        UUID id = owe("mail", "order:1");
        assertThat(complete(claim(List.of(id)).getFirst(), ending)).isTrue();

        assertThat(claim(List.of(id))).isEmpty();
    }

    /** Plans are made once, when nothing waits as far as the server knows, and queues fill and empty. */
    @Test
    void isTakenAndEndedByItsKeyHoweverManyWait() {
        UUID id = owe("mail", "order:1");
        insertMany(core.owner(), "mail", "done");
        core.owner().sql("analyze tasks.task").update();

        assertThat(core.transactions.<Long>run(SELLER, () -> {
                    core.jdbc
                            .sql("set local plan_cache_mode = force_generic_plan")
                            .update();
                    for (int i = 0; i < PREPARED_AFTER; i++) {
                        takeAndEnd(id);
                    }
                    insertMany(core.jdbc, "call", "ready");
                    long before = read();
                    takeAndEnd(id);
                    return read() - before;
                }))
                .as("tasks that were read")
                .isLessThan(20);
    }

    private void insertMany(JdbcClient jdbc, String kind, String state) {
        jdbc.sql("""
                insert into tasks.task (seller_id, kind, subject, task_id, payload, state, due_at, created_at, owed_since)
                select :seller, :kind, 'order:' || n, gen_random_uuid(), '{}', :state, :now, :now, :now
                from generate_series(2, 3000) as n
                """)
                .param("seller", SELLER.value())
                .param("kind", kind)
                .param("state", state)
                .param("now", Columns.at(core.clock.instant()))
                .update();
    }

    private void takeAndEnd(UUID id) {
        Task task = claimInside(List.of(id)).getFirst();
        Instant now = core.clock.instant();
        assertThat(rows.complete(List.of(new JdbcTasks.Ended(task, JdbcTasks.Ending.LATER, now, null, now))))
                .hasSize(1);
    }

    private long read() {
        return core.jdbc.sql("""
                        select sum(coalesce(idx_tup_fetch, 0) + coalesce(seq_tup_read, 0))::bigint from pg_stat_xact_user_tables
                        where schemaname = 'tasks' and relname = 'task'
                        """).query(Long.class).single();
    }

    @Test
    void hurryingLeavesAloneWhatIsBeingClaimed() {
        Instant before = core.clock.instant();
        core.transactions.run(
                SELLER, () -> tasks.owe(SELLER, new Owed("mail", "order:1", Map.of("to", "a"), before.plusSeconds(1))));
        core.clock.advance(Duration.ofSeconds(1));
        List<UUID> due = rows.due(core.clock.instant(), FROM_THE_BEGINNING, 1).stream()
                .map(JdbcTasks.Due::id)
                .toList();

        core.transactions.run(SELLER, () -> {
            assertThat(claimInside(due)).hasSize(1);
            onAnotherThread(() -> {
                core.transactions.run(SELLER, () -> rows.hurryFirst(SELLER, "mail", Map.of("to", "a"), before));
                return true;
            });
        });

        core.clock.advance(LEASE.minusMillis(1));
        assertThat(claim(due)).as("still under its lease").isEmpty();
    }

    @Test
    void zombieRecordsNothingOnceAnotherAttemptRuns() {
        UUID id = owe("mail", "order:1");
        Task first = claim(List.of(id)).getFirst();
        core.clock.advance(LEASE.plusMillis(1));
        Task second = claim(List.of(id)).getFirst();

        assertThat(complete(first, JdbcTasks.Ending.DONE)).isFalse();
        assertThat(complete(second, JdbcTasks.Ending.DONE)).isTrue();
        assertThat(complete(second, JdbcTasks.Ending.LATER)).as("it is over").isFalse();
        assertThat(core.tasks("mail")).containsExactly("done");
    }

    @Test
    void zombieInOneRecordingWithTheNewerAttemptRecordsNothing() {
        UUID id = owe("mail", "order:1");
        Task first = claim(List.of(id)).getFirst();
        core.clock.advance(LEASE.plusMillis(1));
        Task second = claim(List.of(id)).getFirst();

        var now = core.clock.instant();
        var recorded = core.transactions.run(
                SELLER,
                () -> rows.complete(List.of(
                        new JdbcTasks.Ended(first, JdbcTasks.Ending.DONE, now, null, now),
                        new JdbcTasks.Ended(second, JdbcTasks.Ending.UNKNOWN, now, "lost", now))));

        assertThat(recorded).containsExactly(JdbcTasks.Fence.of(second));
        assertThat(core.tasks("mail")).containsExactly("ready");
    }

    @Test
    void aLeaseThatIsNearlyOverIsNoTimeForACall() {
        owe("mail", "order:1");
        List<Integer> called = new CopyOnWriteArrayList<>();
        Task late = claim(List.of(tasks.ofSubject(SELLER, "order:1").getFirst().id()))
                .getFirst();
        core.clock.advance(LEASE.minusSeconds(5));

        worker("mail", task -> {
            called.add(task.attempt());
            return Result.done();
        });
        workers.getFirst().begin(late);

        await().until(() -> core.tasks("mail").equals(List.of("done")));
        assertThat(called).containsExactly(2);
    }

    @Test
    void leaseThatEndedIsAnInterruptedAttemptAndNotKnowing() {
        UUID id = owe("mail", "order:1");
        Task first = claim(List.of(id)).getFirst();
        assertThat(first.attempt()).isEqualTo(1);
        assertThat(first.interrupted()).isFalse();
        assertThat(first.unknowns()).isZero();

        core.clock.advance(LEASE.minusMillis(1));
        assertThat(claim(List.of(id))).as("still under its lease").isEmpty();
        core.clock.advance(Duration.ofMillis(1));
        Task second = claim(List.of(id)).getFirst();

        assertThat(second.attempt()).isEqualTo(2);
        assertThat(second.interrupted()).isTrue();
        assertThat(second.unknowns()).isEqualTo(1);
    }

    @Test
    void armingAgainFencesOffTheRunningAttempt() {
        UUID id = owe("decide", "payment:1");
        Task running = claim(List.of(id)).getFirst();

        core.transactions.run(SELLER, () -> tasks.oweAgain(SELLER, Owed.now("decide", "payment:1", Map.of())));

        assertThat(complete(running, JdbcTasks.Ending.DONE)).isFalse();
        Task next = claim(List.of(id)).getFirst();
        assertThat(complete(next, JdbcTasks.Ending.DONE)).isTrue();
        core.transactions.run(SELLER, () -> tasks.oweAgain(SELLER, Owed.now("decide", "payment:1", Map.of())));
        assertThat(core.tasks("decide")).containsExactly("ready");
        assertThat(core.count("tasks.task")).isEqualTo(1);
    }

    /** It has looked already, and would end without what woke it. */
    @Test
    void runningTaskThatIsWokenEndsAfterWhatWokeIt() throws Exception {
        Task running = claim(List.of(owe("decide", "payment:1"))).getFirst();
        AtomicLong seen = new AtomicLong();

        core.whileUncommitted(
                SELLER,
                () -> {
                    tasks.wake(SELLER, Owed.now("decide", "payment:1", Map.of()));
                    rows.insert(new JdbcTasks.Owing(
                            SELLER,
                            UUID.randomUUID(),
                            Owed.now("mail", "payment:2", Map.of()),
                            core.clock.instant(),
                            null));
                },
                () -> {
                    complete(running, JdbcTasks.Ending.DONE);
                    seen.set(core.count("tasks.task where subject = 'payment:2'"));
                });

        assertThat(seen).hasValue(1);
    }

    @Test
    void pausedQueueStandsStillAndOthersGoOn() {
        owe("mail", "order:1");
        owe("call", "order:1");
        tasks.pause("mail", true);

        worker("mail", task -> Result.done());
        worker("call", task -> Result.done());
        await().until(() -> core.tasks("call").equals(List.of("done")));
        owe("mail", "order:2");
        assertThat(core.tasks("mail")).containsExactly("ready", "ready");
        assertThat(tasks.queues()).anySatisfy(queue -> {
            assertThat(queue.name()).isEqualTo("mail");
            assertThat(queue.paused()).isTrue();
            assertThat(queue.ready()).isEqualTo(2);
        });

        tasks.pause("mail", false);
        await().until(() -> core.tasks("mail").equals(List.of("done", "done")));
    }

    @Test
    void queueTellsItsAge() {
        owe("mail", "order:1");
        core.clock.advance(Duration.ofSeconds(90));

        assertThat(tasks.queues())
                .singleElement()
                .satisfies(queue -> assertThat(queue.oldestAgeS()).isEqualTo(90));
    }

    @Test
    void doesNotBeginBeforeItsTime() {
        core.transactions.run(
                SELLER,
                () -> tasks.owe(
                        SELLER,
                        new Owed(
                                "mail",
                                "order:1",
                                Map.of(),
                                core.clock.instant().plusSeconds(60))));

        assertThat(rows.due(core.clock.instant().plusSeconds(59), FROM_THE_BEGINNING, 10))
                .isEmpty();
        assertThat(rows.due(core.clock.instant().plusSeconds(60), FROM_THE_BEGINNING, 10))
                .hasSize(1);
    }

    @Test
    void personWhoRetriesADeadLetterStartsItsCountOfUnknownsAgain() {
        UUID id = owe("deliver", "grant:1");
        for (int i = 0; i < 3; i++) {
            Task task = claim(List.of(id)).getFirst();
            complete(task, JdbcTasks.Ending.UNKNOWN);
        }
        Task last = claim(List.of(id)).getFirst();
        assertThat(last.unknowns()).isEqualTo(3);
        assertThat(complete(last, JdbcTasks.Ending.DEAD)).isTrue();

        assertThat(tasks.retry(SELLER, "deliver", id, false)).isTrue();

        assertThat(claim(List.of(id)).getFirst().unknowns()).isZero();
    }

    @Test
    void doneIsRunAgainOnlyWhereThatIsAllowed() {
        UUID id = owe("look", "payment:1");
        assertThat(complete(claim(List.of(id)).getFirst(), JdbcTasks.Ending.DONE))
                .isTrue();

        assertThat(tasks.retry(SELLER, "look", id, false)).isFalse();
        assertThat(tasks.retry(new SellerId("zzzzzzzzzzzz"), "look", id, true)).isFalse();
        assertThat(tasks.retry(SELLER, "mail", id, true)).isFalse();
        assertThat(tasks.retry(SELLER, "look", id, true)).isTrue();
        assertThat(core.tasks("look")).containsExactly("ready");
    }

    // the worker

    @Test
    void twoWorkersDoEachTaskOnce() {
        Map<String, AtomicInteger> done = new ConcurrentHashMap<>();
        Function<Task, Result> handler = task -> {
            done.computeIfAbsent(task.subject(), subject -> new AtomicInteger()).incrementAndGet();
            return Result.done();
        };
        for (int i = 0; i < 300; i++) {
            owe("mail", "order:" + i);
        }

        worker("mail", handler);
        worker("mail", handler);
        core.awaitTasks();

        assertThat(done).hasSize(300);
        assertThat(done.values()).allMatch(count -> count.get() == 1);
    }

    @Test
    void outcomeOfAZombieIsRefusedAndItsRecordNotWritten() {
        CountDownLatch firstBegan = new CountDownLatch(1);
        CountDownLatch secondIsDone = new CountDownLatch(1);
        List<Integer> recorded = new CopyOnWriteArrayList<>();
        CountDownLatch zombieReturned = new CountDownLatch(1);
        owe("mail", "order:1");

        worker("mail", task -> {
            if (task.attempt() == 1) {
                firstBegan.countDown();
                waitFor(secondIsDone);
                zombieReturned.countDown();
            }
            return new Result.Done(() -> recorded.add(task.attempt()));
        });
        waitFor(firstBegan);
        core.clock.advance(LEASE.plusMillis(1));
        await().until(() -> core.tasks("mail").equals(List.of("done")));
        secondIsDone.countDown();
        waitFor(zombieReturned);
        workers.getFirst().stop();

        assertThat(recorded).containsExactly(2);
        assertThat(core.strings("select attempt::text from tasks.task")).containsExactly("2");
    }

    @Test
    void recordAndOutcomeAreOneCommit() {
        owe("mail", "order:1");

        worker(
                "mail",
                task -> new Result.Done(() -> {
                    tasks.owe(SELLER, Owed.now("next", "order:1", Map.of()));
                    if (task.attempt() == 1) {
                        throw new IllegalStateException("crash between outcome and record");
                    }
                }));
        await().until(() -> core.count("tasks.task where kind = 'mail' and unknowns = 1") == 1);
        assertThat(core.tasks("next")).isEmpty();
        assertThat(core.strings("select last_error from tasks.task where kind = 'mail'")
                        .getFirst())
                .contains("crash between outcome and record");
        core.clock.advance(Duration.ofSeconds(2));
        await().until(() -> core.tasks("mail").equals(List.of("done")));

        assertThat(core.tasks("next")).hasSize(1);
    }

    @Test
    void crashBeforeTheRecordLeavesTheNextAttemptKnowingThatItMayHaveHappened() {
        List<Boolean> interrupted = new CopyOnWriteArrayList<>();
        AtomicInteger crashes = new AtomicInteger(1);
        core.faults.set(point -> {
            if (point == FaultPoints.Point.CP09_BEFORE_RECORD && crashes.getAndDecrement() > 0) {
                throw new StackOverflowError("as if the process ended here");
            }
        });
        owe("mail", "order:1");

        worker("mail", task -> {
            interrupted.add(task.interrupted());
            return Result.done();
        });
        await().dontCatchUncaughtExceptions().until(() -> crashes.get() == 0);
        core.clock.advance(LEASE.plusMillis(1));
        await().dontCatchUncaughtExceptions().until(() -> core.tasks("mail").equals(List.of("done")));

        assertThat(interrupted).containsExactly(false, true);
    }

    @Test
    void failureIsRetriedWithGrowingPausesAndThenDead() {
        owe("mail", "order:1");
        AtomicInteger attempts = new AtomicInteger();
        worker("mail", 3, task -> {
            attempts.incrementAndGet();
            throw new IllegalStateException("attempt " + task.attempt());
        });

        await().until(() -> core.count("tasks.task where state = 'ready' and attempt = 1") == 1);
        core.clock.advance(Duration.ofMillis(999));
        assertThat(rows.due(core.clock.instant(), FROM_THE_BEGINNING, 1)).isEmpty();
        core.clock.advance(Duration.ofMillis(1));
        await().until(() -> core.count("tasks.task where state = 'ready' and attempt = 2") == 1);
        core.clock.advance(Duration.ofSeconds(2));
        await().until(() -> core.tasks("mail").equals(List.of("dead")));

        assertThat(attempts).hasValue(3);
        assertThat(core.strings("select last_error from tasks.task where state = 'dead'"))
                .singleElement()
                .satisfies(why -> assertThat(why).contains("attempt 3"));
    }

    @Test
    void laterIsNoFailureAndUnknownIsCounted() {
        owe("mail", "order:1");
        worker("mail", 1, task -> switch (task.attempt()) {
            case 1 -> Result.later(Duration.ofSeconds(5), "429");
            case 2 -> new Result.Unknown(Duration.ofSeconds(5), "timeout");
            default -> {
                assertThat(task.unknowns()).isEqualTo(1);
                yield Result.done();
            }
        });

        await().until(() -> core.count("tasks.task where state = 'ready' and attempt = 1") == 1);
        core.clock.advance(Duration.ofSeconds(5));
        await().until(() -> core.count("tasks.task where state = 'ready' and attempt = 2") == 1);
        core.clock.advance(Duration.ofSeconds(5));
        await().until(() -> core.tasks("mail").equals(List.of("done")));
    }

    @Test
    void aFailureAfterManyLatersIsTheFirst() {
        owe("mail", "order:1");
        worker("mail", 2, task -> switch (task.attempt()) {
            case 1, 2, 3 -> Result.later(Duration.ofSeconds(1), "429");
            case 4 -> new Result.Failed("no rights for a moment");
            default -> Result.done();
        });

        for (int attempt = 1; attempt <= 4; attempt++) {
            int now = attempt;
            await().until(() -> core.count("tasks.task where state = 'ready' and attempt = " + now) == 1);
            core.clock.advance(Duration.ofSeconds(1));
        }

        await().until(() -> core.tasks("mail").equals(List.of("done")));
    }

    @Test
    void workerThatWasStoppedMayStartAgain() {
        worker("mail", task -> Result.done());
        workers.getFirst().stop();
        owe("mail", "order:1");

        workers.getFirst().start();

        await().until(() -> core.tasks("mail").equals(List.of("done")));
    }

    /** After it was looked for, and before it was claimed. */
    @Test
    void nothingIsBegunAfterTheStopAndWhatIsClaimedThenIsGivenBackAtOnce() {
        List<String> begun = new CopyOnWriteArrayList<>();
        CountDownLatch found = new CountDownLatch(1);
        core.faults.set(point -> {
            if (point == FaultPoints.Point.CP06_BEFORE_CLAIM) {
                found.countDown();
                await().until(() -> !workers.getFirst().isRunning());
            }
        });
        owe("mail", "order:1");
        worker("mail", task -> {
            begun.add(task.subject());
            return Result.done();
        });
        waitFor(found);

        workers.getFirst().stop();

        assertThat(core.strings("select state || ' since ' || last_error from tasks.task"))
                .containsExactly("ready since the instance that had claimed it stopped");
        assertThat(rows.due(core.clock.instant(), FROM_THE_BEGINNING, 1)).hasSize(1);
        assertThat(begun).isEmpty();
    }

    /** However many kinds there are: where it cannot be told, each time may take as long as the database lets it. */
    @Test
    void theHoldIsAskedAboutOnceARound() {
        AtomicInteger rounds = new AtomicInteger();
        AtomicInteger asked = new AtomicInteger();
        JdbcTasks counting = new JdbcTasks(core.jdbc, core.bean(JsonMapper.class)) {
            @Override
            Set<String> paused() {
                rounds.incrementAndGet();
                return super.paused();
            }
        };
        TaskWorker worker = new TaskWorker(
                counting,
                core.transactions,
                core.bean(Wakeup.class),
                HoldMemory.counting(core, asked),
                core.bean(Handover.class),
                core.clock,
                core.faults.get(),
                TestSettings.with(Map.of()),
                List.of(handler("mail", 60, task -> Result.done()), handler("call", 60, task -> Result.done())));
        workers.add(worker);

        worker.start();
        await().until(() -> rounds.get() > 0);
        worker.stop();

        assertThat(asked).hasValue(rounds.get());
    }

    /** Else what was sent counts as not known, and may be sent again. */
    @Test
    void aStopWaitsForTheLongestCall() {
        assertThat(TaskWorker.STOP_WITHIN)
                .isGreaterThan(OutsideHttp.overAfter(Settings.LONGEST_CALL).plusSeconds(1));
    }

    @Test
    void errorWhileClaimingTakesNoPlaces() {
        AtomicInteger errors = new AtomicInteger(1);
        JdbcTasks rowsWithAnError = new JdbcTasks(core.jdbc, core.bean(JsonMapper.class)) {
            @Override
            List<Task> claim(List<Due> due, Instant now, Instant leaseEnd) {
                if (errors.getAndDecrement() > 0) {
                    throw new AssertionError("as where a class is missing");
                }
                return super.claim(due, now, leaseEnd);
            }
        };
        for (int i = 0; i < Places.PER_KIND; i++) {
            owe("mail", "order:" + i);
        }

        worker(rowsWithAnError, handler("mail", 60, task -> Result.done()), core.bean(Handover.class));

        await().until(() -> core.count("tasks.task where state = 'done'") == Places.PER_KIND);
    }

    @Test
    void nothingIsHandedOverAfterTheStop() {
        CountDownLatch opens = new CountDownLatch(1);
        Handover late = new Handover() {
            @Override
            void open(Worker running) {
                opens.countDown();
                await().until(() -> !workers.getFirst().isRunning());
                super.open(running);
            }
        };
        worker(handler("mail", 60, task -> Result.done()), late);
        waitFor(opens);

        workers.getFirst().stop();

        assertThat(late.take(Owed.now("mail", "order:1", Map.of()), core.clock.instant()))
                .isEmpty();
    }

    @Test
    void whatWasClaimedBeforeAHoldSaysWhatItWaitsFor() {
        Task one = claim(List.of(owe("mail", "order:1"))).getFirst();
        Task other = claim(List.of(owe("mail", "order:2"))).getFirst();
        HoldMemory.blind(core, true);
        worker("mail", task -> Result.done());

        workers.getFirst().begin(one);
        await().until(() -> core.count("tasks.task where last_error is not null") == 1);
        HoldMemory.blind(core, false);
        HoldMemory.begin(core, "behind");
        workers.getFirst().begin(other);
        await().until(() -> core.count("tasks.task where last_error is not null") == 2);

        assertThat(core.strings("select last_error from tasks.task order by subject"))
                .containsExactly("the database cannot be looked at", "outside effects are on hold after a restore");
    }

    @Test
    void taskWithoutAHandlerIsLeftToOtherVersionsAndThenADeadLetter() {
        owe("of another version", "order:1");
        owe("mail", "order:1");
        worker("mail", task -> Result.done());
        await().until(() -> core.tasks("mail").equals(List.of("done")));
        assertThat(core.tasks("of another version")).containsExactly("ready");
        core.clock.advance(Duration.ofHours(1));

        await().until(() -> core.tasks("of another version").equals(List.of("dead")));
    }

    private void worker(String kind, Function<Task, Result> work) {
        worker(kind, 60, work);
    }

    private void worker(String kind, int mostAttempts, Function<Task, Result> work) {
        worker(handler(kind, mostAttempts, work), core.bean(Handover.class));
    }

    private static TaskHandler handler(String kind, int mostAttempts, Function<Task, Result> work) {
        return new TaskHandler() {
            @Override
            public String kind() {
                return kind;
            }

            @Override
            public int mostAttempts() {
                return mostAttempts;
            }

            @Override
            public Result attempt(Task task) {
                return work.apply(task);
            }
        };
    }

    private void worker(TaskHandler handler, Handover handover) {
        worker(rows, handler, handover);
    }

    private void worker(JdbcTasks rows, TaskHandler handler, Handover handover) {
        TaskWorker worker = new TaskWorker(
                rows,
                core.transactions,
                core.bean(Wakeup.class),
                core.bean(Hold.class),
                handover,
                core.clock,
                point -> core.faults.get().reach(point),
                TestSettings.with(Map.of()),
                List.of(handler));
        workers.add(worker);
        worker.start();
    }

    private UUID owe(String kind, String subject) {
        core.transactions.run(SELLER, () -> tasks.owe(SELLER, Owed.now(kind, subject, Map.of("for", subject))));
        return tasks.ofSubject(SELLER, subject).stream()
                .filter(task -> task.kind().equals(kind))
                .findFirst()
                .orElseThrow()
                .id();
    }

    private List<Task> claim(List<UUID> ids) {
        return core.transactions.run(SELLER, () -> claimInside(ids));
    }

    private List<Task> claimInside(List<UUID> ids) {
        return rows.claim(
                ids.stream()
                        .map(id -> new JdbcTasks.Due(SELLER, id, "", Instant.EPOCH))
                        .toList(),
                core.clock.instant(),
                core.clock.instant().plus(LEASE));
    }

    private boolean complete(Task task, JdbcTasks.Ending ending) {
        return !core.transactions
                .run(
                        SELLER,
                        () -> rows.complete(List.of(
                                new JdbcTasks.Ended(task, ending, core.clock.instant(), null, core.clock.instant()))))
                .isEmpty();
    }

    private static <T> T onAnotherThread(Callable<T> work) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return threads.submit(work).get();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
