package admitone.fulfillment;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.HandClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SweepTests {
    private static final Instant CREATED = HandClock.BEGIN;

    @Test
    void doublesThePauseUntilAnHour() {
        List<Duration> ages = ages(Duration.ofSeconds(15), Duration.ZERO).subList(0, 11);

        assertThat(ages.stream().map(Duration::toSeconds))
                .containsExactly(15L, 45L, 105L, 225L, 465L, 945L, 1905L, 3825L, 7425L, 11025L, 14625L);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT2S", "PT15S", "PT10M", "PT1H", "PT24H"})
    void asksUntilDaySevenAndAFewTimesAnHourAtMost(Duration first) {
        List<Duration> ages = ages(first, Duration.ZERO);

        assertThat(ages.getFirst()).isEqualTo(first);
        assertThat(ages.getLast()).isBetween(Duration.ofDays(7).minusHours(1), Duration.ofDays(7));
        for (int from = 0; from < ages.size(); from++) {
            Duration end = ages.get(from).plusHours(1);
            assertThat(ages.subList(from, ages.size()).stream()
                            .filter(age -> age.compareTo(end) < 0)
                            .count())
                    .isLessThanOrEqualTo(12);
        }
        assertThat(ages.size()).isLessThan(190);
    }

    @Test
    void asksSeldomWhereNobodyWaitsAndOnceMoreAtTheEnd() {
        List<Duration> ages = ages(Duration.ofHours(1), Duration.ofHours(12));

        assertThat(ages).hasSize(15).startsWith(Duration.ofHours(1), Duration.ofHours(13));
        assertThat(ages.getLast()).isEqualTo(Duration.ofDays(7));
    }

    /** The ages at which a payment is asked about, each question asked the moment it is due. */
    private static List<Duration> ages(Duration first, Duration least) {
        List<Duration> ages = new ArrayList<>();
        Instant due = CREATED.plus(first);
        for (int asked = 0; due != null; asked++) {
            ages.add(Duration.between(CREATED, due));
            due = Asking.nextAsk(asked, CREATED, due, first, Sweep.UNTIL, least);
        }
        return ages;
    }
}
