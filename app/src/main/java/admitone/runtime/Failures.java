package admitone.runtime;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.function.LongSupplier;
import org.slf4j.Logger;

/**
 * What fails again and again, or now and then, told in the log so that nothing else drowns in it: the first of each sort at once, then one a minute
 * with how many there were, and that it goes on where more than one failed in a row and it was told. Of one thread at a time.
 */
public final class Failures {
    private static final long TOLD_EVERY = Duration.ofMinutes(1).toNanos();

    private final Logger log;
    private final String what;
    private final LongSupplier nanoTime;
    private final Set<Class<?>> sorts = new HashSet<>();
    /** Since there was none for a minute. */
    private long count;

    private long inARow;
    private boolean told;
    private long lastAt;
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
     * One more. Two are of one sort by their class: what they say may differ by a number.
     *
     * @param next what happens next
     */
    public void add(Throwable thrown, String next) {
        long now = nanoTime.getAsLong();
        if (inARow == 0 && now - lastAt >= TOLD_EVERY) {
            count = 0;
            sorts.clear();
        }
        lastAt = now;
        count++;
        inARow++;
        boolean isNew = sorts.add(thrown.getClass());
        if (!isNew && now - toldAt < TOLD_EVERY) {
            return;
        }
        told = true;
        toldAt = now;
        if (count == 1) {
            log.warn("{} ({}), {}", what, thrown.toString(), next);
        } else {
            log.warn("{}, {} times by now ({}), {}", what, count, thrown.toString(), next);
        }
    }

    /** A success. */
    public void areOver() {
        if (told && inARow > 1) {
            log.info("{}, {} times: it goes on now", what, inARow);
        }
        told = false;
        inARow = 0;
    }
}
