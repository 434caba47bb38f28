package admitone.messaging;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.runtime.Ids;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

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
        assertThat(first.holds("poller", TERM)).isTrue();
        assertThat(second.holds("poller", TERM)).isFalse();
        core.clock.advance(Duration.ofSeconds(5));
        assertThat(first.holds("poller", TERM)).isTrue();
        core.clock.advance(Duration.ofSeconds(5));
        assertThat(second.holds("poller", TERM)).isFalse();

        core.clock.advance(Duration.ofSeconds(2));
        assertThat(second.holds("poller", TERM)).isTrue();
        assertThat(first.holds("poller", TERM)).isFalse();
    }

    @Test
    void whoLeavesMakesRoomAndNobodyLeavesForAnother() {
        first.holds("poller", TERM);
        second.leave("poller");
        assertThat(second.holds("poller", TERM)).isFalse();

        first.leave("poller");
        assertThat(second.holds("poller", TERM)).isTrue();
    }

    @Test
    void officesAreApart() {
        assertThat(first.holds("poller", TERM)).isTrue();
        assertThat(second.holds("sweeper", TERM)).isTrue();
    }

    @Test
    void oneOfManyWins() {
        List<Boolean> held = IntStream.range(0, 40)
                .parallel()
                .mapToObj(i -> instance().holds("poller", TERM))
                .toList();

        assertThat(held.stream().filter(one -> one)).hasSize(1);
    }

    private Election instance() {
        return new Election(core.jdbc, core.transactions, core.clock, core.bean(Ids.class));
    }
}
