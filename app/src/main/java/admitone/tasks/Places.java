package admitone.tasks;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** How many tasks of each kind this instance works on at once: a kind whose calls hang holds up no other. */
final class Places {
    static final int PER_KIND = 64;
    /** So many are claimed at once where more wait than there are places: a claim is a commit. */
    private static final int WORTH_A_CLAIM = PER_KIND / 4;

    private final Map<String, Kind> byKind = new ConcurrentHashMap<>();

    private record Kind(Semaphore free, AtomicInteger taken) {}

    boolean tryTake(String kind) {
        Kind places = of(kind);
        boolean got = places.free().tryAcquire();
        if (got) {
            places.taken().incrementAndGet();
        }
        return got;
    }

    /** Answers whether so many have become free just now that what waits for them is worth a claim. */
    boolean giveBack(String kind) {
        Kind places = of(kind);
        places.free().release();
        return places.taken().decrementAndGet() == PER_KIND - WORTH_A_CLAIM;
    }

    boolean hasFree(String kind) {
        return of(kind).free().availablePermits() > 0;
    }

    boolean isWorthAClaim(String kind) {
        return of(kind).free().availablePermits() >= WORTH_A_CLAIM;
    }

    /** Waits until no place is taken, at most so long. */
    void awaitAllFree(long millis) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        for (Kind places : byKind.values()) {
            if (places.free().tryAcquire(PER_KIND, Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS)) {
                places.free().release(PER_KIND);
            }
        }
    }

    private Kind of(String kind) {
        return byKind.computeIfAbsent(kind, _ -> new Kind(new Semaphore(PER_KIND), new AtomicInteger()));
    }
}
