package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.HandClock;
import admitone.access.Grant.Span;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

    /** An end of somebody who is inside still, and until when they were told that they may renew. */
    private static Seat stays(Duration since, @Nullable Duration until) {
        Instant ended = NOW.minus(since);
        return new Seat(null, null, true, new Seat.Stay(ended, until == null ? null : ended.plus(until)));
    }

    @Test
    void lateRenewalBeginsWhereTheTimeEnded() {
        assertThat(Span.bought(stays(Duration.ofHours(20), Duration.ofHours(24)), NOW, 30))
                .isEqualTo(new Span(
                        NOW.minus(Duration.ofHours(20)),
                        NOW.plus(Duration.ofDays(30)).minus(Duration.ofHours(20))));
        // nobody has recorded the end yet
        assertThat(Span.bought(new Seat(NOW.minusSeconds(9), null, true), NOW, 30)
                        .startsAt())
                .isEqualTo(NOW.minusSeconds(9));
        assertThat(Span.bought(new Seat(NOW, null, true), NOW, 30).startsAt()).isEqualTo(NOW);
    }

    @Test
    void lateRenewalPaysForNoMoreThanWhatTheyWereToldOf() {
        Duration month = Duration.ofDays(28);

        assertThat(Span.bought(stays(month, Duration.ofDays(7)), NOW, 30).startsAt())
                .as("kept waiting by a question to a person, say")
                .isEqualTo(NOW.minus(Duration.ofDays(7)));
        assertThat(Span.bought(stays(month, null), NOW, 30).startsAt())
                .as("never told")
                .isEqualTo(NOW.minus(Duration.ofDays(1)));
    }

    @ParameterizedTest
    @CsvSource({"1, 0", "2, 1", "7, 6", "8, 7", "30, 7"})
    void ofALateRenewalADayLiesAhead(int days, int before) {
        Span span = Span.bought(stays(Duration.ofDays(7), Duration.ofDays(7)), NOW, days);

        assertThat(span.startsAt()).isEqualTo(NOW.minus(Duration.ofDays(before)));
        assertThat(span.endsAt()).isEqualTo(NOW.plus(Duration.ofDays(days - before)));
    }

    @Test
    void onlyWhoIsInsideWithoutARightRenewsLate() {
        var stay = new Seat.Stay(NOW.minus(Duration.ofHours(5)), NOW.plus(Duration.ofHours(5)));

        assertThat(Span.bought(null, NOW, 30).startsAt()).isEqualTo(NOW);
        assertThat(Span.bought(new Seat(null, null, true), NOW, 30).startsAt()).isEqualTo(NOW);
        assertThat(Span.bought(new Seat(null, null, false, stay), NOW, 30).startsAt())
                .as("outside")
                .isEqualTo(NOW);
        assertThat(Span.bought(new Seat(IN_TEN_DAYS, null, true, stay), NOW, 30).startsAt())
                .as("renewed since")
                .isEqualTo(IN_TEN_DAYS);
        assertThat(Span.bought(new Seat(null, null, true, stay), NOW, null))
                .as("for life")
                .isEqualTo(new Span(NOW, null));
    }
}
