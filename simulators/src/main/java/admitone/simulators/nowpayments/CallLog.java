package admitone.simulators.nowpayments;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What was called and what was answered. Headers are never kept: the api key is one. */
final class CallLog {
    private static final int KEPT = 200;

    private final Deque<Calls.Call> last = new ArrayDeque<>();
    private final Map<String, Long> counts = new TreeMap<>();

    synchronized void add(Operation operation, String method, String path, int status, Instant at) {
        counts.merge(operation.word(), 1L, Long::sum);
        if (last.size() == KEPT) {
            last.removeFirst();
        }
        last.addLast(new Calls.Call(operation, method, path, status, at));
    }

    synchronized Calls calls() {
        return new Calls(Map.copyOf(counts), List.copyOf(last));
    }

    synchronized void clear() {
        counts.clear();
        last.clear();
    }
}
