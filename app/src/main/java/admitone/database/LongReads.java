package admitone.database;

import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Checks over whole tables, which may take longer than the seconds after which any other connection is given up. Outside of transactions. */
public final class LongReads {
    /** For the server to say that it has ended what took too long. */
    private static final Duration ANSWERED_WITHIN = Duration.ofSeconds(30);

    private final JdbcTemplate template;

    public LongReads(JdbcTemplate template) {
        this.template = template;
    }

    /** On one connection of the lists' lane; each statement is ended after {@code limit}, in whole seconds. */
    public <T> T within(Duration limit, Function<JdbcClient, T> reading) {
        return Lane.LISTS.run(() -> Objects.requireNonNull(template.execute((ConnectionCallback<T>) connection -> {
            // the pool sets it back
            connection.setNetworkTimeout(
                    Runnable::run, Math.toIntExact(limit.plus(ANSWERED_WITHIN).toMillis()));
            JdbcTemplate patient = new JdbcTemplate(new SingleConnectionDataSource(connection, true));
            patient.setQueryTimeout(Math.toIntExact(limit.toSeconds()));
            return reading.apply(JdbcClient.create(patient));
        })));
    }
}
