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
    private static final long CHAT = -1001;

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

        here.silenceFor(CHAT, Duration.ofSeconds(30));

        assertThat(here.beforeCall(CHAT)).contains(Duration.ofSeconds(30));
        assertThat(there.beforeCall(CHAT)).contains(Duration.ofSeconds(30));
        core.clock.advance(Duration.ofSeconds(29));
        assertThat(here.beforeMessage(CHAT)).contains(Duration.ofSeconds(1));
        core.clock.advance(Duration.ofSeconds(1));
        assertThat(here.beforeCall(CHAT)).isEmpty();
        assertThat(there.beforeCall(CHAT)).isEmpty();
    }

    @Test
    void shorterSilenceDoesNotShortenALongerOne() {
        Pace pace = instance(25);
        pace.silenceFor(CHAT, Duration.ofSeconds(30));
        pace.silenceFor(CHAT, Duration.ofSeconds(1));
        core.clock.advance(Duration.ofSeconds(5));

        assertThat(pace.beforeCall(CHAT)).contains(Duration.ofSeconds(25));
        assertThat(instance(25).beforeCall(CHAT)).contains(Duration.ofSeconds(25));
    }

    @Test
    void silenceInOneChatLeavesTheOthersAlone() {
        Pace pace = instance(25);

        pace.silenceFor(CHAT, Duration.ofMinutes(50));

        assertThat(pace.beforeCall(CHAT)).isPresent();
        assertThat(pace.beforeCall(-1002)).isEmpty();
        assertThat(pace.beforeCall(Pace.EVERY_CHAT)).isEmpty();
    }

    @Test
    void silenceInSeveralChatsIsTheBotsOwnForAMinute() {
        Pace pace = instance(25);

        for (long chat = -1003; chat <= -1001; chat++) {
            pace.silenceFor(chat, Duration.ofMinutes(50));
        }

        assertThat(pace.beforeCall(-1009)).contains(Duration.ofMinutes(1));
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
