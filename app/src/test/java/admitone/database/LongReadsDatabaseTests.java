package admitone.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.Core;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.AbstractDataSource;

@TestInstance(Lifecycle.PER_CLASS)
class LongReadsDatabaseTests {
    private static final String LONG = "select pg_sleep(0.6)::text";

    private final Core core = Core.start("long-reads");

    @AfterAll
    void stop() {
        core.close();
    }

    @Test
    void readsForLongerThanAConnectionIsWaitedFor() {
        JdbcTemplate impatient = new JdbcTemplate(new AbstractDataSource() {
            @Override
            public Connection getConnection() throws SQLException {
                Connection connection = core.connection();
                connection.setNetworkTimeout(Runnable::run, 200);
                return connection;
            }

            @Override
            public Connection getConnection(String username, String password) throws SQLException {
                return getConnection();
            }
        });

        assertThatThrownBy(() -> JdbcClient.create(impatient)
                        .sql(LONG)
                        .query(String.class)
                        .single())
                .isInstanceOf(DataAccessException.class);
        assertThat(new LongReads(impatient)
                        .<String>within(
                                Duration.ofMinutes(1),
                                jdbc -> jdbc.sql(LONG).query(String.class).single()))
                .isEmpty();
    }

    @Test
    void changesNothingAndLeavesTheConnectionAsItWas() {
        LongReads reads = core.bean(LongReads.class);
        JdbcTemplate template = core.bean(JdbcTemplate.class);

        for (int i = 0; i < 5; i++) {
            assertThat(reads.<String>within(
                            Duration.ofMinutes(1),
                            jdbc -> jdbc.sql(
                                            "select current_setting('application_name') || current_setting('transaction_read_only')")
                                    .query(String.class)
                                    .single()))
                    .isEqualTo("admitone-listson");
            assertThat(Lane.LISTS.<Integer>run(() -> template.execute(Connection::getNetworkTimeout)))
                    .isEqualTo(30_000);
        }
    }
}
