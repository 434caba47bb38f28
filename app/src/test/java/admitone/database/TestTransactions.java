package admitone.database;

import javax.sql.DataSource;

/** The service's own transactions, for tests of other modules. */
public final class TestTransactions {
    private TestTransactions() {}

    public static Transactions over(DataSource source) {
        return new JdbcTransactions(source);
    }
}
