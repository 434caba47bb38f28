package admitone.runtime;

import io.github.bucket4j.Bucket;
import java.time.Duration;

/**
 * How often this instance may do something. Counted by a clock that nobody sets: by the machine's, as the library would, one that is set back stands
 * every limit still until it has caught up.
 */
public final class Limits {
    private Limits() {}

    /** So many at once; an empty one is full again after {@code fillsIn}, evenly. */
    public static Bucket of(int most, Duration fillsIn) {
        return Bucket.builder()
                .addLimit(limit -> limit.capacity(most).refillGreedy(most, fillsIn))
                .withNanosecondPrecision()
                .build();
    }
}
