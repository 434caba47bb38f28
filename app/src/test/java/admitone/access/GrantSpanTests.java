package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.HandClock;
import admitone.access.Grant.Span;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class GrantSpanTests {
    private static final Instant NOW = HandClock.BEGIN;
    private static final Instant IN_TEN_DAYS = NOW.plus(Duration.ofDays(10));

    @Test
    void beginsNow() {
        assertThat(Span.following(null, NOW, 30)).isEqualTo(new Span(NOW, NOW.plus(Duration.ofDays(30))));
    }

    @Test
    void beginsWhereTheEarlierEnds() {
        assertThat(Span.following(IN_TEN_DAYS, NOW, 30))
                .isEqualTo(new Span(IN_TEN_DAYS, IN_TEN_DAYS.plus(Duration.ofDays(30))));
    }

    @Test
    void beginsNowWhereTheEarlierIsOver() {
        assertThat(Span.following(NOW, NOW, 30).startsAt()).isEqualTo(NOW);
        assertThat(Span.following(NOW.minusSeconds(1), NOW, 30).startsAt()).isEqualTo(NOW);
    }

    @Test
    void lastsForLife() {
        assertThat(Span.following(null, NOW, null)).isEqualTo(new Span(NOW, null));
        assertThat(Span.following(IN_TEN_DAYS, NOW, null)).isEqualTo(new Span(IN_TEN_DAYS, null));
    }

    @Test
    void countsDaysOfTwentyFourHours() {
        Instant beforeLeapDay = Instant.parse("2028-02-28T12:00:00Z");

        assertThat(Span.following(null, beforeLeapDay, 1).endsAt()).isEqualTo("2028-02-29T12:00:00Z");
        assertThat(Span.following(null, Instant.parse("2038-01-19T03:14:08Z"), 1)
                        .endsAt())
                .isEqualTo("2038-01-20T03:14:08Z");
    }
}
