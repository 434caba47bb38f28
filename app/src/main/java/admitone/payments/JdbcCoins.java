package admitone.payments;

import admitone.database.Columns;
import admitone.money.Asset;
import admitone.money.Money;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The coins of the provider's account, as last told. A reference table: they belong to no seller. */
@Repository
class JdbcCoins {
    private final JdbcClient jdbc;

    JdbcCoins(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * An enabled coin.
     *
     * @param minimum the least that can be paid in it; null: not told yet
     * @param isRefused the provider told no minimum, since it takes none now
     */
    record Known(Coin coin, @Nullable Money minimum, boolean isRefused) {}

    /** These are enabled, and no others. A name that was told once stays; only what changed is written. */
    void list(List<Coin> coins, Instant now) {
        jdbc.sql("""
                insert into payments.coin as c (code, name, network, is_enabled, ask_at)
                select r->>0, r->>1, r->>2, true, ? from unnest(?::jsonb[]) as r
                on conflict (code) do update set
                  name = coalesce(excluded.name, c.name), network = coalesce(excluded.network, c.network), is_enabled = true
                where not c.is_enabled
                  or (coalesce(excluded.name, c.name), coalesce(excluded.network, c.network)) is distinct from (c.name, c.network)
                """)
                .params(
                        Columns.at(now),
                        Columns.json(coins.stream()
                                .map(coin -> Columns.all(coin.asset(), coin.name(), coin.network()))
                                .toList()))
                .update();
        jdbc.sql("update payments.coin set is_enabled = false where is_enabled and not code = any (?)")
                .param(coins.stream().map(coin -> coin.asset().code()).toArray(String[]::new))
                .update();
    }

    List<Known> enabled() {
        return jdbc.sql("select * from payments.coin where is_enabled order by code")
                .query(JdbcCoins::read)
                .list();
    }

    /** One whose minimum is to be asked for; nobody else is told of it until {@code again}. */
    Optional<Asset> claimDue(Instant now, Instant again) {
        return jdbc.sql("""
                update payments.coin set ask_at = ?
                where code = (select code from payments.coin where is_enabled and ask_at <= ?
                  order by ask_at, code limit 1 for update skip locked)
                returning code
                """)
                .params(Columns.at(again), Columns.at(now))
                .query((row, n) -> new Asset(row.getString("code")))
                .optional();
    }

    void minimum(Asset coin, Money minimum, Instant again) {
        jdbc.sql(
                        "update payments.coin set minimum_units = ?, minimum_asset = ?, refused = null, ask_at = ? where code = ?")
                .params(new BigDecimal(minimum.units()), minimum.asset().code(), Columns.at(again), coin.code())
                .update();
    }

    /** What was told before holds. */
    void notTold(Asset coin, Instant again) {
        jdbc.sql("update payments.coin set refused = null, ask_at = ? where code = ?")
                .params(Columns.at(again), coin.code())
                .update();
    }

    void refused(Asset coin, String why, Instant again) {
        jdbc.sql("update payments.coin set refused = ?, ask_at = ? where code = ?")
                .params(why, Columns.at(again), coin.code())
                .update();
    }

    private static Known read(ResultSet row, int n) throws SQLException {
        @Nullable BigDecimal units = row.getBigDecimal("minimum_units");
        return new Known(
                new Coin(new Asset(row.getString("code")), row.getString("name"), row.getString("network")),
                units == null ? null : new Money(units.toBigIntegerExact(), new Asset(row.getString("minimum_asset"))),
                row.getString("refused") != null);
    }
}
