package admitone.tasks;

import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.stereotype.Component;

/** A hint that something is due. Polling stays the truth. */
@Component
class Wakeup {
    private final Semaphore hints = new Semaphore(0);

    void signal() {
        if (hints.availablePermits() == 0) {
            hints.release();
        }
    }

    void await(long millis) throws InterruptedException {
        if (hints.tryAcquire(millis, TimeUnit.MILLISECONDS)) {
            hints.drainPermits();
        }
    }
}
