package admitone.timeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import admitone.Core;
import admitone.runtime.SellerId;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.web.server.context.WebServerApplicationContext;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.support.GenericApplicationContext;

class TimelineDatabaseTests {
    private static final SellerId SELLER = new SellerId("0123456789ab");
    private static final SellerId OTHER = new SellerId("zzzzzzzzzzzz");

    private final Core core = Core.start("timeline");
    private final Timeline timeline = core.bean(Timeline.class);

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void keepsTheOrderOfWhatHappened() {
        core.transactions.run(SELLER, () -> {
            timeline.append(SELLER, event("first"));
            timeline.append(SELLER, event("second"));
        });

        assertThat(timeline.of(SELLER, "payment:1")).extracting(Event::kind).containsExactly("first", "second");
        assertThat(timeline.of(OTHER, "payment:1")).isEmpty();
    }

    @Test
    void appendsWithTheDecisionOrNotAtAll() {
        assertThatThrownBy(() -> core.transactions.run(SELLER, () -> {
                    timeline.append(SELLER, event("first"));
                    throw new IllegalArgumentException("decided otherwise");
                }))
                .isInstanceOf(IllegalArgumentException.class);

        assertThat(timeline.of(SELLER, "payment:1")).isEmpty();
    }

    @Test
    void writesRepeatsInTheBackgroundEachOnce() {
        timeline.start();
        for (int i = 0; i < 1500; i++) {
            timeline.appendSoon(SELLER, event("repeat"));
        }

        await().until(() -> core.count("timeline.event") == 1500);
        timeline.stop();
        assertThat(core.count("timeline.event")).isEqualTo(1500);
    }

    @Test
    void whatWasWrittenIsNotWrittenAgainBecauseAnothersFailed() {
        core.owner()
                .sql("alter table timeline.entry add constraint broken check (seller_id <> 'zzzzzzzzzzzz')")
                .update();
        timeline.appendSoon(SELLER, event("mine"));
        timeline.appendSoon(OTHER, event("another's"));
        assertThatThrownBy(timeline::flush).isInstanceOf(RuntimeException.class);

        core.owner().sql("alter table timeline.entry drop constraint broken").update();
        timeline.flush();

        assertThat(core.strings("select kind from timeline.event order by kind"))
                .containsExactly("another's", "mine");
    }

    @Test
    void aStopWritesWhatIsBeingGathered() {
        timeline.start();
        for (int i = 1; i <= 10; i++) {
            timeline.appendSoon(SELLER, event("repeat"));
            core.count("timeline.event"); // meanwhile the writer has noticed

            timeline.flush();

            assertThat(core.count("timeline.event")).isEqualTo(i);
        }
        timeline.stop();
    }

    @Test
    void whatTheWebServersLastRequestsRepeatIsWritten() {
        try (var context = new GenericApplicationContext()) {
            context.registerBean(Timeline.class, () -> timeline);
            context.registerBean(
                    LastRequest.class, () -> new LastRequest(() -> timeline.appendSoon(SELLER, event("repeat"))));
            context.refresh();
        }

        assertThat(core.count("timeline.event")).isEqualTo(1);
    }

    /** In the place of the web server. */
    private static final class LastRequest implements SmartLifecycle {
        private final Runnable request;
        private boolean running;

        private LastRequest(Runnable request) {
            this.request = request;
        }

        @Override
        public void start() {
            running = true;
        }

        @Override
        public void stop() {
            request.run();
            running = false;
        }

        @Override
        public boolean isRunning() {
            return running;
        }

        @Override
        public int getPhase() {
            return WebServerApplicationContext.START_STOP_LIFECYCLE_PHASE;
        }
    }

    private Event event(String kind) {
        return new Event("payment:1", core.clock.instant(), kind, "ipn", "test", Map.of());
    }
}
