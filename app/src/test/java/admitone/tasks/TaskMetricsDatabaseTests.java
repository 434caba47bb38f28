package admitone.tasks;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.hold.Hold;
import admitone.hold.HoldMemory;
import admitone.runtime.SellerId;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class TaskMetricsDatabaseTests {
    private static final List<SellerId> SELLERS = List.of(new SellerId("0123456789ab"), new SellerId("bbbbbbbbbbbb"));
    private static final Duration LOOK = Duration.ofSeconds(10);

    private static final List<TaskHandler> HANDLERS =
            List.of(handler("mail", false), handler("call", false), handler("ask", true));

    private final Core core = Core.start("task_metrics");
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final TaskMetrics metrics =
            new TaskMetrics(core.bean(JdbcTasks.class), core.bean(Hold.class), core.clock, HANDLERS);

    @BeforeEach
    void bind() {
        metrics.bindTo(registry);
    }

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void countsDeadLettersOfEachKind() {
        owe("mail", "order:1");
        owe("mail", "order:2");
        owe("of another version", "order:1");
        owe("of yet another", "order:1");
        core.owner()
                .sql(
                        "update tasks.task set state = 'dead', done_at = due_at where kind <> 'mail' or subject = 'order:1'")
                .update();

        assertThat(dead("mail")).isEqualTo(2);
        assertThat(dead("call")).isZero();
        assertThat(dead(TaskMetrics.OTHER)).isEqualTo(4);
    }

    @Test
    void tellsForHowLongTheOldestOfEachKindIsDue() {
        owe("mail", "order:1");
        core.clock.advance(Duration.ofSeconds(60));
        owe("mail", "order:2");
        core.transactions.run(
                SELLERS.getFirst(),
                () -> core.bean(Tasks.class)
                        .owe(
                                SELLERS.getFirst(),
                                new Owed(
                                        "call",
                                        "order:1",
                                        Map.of(),
                                        core.clock.instant().plusSeconds(31))));
        core.clock.advance(Duration.ofSeconds(30));

        assertThat(overdue("mail")).isEqualTo(90);
        assertThat(overdue("call")).as("not due yet").isZero();

        core.owner()
                .sql("update tasks.task set state = 'running', due_at = due_at + interval '2 minutes'")
                .update();
        core.clock.advance(LOOK);
        assertThat(overdue("mail")).as("under its lease").isZero();
    }

    @Test
    void whatIsPausedOrOnHoldIsNotLate() {
        owe("mail", "order:1");
        owe("call", "order:1");
        owe("ask", "order:1");
        owe("of another version", "order:1");
        core.bean(Tasks.class).pause("mail", true);
        core.clock.advance(LOOK);
        assertThat(overdue("mail")).isZero();
        assertThat(overdue("call")).isEqualTo(10);

        HoldMemory.begin(core, "behind");
        core.clock.advance(LOOK);

        assertThat(overdue("call")).isZero();
        assertThat(overdue(TaskMetrics.OTHER)).isZero();
        assertThat(overdue("ask")).as("goes on").isEqualTo(20);
    }

    @Test
    void aLookThatTookItsTimeIsNotRepeatedAtOnce() {
        AtomicInteger looks = new AtomicInteger();
        JdbcTasks slow = new JdbcTasks(core.jdbc, core.bean(JsonMapper.class)) {
            @Override
            Map<String, Long> dead(int most) {
                looks.incrementAndGet();
                core.clock.advance(LOOK.multipliedBy(2));
                throw new IllegalStateException("no connection");
            }
        };
        SimpleMeterRegistry waiting = new SimpleMeterRegistry();
        new TaskMetrics(slow, core.bean(Hold.class), core.clock, HANDLERS).bindTo(waiting);

        waiting.getMeters().forEach(meter -> meter.measure().forEach(Measurement::getValue));

        assertThat(looks).hasValue(1);
    }

    @Test
    void looksOnceInTenSecondsWhateverComesOfIt() {
        assertThat(dead("mail")).isZero();
        owe("mail", "order:1");
        core.owner()
                .sql("update tasks.task set state = 'dead', done_at = due_at")
                .update();
        core.clock.advance(LOOK.minusMillis(1));
        assertThat(dead("mail")).isZero();

        core.owner().sql("alter table tasks.task rename to away").update();
        core.clock.advance(Duration.ofMillis(1));
        assertThat(dead("mail")).as("it cannot be looked at").isNaN();
        assertThat(overdue("call")).isNaN();
        core.owner().sql("alter table tasks.away rename to task").update();
        assertThat(dead("mail")).as("not yet looked at again").isNaN();

        core.clock.advance(LOOK);
        assertThat(dead("mail")).isEqualTo(2);
    }

    /** By the names that operators know them by. */
    @Test
    void aScrapeOutlivesALookThatFails() {
        PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        metrics.bindTo(prometheus);
        owe("mail", "order:1");
        core.clock.advance(LOOK);
        assertThat(prometheus.scrape())
                .contains(
                        "admitone_tasks_dead{kind=\"mail\"} 0.0", "admitone_tasks_overdue_seconds{kind=\"mail\"} 10.0");

        core.owner().sql("alter table tasks.task rename to away").update();
        core.clock.advance(LOOK);

        assertThat(prometheus.scrape())
                .contains(
                        "admitone_tasks_dead{kind=\"mail\"} NaN", "admitone_tasks_overdue_seconds{kind=\"call\"} NaN");
    }

    private double dead(String kind) {
        return registry.get("admitone.tasks.dead").tag("kind", kind).gauge().value();
    }

    private double overdue(String kind) {
        return registry.get("admitone.tasks.overdue").tag("kind", kind).gauge().value();
    }

    private void owe(String kind, String subject) {
        for (SellerId seller : SELLERS) {
            core.transactions.run(seller, () -> core.bean(Tasks.class).owe(seller, Owed.now(kind, subject, Map.of())));
        }
    }

    private static TaskHandler handler(String kind, boolean harmless) {
        return new TaskHandler() {
            @Override
            public String kind() {
                return kind;
            }

            @Override
            public boolean harmlessAfterRestore() {
                return harmless;
            }

            @Override
            public Result attempt(Task task) {
                return Result.done();
            }
        };
    }
}
