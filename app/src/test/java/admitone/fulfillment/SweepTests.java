package admitone.fulfillment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.HandClock;
import admitone.payments.AskedAbout;
import admitone.payments.Heard.Trigger;
import admitone.runtime.Answer;
import admitone.runtime.SellerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.CannotGetJdbcConnectionException;
import org.springframework.transaction.CannotCreateTransactionException;

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

    /** What the provider said is heard half a minute later, not when its turn would come again, in up to an hour. */
    @Test
    void questionWhoseAnswerTheDatabaseCannotTakeInDoesNotCount() {
        Turn turn = new Turn();
        turn.failures.set(2);

        ask(turn, new CannotGetJdbcConnectionException("away"));

        assertThat(turn.notAnswered).containsExactly(CREATED.plusSeconds(30));
    }

    /** Else what can never be taken in would be asked about twice a minute for a week. */
    @Test
    void questionWhoseAnswerIsTakenInByNobodyCounts() {
        Turn turn = new Turn();

        ask(turn, new IllegalStateException("of a shape nobody has seen"));

        assertThat(turn.notAnswered).isEmpty();
    }

    private static void ask(Turn turn, RuntimeException thrown) {
        Asking asking = new Asking("sweep", turn, new HandClock(), Duration.ofSeconds(15), Sweep.UNTIL) {
            @Override
            protected Answer<?> ask(String id, Trigger trigger) {
                throw thrown;
            }
        };
        asking.round();
        await().until(asking::isIdle);
    }

    /** Of one row; the database is away at first for as many as {@code failures}. */
    private static final class Turn implements AskedAbout {
        final AtomicInteger failures = new AtomicInteger();
        final List<Instant> notAnswered = new CopyOnWriteArrayList<>();

        @Override
        public List<ToAsk> dueForAsking(Instant now, int limit) {
            return List.of(new ToAsk(new SellerId("0123456789ab"), "1", 9, CREATED));
        }

        @Override
        public boolean claimAsking(ToAsk toAsk, @Nullable Instant next) {
            return true;
        }

        @Override
        public void notAnswered(ToAsk toAsk, Instant next) {
            if (failures.getAndDecrement() > 0) {
                throw new CannotCreateTransactionException("away");
            }
            notAnswered.add(next);
        }

        @Override
        public long count() {
            return 1;
        }

        @Override
        public void askAll(Instant now) {}
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
