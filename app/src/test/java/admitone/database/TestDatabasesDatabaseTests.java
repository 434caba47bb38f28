package admitone.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class TestDatabasesDatabaseTests {

    @Test
    void migratesOnceAndKeepsClassesApart() throws SQLException {
        AtomicInteger migrations = new AtomicInteger();
        TestDatabases.Migration migration = database -> {
            migrations.incrementAndGet();
            JdbcClient.create(database).sql("create table thing (id int)").update();
        };

        try (var first = TestDatabases.fresh("First class", "things", migration);
                var second = TestDatabases.fresh("Second class", "things", migration)) {
            client(first).sql("insert into thing values (1)").update();

            assertThat(things(first)).isEqualTo(1);
            assertThat(things(second)).isZero();
            assertThat(migrations).hasValue(1);
        }
    }

    @Test
    void dropsADatabaseThatIsStillInUse() throws SQLException {
        TestDatabase database = TestDatabases.empty("in use");
        DataSource source = database.dataSource();
        try (var connection = source.getConnection()) {
            assertThat(connection.isValid(1)).isTrue();

            database.close();

            assertThatThrownBy(source::getConnection).hasMessageContaining("does not exist");
        }
    }

    @Test
    void bringsTheMigrationsOfTheService() {
        try (var database = TestDatabases.fresh("migrated")) {
            assertThat(client(database)
                            .sql("select count(*) from flyway_schema_history where not success")
                            .query(Long.class)
                            .single())
                    .isZero();
        }
    }

    private static JdbcClient client(TestDatabase database) {
        return JdbcClient.create(database.dataSource());
    }

    private static long things(TestDatabase database) {
        return client(database)
                .sql("select count(*) from thing")
                .query(Long.class)
                .single();
    }
}
