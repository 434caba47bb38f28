package admitone.payouts;

import admitone.database.Transactions;
import admitone.runtime.SellerId;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Whose a batch at the provider is. */
@Repository
public class BatchRoutes {
    private final JdbcClient jdbc;
    private final Transactions transactions;

    BatchRoutes(JdbcClient jdbc, Transactions transactions) {
        this.jdbc = jdbc;
        this.transactions = transactions;
    }

    /** In a transaction of its own, before the batch is recorded; claiming it again changes nothing. */
    void claim(String batchId, SellerId seller) {
        transactions.run(
                seller,
                () -> jdbc.sql(
                                "insert into payouts.batch_route (batch_id, seller_id) values (?, ?) on conflict do nothing")
                        .params(batchId, seller.value())
                        .update());
        if (!of(batchId).filter(seller::equals).isPresent()) {
            throw new IllegalStateException(
                    "batch " + batchId + " is already known as another seller's than " + seller);
        }
    }

    public Optional<SellerId> of(String batchId) {
        return jdbc.sql("select seller_id from payouts.batch_route where batch_id = ?")
                .param(batchId)
                .query((row, n) -> new SellerId(row.getString("seller_id")))
                .optional();
    }
}
