package admitone.tasks;

import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;

/** A hint that something is due, or will be soon. Polling stays the truth. */
@Component
class Wakeup {
    private static final long NEVER = Long.MAX_VALUE;

    private final Semaphore hints = new Semaphore(0);
    private final AtomicLong soonest = new AtomicLong(NEVER);

    void signal() {
        if (hints.availablePermits() == 0) {
            hints.release();
        }
    }

    /** Whoever waits does so no longer than this from now. */
    void signalIn(Duration after) {
        long at = System.nanoTime() + after.toNanos();
        if (soonest.accumulateAndGet(at, Math::min) == at) {
            signal();
        }
    }

    void await(long millis) throws InterruptedException {
        long now = System.nanoTime();
        long next = soonest.getAndUpdate(at -> at != NEVER && at - now <= 0 ? NEVER : at);
        long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
        if (next != NEVER) {
            nanos = Math.clamp(next - now, 0, nanos);
        }
        if (hints.tryAcquire(nanos, TimeUnit.NANOSECONDS)) {
            hints.drainPermits();
        }
    }
}
