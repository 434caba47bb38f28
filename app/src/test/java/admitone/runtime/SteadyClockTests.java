package admitone.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import org.junit.jupiter.api.Test;

class SteadyClockTests {
    private static final Instant NOON = Instant.parse("2026-11-29T12:00:00Z");

    private Instant machine = NOON;
    private Duration ran = Duration.ofDays(-3); // nanoTime begins anywhere
    private final SteadyClock clock = new SteadyClock(
            new Clock() {
                @Override
                public Instant instant() {
                    return machine;
                }

                @Override
                public ZoneId getZone() {
                    return ZoneOffset.UTC;
                }

                @Override
                public Clock withZone(ZoneId zone) {
                    throw new UnsupportedOperationException();
                }
            },
            () -> ran.toNanos());

    @Test
    void goesByTheDatabase() {
        assertThat(clock.instant()).isEqualTo(NOON);

        clock.offsetToDatabase(Duration.ofMinutes(5));

        assertThat(clock.instant()).isEqualTo(NOON.plus(Duration.ofMinutes(5)));
    }

    /** As a machine that was started by local time and then set right. */
    @Test
    void goesAtHalfItsSpeedWhereItWasAheadUntilItIsRight() {
        clock.instant();
        machine = NOON.minus(Duration.ofHours(1));

        assertThat(clock.instant()).isEqualTo(NOON);
        passes(Duration.ofSeconds(2));
        assertThat(clock.instant()).isEqualTo(NOON.plusSeconds(1));
        for (int i = 0; i < 1000; i++) {
            passes(Duration.ofNanos(1_000));
            clock.instant();
        }
        assertThat(clock.instant())
                .as("asked often")
                .isEqualTo(NOON.plusSeconds(1).plusNanos(500_000));

        passes(Duration.ofHours(2));
        assertThat(clock.instant()).isEqualTo(machine);
        passes(Duration.ofSeconds(2));
        assertThat(clock.instant()).as("at its own speed again").isEqualTo(machine);
    }

    @Test
    void neverGoesBack() {
        clock.offsetToDatabase(Duration.ofMinutes(5));
        Instant before = clock.instant();

        clock.offsetToDatabase(Duration.ofMinutes(-5));

        assertThat(clock.instant()).isEqualTo(before);
    }

    @Test
    void beginsRightThoughTheMachineIsAhead() {
        clock.instant();

        clock.beginAt(Duration.ofHours(-1));

        assertThat(clock.instant()).isEqualTo(NOON.minus(Duration.ofHours(1)));
    }

    private void passes(Duration time) {
        machine = machine.plus(time);
        ran = ran.plus(time);
    }
}
