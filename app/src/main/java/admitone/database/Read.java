package admitone.database;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowCallbackHandler;

/**
 * A question to the database, and what becomes its answer.
 *
 * @param sql null where nothing need be asked
 * @param answer empty until it was asked, by {@link Reads}
 */
public record Read<T>(@Nullable Sql sql, T answer) {
    /**
     * About any number of rows, none among them.
     *
     * @param each adds a row to the answer
     */
    public static <T> Read<T> of(String text, List<Object[]> rows, T answer, RowCallbackHandler each) {
        return new Read<>(rows.isEmpty() ? null : new Sql(text, Columns.rows(rows), each), answer);
    }
}
