package admitone.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import admitone.Core;
import admitone.runtime.SteadyClock;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ClockOffsetDatabaseTests {
    private final Core core = Core.start("clock-offset");

    @AfterEach
    void stop() {
        core.close();
    }

    /** One of them five minutes ahead, one five behind: neither takes the other's leases for over. */
    @Test
    void twoInstancesWithWrongClocksBeginByTheSameTime() {
        SteadyClock ahead = clock(Duration.ofMinutes(5));
        SteadyClock behind = clock(Duration.ofMinutes(-5));
        ahead.instant();

        new ClockOffset(core.jdbc, ahead, System::nanoTime).begin();
        new ClockOffset(core.jdbc, behind, System::nanoTime).begin();

        assertThat(ahead.instant()).isCloseTo(behind.instant(), within(1, ChronoUnit.MINUTES));
    }

    @Test
    void anAnswerThatTookTooLongIsAskedForAgainAtOnce() {
        SteadyClock ahead = clock(Duration.ofMinutes(5));
        AtomicLong asked = new AtomicLong();

        new ClockOffset(
                        core.jdbc,
                        ahead,
                        () -> asked.incrementAndGet() == 2
                                ? Duration.ofSeconds(1).toNanos()
                                : 0)
                .begin();

        assertThat(asked.get()).isGreaterThanOrEqualTo(4);
        assertThat(ahead.instant()).isCloseTo(clock(Duration.ZERO).instant(), within(1, ChronoUnit.MINUTES));
    }

    @Test
    void anAnswerThatAlwaysTakesTooLongEndsTheTrying() {
        AtomicLong now = new AtomicLong();

        new ClockOffset(
                        core.jdbc,
                        clock(Duration.ZERO),
                        () -> now.addAndGet(Duration.ofSeconds(1).toNanos()))
                .begin();

        assertThat(Duration.ofNanos(now.get())).isEqualTo(Duration.ofSeconds(20));
    }

    private static SteadyClock clock(Duration wrongBy) {
        return new SteadyClock(Clock.offset(Clock.systemUTC(), wrongBy));
    }
}
