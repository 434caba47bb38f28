package admitone.timeline;

import admitone.database.Transactions;
import admitone.runtime.SellerId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * The record of what happened. What changes something is appended in the transaction that changes it; a repeat that changed
 * nothing is appended in a batch soon after, and the last second of those may be lost in a crash.
 */
@Component
public class Timeline implements SmartLifecycle {
    private static final Logger log = LoggerFactory.getLogger(Timeline.class);
    private static final int MOST_WAITING = 20_000;
    private static final int BATCH = 500;
    private static final long LINGER_MS = 50;

    private final JdbcTimeline rows;
    private final Transactions transactions;
    private final BlockingQueue<Late> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final ReentrantLock writing = new ReentrantLock();
    private volatile boolean running;

    private record Late(SellerId seller, Event event) {}

    Timeline(JdbcTimeline rows, Transactions transactions) {
        this.rows = rows;
        this.transactions = transactions;
    }

    /** Appends within the current transaction. */
    public void append(SellerId seller, List<Event> events) {
        rows.insert(seller, events);
    }

    public void append(SellerId seller, Event event) {
        rows.insert(seller, List.of(event));
    }

    /** Appends soon, in a batch. When the queue is full the caller writes the batch itself: nothing is dropped while running. */
    public void appendSoon(SellerId seller, Event event) {
        while (!waiting.offer(new Late(seller, event))) {
            flush();
        }
    }

    /** What happened to the subject, in order. */
    public List<Event> of(SellerId seller, String subject) {
        return rows.of(seller, subject);
    }

    /** Writes all that waits. */
    public void flush() {
        writing.lock();
        try {
            List<Late> batch = new ArrayList<>(BATCH);
            while (waiting.drainTo(batch, BATCH) > 0) {
                Map<SellerId, List<Event>> bySeller = new LinkedHashMap<>();
                batch.forEach(late -> bySeller.computeIfAbsent(late.seller(), s -> new ArrayList<>())
                        .add(late.event()));
                try {
                    bySeller.forEach((seller, events) -> {
                        transactions.run(seller, () -> rows.insert(seller, events));
                        batch.removeIf(late -> late.seller().equals(seller));
                    });
                } catch (RuntimeException e) {
                    batch.forEach(waiting::offer); // tried again with the next flush
                    throw e;
                }
                batch.clear();
            }
        } finally {
            writing.unlock();
        }
    }

    @Override
    public void start() {
        running = true;
        Thread.ofVirtual().name("timeline").start(() -> {
            while (running) {
                try {
                    Late first = waiting.poll(1, TimeUnit.SECONDS);
                    if (first != null) {
                        TimeUnit.MILLISECONDS.sleep(LINGER_MS); // lets a storm of repeats gather into one commit
                        appendSoon(first.seller(), first.event());
                        flush();
                    }
                } catch (InterruptedException e) {
                    return;
                } catch (RuntimeException e) {
                    log.warn("absorbed repeats could not be written: {}", e.toString());
                }
            }
        });
    }

    @Override
    public void stop() {
        running = false;
        flush();
    }

    @Override
    public boolean isRunning() {
        return running;
    }
}
