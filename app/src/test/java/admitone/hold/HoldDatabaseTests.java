package admitone.hold;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.Core;
import admitone.Ipn;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.tasks.Owed;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.JdbcTemplate;

class HoldDatabaseTests {
    private static final Duration A_SECOND = Duration.ofSeconds(1);

    private final Core core = Core.start("hold");
    private final Hold hold = core.bean(Hold.class);

    @TempDir
    private Path data;

    @TempDir
    private Path otherData;

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void firstStartRecordsTheDatabaseAndHoldsNothing() {
        watch(data).round();

        assertThat(hold.isOn()).isFalse();
        assertThat(core.strings("select system from hold.identity")).containsExactly(system());
        assertThat(core.strings("select beat from hold.beat")).containsExactly("1");
        assertThat(data.resolve("witness")).content().contains("beat=1", "system=" + system());
    }

    @Test
    void beatsEveryThreeSecondsAndNotWithEachLook() {
        RestoreWatch watch = watch(data);
        for (int look = 0; look < 7; look++) {
            watch.round();
            core.clock.advance(A_SECOND);
        }

        assertThat(core.strings("select beat from hold.beat")).containsExactly("3");
    }

    @Test
    void restartOnTheSameDatabaseHoldsNothing() {
        beats(watch(data), 3);

        beats(watch(data), 2);

        assertThat(hold.isOn()).isFalse();
        assertThat(core.strings("select beat from hold.beat")).containsExactly("5");
    }

    @Test
    void anotherSystemIsHeld() {
        watch(data).round();
        core.owner().sql("update hold.identity set system = '1/1'").update();

        watch(otherData).round();

        held("other_system");
    }

    /** As by {@code pg_restore --clean}, where the service keeps no files. */
    @Test
    void tablesThatWereLoadedAnewIntoTheSameDatabaseAreHeld() {
        watch(data).round();
        core.owner()
                .sql("create table hold.loaded (like hold.identity including all)")
                .update();
        core.owner().sql("insert into hold.loaded select * from hold.identity").update();
        core.owner().sql("drop table hold.identity").update();
        core.owner().sql("alter table hold.loaded rename to identity").update();
        core.owner()
                .sql("grant select, insert, update on hold.identity to admitone_app")
                .update();

        watch(otherData).round();

        held("other_system");
    }

