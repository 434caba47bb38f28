package admitone.database;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.RowMapper;

/**
 * One {@code insert} of many rows that tells which of them were new. Rows go in powers of two, so that the server plans and keeps
 * a few statements and not one for each number of rows.
 */
public final class MultiRow {
    private static final int MOST = 128;

    private MultiRow() {}

    /**
     * @param head up to and with {@code values}
     * @param tuple one row's parameters, such as {@code (?, ?)}
     * @param tail from {@code on conflict} to what is returned
     */
    public static <T> List<T> insert(
            JdbcTemplate template, String head, String tuple, String tail, List<Object[]> rows, RowMapper<T> returned) {
        List<T> all = new ArrayList<>(rows.size());
        for (int from = 0; from < rows.size(); ) {
            int size = Math.min(MOST, Integer.highestOneBit(rows.size() - from));
            List<Object> parameters = new ArrayList<>();
            rows.subList(from, from + size).forEach(row -> Collections.addAll(parameters, row));
            String sql = head + " " + String.join(", ", Collections.nCopies(size, tuple)) + " " + tail;
            all.addAll(template.query(sql, returned, parameters.toArray()));
            from += size;
        }
        return all;
    }
}
