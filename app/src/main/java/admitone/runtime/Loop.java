package admitone.runtime;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work that a thread of its own does again and again. What it throws is logged and never ends the loop. */
public final class Loop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Loop.class);

    private final CountDownLatch stopped = new CountDownLatch(1);

    private Loop() {}

    /** Begins at once, then pauses {@code pause} after each round. */
    public static Loop start(String name, Duration pause, Runnable round) {
        Loop loop = new Loop();
        Thread.ofVirtual().name(name).start(() -> loop.run(name, pause, round));
        return loop;
    }

    private void run(String name, Duration pause, Runnable round) {
        try {
            do {
                try {
                    round.run();
                } catch (RuntimeException e) {
                    if (stopped.getCount() > 0) {
                        log.warn("{}: a round failed ({}), next one in {}", name, e.toString(), pause);
                    }
                }
            } while (!stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    public boolean isStopping() {
        return stopped.getCount() == 0;
    }

    @Override
    public void close() {
        stopped.countDown();
    }
}
