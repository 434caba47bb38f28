package admitone.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ElectionDatabaseTests {
    private static final Duration TERM = Duration.ofSeconds(6);

    private final Core core = Core.start("election");
    private final Election first = instance();
    private final Election second = instance();

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void oneHoldsTheOfficeAsLongAsItSaysSo() {
        assertThat(first.take("poller", TERM)).isPresent();
        assertThat(second.take("poller", TERM)).isEmpty();
        core.clock.advance(Duration.ofSeconds(5));
        assertThat(first.take("poller", TERM)).isPresent();
        core.clock.advance(Duration.ofSeconds(5));
        assertThat(second.take("poller", TERM)).isEmpty();

        core.clock.advance(Duration.ofSeconds(2));
        assertThat(second.take("poller", TERM)).isPresent();
        assertThat(first.take("poller", TERM)).isEmpty();
    }

    @Test
    void whoLeavesMakesRoomAndNobodyLeavesForAnother() {
        first.take("poller", TERM);
        second.leave("poller");
        assertThat(second.take("poller", TERM)).isEmpty();

        first.leave("poller");
        assertThat(second.take("poller", TERM)).isPresent();
    }

    @Test
    void officesAreApart() {
        assertThat(first.take("poller", TERM)).isPresent();
        assertThat(second.take("sweeper", TERM)).isPresent();
    }

    @Test
    void oneOfManyWins() {
        List<Boolean> held = IntStream.range(0, 40)
                .parallel()
                .mapToObj(i -> instance().take("poller", TERM).isPresent())
                .toList();

        assertThat(held.stream().filter(one -> one)).hasSize(1);
    }

    @Test
    void whoSleptBeyondItsTermKnowsItBeforeAnythingElse() {
        Office office = new Office(first, "poller", core.clock);
        office.stand();
        assertThat(office.isHeld()).isTrue();

        core.clock.advance(TERM.plusMillis(1));

        assertThat(office.isHeld()).isFalse();
        assertThat(second.take("poller", TERM)).isPresent();
        office.stand();
        assertThat(office.isHeld()).isFalse();
    }

    /** The clocks of two instances differ a little: the holder stops a little before the other may begin. */
    @Test
    void theLastHalfSecondOfATermIsNobodys() {
        Office office = new Office(first, "poller", core.clock);
        office.stand();

        core.clock.advance(Duration.ofMillis(5_500));

        assertThat(office.isHeld()).isFalse();
        assertThat(second.take("poller", TERM)).isEmpty();
    }

    @Test
    void termIsRenewedInGoodTime() {
        Office office = new Office(first, "poller", core.clock);
        office.stand();

        for (int i = 0; i < 20; i++) {
            core.clock.advance(Duration.ofSeconds(1));
            office.stand();
            assertThat(office.isHeld()).isTrue();
            assertThat(second.take("poller", TERM)).isEmpty();
        }
    }

    /** As one whose clock was ahead leaves it behind where it is killed: the next one has another id, and the time is right. */
    @Test
    void aTermThatNobodyRenewsEndsHoweverFarAheadItWasWritten() {
        ahead().take("poller", TERM);
        Office office = new Office(second, "poller", core.clock);

        office.stand();
        assertThat(office.isHeld()).isFalse();
        assertThat(second.take("poller", TERM)).isEmpty();

        core.clock.advance(Duration.ofSeconds(61));
        office.stand();
        assertThat(office.isHeld()).isTrue();
        assertThat(first.take("poller", TERM)).as("it is a term like any other").isEmpty();
    }

    @Test
    void whoseClockIsAheadKeepsTheOfficeByRenewing() {
        Election ahead = ahead();
        Office office = new Office(second, "poller", core.clock);

        for (int i = 0; i < 100; i++) {
            assertThat(ahead.take("poller", TERM)).isPresent();
            office.stand();
            assertThat(office.isHeld()).isFalse();
            core.clock.advance(Duration.ofSeconds(2));
        }
    }

    private Election ahead() {
        return new Election(
                core.jdbc, core.transactions, Clock.offset(core.clock, Duration.ofHours(1)), core.bean(Ids.class));
    }

    @Test
    void howLongOneHasHeldItIsKnownToAll() {
        Instant began = core.clock.instant();
        first.take("poller", TERM);
        core.clock.advance(Duration.ofSeconds(4));
        assertThat(wasHeldFor(Duration.ofSeconds(1), began)).as("not said yet").isFalse();

        first.take("poller", TERM);
        assertThat(second.heldFor("poller", Duration.ofSeconds(4), began)).contains(began.plusSeconds(4));
        assertThat(wasHeldFor(Duration.ofSeconds(4), began.plusSeconds(1))).isFalse();
        assertThat(wasHeldFor(Duration.ofSeconds(5), began.minusSeconds(60))).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoTakesItAfterABreakBeginsAnew(boolean sameInstance) {
        first.take("poller", TERM);
        core.clock.advance(TERM.plusSeconds(1));
        (sameInstance ? first : second).take("poller", TERM);

        assertThat(wasHeldFor(Duration.ofMillis(1), Instant.EPOCH)).isFalse();
    }

    private boolean wasHeldFor(Duration time, Instant from) {
        return second.heldFor("poller", time, from).isPresent();
    }

    /** What was begun before a sleep is not gone on with, even when the office is ours again afterwards. */
    @Test
    void breakOfATenureIsSeenAfterwards() {
        Office office = new Office(first, "poller", core.clock);
        office.stand();
        BooleanSupplier unbroken = office.unbroken();
        assertThat(unbroken.getAsBoolean()).isTrue();

        core.clock.advance(TERM.plusSeconds(1));
        office.stand();

        assertThat(office.isHeld()).isTrue();
        assertThat(unbroken.getAsBoolean()).isFalse();
        assertThat(office.unbroken().getAsBoolean()).isTrue();
    }

    @Test
    void whoStopsMakesRoomAtOnce() {
        Office office = new Office(first, "poller", core.clock);
        office.stand();

        office.close();

        assertThat(office.isHeld()).isFalse();
        assertThat(second.take("poller", TERM)).isPresent();
    }

    @Test
    void waitingForAnOfficeWritesNothing() {
        first.take("poller", TERM);
        Office office = new Office(second, "poller", core.clock);
        String before = core.strings("select xmin::text || ' ' || xmax::text from messaging.office")
                .getFirst();

        office.stand();

        assertThat(core.strings("select xmin::text || ' ' || xmax::text from messaging.office"))
                .containsExactly(before);
    }

    /** An instance that falls asleep inside its transaction would else keep the others from the office for as long as it sleeps. */
    @Test
    void sleeperInsideATransactionLosesItsLocks() {
        assertThat(core.transactions.run(
                        SellerId.PLATFORM,
                        () -> core.jdbc
                                .sql("select current_setting('idle_in_transaction_session_timeout')")
                                .query(String.class)
                                .single()))
                .isEqualTo("10s");
    }

    private Election instance() {
        return new Election(core.jdbc, core.transactions, core.clock, core.bean(Ids.class));
    }
}
