package admitone.simulators.telegram;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Many people with consecutive ids who have started a bot, for loads: of what the bot sends them only the counts and the
 * moment of each one's first message are kept. Guarded by the world's lock.
 */
final class Crowd {
    private static final int MOST = 1_000_000;
    private static final long ORIGIN = System.nanoTime();

    final Bot bot;
    final long from;
    private final int[] received;
    private final long[] firstAtMicros;
    private long messages;
    private int reached;
    private long lastReachedAtMicros;

    Crowd(Bot bot, long from, int count) {
        if (from <= 0 || count <= 0 || count > MOST) {
            throw new IllegalArgumentException("a crowd has positive ids and 1 to " + MOST + " people");
        }
        this.bot = bot;
        this.from = from;
        this.received = new int[count];
        this.firstAtMicros = new long[count];
    }

    boolean holds(long userId) {
        return userId >= from && userId - from < received.length;
    }

    boolean overlaps(Crowd other) {
        return from < other.from + other.received.length && other.from < from + received.length;
    }

    /** Microseconds on a timer that nobody sets, as they may the clock: for differences. Always above 0. */
    static long timerUs() {
        return 1 + TimeUnit.NANOSECONDS.toMicros(System.nanoTime() - ORIGIN);
    }

    void receive(long userId) {
        int person = Math.toIntExact(userId - from);
        messages++;
        if (received[person]++ == 0) {
            firstAtMicros[person] = timerUs();
            lastReachedAtMicros = firstAtMicros[person];
            reached++;
        }
    }

    Control.CrowdView view() {
        return new Control.CrowdView(from, received.length, reached, messages, lastReachedAtMicros);
    }

    Control.Receipts receipts() {
        List<Integer> counts = new ArrayList<>(received.length);
        List<Long> first = new ArrayList<>(received.length);
        for (int person = 0; person < received.length; person++) {
            counts.add(received[person]);
            first.add(firstAtMicros[person]);
        }
        return new Control.Receipts(from, counts, first);
    }
}
