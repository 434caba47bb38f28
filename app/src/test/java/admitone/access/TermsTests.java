package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TermsTests {
    @ParameterizedTest
    @CsvSource({
        // last hour, due, due within an hour, entitled, stops
        "0, 1, 1, 0, false",
        "0, 3, 3, 0, false", // few: never, however small the channel
        "0, 4, 4, 0, true",
        "0, 4, 4, 36, false", // 10 of 100
        "0, 4, 4, 35, true",
        "0, 20, 20, 1000, false",
        "0, 21, 21, 1000, true",
        "20, 1, 1, 1000, true",
        "20, 0, 20, 1000, false",
        "0, 1, 21, 1000, true", // stops before the first of them
        "12, 8, 9, 1000, false",
    })
    void stopsWhereTooManyWouldBeRemovedWithinAnHour(int lastHour, int due, int nextHour, int entitled, boolean stops) {
        assertThat(Terms.DEFAULT.stops(lastHour, due, nextHour, entitled)).isEqualTo(stops);
    }

    @Test
    void remindersAreInOrderAndOnce() {
        Terms terms = new Terms(
                List.of(Duration.ofHours(24), Duration.ofHours(72), Duration.ofHours(24)),
                Duration.ofHours(1),
                Duration.ofDays(1),
                1,
                1);

        assertThat(terms.reminders()).containsExactly(Duration.ofHours(72), Duration.ofHours(24));
    }
}
