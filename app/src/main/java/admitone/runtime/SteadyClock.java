package admitone.runtime;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one clock of the process: the system's, moved by its measured offset to the database, in microseconds. It never goes back: where it was ahead, it goes
 * at half its speed until it is right, since nothing that waits for a time would go on where it stood still.
 */
public final class SteadyClock extends Clock {
    private static final Logger log = LoggerFactory.getLogger(SteadyClock.class);
    private static final Duration NOISE = Duration.ofMillis(100);

    private final Clock system;
    private final AtomicReference<Duration> offset = new AtomicReference<>(Duration.ZERO);
    private final LongSupplier nanos;
    private final AtomicReference<Told> last = new AtomicReference<>(new Told(Instant.EPOCH, 0));

    /** @param nanos when it was told, by a clock that nobody sets */
    private record Told(Instant at, long nanos) {}

    public SteadyClock(Clock system) {
        this(system, System::nanoTime);
    }

    /** @param nanos as {@link System#nanoTime} */
    public SteadyClock(Clock system, LongSupplier nanos) {
        this.system = system;
        this.nanos = nanos;
    }

    /** As this machine has it. */
    public Instant ofThisMachine() {
        return system.instant();
    }

    /** As {@link #offsetToDatabase}, before anything went by this clock: once, it may go back. */
    public void beginAt(Duration measured) {
        offsetToDatabase(measured);
        last.set(new Told(Instant.EPOCH, 0));
    }

    /** How far the database's clock is ahead of the system's. What is small is noise of the measurement and left alone. */
    public void offsetToDatabase(Duration measured) {
        if (measured.minus(offset.get()).abs().compareTo(NOISE) > 0) {
            log.warn(
                    "the database's clock is {} ahead of this machine's; the service goes by the database's", measured);
            offset.set(measured);
        }
    }

    @Override
    public Instant instant() {
        Instant now = system.instant().plus(offset.get());
        long read = nanos.getAsLong();
        return last.updateAndGet(before -> now.isBefore(before.at()) ? slowly(before, read) : new Told(now, read))
                .at()
                .truncatedTo(ChronoUnit.MICROS);
    }

    private static Told slowly(Told before, long read) {
        long passed = read - before.nanos();
        return passed > 0 ? new Told(before.at().plusNanos(passed / 2), read) : before;
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("instants are UTC");
    }
}
