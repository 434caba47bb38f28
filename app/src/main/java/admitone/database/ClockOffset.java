package admitone.database;

import admitone.runtime.Recurring;
import admitone.runtime.SteadyClock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * Several instances decide about the same rows: the database's clock is the one they agree on. Measured before anything begins: whoever is two minutes
 * ahead would take the others' leases for over.
 */
@Component
class ClockOffset extends Recurring {
    private static final Logger log = LoggerFactory.getLogger(ClockOffset.class);

    private static final Duration MEASURE_EVERY = Duration.ofMinutes(1);
    private static final Duration TELLS_NOTHING = Duration.ofMillis(200);

    /** The first answer may bring a connection with it. */
    private static final int TRIES = 10;

    private final JdbcClient jdbc;
    private final SteadyClock clock;
    private final LongSupplier nanos;

    @Autowired
    ClockOffset(JdbcClient jdbc, SteadyClock clock) {
        this(jdbc, clock, System::nanoTime);
    }

    ClockOffset(JdbcClient jdbc, SteadyClock clock, LongSupplier nanos) {
        super("clock-offset", MEASURE_EVERY);
        this.jdbc = jdbc;
        this.clock = clock;
        this.nanos = nanos;
    }

    @Override
    public void start() {
        begin();
        super.start();
    }

    void begin() {
        try {
            measured().ifPresent(clock::beginAt);
        } catch (RuntimeException e) {
            log.warn("the database's clock could not be read ({}), tried again in {}", e.toString(), MEASURE_EVERY);
        }
    }

    @Override
    protected void round() {
        measured().ifPresent(clock::offsetToDatabase);
    }

    private Optional<Duration> measured() {
        for (int i = 0; i < TRIES; i++) {
            Optional<Duration> offset = measure();
            if (offset.isPresent()) {
                return offset;
            }
        }
        log.warn("the database answers too slowly to tell its clock, tried again in {}", MEASURE_EVERY);
        return Optional.empty();
    }

    /** The database's clock against this machine's; empty when the answer took so long that it tells nothing. */
    private Optional<Duration> measure() {
        Instant before = clock.ofThisMachine();
        long asked = nanos.getAsLong();
        Instant there = jdbc.sql("select clock_timestamp() as at")
                .query((row, n) -> row.getObject("at", OffsetDateTime.class).toInstant())
                .single();
        Duration roundTrip = Duration.ofNanos(nanos.getAsLong() - asked);
        // a machine that slept in between shows in its wall clock, not in the round trip
        Duration wall = Duration.between(before, clock.ofThisMachine());
        if (roundTrip.compareTo(TELLS_NOTHING) > 0 || wall.compareTo(TELLS_NOTHING) > 0) {
            return Optional.empty();
        }
        return Optional.of(Duration.between(before.plus(roundTrip.dividedBy(2)), there));
    }

    /** Before whatever goes by the time. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 8192;
    }
}
