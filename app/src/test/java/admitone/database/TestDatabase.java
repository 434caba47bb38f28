package admitone.database;

import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A database of one test class. Closing drops it, sessions or not. */
public record TestDatabase(String name, String jdbcUrl, String username, String password) implements AutoCloseable {

    /** Opens a connection each time; a test that needs a pool puts one around it. */
    public DataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(jdbcUrl);
        source.setUser(username);
        source.setPassword(password);
        return source;
    }

    /** Cuts all its sessions and lets nobody in, until {@link #back}. */
    public void away() {
        TestDatabases.away(name);
    }

    public void back() {
        TestDatabases.back(name);
    }

    @Override
    public void close() {
        TestDatabases.drop(name);
    }
}
