package admitone.runtime;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The one clock of the process: the system's, moved by its measured offset to the database, never going back, in microseconds. */
public final class SteadyClock extends Clock {
    private static final Logger log = LoggerFactory.getLogger(SteadyClock.class);
    private static final Duration NOISE = Duration.ofMillis(100);

    private final Clock system;
    private final AtomicReference<Duration> offset = new AtomicReference<>(Duration.ZERO);
    private final AtomicReference<Instant> last = new AtomicReference<>(Instant.EPOCH);

    public SteadyClock(Clock system) {
        this.system = system;
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
        Instant now = system.instant().plus(offset.get()).truncatedTo(ChronoUnit.MICROS);
        return last.accumulateAndGet(now, (before, current) -> current.isBefore(before) ? before : current);
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
