package admitone.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.TestSettings;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PaceDatabaseTests {
    private final Core core = Core.start("pace");

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void silenceHoldsForEveryInstanceUntilItIsOver() {
        Pace here = instance(25);
        Pace there = instance(25);
        core.clock.advance(Duration.ofSeconds(2));

        here.silenceFor(Duration.ofSeconds(30));

        assertThat(here.beforeCall()).contains(Duration.ofSeconds(30));
        assertThat(there.beforeCall()).contains(Duration.ofSeconds(30));
        core.clock.advance(Duration.ofSeconds(29));
        assertThat(here.beforeMessage(1)).contains(Duration.ofSeconds(1));
        core.clock.advance(Duration.ofSeconds(1));
        assertThat(here.beforeCall()).isEmpty();
        assertThat(there.beforeCall()).isEmpty();
    }

    @Test
    void shorterSilenceDoesNotShortenALongerOne() {
        Pace pace = instance(25);
        pace.silenceFor(Duration.ofSeconds(30));
        pace.silenceFor(Duration.ofSeconds(1));
        core.clock.advance(Duration.ofSeconds(5));

        assertThat(pace.beforeCall()).contains(Duration.ofSeconds(25));
        assertThat(instance(25).beforeCall()).contains(Duration.ofSeconds(25));
    }

    @Test
    void oneChatIsNotFlooded() {
        Pace pace = instance(1000);

        long now = IntStream.range(0, 20)
                .mapToObj(i -> pace.beforeMessage(1))
                .filter(Optional::isEmpty)
                .count();

        assertThat(now).isBetween(5L, 6L);
        assertThat(pace.beforeMessage(2)).isEmpty();
    }

    @Test
    void allChatsTogetherKeepTheLimit() {
        Pace pace = instance(10);

        long now = IntStream.range(0, 200)
                .mapToObj(pace::beforeMessage)
                .filter(Optional::isEmpty)
                .count();

        assertThat(now).isBetween(10L, 13L);
    }

    @Test
    void zeroIsNoLimitOfOurs() {
        Pace pace = instance(0);

        assertThat(IntStream.range(0, 200).mapToObj(i -> pace.beforeMessage(1))).allMatch(Optional::isEmpty);
    }

    private Pace instance(int perSecond) {
        return new Pace(
                core.jdbc,
                core.transactions,
                core.clock,
                TestSettings.with("ADMITONE_TELEGRAM_MESSAGES_PER_SECOND", "" + perSecond));
    }
}
