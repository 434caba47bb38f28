package admitone.database;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.RowCallbackHandler;

/**
 * One statement over any number of rows, which come as columns: {@link Columns#arrays}.
 *
 * @param returned takes each row that the statement returns; null where it returns none
 */
public record Write(
        String sql, Object[] parameters, @Nullable RowCallbackHandler returned) {
    public Write(String sql, Object[] parameters) {
        this(sql, parameters, null);
    }
}
