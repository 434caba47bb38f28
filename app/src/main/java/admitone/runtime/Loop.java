package admitone.runtime;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Work that a thread of its own does again and again. What a round throws ends no loop; it is logged, once a minute while it goes on failing. */
public final class Loop implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Loop.class);

    private static final Duration ENDS_WITHIN = Duration.ofSeconds(2);
    private static final ScopedValue<Loop> CURRENT = ScopedValue.newInstance();

    private final CountDownLatch stopped = new CountDownLatch(1);
    private final Thread thread;

    private Loop(String name, Duration pause, Runnable round) {
        this.thread = Thread.ofVirtual()
                .name(name)
                .unstarted(() -> ScopedValue.where(CURRENT, this).run(() -> run(name, pause, round)));
    }

    /** Begins at once, then pauses {@code pause} after each round. */
    public static Loop start(String name, Duration pause, Runnable round) {
        Loop loop = new Loop(name, pause, round);
        loop.thread.start();
        return loop;
    }

    /** Whether the loop is stopped in which the calling thread goes round. Its interruption says so only until something that waits has noticed. */
    public static boolean isEnding() {
        return CURRENT.isBound() && CURRENT.get().isStopped();
    }

    private boolean isStopped() {
        return stopped.getCount() == 0;
    }

    private void run(String name, Duration pause, Runnable round) {
        Failures failures = new Failures(log, name + ": a round failed");
        try {
            do {
                try {
                    round.run();
                    failures.areOver();
                } catch (RuntimeException | Error e) {
                    if (!isStopped()) {
                        failures.add(e, "next one in " + pause);
                    }
                }
            } while (!stopped.await(pause.toMillis(), TimeUnit.MILLISECONDS));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Interrupts the round under way, for work that may be cut off anywhere. */
    public void cutOff() {
        stopped.countDown();
        thread.interrupt();
        close();
    }

    /** Waits a little for the round under way; a long wait in it is interrupted. */
    @Override
    public void close() {
        stopped.countDown();
        try {
            if (!thread.join(ENDS_WITHIN)) {
                thread.interrupt();
                thread.join(ENDS_WITHIN);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
