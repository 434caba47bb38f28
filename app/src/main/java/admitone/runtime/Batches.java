package admitone.runtime;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Does at once what many callers ask for at the same moment. Nobody waits for company: a caller that finds a place free goes
 * ahead with what has gathered, which may be its own request alone; while it works, the next batch gathers. A batch that fails is
 * redone one by one, so that nobody's fault is another's.
 */
public final class Batches<I, O> {
    private static final Logger log = LoggerFactory.getLogger(Batches.class);

    private final int mostInOne;
    private final Function<List<I>, List<Optional<O>>> together;
    private final Function<I, O> alone;
    private final Predicate<RuntimeException> isEverybodys;
    private final Semaphore places;
    private final Queue<Waiting<I, O>> queue = new ConcurrentLinkedQueue<>();

    private record Waiting<I, O>(I item, CompletableFuture<O> result) {}

    /**
     * @param mostInOne items in one batch
     * @param atOnce batches under way at the same time
     * @param together answers for each item of a batch, in turn; empty for one that is to be done alone
     * @param alone answers for one item
     * @param isEverybodys failures of a batch that each of it would meet too: not redone, all its callers get them
     */
    public Batches(
            int mostInOne,
            int atOnce,
            Function<List<I>, List<Optional<O>>> together,
            Function<I, O> alone,
            Predicate<RuntimeException> isEverybodys) {
        this.mostInOne = mostInOne;
        this.together = together;
        this.alone = alone;
        this.isEverybodys = isEverybodys;
        this.places = new Semaphore(atOnce);
    }

    /** The answer for one item; waits for its batch. */
    public O of(I item) {
        var mine = new Waiting<I, O>(item, new CompletableFuture<>());
        queue.add(mine);
        if (places.tryAcquire()) {
            doOne();
        }
        try {
            return mine.result().join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** How many wait for a batch to begin with them. */
    public int waiting() {
        return queue.size();
    }

    /** Holding a place. */
    private void doOne() {
        try {
            List<Waiting<I, O>> batch = next();
            if (!batch.isEmpty()) {
                answer(batch);
            }
        } finally {
            places.release();
            // who asked while all places were taken counts on this; the next batch is nobody's own, least of all ours
            if (!queue.isEmpty() && places.tryAcquire()) {
                Thread.ofVirtual().name("batch").start(this::doOne);
            }
        }
    }

    private List<Waiting<I, O>> next() {
        List<Waiting<I, O>> batch = new ArrayList<>();
        Waiting<I, O> one;
        while (batch.size() < mostInOne && (one = queue.poll()) != null) {
            batch.add(one);
        }
        return batch;
    }

    private void answer(List<Waiting<I, O>> batch) {
        try {
            List<Optional<O>> answers =
                    together.apply(batch.stream().map(Waiting::item).toList());
            if (answers.size() != batch.size()) {
                throw new IllegalStateException(batch.size() + " items were answered " + answers.size() + " times");
            }
            for (int i = 0; i < batch.size(); i++) {
                var one = batch.get(i);
                answers.get(i).ifPresentOrElse(one.result()::complete, () -> aside(one));
            }
        } catch (RuntimeException e) {
            if (isEverybodys.test(e)) {
                batch.forEach(one -> one.result().completeExceptionally(e));
            } else {
                log.debug("a batch of {} failed and is redone one by one: {}", batch.size(), e.toString());
                batch.forEach(this::aside);
            }
        } catch (Error e) {
            batch.forEach(one -> one.result().completeExceptionally(e));
            throw e;
        }
    }

    /** One that may have to wait, which the next batch should not. */
    private void aside(Waiting<I, O> one) {
        Thread.ofVirtual().name("alone").start(() -> answerAlone(one));
    }

    /** Whatever it comes to: who waits must not wait for ever. */
    private void answerAlone(Waiting<I, O> one) {
        try {
            one.result().complete(alone.apply(one.item()));
        } catch (RuntimeException e) {
            one.result().completeExceptionally(e);
        } catch (Error e) {
            one.result().completeExceptionally(e);
            throw e;
        }
    }
}
