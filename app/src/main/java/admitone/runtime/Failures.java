package admitone.runtime;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * What fails again and again, told in the log so that nothing else drowns in it: the first of each sort at once, then one a minute with how many
 * there were, and at last that it goes on. Of one thread.
 */
public final class Failures {
    private static final long TOLD_EVERY = Duration.ofMinutes(1).toNanos();

    private final Logger log;
    private final String what;
    private final LongSupplier nanoTime;
    private final Set<Class<?>> sorts = new HashSet<>();
    private long count;
    private long toldAt;

    /** @param what such as {@code tasks could not be claimed} */
    public Failures(Logger log, String what) {
        this(log, what, System::nanoTime);
    }

    Failures(Logger log, String what, LongSupplier nanoTime) {
        this.log = log;
        this.what = what;
        this.nanoTime = nanoTime;
    }

    /**
     * One more, without a success since the last. Two are of one sort by their class: what they say may differ by a number.
     *
     * @param next what happens next
     */
    public void add(Throwable thrown, String next) {
        count++;
        long now = nanoTime.getAsLong();
        boolean isNew = sorts.add(thrown.getClass());
        if (!isNew && now - toldAt < TOLD_EVERY) {
            return;
        }
        toldAt = now;
        if (count == 1) {
            log.warn("{} ({}), {}", what, thrown.toString(), next);
        } else {
            log.warn("{}, {} times without a success between ({}), {}", what, count, thrown.toString(), next);
        }
    }

    /** A success. */
    public void areOver() {
        if (count > 0) {
            log.info("{}, {} times: it goes on now", what, count);
            count = 0;
            sorts.clear();
        }
    }
}
