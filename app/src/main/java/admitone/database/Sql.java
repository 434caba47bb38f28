package admitone.database;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowCallbackHandler;

/**
 * One statement over any number of rows, which come as {@link Columns#rows}.
 *
 * @param returned takes each row that the statement returns; null where it returns none
 */
public record Sql(
        String text, Object[] parameters, @Nullable RowCallbackHandler returned) {
    public Sql(String text, Object[] parameters) {
        this(text, parameters, null);
    }
}
