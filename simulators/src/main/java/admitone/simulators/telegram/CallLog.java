package admitone.simulators.telegram;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/** What bots asked and were told: counts of all calls and the last of them whole, without tokens. */
final class CallLog {
    private static final int KEPT = 300;

    private final ReentrantLock lock = new ReentrantLock();
    private final Map<String, Long> counts = new TreeMap<>();
    private final Deque<Control.Call> calls = new ArrayDeque<>();
    private long number;

    void add(
            MovableClock clock,
            Bot bot,
            String method,
            Params params,
            @Nullable Integer status,
            @Nullable String description,
            @Nullable FaultKind fault) {
        var shown = params.all();
        if (shown.has("secret_token")) {
            shown.put("secret_token", "…");
        }
        lock.lock();
        try {
            counts.merge(method, 1L, Long::sum);
            calls.addLast(new Control.Call(
                    ++number,
                    clock.instant().toString(),
                    bot.username,
                    method,
                    shown,
                    status,
                    description,
                    fault == null ? null : fault.toString()));
            if (calls.size() > KEPT) {
                calls.removeFirst();
            }
        } finally {
            lock.unlock();
        }
    }

    Control.Log read() {
        lock.lock();
        try {
            return new Control.Log(Map.copyOf(counts), List.copyOf(calls));
        } finally {
            lock.unlock();
        }
    }

    void clear() {
        lock.lock();
        try {
            counts.clear();
            calls.clear();
            number = 0;
        } finally {
            lock.unlock();
        }
    }
}
