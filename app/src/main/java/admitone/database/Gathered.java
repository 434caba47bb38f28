package admitone.database;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Rows that a transaction writes just before it commits, because nothing in it reads them: all of a kind by one statement, and
 * the statements of all kinds in one round trip. What a write throws, the transaction throws, and rolls back.
 */
public final class Gathered<R> {
    private final JdbcTemplate template;
    private final Function<List<R>, Sql> write;

    public Gathered(JdbcTemplate template, Function<List<R>, Sql> write) {
        this.template = template;
        this.write = write;
    }

    /** Within the current transaction. Kinds are written in the order in which each was first added to. */
    public void add(R row) {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("rows are gathered within a transaction, and none is open");
        }
        Together.ofTransaction(template).add(this, row);
    }

    /** All that the current transaction has gathered. */
    private static final class Together implements TransactionSynchronization {
        private final JdbcTemplate template;
        private final Map<Gathered<?>, Rows<?>> kinds = new LinkedHashMap<>();
        private boolean sent;

        Together(JdbcTemplate template) {
            this.template = template;
        }

        static Together ofTransaction(JdbcTemplate template) {
            if (TransactionSynchronizationManager.getResource(Gathered.class) instanceof Together bound) {
                return bound;
            }
            Together together = new Together(template);
            TransactionSynchronizationManager.bindResource(Gathered.class, together);
            TransactionSynchronizationManager.registerSynchronization(together);
            return together;
        }

        @SuppressWarnings("unchecked") // put below, under this very key
        <R> void add(Gathered<R> kind, R row) {
            if (sent) {
                throw new IllegalStateException("what this transaction gathered is written already");
            }
            Rows<R> rows = (Rows<R>) kinds.computeIfAbsent(kind, _ -> new Rows<>(kind, new ArrayList<>()));
            rows.all().add(row);
        }

        @Override
        public void beforeCommit(boolean readOnly) {
            sent = true;
            RoundTrip.send(template, kinds.values().stream().map(Rows::write).toList());
        }

        @Override
        public void beforeCompletion() {
            TransactionSynchronizationManager.unbindResource(Gathered.class);
        }
    }

    private record Rows<R>(Gathered<R> kind, List<R> all) {
        Sql write() {
            return kind.write.apply(all);
        }
    }
}
