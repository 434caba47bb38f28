package admitone.fulfillment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class InFlightTests {
    private final InFlight<String> inFlight = new InFlight<>();

    @Test
    void workIsDoneOnceForAllWhoAskAtTheSameTime() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> leader = threads.submit(() -> inFlight.join(
                    "key",
                    () -> {
                        runs.incrementAndGet();
                        begun.countDown();
                        await(finish);
                        return "first";
                    },
                    first -> "never"));
            begun.await();
            List<Future<String>> followers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                followers.add(threads.submit(() -> inFlight.join("key", () -> "again", first -> "after " + first)));
            }
            finish.countDown();

            assertThat(leader.get()).isEqualTo("first");
            for (Future<String> follower : followers) {
                assertThat(follower.get()).isIn("after first", "again", "after again"); // who came late
            }
            assertThat(runs).hasValue(1);
        }
    }

    @Test
    @Timeout(20)
    void failureOfTheFirstIsEverybodysEvenAnError() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch finish = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<String> leader = threads.submit(() -> inFlight.join(
                    "key",
                    () -> {
                        begun.countDown();
                        await(finish);
                        throw new StackOverflowError("not a RuntimeException");
                    },
                    first -> first));
            begun.await();
            Thread follower = Thread.ofVirtual().unstarted(() -> inFlight.join("key", () -> "x", first -> first));
            AtomicInteger failed = new AtomicInteger();
            follower.setUncaughtExceptionHandler((thread, e) -> failed.incrementAndGet());
            follower.start();
            org.awaitility.Awaitility.await().until(() -> follower.getState() == Thread.State.WAITING);
            finish.countDown();

            assertThat(follower.join(java.time.Duration.ofSeconds(5)))
                    .as("the follower ends")
                    .isTrue();
            assertThat(failed).hasValue(1);
            assertThatThrownBy(() -> leader.get(1, TimeUnit.SECONDS)).isInstanceOf(ExecutionException.class);
            assertThat(inFlight.join("key", () -> "afterwards", first -> first)).isEqualTo("afterwards");
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
