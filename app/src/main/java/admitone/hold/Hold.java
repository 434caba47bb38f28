package admitone.hold;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Whether outside effects wait, since the database may be older than the world. All instances share the answer. */
@Component
public class Hold {
    private static final Logger log = LoggerFactory.getLogger(Hold.class);
    private static final Duration LATELY = Duration.ofDays(1);
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);

    private final JdbcHold rows;
    private final Clock clock;
    private volatile Known known = new Known(false, Instant.MIN, Instant.MIN);
    private volatile boolean blind;
    private final AtomicLong changes = new AtomicLong();

    Hold(JdbcHold rows, Clock clock) {
        this.rows = rows;
        this.clock = clock;
    }

    /** @param resumed when a person last lifted one */
    private record Known(boolean on, Instant at, Instant resumed) {}

    /**
     * A hold that nobody has lifted.
     *
     * @param knownUntil until when the database that was doubted was alive; null: not known
     * @param seenUntil until when the instance that noticed had seen it alive; null: it had not
     */
    public record Open(
            UUID id,
            String reason,
            String why,
            String noticedBy,
            Instant began,
            @Nullable Instant knownUntil,
            @Nullable Instant seenUntil) {}

    /** At most a second old and cheap to ask, inside a transaction too. What cannot be told counts as yes. */
    public boolean isOn() {
        if (blind) {
            return true;
        }
        Known last = known;
        if (last.at().isAfter(clock.instant().minus(LOOK_EVERY))) {
            return last.on();
        }
        try {
            return current().isPresent();
        } catch (RuntimeException e) {
            log.info("whether outside effects are on hold cannot be read ({}): they wait", e.toString());
            return true;
        }
    }

    /** As {@link #isOn}, and for a day after a person lifted it: so long something of the time that was lost may be heard for the first time. */
    public boolean isOnOrWasLately() {
        return isOn() || known.resumed().isAfter(clock.instant().minus(LATELY));
    }

    /** As it is now. */
    public Optional<Open> current() {
        Instant now = clock.instant();
        Optional<Open> open = rows.open();
        boolean before = known.on();
        known = new Known(open.isPresent(), now, rows.resumedAt().orElse(Instant.MIN));
        if (before != open.isPresent()) {
            mayHaveGoneBack();
        }
        return open;
    }

    /** The database could not be looked at: until it can, what it says about itself is not believed. */
    void blind(boolean blind) {
        if (this.blind != blind) {
            this.blind = blind;
            mayHaveGoneBack();
        }
    }

    /** The database was away, taken over, doubted or resumed: what is remembered of its rows may not be there any more. */
    void mayHaveGoneBack() {
        changes.incrementAndGet();
    }

    /** A number that is another one after the database may have gone back: whoever remembers rows forgets them then. */
    public long memory() {
        return changes.get();
    }
}
