package admitone.fulfillment.web;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.Heard.Trigger;
import admitone.payments.ProviderStatus;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class RecentReadingsTests {
    private static final Trigger FIRST = new Trigger(Cause.IPN, "198.51.100.7", Instant.EPOCH);
    private static final Trigger AGAIN = new Trigger(Cause.IPN, "198.51.100.8", Instant.EPOCH.plusSeconds(9));

    private final RecentReadings recent = new RecentReadings();

    @Test
    void theSameBytesAndSignatureAreHeardAgainForTheirOwnReason() {
        recent.remember(body("1"), "abc", heard("1"));

        Heard again = recent.find(body("1"), "abc", AGAIN).orElseThrow();

        assertThat(again.paymentId()).isEqualTo("1");
        assertThat(again.trigger()).isEqualTo(AGAIN);
    }

    @Test
    void anotherSignatureOrNoneIsVerifiedHoweverOftenTheBodyCame() {
        recent.remember(body("1"), "abc", heard("1"));

        for (String signature : new String[] {"abd", "ABC", "abc ", "", null}) {
            assertThat(recent.find(body("1"), signature, AGAIN)).as(signature).isEmpty();
        }
    }

    @Test
    void anotherBodyIsVerified() {
        recent.remember(body("1"), "abc", heard("1"));

        assertThat(recent.find(body("2"), "abc", AGAIN)).isEmpty();
        assertThat(recent.find(new byte[0], "abc", AGAIN)).isEmpty();
    }

    private static byte[] body(String paymentId) {
        return ("{\"payment_id\":" + paymentId + "}").getBytes(StandardCharsets.UTF_8);
    }

    private static Heard heard(String paymentId) {
        return new Heard(
                paymentId,
                null,
                null,
                ProviderStatus.of("finished"),
                "finished",
                null,
                null,
                null,
                null,
                null,
                FIRST,
                body(paymentId));
    }
}
