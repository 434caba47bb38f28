package admitone.payments;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.HashSet;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.regex.Pattern;
import org.springframework.stereotype.Component;

/**
 * Payment ids that came back with buyers from the provider's page. Nothing is believed of them: the provider is asked, a little
 * sooner than it would be anyway. Kept in memory only, few for each order, and dropped where too many come.
 */
@Component
public class Hints {
    private static final int MOST_WAITING = 256;
    private static final int MOST_ORDERS = 10_000;
    private static final int MOST_OF_AN_ORDER = 3;
    private static final Duration ONCE_IN = Duration.ofMinutes(10);
    private static final Pattern ID = Pattern.compile("[0-9]{1,18}");

    private final Queue<Hint> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Cache<String, Set<String>> taken = Caffeine.newBuilder()
            .maximumSize(MOST_ORDERS)
            .expireAfterWrite(ONCE_IN)
            .build();

    /** That a payment may be of an order. */
    public record Hint(String orderId, String paymentId) {}

    /** {@code orderId} is one that exists; {@code paymentId} is whatever stood in the address. */
    public void take(String orderId, String paymentId) {
        if (!ID.matcher(paymentId).matches()) {
            return;
        }
        Set<String> ofOrder = taken.get(orderId, _ -> new HashSet<>());
        synchronized (ofOrder) {
            if (ofOrder.size() == MOST_OF_AN_ORDER || !ofOrder.add(paymentId)) {
                return;
            }
        }
        waiting.offer(new Hint(orderId, paymentId));
    }

    /** The next that the provider is to be asked about. */
    public Optional<Hint> next() {
        return Optional.ofNullable(waiting.poll());
    }
}
