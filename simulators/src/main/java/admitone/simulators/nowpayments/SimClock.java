package admitone.simulators.nowpayments;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.jspecify.annotations.Nullable;

/** The simulator's time: the base clock, moved by an offset, or standing still. */
final class SimClock extends Clock {
    private record Reading(Duration offset, @Nullable Instant frozen) {}

    private final Clock base;
    private volatile Reading reading = new Reading(Duration.ZERO, null);

    SimClock(Clock base) {
        this.base = base;
    }

    synchronized void advance(Duration by) {
        Instant frozen = reading.frozen();
        reading = new Reading(reading.offset().plus(by), frozen == null ? null : frozen.plus(by));
    }

    synchronized void set(Instant now, boolean frozen) {
        reading = new Reading(Duration.between(base.instant(), now), frozen ? now : null);
    }

    synchronized void reset() {
        reading = new Reading(Duration.ZERO, null);
    }

    boolean isFrozen() {
        return reading.frozen() != null;
    }

    /** The base keeps pace with the machine, so that waiting for an instant can be one long wait. */
    boolean followsMachine() {
        return base.equals(Clock.systemUTC());
    }

    /** In whole milliseconds, the unit of every time the provider tells. */
    @Override
    public Instant instant() {
        Reading now = reading;
        Instant frozen = now.frozen();
        Instant exact = frozen != null ? frozen : base.instant().plus(now.offset());
        return Instant.ofEpochMilli(exact.toEpochMilli());
    }

    @Override
    public ZoneId getZone() {
        return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
        throw new UnsupportedOperationException("the simulator's clock has no zone but UTC");
    }
}
