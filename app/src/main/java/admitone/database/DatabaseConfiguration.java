package admitone.database;

import admitone.runtime.Loop;
import admitone.runtime.Settings;
import admitone.runtime.SteadyClock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import javax.sql.DataSource;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

@Configuration
class DatabaseConfiguration {
    private static final Duration MEASURE_EVERY = Duration.ofMinutes(1);

    @Bean
    Database database(Settings settings) {
        return Database.open(settings);
    }

    @Bean
    DataSource dataSource(Database database) {
        return database.lanes();
    }

    @Bean
    JdbcTemplate jdbcTemplate(DataSource dataSource) {
        return new JdbcTemplate(dataSource);
    }

    @Bean
    JdbcClient jdbcClient(JdbcTemplate template) {
        return JdbcClient.create(template);
    }

    @Bean
    Transactions transactions(DataSource dataSource) {
        return new JdbcTransactions(dataSource);
    }

    /** Several instances decide about the same rows: the database's clock is the one they agree on. */
    @Bean
    Loop clockOffset(JdbcClient jdbc, SteadyClock clock) {
        return Loop.start("clock-offset", MEASURE_EVERY, () -> {
            Instant before = Instant.now();
            Instant there = jdbc.sql("select clock_timestamp() as at")
                    .query((row, n) -> row.getObject("at", OffsetDateTime.class).toInstant())
                    .single();
            Instant here = before.plus(Duration.between(before, Instant.now()).dividedBy(2));
            clock.offsetToDatabase(Duration.between(here, there));
        });
    }
}
