package admitone.payments;

import admitone.database.Columns;
import admitone.database.Transactions;
import admitone.hold.AfterRestore;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** The provider knows what became of open payments in the time that the database lost. */
@Component
class AskAfterRestore implements AfterRestore {
    private final JdbcClient jdbc;
    private final Transactions transactions;
    private final Clock clock;

    AskAfterRestore(JdbcClient jdbc, Transactions transactions, Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    public String deed() {
        return "open payments: the provider is asked about each at once";
    }

    @Override
    public long count() {
        return jdbc.sql("select count(*) from payments.payment where next_ask_at is not null")
                .query(Long.class)
                .single();
    }

    @Override
    public void putRight() {
        List<SellerId> sellers = jdbc.sql(
                        "select distinct seller_id from payments.payment where next_ask_at is not null")
                .query((row, n) -> new SellerId(row.getString("seller_id")))
                .list();
        for (SellerId seller : sellers) {
            transactions.run(seller, () -> {
                jdbc.sql("""
                        update payments.payment set next_ask_at = ?, asked = 0
                        where seller_id = ? and next_ask_at is not null
                        """)
                        .params(Columns.at(clock.instant()), seller.value())
                        .update();
            });
        }
    }
}
