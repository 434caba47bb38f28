package admitone.database;

import java.util.List;
import java.util.stream.Stream;
import org.springframework.jdbc.core.JdbcTemplate;

/** Asks what does not depend on each other in one round trip. */
public final class Reads {
    private final JdbcTemplate template;

    public Reads(JdbcTemplate template) {
        this.template = template;
    }

    /** One after the other: where the first waits for a lock, those after it see what was committed meanwhile. */
    public void together(Read<?>... reads) {
        List<Sql> asked =
                Stream.of(reads).flatMap(read -> Stream.ofNullable(read.sql())).toList();
        if (!asked.isEmpty()) {
            RoundTrip.send(template, asked);
        }
    }

    public <T> T one(Read<T> read) {
        together(read);
        return read.answer();
    }
}
