package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.hold.Hold;
import java.time.Clock;
import java.time.Duration;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RoundsDatabaseTests {
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final Core core = Core.start("rounds");
    private final Rounds rounds = rounds(core.clock);

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void oneInstanceDoesEach() {
        assertThat(IntStream.range(0, 20)
                        .parallel()
                        .mapToObj(i -> rounds(core.clock).take("look", PAUSE))
                        .filter(taken -> taken))
                .hasSize(1);

        core.clock.advance(PAUSE.minusMillis(1));
        assertThat(rounds.take("look", PAUSE)).isFalse();
        core.clock.advance(Duration.ofMillis(1));
        assertThat(IntStream.range(0, 20)
                        .parallel()
                        .mapToObj(i -> rounds(core.clock).take("look", PAUSE))
                        .filter(taken -> taken))
                .hasSize(1);
    }

    /** A service whose clock was five hours ahead has ended; the next one goes by the right time. */
    @Test
    void oneThatAClockThatWasAheadHasPutOffIsDoneAfterOnePause() {
        rounds(Clock.offset(core.clock, Duration.ofHours(5))).take("look", PAUSE);

        assertThat(rounds.take("look", PAUSE)).isFalse();
        core.clock.advance(PAUSE);
        assertThat(rounds.take("look", PAUSE)).isFalse();
        core.clock.advance(Duration.ofMillis(1));
        assertThat(rounds.take("look", PAUSE)).isTrue();

        assertThat(rounds.take("look", PAUSE)).isFalse();
        core.clock.advance(PAUSE);
        assertThat(rounds.take("look", PAUSE)).isTrue();
    }

    private Rounds rounds(Clock clock) {
        return new Rounds(core.jdbc, core.transactions, core.bean(Hold.class), clock);
    }
}
