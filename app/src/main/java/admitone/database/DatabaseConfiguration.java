package admitone.database;

import admitone.runtime.Loop;
import admitone.runtime.Settings;
import admitone.runtime.SteadyClock;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Optional;
import javax.sql.DataSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;

@Configuration
class DatabaseConfiguration {
    private static final Duration MEASURE_EVERY = Duration.ofMinutes(1);
    private static final Duration TELLS_NOTHING = Duration.ofMillis(200);

    /** Whoever starts the service may have begun to open it. */
    @Bean
    Database database(Settings settings, ObjectProvider<OpeningDatabase> opening) {
        OpeningDatabase begun = opening.getIfAvailable();
        return begun == null ? Database.open(settings) : begun.await();
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
    Reads reads(JdbcTemplate template) {
        return new Reads(template);
    }

    @Bean
    Transactions transactions(DataSource dataSource) {
        return new JdbcTransactions(dataSource);
    }

    /** Several instances decide about the same rows: the database's clock is the one they agree on. */
    @Bean
    Loop clockOffset(JdbcClient jdbc, SteadyClock clock) {
        return Loop.start("clock-offset", MEASURE_EVERY, () -> measure(jdbc).ifPresent(clock::offsetToDatabase));
    }

    /** The database's clock against this machine's; empty when the answer took so long that it tells nothing. */
    private static Optional<Duration> measure(JdbcClient jdbc) {
        Instant before = Instant.now();
        long asked = System.nanoTime();
        Instant there = jdbc.sql("select clock_timestamp() as at")
                .query((row, n) -> row.getObject("at", OffsetDateTime.class).toInstant())
                .single();
        Duration roundTrip = Duration.ofNanos(System.nanoTime() - asked);
        // a machine that slept in between shows in its wall clock, not in the round trip
        Duration wall = Duration.between(before, Instant.now());
        if (roundTrip.compareTo(TELLS_NOTHING) > 0 || wall.compareTo(TELLS_NOTHING) > 0) {
            return Optional.empty();
        }
        return Optional.of(Duration.between(before.plus(roundTrip.dividedBy(2)), there));
    }
}
