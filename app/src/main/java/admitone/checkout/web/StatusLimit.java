package admitone.checkout.web;

import admitone.runtime.Limits;
import admitone.runtime.Settings;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.github.bucket4j.Bucket;
import java.time.Duration;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * How often one address may ask for one order. Only an order that was found has a bucket: an unknown one is answered as unknown
 * however often it is asked for, and a refused question costs no read.
 */
@Component
class StatusLimit {
    private static final int MOST_BUCKETS = 200_000;
    private static final Duration MINUTE = Duration.ofMinutes(1);

    private final int perMinute;
    private final Cache<Key, Bucket> buckets = Caffeine.newBuilder()
            .maximumSize(MOST_BUCKETS)
            .expireAfterAccess(Duration.ofMinutes(2)) // full again by then
            .build();

    StatusLimit(Settings settings) {
        this.perMinute = settings.statusLimitPerMinute();
    }

    private record Key(String orderId, String address) {}

    /** How long to wait, if this order was asked for too often from this address. */
    Optional<Duration> refuses(String orderId, String address) {
        if (perMinute == 0) {
            return Optional.empty();
        }
        Bucket bucket = buckets.getIfPresent(new Key(orderId, address));
        if (bucket == null) {
            return Optional.empty();
        }
        var probe = bucket.estimateAbilityToConsume(1);
        return probe.canBeConsumed()
                ? Optional.empty()
                : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }

    /** Counts a question about an order that was found; the answer is as that of {@link #refuses}. */
    Optional<Duration> count(String orderId, String address) {
        if (perMinute == 0) {
            return Optional.empty();
        }
        var probe = buckets.get(new Key(orderId, address), key -> Limits.of(perMinute, MINUTE))
                .tryConsumeAndReturnRemaining(1);
        return probe.isConsumed() ? Optional.empty() : Optional.of(Duration.ofNanos(probe.getNanosToWaitForRefill()));
    }
}
