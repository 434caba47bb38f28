package admitone.nowpayments;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TotpTests {
    /** RFC 6238, appendix B, of its eight digits the last six; the secret is its {@code 12345678901234567890} in base32. */
    @ParameterizedTest
    @CsvSource({
        "59, 287082",
        "1111111109, 081804",
        "1111111111, 050471",
        "1234567890, 005924",
        "2000000000, 279037",
        "20000000000, 353130"
    })
    void makesTheCodesOfTheStandard(long second, String code) {
        assertThat(new Totp("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ").code(Instant.ofEpochSecond(second)))
                .isEqualTo(code);
    }

    @Test
    void makesOneCodeInAStep() {
        Totp totp = new Totp("JBSWY3DPEHPK3PXP");
        Instant step = Instant.ofEpochSecond(30 * 1_000_000);

        assertThat(totp.code(step.plusSeconds(29)))
                .isEqualTo(totp.code(step))
                .isNotEqualTo(totp.code(step.plusSeconds(30)));
    }
}
