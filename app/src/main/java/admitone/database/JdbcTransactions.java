package admitone.database;

import admitone.runtime.SellerId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.DefaultTransactionStatus;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Transactions over JDBC. A warning or an error at COMMIT counts as not knowing, since the server may have done it. */
final class JdbcTransactions implements Transactions {
    private final TransactionTemplate template;

    JdbcTransactions(DataSource dataSource) {
        this.template = new TransactionTemplate(new Manager(dataSource));
    }

    @Override
    public <T> T run(SellerId seller, Supplier<T> work) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("a transaction of seller " + seller + " was begun inside another");
        }
        T result = template.execute(status -> work.get());
        if (result == null) {
            throw new IllegalStateException("the work of a transaction must return a value");
        }
        return result;
    }

    private static final class Manager extends JdbcTransactionManager {
        Manager(DataSource dataSource) {
            super(dataSource);
        }

        @Override
        protected void doCommit(DefaultTransactionStatus status) {
            @SuppressWarnings("NullAway") // begun by this manager, so the connection is there
            Connection connection = ((org.springframework.jdbc.datasource.JdbcTransactionObjectSupport)
                            status.getTransaction())
                    .getConnectionHolder()
                    .getConnection();
            try {
                connection.clearWarnings();
                connection.commit();
                SQLWarning warning = connection.getWarnings();
                if (warning != null) {
                    throw new UnknownCommit("COMMIT ended with a warning: " + warning.getMessage(), warning);
                }
            } catch (SQLException e) {
                throw new UnknownCommit("COMMIT ended with an error: " + e.getMessage(), e);
            }
        }
    }
}
