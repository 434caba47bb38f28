package admitone.simulators.nowpayments;

import java.time.Instant;
import java.util.List;
import java.util.Map;

/** How often each operation was called, by its word, and the last calls, oldest first. */
public record Calls(Map<String, Long> counts, List<Call> last) {
    /** {@code status} is 0 where the connection was dropped. */
    public record Call(Operation operation, String method, String path, int status, Instant at) {}

    public long count(Operation operation) {
        return counts.getOrDefault(operation.word(), 0L);
    }
}
