package admitone.messaging;

import admitone.runtime.Loop;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * An office that this instance stands for. It is held until shortly before the end of the last term that the database granted, whatever
 * becomes of this process meanwhile: one that slept finds its term over before it acts again.
 */
public final class Office implements AutoCloseable {
    static final Duration TERM = Duration.ofSeconds(6);
    private static final Duration RENEWED_WITH_LEFT = Duration.ofSeconds(4);
    private static final Duration LOOK_EVERY = Duration.ofMillis(500);
    /** By so much the clocks of two instances may differ. */
    private static final Duration DOUBT = Duration.ofMillis(500);

    private final Election election;
    private final String name;
    private final Clock clock;
    private @Nullable Loop standing;
    private volatile Instant until = Instant.EPOCH;
    private final AtomicInteger tenure = new AtomicInteger();

    Office(Election election, String name, Clock clock) {
        this.election = election;
        this.name = name;
        this.clock = clock;
    }

    Office start() {
        standing = Loop.start("office-" + name, LOOK_EVERY, this::stand);
        return this;
    }

    public boolean isHeld() {
        return clock.instant().isBefore(until.minus(DOUBT));
    }

    /** True for as long as the office is held without a break from now on: what was begun in an earlier tenure is not gone on with. */
    public BooleanSupplier unbroken() {
        int begun = tenure.get();
        return () -> begun == tenure.get() && isHeld();
    }

    /** Takes the office when it is free, and renews the term in good time. */
    void stand() {
        if (clock.instant().isBefore(until.minus(RENEWED_WITH_LEFT))) {
            return;
        }
        boolean renewed = isHeld();
        if (!renewed && election.isTaken(name)) {
            return;
        }
        Instant granted = election.take(name, TERM).orElse(Instant.EPOCH);
        if (!renewed || !isHeld()) {
            tenure.incrementAndGet(); // before it counts as held again, so that nothing old goes on
        }
        until = granted;
    }

    @Override
    public void close() {
        if (standing != null) {
            standing.close();
        }
        boolean leave = isHeld();
        until = Instant.EPOCH;
        if (leave) {
            election.leave(name);
        }
    }
}
