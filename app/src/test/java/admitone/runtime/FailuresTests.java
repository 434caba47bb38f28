package admitone.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class FailuresTests {
    private static final Logger OF_PACKAGE = (Logger) LoggerFactory.getLogger("admitone.runtime");
    private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(FailuresTests.class);

    private final ListAppender<ILoggingEvent> told = new ListAppender<>();

    private final @Nullable Level levelBefore = OF_PACKAGE.getLevel();
    private final AtomicLong nanoTime = new AtomicLong(Long.MAX_VALUE); // it may begin anywhere, and passes the end
    private final Failures failures = new Failures(LOG, "the door is shut", nanoTime::get);

    /** Whatever earlier tests made of the log: one whose start fails tells nothing, and a level outlives the service that set it. */
    @BeforeEach
    void listen() {
        OF_PACKAGE.getLoggerContext().resetTurboFilterList();
        OF_PACKAGE.setLevel(Level.INFO);
        told.start();
        OF_PACKAGE.addAppender(told);
    }

    @AfterEach
    void leave() {
        OF_PACKAGE.detachAppender(told);
        OF_PACKAGE.setLevel(levelBefore);
    }

    @Test
    void tellsTheFirstAndThenOneAMinuteWithHowManyThereWere() {
        for (int second = 0; second <= 120; second += 2) {
            failures.add(new IllegalStateException("at " + second), "next one soon");
            nanoTime.addAndGet(Duration.ofSeconds(2).toNanos());
        }

        assertThat(told("the door is shut"))
                .satisfiesExactly(
                        first -> assertThat(first).contains("WARN", "the door is shut", "at 0)", "next one soon"),
                        minute -> assertThat(minute).contains("WARN", "the door is shut, 31 times", "at 60)"),
                        next -> assertThat(next).contains("WARN", "the door is shut, 61 times", "at 120)"));
    }

    @Test
    void tellsEachSortOnce() {
        for (int round = 0; round < 3; round++) {
            failures.add(new IllegalStateException("away"), "next one soon");
            failures.add(new IllegalArgumentException("wrong"), "next one soon");
        }

        assertThat(told("the door is shut"))
                .satisfiesExactly(
                        away -> assertThat(away).contains("away"),
                        wrong -> assertThat(wrong).contains("wrong"));
    }

    @Test
    void tellsOnceThatItGoesOn() {
        failures.areOver();
        failures.add(new IllegalStateException("away"), "next one soon");
        failures.add(new IllegalStateException("away"), "next one soon");
        failures.areOver();
        failures.areOver();
        nanoTime.addAndGet(Duration.ofMinutes(1).toNanos());
        failures.add(new IllegalStateException("away again"), "next one soon");

        assertThat(told("the door is shut"))
                .satisfiesExactly(
                        first -> assertThat(first).contains("WARN", "away"),
                        over -> assertThat(over).contains("INFO", "the door is shut, 2 times: it goes on now"),
                        again -> assertThat(again).contains("WARN", "the door is shut (", "away again"));
    }

    @Test
    void whatFailsNowAndThenIsToldOnceAMinuteToo() {
        for (int minute = 0; minute < 2; minute++) {
            for (int time = 0; time < 20; time++) {
                failures.add(new IllegalStateException("at " + time), "next one soon");
                failures.areOver();
                nanoTime.addAndGet(Duration.ofSeconds(3).toNanos());
            }
        }

        assertThat(told("the door is shut"))
                .satisfiesExactly(
                        first -> assertThat(first).contains("WARN", "the door is shut (", "at 0)"),
                        minute -> assertThat(minute).contains("WARN", "the door is shut, 21 times", "at 0)"));
    }

    @Test
    void thatItGoesOnIsToldAsOftenAsThatItFailed() {
        for (int time = 0; time < 20; time++) {
            failures.add(new IllegalStateException("away"), "next one soon");
            failures.add(new IllegalStateException("away"), "next one soon");
            failures.areOver();
        }

        assertThat(told("the door is shut"))
                .satisfiesExactly(
                        first -> assertThat(first).contains("WARN", "away"),
                        over -> assertThat(over).contains("INFO", "2 times: it goes on now"));
    }

    @Test
    void aLoopDoesNotRepeatItself() throws InterruptedException {
        AtomicInteger rounds = new AtomicInteger();
        CountDownLatch twoAfter = new CountDownLatch(2);

        try (Loop _ = Loop.start("the door", Duration.ZERO, () -> {
            if (rounds.incrementAndGet() <= 20) {
                throw new IllegalStateException("shut");
            }
            twoAfter.countDown();
        })) {
            twoAfter.await();
        }

        assertThat(told("the door: a round failed"))
                .satisfiesExactly(
                        first -> assertThat(first).contains("WARN", "shut"),
                        over -> assertThat(over).contains("INFO", "20 times: it goes on now"));
    }

    private List<String> told(String words) {
        return List.copyOf(told.list).stream()
                .map(event -> event.getLevel() + " " + event.getFormattedMessage())
                .filter(line -> line.contains(words))
                .toList();
    }
}
