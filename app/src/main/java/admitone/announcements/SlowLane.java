package admitone.announcements;

import admitone.runtime.Settings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Messages that nobody waits for: of this instance at most two a second, and a tenth of what the bot may send, so that those of buyers go first. */
@Component
class SlowLane {
    static final Duration SLOWEST_TURN = Duration.ofMillis(500);
    private static final long PART = 10;

    /** A turn that nobody came for is forgotten so long after it, as where another instance has the task. */
    private static final Duration FORGOTTEN_AFTER = Duration.ofMinutes(10);

    private final Clock clock;
    private final Duration turn;
    private final Map<UUID, Instant> turns = new LinkedHashMap<>();
    private Instant next = Instant.EPOCH;

    SlowLane(Clock clock, Settings settings) {
        this.clock = clock;
        this.turn = turn(settings.telegram().messagesPerSecond());
    }

    /** {@code perSecond}: of the bot; 0: no limit of ours. */
    static Duration turn(int perSecond) {
        Duration part = perSecond == 0 ? SLOWEST_TURN : Duration.ofSeconds(PART).dividedBy(perSecond);
        return part.compareTo(SLOWEST_TURN) < 0 ? SLOWEST_TURN : part;
    }

    /** How long until this task's turn, which is kept for it, so that each comes back once however many wait; empty: now. */
    synchronized Optional<Duration> take(UUID task) {
        Instant now = clock.instant();
        turns.values().removeIf(at -> at.plus(FORGOTTEN_AFTER).isBefore(now));
        Instant mine = turns.computeIfAbsent(task, _ -> reserve(now));
        if (mine.isAfter(now)) {
            return Optional.of(Duration.between(now, mine));
        }
        turns.remove(task);
        return Optional.empty();
    }

    private Instant reserve(Instant now) {
        Instant mine = next.isAfter(now) ? next : now;
        next = mine.plus(turn);
        return mine;
    }
}
