package admitone.database;

import admitone.runtime.Settings;
import admitone.runtime.Settings.Datasource;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/** The PostgreSQL in use: the embedded one, or one that somebody else runs. Migrates as owner, then works as a role that may only insert into journal and timeline. */
public final class Database implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(Database.class);

    private static final Duration CONNECT_WITHIN = Duration.ofMillis(1500);
    /** While another instance migrates, which takes its time on a large database. */
    private static final int WAITS_FOR_ANOTHER_SECONDS = 3600;

    /** Whoever waits for a lock lets all wait behind them, those of an instance that runs too: so not for long, and then once more. */
    private static final Duration LOCKED_WITHIN = Duration.ofSeconds(5);

    private static final Duration LOCKED_AGAIN_AFTER = Duration.ofSeconds(5);
    private static final int MOST_TRIES_TO_LOCK = 360;

    /** SQLSTATE: it was not to be had in time, or two waited for each other. */
    private static final String NO_LOCK = "55P03|40P01";

    /** SQLSTATE class 08 is no connection, 28 a refused sign-in, 3D an unknown database. */
    private static final String UNREACHABLE = "(08|28|3D).*";

    private static final String APP_ROLE = "admitone_app";
    private static final String READ_ONLY = "set default_transaction_read_only = on; ";
    /** Plans are kept for as long as the connection lives: one made while a table is empty must not read all of it when it has grown. */
    private static final String BY_KEY = "set enable_seqscan = off";

    private final List<AutoCloseable> owned = new ArrayList<>();
    private final DataSource lanes;
    private @Nullable String files;

    /** Of a server whose database has this version's schema. */
    Database(Datasource server) {
        Map<Object, Object> pools = Map.of(
                Lane.INTAKE, pool(server, Lane.INTAKE, 8, "set lock_timeout = '300ms'; " + BY_KEY),
                Lane.READS, pool(server, Lane.READS, 4, READ_ONLY + BY_KEY),
                Lane.LISTS, pool(server, Lane.LISTS, 4, READ_ONLY),
                Lane.WATCH, pool(server, Lane.WATCH, 1, "set lock_timeout = '10s'; " + BY_KEY),
                Lane.WORK, pool(server, Lane.WORK, 10, "set lock_timeout = '10s'; " + BY_KEY));
        AbstractRoutingDataSource routing = new AbstractRoutingDataSource() {
            @Override
            protected Object determineCurrentLookupKey() {
                return Lane.current();
            }
        };
        routing.setTargetDataSources(pools);
        routing.afterPropertiesSet();
        this.lanes = routing;
    }

    /**
     * Opens and migrates the database that the settings name; without one, starts the embedded server.
     *
     * @throws DatabaseUnavailable saying what to do
     */
    public static Database open(Settings settings) {
        if (settings.datasource().isPresent()) {
            return migrated(settings.datasource().get());
        }
        EmbeddedPostgres server = EmbeddedPostgres.start(settings.dataDir());
        try {
            Database database = migrated(
                    new Datasource(server.jdbcUrl(), server.username(), new Settings.Secret(server.password())));
            database.owned.addFirst(server);
            database.files = server.files();
            return database;
        } catch (RuntimeException e) {
            server.close();
            throw e;
        }
    }

    /** Connections by the lane of the calling thread. */
    public DataSource lanes() {
        return lanes;
    }

    /** Which copy of an embedded server's files is served; empty for a server that somebody else runs. */
    public Optional<String> files() {
        return Optional.ofNullable(files);
    }

    private static Database migrated(Datasource server) {
        migrate(server);
        return new Database(server);
    }

    static Flyway migrations(Datasource server) {
        return migrations(server, LOCKED_WITHIN);
    }

    private static Flyway migrations(Datasource server, Duration lockedWithin) {
        return Flyway.configure()
                .dataSource(server.url(), server.username(), server.password().value())
                .initSql("set lock_timeout = '" + lockedWithin.toMillis() + "ms'")
                .locations("classpath:db/migration")
                .defaultSchema("admitone")
                .createSchemas(true)
                .failOnMissingLocations(true)
                .lockRetryCount(WAITS_FOR_ANOTHER_SECONDS)
                .outOfOrder(true) // each module has numbers of its own, and one of a lower number may come later
                .load();
    }

    /** A migration that does not get its locks was rolled back as a whole, and is tried again; {@code pause} is between two tries. */
    static void migrate(Datasource server, Duration lockedWithin, int mostTries, Runnable pause) {
        Flyway migrations = migrations(server, lockedWithin);
        for (int tries = 1; ; tries++) {
            try {
                migrations.migrate();
                return;
            } catch (FlywayException e) {
                if (!hasState(e, NO_LOCK)) {
                    throw e;
                }
                if (tries == mostTries) {
                    throw new DatabaseUnavailable(
                            "The database " + server + " cannot be brought to this version's schema: other sessions"
                                    + " hold a table of it (" + reason(e) + "). pg_stat_activity says who,"
                                    + " such as a dump or a vacuum: end it, or wait for its end, and start again.",
                            e);
                }
                log.warn(
                        "a migration waits for a table that another session holds, such as a dump or a vacuum ({}; pg_stat_activity says"
                                + " who), tried again in {}",
                        reason(e),
                        LOCKED_AGAIN_AFTER);
                pause.run();
            }
        }
    }

    private static void migrate(Datasource server) {
        try {
            migrate(
                    server,
                    LOCKED_WITHIN,
                    MOST_TRIES_TO_LOCK,
                    () -> LockSupport.parkNanos(LOCKED_AGAIN_AFTER.toNanos()));
        } catch (FlywayException e) {
            if (isUnreachable(e)) {
                throw new DatabaseUnavailable(
                        "The database " + server + " cannot be reached: " + reason(e)
                                + ". Is it running, and are SPRING_DATASOURCE_URL, _USERNAME and _PASSWORD right?",
                        e);
            }
            throw new DatabaseUnavailable(
                    "The database " + server + " cannot be brought to this version's schema: " + reason(e)
                            + ". User " + server.username() + " must be able to connect, to create schemas and, once,"
                            + " the role " + APP_ROLE + "; without the right to make roles, have a DBA run:"
                            + " create role " + APP_ROLE + " nologin; grant " + APP_ROLE + " to " + server.username()
                            + ";",
                    e);
        }
    }

    private static boolean isUnreachable(Throwable thrown) {
        return hasState(thrown, UNREACHABLE);
    }

    private static boolean hasState(Throwable thrown, String states) {
        for (Throwable e = thrown; e != null; e = e.getCause()) {
            if (e instanceof SQLException sql
                    && String.valueOf(sql.getSQLState()).matches(states)) {
                return true;
            }
        }
        return false;
    }

    static String reason(Throwable thrown) {
        for (Throwable e = thrown; e != null; e = e.getCause()) {
            if (e instanceof SQLException) {
                return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            }
        }
        return String.valueOf(thrown.getMessage()).lines().findFirst().orElse("");
    }

    private HikariDataSource pool(Datasource server, Lane lane, int size, String sessionSetting) {
        HikariConfig config = new HikariConfig();
        config.setPoolName(lane.name().toLowerCase(java.util.Locale.ROOT));
        config.setJdbcUrl(server.url());
        config.setUsername(server.username());
        config.setPassword(server.password().value());
        config.setMaximumPoolSize(size);
        config.setMinimumIdle(Math.min(2, size));
        config.setConnectionTimeout(CONNECT_WITHIN.toMillis());
        config.setInitializationFailTimeout(CONNECT_WITHIN.toMillis() * 4);
        // an instance that sleeps inside a transaction must not hold its locks against the others
        config.setConnectionInitSql(
                "set role " + APP_ROLE + "; set idle_in_transaction_session_timeout = '10s'; " + sessionSetting);
        config.addDataSourceProperty("ApplicationName", "admitone-" + config.getPoolName());
        config.addDataSourceProperty("reWriteBatchedInserts", "true");
        config.addDataSourceProperty("socketTimeout", "30");
        config.addDataSourceProperty("connectTimeout", "2");
        HikariDataSource pool = new HikariDataSource(config);
        owned.add(pool);
        return pool;
    }

    @Override
    public void close() {
        for (AutoCloseable resource : owned.reversed()) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException("the database could not be closed", e);
            }
        }
    }
}
