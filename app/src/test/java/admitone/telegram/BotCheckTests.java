package admitone.telegram;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.messaging.Messenger.ChatKind;
import admitone.runtime.Remark.Mark;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BotCheckTests {
    private static final Instant NOW = Instant.parse("2026-11-24T12:00:00Z");

    @Test
    void groupWhereMembersMayAddOthersIsWarnedOf() {
        BotCheck.Chat chat = new BotCheck.Chat(-1001, "Signals");

        assertThat(BotCheck.amiss(chat, new ChatKind(-1001, false, false, "Signals", false)))
                .isEmpty();
        assertThat(BotCheck.amiss(chat, new ChatKind(-1001, false, false, "Signals", true)))
                .hasValueSatisfying(remark -> {
                    assertThat(remark.mark()).isEqualTo(Mark.WARN);
                    assertThat(remark.says()).contains("\"Signals\" (-1001)", "every member may add others");
                });
    }

    @ParameterizedTest
    @CsvSource({"true, false, basic group", "false, true, public"})
    void chatThatKeepsNobodyOutIsWrong(boolean isBasic, boolean isPublic, String says) {
        var remark = BotCheck.amiss(
                new BotCheck.Chat(-1001, "Signals"), new ChatKind(-1001, isBasic, isPublic, "Signals", false));

        assertThat(remark).hasValueSatisfying(one -> {
            assertThat(one.mark()).isEqualTo(Mark.WRONG);
            assertThat(one.says()).contains(says);
        });
    }

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
