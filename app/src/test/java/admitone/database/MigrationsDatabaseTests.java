package admitone.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.runtime.Settings.Datasource;
import admitone.runtime.Settings.Secret;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** The service's own migrations, on a database that an earlier version has left. */
@ExtendWith(OutputCaptureExtension.class)
class MigrationsDatabaseTests {

    @Test
    void oneOfALowerNumberThatCameLaterIsMadeUp() throws SQLException {
        try (TestDatabase database = TestDatabases.empty("numbers");
                var connection = database.dataSource().getConnection();
                var statement = connection.createStatement()) {
            Datasource server =
                    new Datasource(database.jdbcUrl(), database.username(), new Secret(database.password()));
            Database.migrations(server).migrate();
            statement.execute("alter table catalog.plan drop column closed_at");
            statement.execute("delete from admitone.flyway_schema_history where version = '118'");

            var second = Database.migrations(server).migrate();

            assertThat(second.migrations).extracting(one -> one.version).containsExactly("118");
        }
    }

    /** All others would wait behind it; and who starts it would not know what for. */
    @Test
    void oneThatDoesNotGetItsTableLetsOthersGoFirstAndSaysSo(CapturedOutput output) throws SQLException {
        try (TestDatabase database = TestDatabases.empty("locked");
                var connection = database.dataSource().getConnection();
                var dump = database.dataSource().getConnection();
                var statement = connection.createStatement()) {
            Datasource server =
                    new Datasource(database.jdbcUrl(), database.username(), new Secret(database.password()));
            Database.migrations(server).migrate();
            statement.execute("alter table catalog.plan drop column closed_at");
            statement.execute("delete from admitone.flyway_schema_history where version = '118'");
            dump.setAutoCommit(false);
            dump.createStatement().execute("lock table catalog.plan in access share mode");
            AtomicInteger pauses = new AtomicInteger();

            Database.migrate(server, Duration.ofMillis(20), 9, () -> {
                if (pauses.incrementAndGet() == 3) {
                    end(dump);
                }
            });

            assertThat(pauses).hasValue(3);
            statement.execute("select closed_at from catalog.plan");
            assertThat(output).contains("a migration waits for a table that another session holds");
        }
    }

    @Test
    void theWaitForATableEnds() throws SQLException {
        try (TestDatabase database = TestDatabases.empty("locked");
                var dump = database.dataSource().getConnection();
                var statement = dump.createStatement()) {
            Datasource server =
                    new Datasource(database.jdbcUrl(), database.username(), new Secret(database.password()));
            Database.migrations(server).migrate();
            statement.execute("delete from admitone.flyway_schema_history where version = '118'");
            dump.setAutoCommit(false);
            statement.execute("lock table catalog.plan in access share mode");

            assertThatThrownBy(() -> Database.migrate(server, Duration.ofMillis(1), 3, () -> {}))
                    .isInstanceOf(DatabaseUnavailable.class)
                    .hasMessageContaining("pg_stat_activity");
        }
    }

    private static void end(Connection dump) {
        try {
            dump.rollback();
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    /** Flyway's own 50 seconds are over while another instance rewrites a large table. */
    @Test
    void whoeverComesSecondWaitsForAnHour() {
        Datasource server = new Datasource("jdbc:postgresql://localhost/none", "nobody", new Secret("none"));

        assertThat(Database.migrations(server).getConfiguration().getLockRetryCount())
                .isEqualTo(3600);
    }
}
