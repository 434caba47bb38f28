package admitone.database;

import admitone.runtime.SellerId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.RowMapper;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * A page of a table's rows, by key. The statement is put together from the filters that are there, and always has a key: a condition that
 * may be left out is taken to keep a third of the rows, and the plan that the server keeps for that reads all that is before each page.
 */
public final class Listing {
    private static final UUID BEYOND_IDS = new UUID(-1, -1);

    private final String table;
    private final boolean probesEachSeller;
    private final List<String> conditions = new ArrayList<>();
    private final List<Object> values = new ArrayList<>();

    private Listing(String table, boolean probesEachSeller) {
        this.table = table;
        this.probesEachSeller = probesEachSeller;
    }

    /** By an index that does not begin with the seller, or few rows. */
    public static Listing of(String table) {
        return new Listing(table, false);
    }

    public static Listing of(String table, SellerId seller) {
        return of(table).where("seller_id = ?", seller.value());
    }

    /** Of all sellers where none is given: of each, by the index that begins with the seller, as many as the page may have. */
    public static Listing of(String table, Optional<SellerId> seller) {
        return seller.map(one -> of(table, one)).orElseGet(() -> new Listing(table, true));
    }

    /** Only those for which this holds. */
    public Listing where(String condition, Object... parameters) {
        conditions.add(condition);
        values.addAll(Arrays.asList(parameters));
        return this;
    }

    /** Only those for which this holds, where a value is given. */
    public Listing whereGiven(String condition, Optional<?> parameter) {
        parameter.ifPresent(value -> where(condition, value));
        return this;
    }

    /** The greatest first: those before the key. */
    public Ordered before(List<String> columns, Object... key) {
        return new Ordered(columns, "<", " desc", key);
    }

    /** The greatest first: those before the id, or all there are. */
    public Ordered before(String column, Optional<UUID> id) {
        return before(List.of(column), id.orElse(BEYOND_IDS));
    }

    /** The least first: those after the key. */
    public Ordered after(List<String> columns, Object... key) {
        return new Ordered(columns, ">", "", key);
    }

    /** One with its order. */
    public final class Ordered {
        private final String order;

        private Ordered(List<String> columns, String relation, String direction, Object... key) {
            where(
                    "(" + String.join(", ", columns) + ") " + relation + " (" + "?, ".repeat(columns.size() - 1) + "?)",
                    key);
            this.order = " order by " + String.join(direction + ", ", columns) + direction;
        }

        public <T> List<T> page(JdbcClient jdbc, int limit, RowMapper<T> reading) {
            Sql sql = sql(limit);
            return jdbc.sql(sql.text()).params(sql.parameters()).query(reading).list();
        }

        /** The limit stands in the text: a plan for any limit is one for a tenth of the rows. */
        public Sql sql(int limit) {
            String end = order + " limit " + limit;
            String filters = String.join(" and ", conditions);
            String text = probesEachSeller
                    ? ofEachSeller(filters, end)
                    : "select * from " + table + " where " + filters + end;
            return new Sql(text, values.toArray());
        }

        private String ofEachSeller(String filters, String end) {
            return """
                    with recursive seller as (
                      (select seller_id from %s order by seller_id limit 1)
                      union all
                      select next.seller_id from seller s
                      cross join lateral (select t.seller_id from %s t where t.seller_id > s.seller_id order by t.seller_id limit 1) next)
                    select found.* from seller s
                    cross join lateral (select * from %s t where t.seller_id = s.seller_id and %s%s) found
                    %s""".formatted(table, table, table, filters, end, end);
        }
    }
}