    /** By a server that did not say who it is, or by a version that asked less. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whatWasRecordedWithLessIsCompleted(boolean silent) {
        watch(data).round();
        String whole = system();
        core.owner()
                .sql(
                        silent
                                ? "update hold.identity set system = '', timeline = 0"
                                : "update hold.identity set system = substring(system from '^[0-9]+/[0-9]+')")
                .update();

        watch(data).round();

        assertThat(hold.current()).isEmpty();
        assertThat(core.strings("select system from hold.identity")).containsExactly(whole);
        assertThat(core.strings("select timeline from hold.identity")).doesNotContain("0");
    }

    @Test
    void aDatabaseThatIsBehindWhatTheInstanceSawIsHeld() {
        beats(watch(data), 5);
        core.owner().sql("update hold.beat set beat = beat - 1").update();

        watch(data).round();

        held("behind");
        assertThat(hold.current().orElseThrow().seenUntil())
                .isEqualTo(core.clock.instant().minusSeconds(3));
    }

    @Test
    void aRestoreUnderARunningInstanceIsHeldByItsNextLook() {
        RestoreWatch running = watch(data);
        beats(running, 5);
        core.owner().sql("update hold.beat set beat = 2").update();

        running.round();

        held("behind");
        assertThat(core.strings("select beat from hold.beat"))
                .as("the doubted database is not beaten in")
                .containsExactly("2");
    }

    @Test
    void aRestoredDatabaseThatIsBeatenInBeforeALookKeepsTheEvidence() {
        RestoreWatch running = watch(data);
        beats(running, 5);
        core.owner().sql("update hold.beat set beat = 2").update();
        core.clock.advance(Duration.ofSeconds(10));

        assertThat(core.transactions.<Boolean>run(
                        SellerId.PLATFORM,
                        () -> core.bean(JdbcHold.class)
                                .count(instance(), 5, core.clock.instant())
                                .isPresent()))
                .isFalse();
        running.round();

        held("behind");
    }

    @Test
    void aDatabaseFromBeforeTheLastResumeIsHeld() {
        beats(watch(data), 2);
        String before = core.strings("select epoch::text from hold.identity").getFirst();
        core.owner().sql("update hold.beat set beat = 1").update();
        RestoreWatch watch = watch(data);
        watch.round();
        resume();
        beats(watch, 1);
        assertThat(hold.isOn()).isFalse();
        core.owner()
                .sql("update hold.identity set epoch = ?::uuid")
                .param(before)
                .update();
        core.owner().sql("delete from hold.hold").update();

        watch(data).round();

        held("behind");
    }

    @Test
    void aNewTimelineThatNobodyVouchesForIsHeld() {
        watch(data).round();
        core.owner().sql("update hold.identity set timeline = timeline - 1").update();

        watch(otherData).round();

        held("new_timeline");
    }

    @Test
    void aFailoverThatLostNothingIsRecordedAndHoldsNothing() {
        RestoreWatch running = watch(data);
        beats(running, 3);
        core.owner().sql("update hold.identity set timeline = timeline - 1").update();

        running.round();

        assertThat(hold.isOn()).isFalse();
        assertThat(core.strings("select (timeline = (select timeline_id from pg_control_checkpoint()))::text"
                        + " from hold.identity"))
                .containsExactly("true");
        assertThat(told()).containsExactly("database_taken_over");
    }

    @Test
    void aFailoverThatLostNothingIsLiftedByAnInstanceThatCanVouch() {
        RestoreWatch running = watch(data);
        beats(running, 3);
        core.owner().sql("update hold.identity set timeline = timeline - 1").update();
        watch(otherData).round();
        held("new_timeline");

        running.round();

        assertThat(hold.isOn()).isFalse();
        assertThat(core.strings("select lifted_by from hold.hold")).allMatch(by -> by.startsWith("instance "));
    }

    @Test
    void aFailoverThatLostSomethingIsNotLiftedByAnInstanceThatMissesNothing() {
        RestoreWatch misses = watch(data);
        RestoreWatch whole = watch(otherData);
        beats(misses, 3);
        UUID unlucky = instance();
        beats(whole, 3);
        core.owner().sql("update hold.identity set timeline = timeline - 1").update();
        core.owner()
                .sql("update hold.beat set beat = 1 where instance = ?")
                .param(unlucky)
                .update();
        watch(data.resolve("new")).round();
        held("new_timeline");

        misses.round();
        whole.round();

        held("behind");
    }

    @Test
    void aCopyOfTheFilesIsHeld() {
        watch(data, "11/7").round();

        watch(otherData, "12/7").round();

        held("copied");
    }

    @Test
    void twoInstancesAgreeWithinASecond() {
        RestoreWatch running = watch(data);
        beats(running, 3);
        Hold other = new Hold(core.bean(JdbcHold.class), core.clock);
        assertThat(other.isOn()).isFalse();
        core.owner().sql("update hold.beat set beat = 1").update();
        running.round();

        core.clock.advance(A_SECOND);

        assertThat(other.isOn()).isTrue();
        resume();
        core.clock.advance(A_SECOND);
        assertThat(other.isOn()).isFalse();
    }

    @Test
    void whatCannotBeLookedAtIsHeld() {
        RestoreWatch running = watch(data);
        running.round();
        core.owner().sql("alter table hold.identity rename to away").update();

        assertThat(org.assertj.core.api.Assertions.catchThrowable(running::round))
                .isNotNull();

        assertThat(hold.isOn()).isTrue();
        core.owner().sql("alter table hold.away rename to identity").update();
        running.round();
        assertThat(hold.isOn()).isFalse();
    }

    /** As under a burst of tasks: nothing was restored, and nothing is wrong with the database. */
    @Test
    void aWantOfConnectionsIsNoHold() throws SQLException {
        RestoreWatch running = watch(data);
        running.round();
        List<Connection> taken = takeAll();
        try {
            core.clock.advance(A_SECOND);
            assertThat(hold.isOn()).as("asked before the next look").isFalse();

            running.round();

            assertThat(hold.isOn()).isFalse();
            assertThat(gauge("admitone.hold.blind")).isZero();
            assertThat(gauge("admitone.hold")).isZero();
        } finally {
            for (Connection one : taken) {
                one.close();
            }
        }
    }

