package admitone.timeline;

import admitone.database.Gathered;
import admitone.database.Transactions;
import admitone.runtime.SellerId;
import admitone.timeline.JdbcTimeline.OfSeller;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.JdbcTemplate;
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
    private final Gathered<OfSeller> gathered;
    private final BlockingQueue<OfSeller> waiting = new ArrayBlockingQueue<>(MOST_WAITING);
    private final Semaphore news = new Semaphore(0);
    private final ReentrantLock writing = new ReentrantLock();
    private volatile boolean running;

    Timeline(JdbcTimeline rows, JdbcTemplate template, Transactions transactions) {
        this.rows = rows;
        this.transactions = transactions;
        this.gathered = new Gathered<>(template, rows::insertion);
    }

    /** Appends within the current transaction. */
    public void append(SellerId seller, List<Event> events) {
        events.forEach(event -> append(seller, event));
    }

    public void append(SellerId seller, Event event) {
        gathered.add(new OfSeller(seller, event));
    }

    /** Appends soon, in a batch. When the queue is full the caller writes the batch itself: nothing is dropped while running. */
    public void appendSoon(SellerId seller, Event event) {
        while (!waiting.offer(new OfSeller(seller, event))) {
            flush();
        }
        news.release();
    }

    /** What happened to the subject, in order. */
    public List<Event> of(SellerId seller, String subject) {
        return rows.of(seller, subject);
    }

    /** Writes all that waits. */
    public void flush() {
        writing.lock();
        try {
            List<OfSeller> batch = new ArrayList<>(BATCH);
            while (waiting.drainTo(batch, BATCH) > 0) {
                write(batch);
                batch.clear();
            }
        } finally {
            writing.unlock();
        }
    }

    /** All in one commit; should that fail, each seller's in its own, so that one's fault loses nobody else's. */
    private void write(List<OfSeller> batch) {
        Map<SellerId, List<OfSeller>> bySeller = batch.stream()
                .collect(Collectors.groupingBy(OfSeller::seller, LinkedHashMap::new, Collectors.toList()));
        try {
            transactions.runTogether(bySeller.keySet(), () -> batch.forEach(gathered::add));
            return;
        } catch (Transactions.UnknownCommit e) {
            log.warn("absorbed repeats were written, or not: {}; they are not written again", e.getMessage());
            return;
        } catch (RuntimeException e) {
            log.debug("a batch of absorbed repeats failed and is written by seller: {}", e.toString());
        }
        List<RuntimeException> failures = new ArrayList<>();
        bySeller.forEach((seller, events) -> {
            try {
                transactions.run(seller, () -> events.forEach(gathered::add));
            } catch (RuntimeException e) {
                failures.add(e);
                events.forEach(waiting::offer); // tried again with the next flush
            }
        });
        if (!failures.isEmpty()) {
            throw failures.getFirst();
        }
    }

    @Override
    public void start() {
        running = true;
        Thread.ofVirtual().name("timeline").start(() -> {
            while (running) {
                try {
                    // nothing is taken before it is written: what is taken a stop would not find
                    if (news.tryAcquire(1, TimeUnit.SECONDS) || !waiting.isEmpty()) {
                        TimeUnit.MILLISECONDS.sleep(LINGER_MS); // lets a storm of repeats gather into one commit
                        news.drainPermits();
                        flush();
                    }
                } catch (InterruptedException e) {
                    return;
                } catch (RuntimeException | Error e) {
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

    /** Stops after the web server, which goes on hearing of repeats until its last request is answered. */
    @Override
    public int getPhase() {
        return DEFAULT_PHASE - 3072;
    }
}
