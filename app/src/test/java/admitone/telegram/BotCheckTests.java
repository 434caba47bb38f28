package admitone.telegram;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.runtime.Remark.Mark;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BotCheckTests {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    /** Telegram tells its last failure for ever. */
    @ParameterizedTest
    @CsvSource({"0, WRONG", "10, WRONG", "11, WARN", "50000, WARN"})
    void onlyAFailureOfLastMinutesIsWrong(long minutesAgo, Mark mark) {
        var remark =
                BotCheck.notDelivered("refused", NOW.minus(Duration.ofMinutes(minutesAgo)), NOW, "https://x.example");

        assertThat(remark.mark()).isEqualTo(mark);
        assertThat(remark.says()).contains("refused");
    }
}