    /** Its one connection is the watch's too. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void ofManyWhoAskAtOnceOneAsksTheDatabase(boolean fails) throws InterruptedException {
        AtomicInteger asked = new AtomicInteger();
        CountDownLatch allWait = new CountDownLatch(1);
        Hold many = new Hold(
                new JdbcHold(core.jdbc) {
                    @Override
                    Optional<Hold.Open> open() {
                        asked.incrementAndGet();
                        waitFor(allWait);
                        core.clock.advance(Duration.ofMillis(1));
                        if (fails) {
                            throw new IllegalStateException("no connection");
                        }
                        return super.open();
                    }
                },
                core.clock);
        List<Boolean> answers = new CopyOnWriteArrayList<>();
        List<Thread> askers = Stream.generate(() -> new Thread(() -> answers.add(many.isOn())))
                .limit(10)
                .toList();

        askers.forEach(Thread::start);
        await().until(() -> askers.stream().allMatch(asker -> asker.getState() == Thread.State.WAITING));
        allWait.countDown();
        for (Thread asker : askers) {
            asker.join();
        }

        assertThat(asked).hasValue(1);
        assertThat(answers).hasSize(10).containsOnly(fails);
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theGaugeOfAHoldTellsNothingElse() {
        RestoreWatch running = watch(data);
        running.round();
        core.owner().sql("alter table hold.identity rename to away").update();
        assertThat(org.assertj.core.api.Assertions.catchThrowable(running::round))
                .isNotNull();

        assertThat(gauge("admitone.hold")).isZero();
        assertThat(gauge("admitone.hold.blind")).isEqualTo(1);

        core.owner().sql("alter table hold.away rename to identity").update();
        core.owner().sql("update hold.beat set beat = beat - 1").update();
        running.round();
        assertThat(gauge("admitone.hold")).isEqualTo(1);
        assertThat(gauge("admitone.hold.blind")).isZero();
    }

    @Test
    void anUnreadableWitnessIsNone() throws IOException {
        watch(data).round();
        Files.writeString(data.resolve("witness"), "instance=");

        watch(data).round();

        assertThat(hold.isOn()).isFalse();
    }

    @Test
    void heldKindsAreNotClaimedAndHarmlessOnesAre() {
        doubted();
        var shop = core.shop("0123456789ab");
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Tasks.class)
                        .owe(
                                shop.seller(),
                                List.of(
                                        Owed.now("answer_start", "update-1", Map.of("chat", "41")),
                                        Owed.now("decline_join", "join:1", Map.of()),
                                        Owed.now("decide", "payment:1", Map.of("payment", "1")),
                                        Owed.now("of_a_later_version", "x", Map.of()))));

        core.startTasks();

        await().until(() -> core.tasks("decide").equals(List.of("done")));
        for (String kind : List.of("answer_start", "decline_join", "of_a_later_version")) {
            assertThat(core.strings("select state || ' ' || attempt from tasks.task where kind = ?", kind))
                    .as(kind)
                    .containsExactly("ready 0");
        }
        assertThat(core.messenger.sent).isEmpty();

        resume();
        core.clock.advance(A_SECOND);

        await().until(() -> core.tasks("answer_start").equals(List.of("done")));
        assertThat(core.messenger.sent).hasSize(1);
    }

    @Test
    void resumeAsksAboutOpenPaymentsAndGoesOnOnce() {
        var shop = core.shop("0123456789ab");
        var order = core.order(shop);
        core.hear(Ipn.of("5996609246", order.id(), "waiting"));
        core.owner()
                .sql("update payments.payment set asked = 9, next_ask_at = '2027-01-01T00:00:00Z'")
                .update();
        RestoreWatch watch = doubted();
        ResumeEffects resume = core.bean(ResumeEffects.class);
        assertThat(resume.ahead()).anySatisfy(step -> {
            assertThat(step.deed()).contains("open payments");
            assertThat(step.count()).isEqualTo(1);
        });
        UUID held = hold.current().orElseThrow().id();

        resume.putRight();
        boolean first = lift(held);
        boolean again = lift(held);

        assertThat(first).isTrue();
        assertThat(again).isFalse();
        assertThat(core.count(
                        "payments.payment where asked = 0 and next_ask_at = ?",
                        core.clock.instant().atOffset(java.time.ZoneOffset.UTC)))
                .isEqualTo(1);
        assertThat(told()).containsExactly("hold_began", "hold_lifted");
        core.clock.advance(Duration.ofMinutes(1));
        watch.round();
        watch(data).round();
        assertThat(hold.isOn()).as("the same evidence does not hold it again").isFalse();
    }

    /** As some hosted ones: only the beats told of the restore. */
    @Test
    void resumeOnAServerThatDoesNotSayWhoItIsLiftsTheHold() {
        core.owner()
                .sql("revoke execute on function pg_control_system() from public")
                .update();
        doubted();

        resume();

        assertThat(hold.current()).isEmpty();
        assertThat(core.strings("select system from hold.identity")).containsExactly("");
    }

