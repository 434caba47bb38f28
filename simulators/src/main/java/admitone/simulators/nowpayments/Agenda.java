package admitone.simulators.nowpayments;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.locks.ReentrantLock;

/** What happens by itself when the simulator's clock gets there: expiry, another attempt, the next step of a played case. */
final class Agenda implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Agenda.class.getName());
    private static final long LONGEST_WAIT_MS = 60_000;
    private static final long POLL_MS = 20;

    private record Item(Instant due, long number, Runnable deed) {}

    private final SimClock clock;
    private final PriorityQueue<Item> items =
            new PriorityQueue<>(Comparator.comparing(Item::due).thenComparingLong(Item::number));
    private final ReentrantLock running = new ReentrantLock();
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

    /**
     * Does in the caller's thread all that is due, in order and one at a time, so that whoever moved the clock sees its
     * consequences. A deed that leads here again goes on with its own work first.
     */
    void runDue() {
        if (running.isHeldByCurrentThread()) {
            return;
        }
        running.lock();
        try {
            for (Optional<Item> next = takeDue(); next.isPresent(); next = takeDue()) {
                run(next.get());
            }
        } finally {
            running.unlock();
        }
    }

    private static void run(Item item) {
        try {
            item.deed().run();
        } catch (RuntimeException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "due at " + item.due() + ", skipped",
                    e); // the next one must still happen
        }
    }

    synchronized void clockMoved() {
        notifyAll();
    }

    synchronized void clear() {
        items.clear();
    }

    private synchronized Optional<Item> takeDue() {
        Item next = items.peek();
        return next == null || next.due().isAfter(clock.instant()) ? Optional.empty() : Optional.of(items.remove());
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
