package admitone.database;

import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Rows and instants as parameters and columns; instants as {@code timestamptz}, whatever the machine's time zone. */
public final class Columns {
    private static final JsonMapper JSON = JsonMapper.shared();

    private Columns() {}

    /** Parameters of a statement, absent ones among them: JdbcClient takes null, its signature does not say so. */
    @SuppressWarnings("NullAway")
    public static Object[] all(@Nullable Object... values) {
        return values;
    }

    /** The parameters of a statement that takes rows and nothing else: {@link #json}. */
    public static Object[] rows(List<Object[]> rows) {
        return new Object[] {json(rows)};
    }

    /**
     * Rows for {@code unnest(?::jsonb[]) as r}, whose first column is {@code r->>0}, to be cast where it is no text. One array of arrays, since
     * an {@code unnest} of many arrays costs the server some 50 µs for each, however few rows there are.
     */
    public static String[] json(List<Object[]> rows) {
        return rows.stream().map(Columns::json).toArray(String[]::new);
    }

    private static String json(Object[] row) {
        return JSON.writeValueAsString(Stream.of(row).map(Columns::text).toArray());
    }

    /** As rows of seller and id. */
    public static List<Object[]> keys(Map<?, SellerId> sellersById) {
        return sellersById.entrySet().stream()
                .map(one -> new Object[] {one.getValue(), one.getKey()})
                .toList();
    }

    private static @Nullable String text(@Nullable Object value) {
        return switch (value) {
            case null -> null;
            case BigDecimal number -> number.toPlainString();
            case byte[] bytes -> "\\x" + HexFormat.of().formatHex(bytes);
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
