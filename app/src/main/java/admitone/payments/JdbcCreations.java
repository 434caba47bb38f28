package admitone.payments;

import admitone.database.Columns;
import admitone.money.Asset;
import admitone.payments.PaymentCreation.Request;
import admitone.runtime.SellerId;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The intents to create a payment: one per order and coin, fenced by its attempt. */
@Repository
class JdbcCreations {
    private final JdbcClient jdbc;

    JdbcCreations(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    sealed interface Creation {
        record Mine(int attempt) implements Creation {}

        record Recorded(String paymentId) implements Creation {}

        record SomebodyElseIsCalling() implements Creation {}
    }

    /** Within the current transaction. */
    Creation claim(Request request, Instant now, Duration lease) {
        var claimed = jdbc.sql("""
                insert into payments.creation as c (seller_id, order_id, pay_currency, attempt, state, lease_until)
                values (?, ?, ?, 1, 'calling', ?)
                on conflict (seller_id, order_id, pay_currency) do update set
                  attempt = c.attempt + 1, state = 'calling', lease_until = excluded.lease_until, reason = null
                where c.state in ('declined', 'abandoned') or (c.state = 'calling' and c.lease_until < ?)
                returning attempt
                """)
                .params(
                        request.seller().value(),
                        request.orderId(),
                        request.payCurrency().code(),
                        Columns.at(now.plus(lease)),
                        Columns.at(now))
                .query((row, n) -> row.getInt("attempt"))
                .optional();
        if (claimed.isPresent()) {
            return new Creation.Mine(claimed.get());
        }
        return recorded(request.seller(), request.orderId(), request.payCurrency())
                .<Creation>map(Creation.Recorded::new)
                .orElseGet(Creation.SomebodyElseIsCalling::new);
    }

    /** The payment that came of an intent. */
    Optional<String> recorded(SellerId seller, String orderId, Asset payCurrency) {
        return jdbc.sql(
                        "select payment_id from payments.creation where seller_id = ? and order_id = ? and pay_currency = ? and state = 'recorded'")
                .params(seller.value(), orderId, payCurrency.code())
                .query((row, n) -> row.getString("payment_id"))
                .optional();
    }

    boolean record(Request request, int attempt, String paymentId) {
        return jdbc.sql("""
                        update payments.creation set state = 'recorded', payment_id = ?
                        where seller_id = ? and order_id = ? and pay_currency = ? and attempt = ? and state = 'calling'
                        """)
                        .params(
                                paymentId,
                                request.seller().value(),
                                request.orderId(),
                                request.payCurrency().code(),
                                attempt)
                        .update()
                == 1;
    }

    void end(Request request, int attempt, String state, String reason) {
        jdbc.sql("""
                update payments.creation set state = ?, reason = ?
                where seller_id = ? and order_id = ? and pay_currency = ? and attempt = ? and state = 'calling'
                """)
                .params(
                        state,
                        reason,
                        request.seller().value(),
                        request.orderId(),
                        request.payCurrency().code(),
                        attempt)
                .update();
    }
}
