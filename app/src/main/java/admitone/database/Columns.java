package admitone.database;

import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Instants as parameters and columns of {@code timestamptz}, whatever the machine's time zone. */
public final class Columns {
    private Columns() {}

    /** Parameters of a statement, absent ones among them: JdbcClient takes null, its signature does not say so. */
    @SuppressWarnings("NullAway")
    public static Object[] all(@Nullable Object... values) {
        return values;
    }

    /**
     * Rows as columns, for {@code unnest(?::text[], …)}: each a {@code String[]}, which the cast reads, or a {@code byte[][]}. All rows are
     * equally long, and there is one at least.
     */
    public static Object[] arrays(List<Object[]> rows) {
        Object[] columns = new Object[rows.getFirst().length];
        for (int column = 0; column < columns.length; column++) {
            int at = column;
            columns[column] = rows.getFirst()[column] instanceof byte[]
                    ? rows.stream().map(row -> (byte[]) row[at]).toArray(byte[][]::new)
                    : rows.stream().map(row -> text(row[at])).toArray(String[]::new);
        }
        return columns;
    }

    private static @Nullable String text(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case BigDecimal number -> number.toPlainString();
            default -> value.toString();
        };
    }

    public static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }

    public static @Nullable OffsetDateTime atOrNull(@Nullable Instant instant) {
        return instant == null ? null : at(instant);
    }

    public static Instant instant(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    public static @Nullable Instant instantOrNull(ResultSet row, String column) throws SQLException {
        @Nullable OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }
}
