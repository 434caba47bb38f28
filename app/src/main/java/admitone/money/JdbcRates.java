package admitone.money;

import admitone.database.Columns;
import java.time.Instant;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The newest rate of each asset. A reference table: rates belong to no seller. */
@Repository
class JdbcRates {
    private final JdbcClient jdbc;

    JdbcRates(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    void save(Rate rate) {
        jdbc.sql("""
                insert into money.rate (asset, usd, at, source) values (?, ?, ?, ?)
                on conflict (asset) do update set usd = excluded.usd, at = excluded.at, source = excluded.source
                """)
                .params(rate.from().code(), rate.usd(), Columns.at(rate.at()), rate.source())
                .update();
    }

    List<Rate> since(Instant earliest) {
        return jdbc.sql("select asset, usd, at, source from money.rate where at >= ?")
                .param(Columns.at(earliest))
                .query((row, n) -> new Rate(
                        new Asset(row.getString("asset")),
                        row.getBigDecimal("usd"),
                        Columns.instant(row, "at"),
                        row.getString("source")))
                .list();
    }
}
