package admitone.payments;

import admitone.database.Columns;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What is to be made at the provider: one intent per order, coin (or any coin) and rest, fenced by its attempt. */
@Repository
class JdbcCreations {
    /** Stands for whichever coin the buyer chooses; no coin is named so. */
    private static final String ANY_COIN = "*";

    private final JdbcClient jdbc;

    JdbcCreations(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    sealed interface Creation {
        record Mine(int attempt) implements Creation {}

        record Recorded(String id) implements Creation {}

        record SomebodyElseIsCalling() implements Creation {}
    }

    /** Within the current transaction. */
    Creation claim(Intent intent, Instant now, Duration lease) {
        var claimed = jdbc.sql("""
                insert into payments.creation as c (seller_id, order_id, pay_currency, rest_units, attempt, state, lease_until)
                values (?, ?, ?, ?, 1, 'calling', ?)
                on conflict (seller_id, order_id, pay_currency, rest_units) do update set
                  attempt = c.attempt + 1, state = 'calling', lease_until = excluded.lease_until, reason = null
                where c.state in ('declined', 'abandoned') or (c.state = 'calling' and c.lease_until < ?)
                returning attempt
                """)
                .params(
                        intent.seller().value(),
                        intent.orderId(),
                        coin(intent.coin()),
                        units(intent.rest()),
                        Columns.at(now.plus(lease)),
                        Columns.at(now))
                .query((row, n) -> row.getInt("attempt"))
                .optional();
        if (claimed.isPresent()) {
            return new Creation.Mine(claimed.get());
        }
        return recorded(intent).<Creation>map(Creation.Recorded::new).orElseGet(Creation.SomebodyElseIsCalling::new);
    }

    /** The id of what came of an intent. */
    Optional<String> recorded(Intent intent) {
        return jdbc.sql("""
                select payment_id from payments.creation
                where seller_id = ? and order_id = ? and pay_currency = ? and rest_units = ? and state = 'recorded'
                """)
                .params(intent.seller().value(), intent.orderId(), coin(intent.coin()), units(intent.rest()))
                .query((row, n) -> row.getString("payment_id"))
                .optional();
    }

    /** Of several rests the smallest, for what is missing only becomes less; before any of them the whole price. */
    Optional<String> newest(SellerId seller, String orderId, Asset payCurrency) {
        return jdbc.sql("""
                select payment_id from payments.creation
                where seller_id = ? and order_id = ? and pay_currency = ? and state = 'recorded'
                order by rest_units = 0, rest_units limit 1
                """)
                .params(seller.value(), orderId, payCurrency.code())
                .query((row, n) -> row.getString("payment_id"))
                .optional();
    }

    boolean intended(SellerId seller, String orderId, Money rest) {
        return jdbc.sql("""
                select exists (select from payments.creation where seller_id = ? and order_id = ? and rest_units = ?)
                """)
                .params(seller.value(), orderId, units(rest))
                .query(Boolean.class)
                .single();
    }

    /** Zero stands for the whole price. */
    private static BigDecimal units(@Nullable Money rest) {
        return rest == null ? BigDecimal.ZERO : new BigDecimal(rest.units());
    }

    private static String coin(@Nullable Asset coin) {
        return coin == null ? ANY_COIN : coin.code();
    }

    boolean record(Intent intent, int attempt, String id) {
        return jdbc.sql("""
                        update payments.creation set state = 'recorded', payment_id = ?
                        where seller_id = ? and order_id = ? and pay_currency = ? and rest_units = ? and attempt = ? and state = 'calling'
                        """)
                        .params(
                                id,
                                intent.seller().value(),
                                intent.orderId(),
                                coin(intent.coin()),
                                units(intent.rest()),
                                attempt)
                        .update()
                == 1;
    }

    void end(Intent intent, int attempt, String state, String reason) {
        jdbc.sql("""
                update payments.creation set state = ?, reason = ?
                where seller_id = ? and order_id = ? and pay_currency = ? and rest_units = ? and attempt = ? and state = 'calling'
                """)
                .params(
                        state,
                        reason,
                        intent.seller().value(),
                        intent.orderId(),
                        coin(intent.coin()),
                        units(intent.rest()),
                        attempt)
                .update();
    }
}
