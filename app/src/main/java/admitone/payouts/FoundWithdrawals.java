package admitone.payouts;

import admitone.database.Columns;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.payouts.PayoutProvider.Seen;
import admitone.payouts.PayoutProvider.Status;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What the provider said of withdrawals that the record lacks, and as what they are booked. */
@Repository
class FoundWithdrawals {
    private final JdbcClient jdbc;

    FoundWithdrawals(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * @param fee what the provider asks for sending so much, in USD
     * @param payout as which it is booked; null: it is not
     */
    record Found(
            Seen seen,
            Money fee,
            Rate rate,
            Instant lookedAt,
            @Nullable UUID payout) {}

    /** Within the current transaction: the newest look counts, until it is booked. */
    void keep(SellerId seller, Found found) {
        Seen seen = found.seen();
        jdbc.sql("""
                insert into payouts.found as f (seller_id, withdrawal_id, batch_id, external_id, address, extra_id, coin, coin_units, coin_fee_units, word,
                  hash, created_at, fee_units, rate_usd, rate_at, rate_source, looked_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (seller_id, batch_id) do update set coin_fee_units = excluded.coin_fee_units, word = excluded.word, hash = excluded.hash,
                  fee_units = excluded.fee_units, rate_usd = excluded.rate_usd, rate_at = excluded.rate_at,
                  rate_source = excluded.rate_source, looked_at = excluded.looked_at
                where f.payout_id is null
                """)
                .params(Columns.all(
                        seller.value(),
                        seen.withdrawalId(),
                        seen.batchId(),
                        seen.externalId(),
                        seen.address(),
                        seen.extraId(),
                        seen.amount().asset().code(),
                        new BigDecimal(seen.amount().units()),
                        seen.fee() == null ? null : new BigDecimal(seen.fee().units()),
                        seen.statusWord(),
                        seen.hash(),
                        Columns.atOrNull(seen.createdAt()),
                        new BigDecimal(found.fee().units()),
                        found.rate().usd(),
                        Columns.at(found.rate().at()),
                        found.rate().source(),
                        Columns.at(found.lookedAt())))
                .update();
    }

    /** Within the current transaction: of those who would book it at once, one after the other. */
    Optional<Found> lock(SellerId seller, String batchId) {
        return jdbc.sql("select * from payouts.found where seller_id = ? and batch_id = ? for update")
                .params(seller.value(), batchId)
                .query(FoundWithdrawals::read)
                .optional();
    }

    /** Within the current transaction, after {@link #lock}. */
    void booked(SellerId seller, String batchId, UUID payout) {
        jdbc.sql("update payouts.found set payout_id = ? where seller_id = ? and batch_id = ?")
                .params(payout, seller.value(), batchId)
                .update();
    }

    private static Found read(ResultSet row, int n) throws SQLException {
        Asset coin = new Asset(row.getString("coin"));
        String word = row.getString("word");
        return new Found(
                new Seen(
                        row.getString("withdrawal_id"),
                        row.getString("batch_id"),
                        row.getString("external_id"),
                        row.getString("address"),
                        row.getString("extra_id"),
                        coin,
                        new Money(row.getBigDecimal("coin_units").toBigIntegerExact(), coin),
                        row.getBigDecimal("coin_fee_units") == null
                                ? null
                                : new Money(row.getBigDecimal("coin_fee_units").toBigIntegerExact(), coin),
                        Status.of(word),
                        word,
                        row.getString("hash"),
                        null,
                        Columns.instantOrNull(row, "created_at"),
                        null),
                new Money(row.getBigDecimal("fee_units").toBigIntegerExact(), Asset.USD),
                new Rate(
                        coin,
                        row.getBigDecimal("rate_usd"),
                        Columns.instant(row, "rate_at"),
                        row.getString("rate_source")),
                Columns.instant(row, "looked_at"),
                row.getObject("payout_id", UUID.class));
    }
}
