package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.HandClock;
import admitone.access.Schedule.Due;
import admitone.access.Schedule.Right;
import admitone.access.Schedule.Stage;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTests {
    private static final Instant BOUGHT = HandClock.BEGIN;
    private static final Instant END = BOUGHT.plus(Duration.ofDays(30));
    private static final List<Right> MONTH = List.of(new Right(BOUGHT, END));
    private static final Stage FRESH = new Stage.Running(null);

    /** Hours before the end, the last reminder owed, what is due: a reminder, or when to look again. */
    @ParameterizedTest
    @CsvSource({
        "720, , later 72",
        "72.5, , later 72",
        "72, , remind 72",
        "72, 72, later 24",
        "25, 72, later 24",
        "24, 72, remind 24",
        "1, 72, remind 24",
        "1, , remind 24", // after an outage: only the newest
        "1, 24, later 0",
    })
    void reminds(double hoursBefore, Integer reminded, String due) {
        Instant now = END.minus(Duration.ofMinutes((long) (hoursBefore * 60)));
        Stage stage = new Stage.Running(reminded == null ? null : Duration.ofHours(reminded));

        assertThat(words(Schedule.next(MONTH, stage, Terms.DEFAULT, now))).isEqualTo(due);
    }

    /** All in hours before the end: now, when they were to be looked at, the reminders before and after, when they are looked at then. */
    @ParameterizedTest
    @CsvSource({
        "720, 336, 72 24, 240, 336", // looked at before any reminder anyhow
        "300, 72, 72 24, 240 24, 240",
        "100, 72, 72 24, 240 24, 100", // is due at once
        "50, 24, 72 24, 240 24, 24", // had a later one
        "50, 24, 72 24, 60, 50",
        "50, 24, 72 24, 72, 24",
        "50, 24, 72 24, '', 24",
        "50, 0, '', 24, 24",
    })
    void otherRemindersAreLookedForWhenTheyAreDue(int now, int lookAt, String before, String after, int expected) {
        assertThat(Schedule.lookAfterChange(END, before(lookAt), durations(before), durations(after), before(now)))
                .isEqualTo(before(expected));
    }

    private static Instant before(int hours) {
        return END.minus(Duration.ofHours(hours));
    }

    private static List<Duration> durations(String hours) {
        return hours.isEmpty()
                ? List.of()
                : Arrays.stream(hours.split(" "))
                        .map(Long::valueOf)
                        .map(Duration::ofHours)
                        .toList();
    }

    private static String words(Due due) {
        return switch (due) {
            case Due.Remind(Duration before) -> "remind " + before.toHours();
            case Due.Later(Instant at) -> "later " + Duration.between(at, END).toHours();
            case Due.TellEnd() -> "tell_end";
            case Due.Remove() -> "remove";
            case Due.Nothing() -> "nothing";
        };
    }

    /** The time of a trial begins a moment after it was made, so its first reminder was due at once. */
    @ParameterizedTest
    @CsvSource({"0, later 24", "59, later 24", "61, remind 72"})
    void leavesWhoHasJustComeInPeace(int minutesToTheReminder, String due) {
        Instant reminder = END.minus(Duration.ofDays(3));
        List<Right> justMade = List.of(new Right(reminder.minus(Duration.ofMinutes(minutesToTheReminder)), END));

        assertThat(words(Schedule.next(justMade, FRESH, Terms.DEFAULT, reminder.plusSeconds(1))))
                .isEqualTo(due);
    }

    @Test
    void tellsTheEndWhenItIsThere() {
        assertThat(Schedule.next(MONTH, FRESH, Terms.DEFAULT, END.minusMillis(1)))
                .isEqualTo(new Due.Remind(Duration.ofDays(1)));
        assertThat(Schedule.next(MONTH, FRESH, Terms.DEFAULT, END)).isEqualTo(new Due.TellEnd());
    }

    @Test
    void removesNobodyWhoseNoticeHasNotComeToAnything() {
        assertThat(Schedule.next(MONTH, new Stage.Noticed(), Terms.DEFAULT, END.plus(Duration.ofDays(900))))
                .isEqualTo(new Due.Nothing());
    }

    @Test
    void removesWhenTheyHaveStayedAsLongAsTheyMay() {
        Stage staying = new Stage.Staying(END.plus(Duration.ofHours(24)));

        assertThat(Schedule.next(
                        MONTH,
                        staying,
                        Terms.DEFAULT,
                        END.plus(Duration.ofHours(24)).minusMillis(1)))
                .isEqualTo(new Due.Later(END.plus(Duration.ofHours(24))));
        assertThat(Schedule.next(MONTH, staying, Terms.DEFAULT, END.plus(Duration.ofHours(24))))
                .isEqualTo(new Due.Remove());
    }

    @Test
    void doesNothingTwice() {
        Instant late = END.plus(Duration.ofDays(900));

        assertThat(Schedule.next(MONTH, new Stage.Leaving(), Terms.DEFAULT, late))
                .isEqualTo(new Due.Nothing());
        assertThat(Schedule.next(MONTH, new Stage.Settled(), Terms.DEFAULT, late))
                .isEqualTo(new Due.Nothing());
    }

    @ParameterizedTest
    @ValueSource(ints = {-400, 0, 1, 29, 30, 31, 4000})
    void leavesWhoHasAccessForLifeAlone(int days) {
        List<Right> rights = List.of(new Right(BOUGHT, END), new Right(BOUGHT, null));

        assertThat(Schedule.next(rights, FRESH, Terms.DEFAULT, BOUGHT.plus(Duration.ofDays(days))))
                .isEqualTo(new Due.Nothing());
    }

    @Test
    void renewalMovesEverything() {
        Instant now = END.minus(Duration.ofHours(70));
        List<Right> renewed = List.of(new Right(BOUGHT, END), new Right(now, END.plus(Duration.ofDays(30))));

        assertThat(Schedule.next(renewed, FRESH, Terms.DEFAULT, now))
                .isEqualTo(new Due.Later(END.plus(Duration.ofDays(27))));
    }

    @Test
    void doesNotRemindOfWhatWasBoughtJustNow() {
        List<Right> day = List.of(new Right(BOUGHT, BOUGHT.plus(Duration.ofDays(1))));
        List<Right> extendedByADay =
                List.of(new Right(BOUGHT, END), new Right(BOUGHT.plusSeconds(9), END.plus(Duration.ofDays(1))));

        assertThat(Schedule.next(day, FRESH, Terms.DEFAULT, BOUGHT))
                .isEqualTo(new Due.Later(BOUGHT.plus(Duration.ofDays(1))));
        assertThat(Schedule.next(extendedByADay, FRESH, Terms.DEFAULT, END))
                .isEqualTo(new Due.Remind(Duration.ofDays(1)));
    }

    @Test
    void staysRunFromTheNoticeOrTheEndWhicheverIsLater() {
        Duration grace = Duration.ofHours(24);

        assertThat(Schedule.removeAt(END, END.minusSeconds(9), grace)).isEqualTo(END.plus(grace));
        assertThat(Schedule.removeAt(END, END.plusSeconds(9), grace))
                .isEqualTo(END.plusSeconds(9).plus(grace));
    }

    /** Whatever the moments of looking: reminders in order, none twice, none after the end, and the end is told. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void remindsInOrderAndNeverTwice(long seed) {
        RandomGenerator random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
        for (int round = 0; round < 2000; round++) {
            Terms terms = new Terms(reminders(random), Duration.ofHours(24), Duration.ofDays(7), 20, 10);
            List<Duration> sent = new ArrayList<>();
            Stage stage = FRESH;
            Instant now = BOUGHT;
            boolean told = false;
            while (!told) {
                switch (Schedule.next(MONTH, stage, terms, now)) {
                    case Due.Remind(Duration before) -> {
                        assertThat(now).isBetween(END.minus(before), END.minusNanos(1));
                        sent.add(before);
                        stage = new Stage.Running(before);
                    }
                    case Due.Later(Instant at) -> {
                        assertThat(at).isAfter(now);
                        now = at.plus(Duration.ofHours(random.nextInt(10) == 0 ? random.nextInt(400) : 0));
                    }
                    case Due.TellEnd() -> told = true;
                    case Due.Remove(), Due.Nothing() -> throw new AssertionError("not before the end is told");
                }
            }
            assertThat(now).isAfterOrEqualTo(END);
            assertThat(sent).doesNotHaveDuplicates().isSortedAccordingTo((a, b) -> b.compareTo(a));
        }
    }

    private static List<Duration> reminders(RandomGenerator random) {
        return random.ints(random.nextInt(Terms.MOST_REMINDERS + 1), 1, 337)
                .mapToObj(Duration::ofHours)
                .toList();
    }
}
