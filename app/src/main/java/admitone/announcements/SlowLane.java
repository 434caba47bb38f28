package admitone.announcements;

import admitone.runtime.Settings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Messages that nobody waits for: of this instance at most two a second, and a tenth of what the bot may send, so that those of buyers go first. */
@Component
class SlowLane {
    static final Duration SLOWEST_TURN = Duration.ofMillis(500);
    private static final long PART = 10;

    private final Clock clock;
    private final Duration turn;
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

    /** How long until it is worth asking again; empty: now, and the turn is taken. */
    synchronized Optional<Duration> take() {
        Instant now = clock.instant();
        if (now.isBefore(next)) {
            return Optional.of(Duration.between(now, next));
        }
        next = now.plus(turn);
        return Optional.empty();
    }
}
