package admitone.simulators.nowpayments;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/** What happens by itself when the simulator's clock gets there: expiry, another attempt, the next step of a played case. */
final class Agenda implements AutoCloseable {
    private static final long LONGEST_WAIT_MS = 60_000;
    private static final long POLL_MS = 20;

    private record Item(Instant due, long number, Runnable deed) {}

    private final SimClock clock;
    private final PriorityQueue<Item> items =
            new PriorityQueue<>(Comparator.comparing(Item::due).thenComparingLong(Item::number));
    private final Thread pump;
    private long added;
    private boolean closed;

    Agenda(SimClock clock) {
        this.clock = clock;
        this.pump = Thread.ofVirtual().name("nowpayments-agenda").start(this::pump);
    }

    /** Deeds are short; one that waits for the network starts its own thread. */
    synchronized void at(Instant due, Runnable deed) {
        items.add(new Item(due, added++, deed));
        notifyAll();
    }

    void in(Duration delay, Runnable deed) {
        at(clock.instant().plus(delay), deed);
    }

    /** Does in the caller's thread all that is due, so that whoever moved the clock sees its consequences at once. */
    void runDue() {
        takeDue().forEach(item -> item.deed().run());
    }

    synchronized void clockMoved() {
        notifyAll();
    }

    synchronized void clear() {
        items.clear();
    }

    private synchronized List<Item> takeDue() {
        List<Item> due = new ArrayList<>();
        Instant now = clock.instant();
        for (Item next = items.peek(); next != null && !next.due().isAfter(now); next = items.peek()) {
            due.add(next);
            items.remove();
        }
        return due;
    }

    private void pump() {
        try {
            while (awaitDue()) {
                runDue();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean awaitDue() throws InterruptedException {
        while (!closed) {
            Item next = items.peek();
            if (next == null) {
                wait(LONGEST_WAIT_MS);
                continue;
            }
            long ms = clock.instant().until(next.due(), ChronoUnit.MILLIS);
            if (ms <= 0) {
                return true;
            }
            wait(Math.min(ms, clock.followsMachine() ? LONGEST_WAIT_MS : POLL_MS));
        }
        return false;
    }

    @Override
    public synchronized void close() {
        closed = true;
        items.clear();
        pump.interrupt();
    }
}
