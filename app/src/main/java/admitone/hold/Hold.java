package admitone.hold;

import admitone.database.Lane;
import admitone.hold.Finding.Reason;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
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
    private static final Set<String> COPIES =
            Set.of(Reason.OTHER_SYSTEM.word(), Reason.COPIED.word(), Reason.NEW_TIMELINE.word());

    private final JdbcHold rows;
    private final Clock clock;
    private volatile Known known = new Known(false, true, Instant.MIN, Instant.MIN);
    private volatile boolean blind;
    private final ReentrantLock asking = new ReentrantLock();
    /** When it could last not be read; of whoever asks. */
    private Instant failed = Instant.MIN;

    private final AtomicLong changes = new AtomicLong();

    Hold(JdbcHold rows, Clock clock) {
        this.rows = rows;
        this.clock = clock;
    }

    /**
     * @param copy whether the original may still run; until it was looked at, it may
     * @param resumed when a person last lifted one
     */
    private record Known(boolean on, boolean copy, Instant at, Instant resumed) {}

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
            @Nullable Instant seenUntil) {
        /** Whether the database that this one was made from may still be served beside it: nothing says that it has taken its place. */
        boolean mayBeACopy() {
            return COPIES.contains(reason) || seenUntil == null;
        }
    }

    /** At most a second old and cheap to ask, inside a transaction too. What cannot be told counts as yes. */
    public boolean isOn() {
        if (blind) {
            return true;
        }
        Instant now = clock.instant();
        Known last = known;
        return last.at().isAfter(now.minus(LOOK_EVERY)) ? last.on() : ask(now);
    }

    /** One at a time, so that many who ask leave the connection to the watch. Who waited takes the answer, or the failure, that came meanwhile. */
    private boolean ask(Instant asked) {
        asking.lock();
        try {
            Known last = known;
            if (last.at().isAfter(asked.minus(LOOK_EVERY))) {
                return last.on();
            }
            return failed.isAfter(asked) || Lane.WATCH.run(this::current).isPresent();
        } catch (RuntimeException e) {
            failed = clock.instant();
            log.info("whether outside effects are on hold cannot be read ({}): they wait", e.toString());
            return true;
        } finally {
            asking.unlock();
        }
    }

    /** As {@link #isOn}, and for a day after a person lifted it: so long something of the time that was lost may be heard for the first time. */
    public boolean isOnOrWasLately() {
        return isOn() || known.resumed().isAfter(clock.instant().minus(LATELY));
    }

    /** Whether a person has to lift one, as it was last seen. Asks nothing: it is the same while the database cannot be looked at. */
    boolean wasOn() {
        return known.on();
    }

    /** Whether the database cannot be looked at, for which {@link #isOn} says yes too. */
    boolean isBlind() {
        return blind;
    }

    /** What whoever waits is told. */
    public String why() {
        return blind || !known.on()
                ? "the database cannot be looked at"
                : "outside effects are on hold after a restore";
    }

    /** Whether effects are on hold and the original of this database may still be served: what is taken from the outside here, it would miss. */
    public boolean mayBeACopy() {
        return isOn() && known.copy();
    }

    /** As it is now. */
    public Optional<Open> current() {
        Instant now = clock.instant();
        Optional<Open> open = rows.open();
        boolean before = known.on();
        known = new Known(
                open.isPresent(),
                open.filter(Open::mayBeACopy).isPresent(),
                now,
                rows.resumedAt().orElse(Instant.MIN));
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
