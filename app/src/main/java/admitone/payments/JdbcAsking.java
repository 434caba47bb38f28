package admitone.payments;

import admitone.database.Columns;
import admitone.database.Transactions;
import admitone.runtime.SellerId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The turns of one table, kept in its columns {@code next_ask_at} and {@code asked}. */
final class JdbcAsking implements AskedAbout {
    private final JdbcClient jdbc;
    private final Transactions transactions;
    private final String table;
    private final String id;
    private final String goesOn;
    private final String first;

    /**
     * @param id the column that with the seller is the table's key
     * @param goesOn the condition under which a row is asked about once more
     * @param first the order in which rows are asked about whose turn it is
     */
    JdbcAsking(JdbcClient jdbc, Transactions transactions, String table, String id, String goesOn, String first) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.table = table;
        this.id = id;
        this.goesOn = goesOn;
        this.first = first;
    }

    @Override
    public List<ToAsk> dueForAsking(Instant now, int limit) {
        return jdbc.sql(of("""
                select seller_id, {id}, asked, created_at from {table}
                where next_ask_at <= ? order by {first} limit ?
                """))
                .params(Columns.at(now), limit)
                .query((row, n) -> new ToAsk(
                        new SellerId(row.getString("seller_id")),
                        row.getString(id),
                        row.getInt("asked"),
                        Columns.instant(row, "created_at")))
                .list();
    }

    @Override
    public boolean claimAsking(ToAsk toAsk, @Nullable Instant next) {
        return transactions.run(
                toAsk.seller(),
                () -> jdbc.sql(of("""
                        update {table} set asked = asked + 1, next_ask_at = case when {goesOn} then ?::timestamptz end
                        where seller_id = ? and {id} = ? and asked = ? and next_ask_at is not null
                        """))
                                .params(Columns.all(
                                        Columns.atOrNull(next), toAsk.seller().value(), toAsk.id(), toAsk.asked()))
                                .update()
                        == 1);
    }

    @Override
    public void notAnswered(ToAsk toAsk, Instant next) {
        transactions.run(toAsk.seller(), () -> {
            jdbc.sql(of("""
                    update {table} set asked = ?, next_ask_at = ?
                    where seller_id = ? and {id} = ? and asked = ? and next_ask_at is not null
                    """))
                    .params(toAsk.asked(), Columns.at(next), toAsk.seller().value(), toAsk.id(), toAsk.asked() + 1)
                    .update();
        });
    }

    @Override
    public long count() {
        return jdbc.sql(of("select count(*) from {table} where next_ask_at is not null"))
                .query(Long.class)
                .single();
    }

    @Override
    public void askAll(Instant now) {
        List<SellerId> sellers = jdbc.sql(of("select distinct seller_id from {table} where next_ask_at is not null"))
                .query((row, n) -> new SellerId(row.getString("seller_id")))
                .list();
        for (SellerId seller : sellers) {
            transactions.run(seller, () -> {
                jdbc.sql(of("""
                        update {table} set next_ask_at = ?, asked = 0
                        where seller_id = ? and next_ask_at is not null
                        """)).params(Columns.at(now), seller.value()).update();
            });
        }
    }

    private String of(String sql) {
        return sql.replace("{table}", table)
                .replace("{id}", id)
                .replace("{goesOn}", goesOn)
                .replace("{first}", first);
    }
}
