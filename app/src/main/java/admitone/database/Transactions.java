package admitone.database;

import admitone.runtime.SellerId;
import java.util.Collection;
import java.util.function.Supplier;
import org.springframework.transaction.TransactionSystemException;

/** The one door to writing. A transaction belongs to one seller and never spans a call to the outside. */
public interface Transactions {
    /**
     * Runs {@code work} and commits what it wrote.
     *
     * @throws UnknownCommit when COMMIT was sent and its outcome is not known: read again by key before doing anything
     */
    <T> T run(SellerId seller, Supplier<T> work);

    default void run(SellerId seller, Runnable work) {
        run(seller, () -> {
            work.run();
            return true;
        });
    }

    /** Runs {@code work} for several sellers in one commit, where their rows live on one node; on a single PostgreSQL they all do. */
    default <T> T runTogether(Collection<SellerId> sellers, Supplier<T> work) {
        return run(sellers.iterator().next(), work);
    }

    default void runTogether(Collection<SellerId> sellers, Runnable work) {
        run(sellers.iterator().next(), work);
    }

    /** COMMIT was sent, and whether it took effect is not known. Spring's own kind: after any other it would roll back, and tell of that. */
    final class UnknownCommit extends TransactionSystemException {
        public UnknownCommit(String what, Throwable cause) {
            super(what, cause);
        }
    }
}
