package admitone.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/** A database of one test or test class, until it is closed: then nobody gets another connection of it. */
public final class TestDatabase implements AutoCloseable {
    private final Clone clone;
    /** Without one it is dropped when it is closed. */
    private final @Nullable Template handsOn;

    private final ReadWriteLock opening = new ReentrantReadWriteLock();
    private boolean closed;
    private boolean wasAway;

    TestDatabase(Clone clone, @Nullable Template handsOn) {
        this.clone = clone;
        this.handsOn = handsOn;
    }

    public String jdbcUrl() {
        return clone.server().url();
    }

    public String username() {
        return clone.server().username();
    }

    public String password() {
        return clone.server().password().value();
    }

    /** As the owner of the tables. Opens a connection each time. */
    public DataSource dataSource() {
        PGSimpleDataSource source = new PGSimpleDataSource();
        source.setUrl(jdbcUrl());
        source.setUser(username());
        source.setPassword(password());
        return untilClosed(source);
    }

    /** As the owner of the tables, from a pool: tests ask so often that a connection for each question would be most of their time. */
    public DataSource owner() {
        return untilClosed(clone.owner());
    }

    /** The service's lanes to it. That its schema is there already is not looked at. */
    public DataSource lanes() {
        return untilClosed(clone.lanes());
    }

    /** Cuts all its sessions and lets nobody in, until {@link #back}. */
    public void away() {
        wasAway = true;
        TestDatabases.away(clone.name());
    }

    public void back() {
        TestDatabases.back(clone.name());
    }

    /** Hands it on to the next test, or drops it, sessions or not. */
    @Override
    public void close() {
        opening.writeLock().lock(); // who is given a connection after all has it before it is looked who has one
        try {
            if (closed) {
                return;
            }
            closed = true;
        } finally {
            opening.writeLock().unlock();
        }
        if (handsOn == null || wasAway || !handsOn.takeBack(clone)) {
            clone.drop();
        }
    }

    private DataSource untilClosed(DataSource source) {
        return new DelegatingDataSource(source) {
            @Override
            public Connection getConnection() throws SQLException {
                opening.readLock().lock();
                try {
                    if (closed) {
                        throw new SQLException("the test whose database this was is over");
                    }
                    return super.getConnection();
                } finally {
                    opening.readLock().unlock();
                }
            }
        };
    }
}
