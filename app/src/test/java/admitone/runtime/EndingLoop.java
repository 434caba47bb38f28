package admitone.runtime;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.function.Consumer;

/** A loop that is stopped in the middle of its first round. */
public final class EndingLoop {
    private EndingLoop() {}

    /** @param round gets what waits until the loop is stopped, and, as whatever waits may do, leaves no trace of the interruption */
    public static void run(Consumer<Runnable> round) throws InterruptedException {
        CountDownLatch begun = new CountDownLatch(1);
        Loop loop = Loop.start(
                "ending",
                Duration.ZERO,
                () -> round.accept(() -> {
                    begun.countDown();
                    awaitInterruption();
                }));
        begun.await();
        loop.cutOff();
    }

    private static void awaitInterruption() {
        try {
            new CountDownLatch(1).await();
        } catch (InterruptedException _) {
            // it is what was waited for
        }
    }
}
