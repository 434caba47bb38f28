package admitone.fulfillment;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlacingTests {
    private static final Instant EXPIRES = Instant.parse("2026-03-01T12:00:00Z");

    @ParameterizedTest(name = "first seen {0} after the order''s time is over: much too late {1}")
    @CsvSource({
        "PT-1H, false",
        "PT0S, false",
        "PT24H, false",
        "P7D, false", // as long as the provider looks for a deposit
        "P7DT0.001S, true",
        "P365D, true",
    })
    void firstSeenAfterThisLongIsMuchTooLate(Duration late, boolean much) {
        assertThat(Placing.isMuchTooLate(EXPIRES, EXPIRES.plus(late))).isEqualTo(much);
    }
}
