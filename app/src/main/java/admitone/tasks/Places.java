package admitone.tasks;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** How many tasks of each kind this instance works on at once: a kind whose calls hang holds up no other. */
final class Places {
    static final int PER_KIND = 64;

    private final Map<String, Semaphore> byKind = new ConcurrentHashMap<>();

    boolean tryTake(String kind) {
        return of(kind).tryAcquire();
    }

    /** Answers whether there was none left: then something may wait for it. */
    boolean giveBack(String kind) {
        Semaphore places = of(kind);
        boolean wasFull = places.availablePermits() == 0;
        places.release();
        return wasFull;
    }

    int free(String kind) {
        return of(kind).availablePermits();
    }

    /** Waits until no place is taken, at most so long. */
    void awaitAllFree(long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (Semaphore places : byKind.values()) {
            if (places.tryAcquire(PER_KIND, Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                places.release(PER_KIND);
            }
        }
    }

    private Semaphore of(String kind) {
        return byKind.computeIfAbsent(kind, _ -> new Semaphore(PER_KIND));
    }
}
