package admitone.database;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.runtime.Settings.Datasource;
import admitone.runtime.Settings.Secret;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** The service's own migrations, on a database that an earlier version has left. */
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

    /** Flyway's own 50 seconds are over while another instance rewrites a large table. */
    @Test
    void whoeverComesSecondWaitsForAnHour() {
        Datasource server = new Datasource("jdbc:postgresql://localhost/none", "nobody", new Secret("none"));

        assertThat(Database.migrations(server).getConfiguration().getLockRetryCount())
                .isEqualTo(3600);
    }
}
