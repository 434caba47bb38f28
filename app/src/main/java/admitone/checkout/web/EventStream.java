package admitone.checkout.web;

import admitone.checkout.StatusWords.Asker;
import admitone.messaging.Language;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * What is to be said on one stream. The thread that writes waits here, whoever brings news never does; news that comes while the
 * writer is busy replaces what was not said yet, so a slow reader costs nothing.
 */
final class EventStream {
    private final String asked;
    private final String orderId;
    private final Asker asker;
    private final Language language;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition news = lock.newCondition();
    private StatusAnswer newest;
    private @Nullable StatusAnswer said;
    private boolean over;

    /**
     * @param asked the id that the reader knows the purchase by
     * @param orderId the purchase that is watched
     * @param seen the reader has {@code newest} already
     */
    EventStream(String asked, String orderId, Asker asker, Language language, StatusAnswer newest, boolean seen) {
        this.asked = asked;
        this.orderId = orderId;
        this.asker = asker;
        this.language = language;
        this.newest = newest;
        this.said = seen ? newest : null;
    }

    sealed interface Next {
        record Say(StatusAnswer answer) implements Next {}

        record Beat() implements Next {}

        record End() implements Next {}
    }

    /** Waits for news, at most so long. */
    Next next(Duration atMost) throws InterruptedException {
        lock.lock();
        try {
            long left = atMost.toNanos();
            while (!over && newest.equals(said) && left > 0) {
                left = news.awaitNanos(left);
            }
            if (over) {
                return new Next.End();
            }
            if (newest.equals(said)) {
                return new Next.Beat();
            }
            said = newest;
            return new Next.Say(newest);
        } finally {
            lock.unlock();
        }
    }

    void tell(StatusAnswer answer) {
        lock.lock();
        try {
            newest = answer;
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Nothing more is said, not even what is still to say. */
    void end() {
        lock.lock();
        try {
            over = true;
            news.signal();
        } finally {
            lock.unlock();
        }
    }

    String asked() {
        return asked;
    }

    String orderId() {
        return orderId;
    }

    Asker asker() {
        return asker;
    }

    Language language() {
        return language;
    }
}
