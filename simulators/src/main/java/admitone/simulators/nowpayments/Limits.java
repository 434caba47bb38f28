package admitone.simulators.nowpayments;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;

/** The provider's limits per second, counted over the last second. Everything here comes from one address. */
final class Limits {
    private static final Map<Operation, Integer> PER_SECOND =
            Map.of(Operation.ESTIMATE, 7, Operation.CREATE_PAYMENT, 3);
    private static final long WINDOW_MS = 1000;

    private final Clock clock;
    private final Map<Operation, Deque<Long>> recent = new EnumMap<>(Operation.class);

    Limits(Clock clock) {
        this.clock = clock;
    }

    synchronized boolean allow(Operation operation) {
        Integer limit = PER_SECOND.get(operation);
        if (limit == null) {
            return true;
        }
        long now = clock.millis();
        Deque<Long> calls = recent.computeIfAbsent(operation, _ -> new ArrayDeque<>());
        while (!calls.isEmpty() && calls.getFirst() <= now - WINDOW_MS) {
            calls.removeFirst();
        }
        if (calls.size() >= limit) {
            return false;
        }
        calls.addLast(now);
        return true;
    }
}
