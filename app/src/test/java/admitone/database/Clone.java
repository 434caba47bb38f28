package admitone.database;

import admitone.runtime.Settings.Datasource;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.lookup.AbstractRoutingDataSource;

/** A clone of a template and the pools of connections to it, which one test after the other uses: to make them takes longer than most tests. */
final class Clone {
    /** Of each pool; several databases and the shared service share the server's sixty. */
    private static final int MOST_KEPT_CONNECTIONS = 4;

    /** With what the driver has set. */
    private static final String FORGET = """
            reset session authorization; reset all; unlisten *; select pg_advisory_unlock_all();
            set extra_float_digits = 3;
            """;

    private final String name;
    private final Datasource server;
    private @Nullable Database lanes;
    private @Nullable HikariDataSource owner;

    Clone(String name, Datasource server) {
        this.name = name;
        this.server = server;
    }

    String name() {
        return name;
    }

    Datasource server() {
        return server;
    }

    synchronized DataSource lanes() {
        if (lanes == null) {
            lanes = new Database(server);
        }
        return lanes.lanes();
    }

    synchronized HikariDataSource owner() {
        if (owner == null) {
            HikariConfig config = new HikariConfig();
            config.setPoolName("owner");
            config.setJdbcUrl(server.url());
            config.setUsername(server.username());
            config.setPassword(server.password().value());
            config.setMaximumPoolSize(8);
            config.setMinimumIdle(0);
            config.setInitializationFailTimeout(-1);
            config.addDataSourceProperty("ApplicationName", "admitone-owner");
            owner = new HikariDataSource(config);
        }
        return owner;
    }

    /** Makes it as its template is. Answers whether it is: where its schema was changed or somebody still works in it, it is not. */
    boolean renew() {
        try {
            for (HikariDataSource pool : pools()) {
                forget(pool);
            }
            return JdbcClient.create(owner())
                    .sql("select public.renew()")
                    .query(Boolean.class)
                    .single();
        } catch (SQLException | RuntimeException e) {
            return false;
        }
    }

    private synchronized List<HikariDataSource> pools() {
        Stream<DataSource> all = lanes == null
                ? Stream.of()
                : ((AbstractRoutingDataSource) lanes.lanes()).getResolvedDataSources().values().stream();
        return Stream.concat(all, Stream.of(owner()))
                .map(HikariDataSource.class::cast)
                .toList();
    }

    /** The sessions become as those of new connections. Not where a connection stays in use. */
    private static void forget(HikariDataSource pool) throws SQLException {
        var counts = pool.getHikariPoolMXBean();
        String forget = FORGET + "set application_name = '"
                + pool.getDataSourceProperties().getProperty("ApplicationName") + "';"
                + Objects.requireNonNullElse(pool.getConnectionInitSql(), "");
        Awaitility.await()
                .atMost(Duration.ofMillis(200))
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> counts.getActiveConnections() == 0);
        List<Connection> idle = new ArrayList<>();
        try {
            for (int n = counts.getIdleConnections(); n > 0; n--) {
                Connection connection = pool.getConnection();
                idle.add(connection);
                try (var statement = connection.createStatement()) {
                    statement.execute(forget);
                }
            }
        } finally {
            idle.stream().skip(MOST_KEPT_CONNECTIONS).forEach(pool::evictConnection);
            for (Connection connection : idle) {
                connection.close();
            }
        }
    }

    synchronized void drop() {
        if (lanes != null) {
            lanes.close();
        }
        if (owner != null) {
            owner.close();
        }
        TestDatabases.drop(name);
    }
}