    private double gauge(String name) {
        SimpleMeterRegistry registry = new SimpleMeterRegistry();
        new HoldMetrics(hold).bindTo(registry);
        return registry.get(name).gauge().value();
    }

    /** Every connection that tasks use. */
    private List<Connection> takeAll() {
        DataSource lanes = Objects.requireNonNull(core.bean(JdbcTemplate.class).getDataSource());
        List<Connection> taken = new ArrayList<>();
        while (true) {
            try {
                taken.add(lanes.getConnection());
            } catch (SQLException none) {
                return taken;
            }
        }
    }

    /** A database that has lost what the instance saw. */
    private RestoreWatch doubted() {
        RestoreWatch watch = watch(data);
        beats(watch, 2);
        core.owner().sql("update hold.beat set beat = 1").update();
        watch.round();
        held("behind");
        return watch;
    }

    private void held(String reason) {
        assertThat(hold.current())
                .hasValueSatisfying(
                        open -> assertThat(open.reason()).as(open.why()).isEqualTo(reason));
        assertThat(hold.isOn()).isTrue();
    }

    private void resume() {
        core.bean(ResumeEffects.class).putRight();
        assertThat(lift(hold.current().orElseThrow().id())).isTrue();
    }

    private boolean lift(UUID held) {
        ResumeEffects resume = core.bean(ResumeEffects.class);
        Server server = resume.server();
        return core.transactions.run(SellerId.PLATFORM, () -> resume.lift(held, server, "operator"));
    }

    private void beats(RestoreWatch watch, int times) {
        for (int i = 0; i < times; i++) {
            watch.round();
            core.clock.advance(Duration.ofSeconds(3));
        }
    }

    private UUID instance() {
        return UUID.fromString(core.strings("select instance::text from hold.beat order by at desc limit 1")
                .getFirst());
    }

    private List<String> told() {
        return core.bean(Timeline.class).of(SellerId.PLATFORM, ResumeEffects.SUBJECT).stream()
                .map(Event::kind)
                .toList();
    }

    private String system() {
        return core.strings(
                        "select (pg_control_system()).system_identifier || '/' || oid || '/' || 'hold.identity'::regclass::oid from pg_database"
                                + " where datname = current_database()")
                .getFirst();
    }

    private RestoreWatch watch(Path dataDir) {
        return watch(dataDir, null);
    }

    private RestoreWatch watch(Path dataDir, @Nullable String files) {
        return new RestoreWatch(
                core.bean(JdbcHold.class),
                hold,
                core.transactions,
                core.bean(Timeline.class),
                core.clock,
                core.bean(Ids.class),
                files,
                dataDir);
    }
}
