package admitone.fulfillment;

import admitone.cases.Telling;
import admitone.catalog.Catalog;
import admitone.catalog.Seller;
import admitone.database.Transactions;
import admitone.messaging.Incoming;
import admitone.messaging.Incoming.Said;
import admitone.messaging.IncomingListener;
import admitone.tasks.Owed;
import admitone.tasks.Tasks;
import java.util.List;
import org.springframework.stereotype.Component;

/** A seller who could not be told of cases is told of those that are still open when they start the bot. */
@Component
class UntoldCases implements IncomingListener {
    private static final int MOST = 2 * Telling.MOST_IN_AN_HOUR;

    private final Catalog catalog;
    private final Telling telling;
    private final Tasks tasks;
    private final Transactions transactions;

    UntoldCases(Catalog catalog, Telling telling, Tasks tasks, Transactions transactions) {
        this.catalog = catalog;
        this.telling = telling;
        this.tasks = tasks;
        this.transactions = transactions;
    }

    @Override
    public void on(long updateId, Incoming incoming) {
        if (incoming instanceof Said said && said.isStart()) {
            catalog.sellersOf(said.userId()).forEach(this::tell);
        }
    }

    private void tell(Seller seller) {
        List<Owed> untold = telling.untold(seller.id(), MOST);
        if (!untold.isEmpty()) {
            transactions.run(seller.id(), () -> untold.forEach(one -> tasks.wake(seller.id(), one)));
        }
    }
}
