package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.catalog.Channel;
import admitone.catalog.ClosedChatId;
import admitone.runtime.SellerId;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** What stands in a log line that was handed the whole of something. */
class LogLineTests {
    private static final SellerId SELLER = new SellerId("0123456789ab");
    private static final UUID ID = UUID.fromString("018f0000-0000-7000-8000-000000000001");

    @Test
    void aLinkIsToldByItsNameAndNotByItsAddress() {
        var link = new PoolLink(
                SELLER,
                ID,
                ID,
                700,
                "ap-1",
                "https://t.me/+ticket",
                PoolLink.State.FREE,
                null,
                Instant.EPOCH,
                null,
                null,
                null);

        assertThat("" + link).contains("ap-1").doesNotContain("ticket");
    }

    @Test
    void aChannelIsToldByItsHandle() {
        var channel = new Channel(
                SELLER,
                ID,
                new ClosedChatId(-1001),
                null,
                "Signals",
                "signals",
                Channel.Admission.JOIN_REQUEST,
                "https://t.me/+standing");

        assertThat("" + channel).isEqualTo(channel.handle());
    }
}
