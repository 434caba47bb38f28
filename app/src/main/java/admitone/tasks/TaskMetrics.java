package admitone.tasks;

import admitone.database.Lane;
import admitone.hold.Hold;
import admitone.runtime.Failures;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Of each kind how many tasks are dead letters, and for how long the oldest that is due has waited. Looked up once for all of them, however often it is asked. */
@Component
class TaskMetrics implements MeterBinder {
    /** What this version has no handler for, together. */
    static final String OTHER = "other";

    private static final Logger log = LoggerFactory.getLogger(TaskMetrics.class);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(10);
    private static final int MOST_COUNTED = 10_000;

    private final JdbcTasks rows;
    private final Hold hold;
    private final Clock clock;
    private final Set<String> kinds;
    private final Set<String> harmless;
    private final Failures failures = new Failures(log, "tasks cannot be counted");
    private Instant nextLook = Instant.MIN;
    private @Nullable Seen seen;

    private record Seen(Map<String, Long> dead, Map<String, Long> overdue) {}

    TaskMetrics(JdbcTasks rows, Hold hold, Clock clock, List<TaskHandler> handlers) {
        this.rows = rows;
        this.hold = hold;
        this.clock = clock;
        this.kinds = handlers.stream().map(TaskHandler::kind).collect(Collectors.toSet());
        this.harmless = handlers.stream()
                .filter(TaskHandler::harmlessAfterRestore)
                .map(TaskHandler::kind)
                .collect(Collectors.toSet());
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        kinds.forEach(kind -> bind(registry, kind));
        bind(registry, OTHER);
    }

    private void bind(MeterRegistry registry, String kind) {
        Gauge.builder("admitone.tasks.dead", this, all -> all.value(Seen::dead, kind))
                .tag("kind", kind)
                .description("dead letters, counted up to " + MOST_COUNTED)
                .register(registry);
        Gauge.builder("admitone.tasks.overdue", this, all -> all.value(Seen::overdue, kind))
                .tag("kind", kind)
                .baseUnit("seconds")
                .description("for how long the oldest task is due; 0 while its kind is paused or on hold")
                .register(registry);
    }

    /** What could not be looked at is no number, which a scrape bears. */
    private double value(Function<Seen, Map<String, Long>> which, String kind) {
        return look().map(which)
                .map(all -> all.getOrDefault(kind, 0L).doubleValue())
                .orElse(Double.NaN);
    }

    private synchronized Optional<Seen> look() {
        Instant now = clock.instant();
        if (now.isBefore(nextLook)) {
            return Optional.ofNullable(seen);
        }
        try {
            seen = Lane.READS.run(
                    () -> new Seen(named(rows.dead(MOST_COUNTED), Long::sum), named(overdue(now), Long::max)));
            failures.areOver();
        } catch (RuntimeException e) {
            failures.add(e, "next look in " + LOOK_EVERY);
            seen = null;
        } finally {
            nextLook = clock.instant().plus(LOOK_EVERY); // it may have taken its time
        }
        return Optional.ofNullable(seen);
    }

    /** Without the kinds that wait while there is a hold. */
    private Map<String, Long> overdue(Instant now) {
        Map<String, Long> overdue = rows.overdue(now);
        if (hold.isOn()) {
            overdue.keySet().retainAll(harmless);
        }
        return overdue;
    }

    private Map<String, Long> named(Map<String, Long> found, BinaryOperator<Long> together) {
        Map<String, Long> named = new HashMap<>();
        found.forEach((kind, value) -> named.merge(kinds.contains(kind) ? kind : OTHER, value, together));
        return named;
    }
}
