package admitone.acceptance;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Map;

/** A PostgreSQL that no service brought, as an operator of several instances runs one. */
final class SharedPostgres implements AutoCloseable {
    private static final String OWNER = "postgres";

    private final EmbeddedPostgres server;

    private SharedPostgres(EmbeddedPostgres server) {
        this.server = server;
    }

    static SharedPostgres start() {
        try {
            return new SharedPostgres(EmbeddedPostgres.builder()
                    .setServerConfig("max_connections", "200")
                    .setServerConfig("fsync", "on")
                    .start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a service needs to know of it. */
    Map<String, String> settings() {
        return Map.of("SPRING_DATASOURCE_URL", url(), "SPRING_DATASOURCE_USERNAME", OWNER);
    }

    Connection connect() throws SQLException {
        return DriverManager.getConnection(url(), OWNER, "");
    }

    private String url() {
        return server.getJdbcUrl(OWNER, "postgres");
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
