package admitone.database;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Rows that a transaction writes just before it commits, all of a kind at once, because nothing in it reads them. What a write
 * throws, the transaction throws, and rolls back.
 */
public final class Gathered<R> {
    private final Consumer<List<R>> write;

    public Gathered(Consumer<List<R>> write) {
        this.write = write;
    }

    /** Within the current transaction. Kinds are written in the order in which each was first added to. */
    public void add(R row) {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("rows are gathered within a transaction, and none is open");
        }
        rows().add(row);
    }

    @SuppressWarnings("unchecked") // bound below, under this very key
    private List<R> rows() {
        Object bound = TransactionSynchronizationManager.getResource(this);
        if (bound != null) {
            return (List<R>) bound;
        }
        List<R> rows = new ArrayList<>();
        TransactionSynchronizationManager.bindResource(this, rows);
        TransactionSynchronizationManager.registerSynchronization(new TransactionSynchronization() {
            @Override
            public void beforeCommit(boolean readOnly) {
                write.accept(rows);
            }

            @Override
            public void beforeCompletion() {
                TransactionSynchronizationManager.unbindResource(Gathered.this);
            }
        });
        return rows;
    }
}
