package admitone.access;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.database.Transactions;
import admitone.runtime.Recurring;
import admitone.tasks.Tasks;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Looks every minute whether a pool is short of links. Whoever uses one says so at once; this finds what was missed. */
@Component
class PoolKeeper extends Recurring {
    private static final Duration ROUND = Duration.ofMinutes(1);

    private final Catalog catalog;
    private final LinkPool pool;
    private final Tasks tasks;
    private final Transactions transactions;

    PoolKeeper(Catalog catalog, LinkPool pool, Tasks tasks, Transactions transactions) {
        super("pool", ROUND);
        this.catalog = catalog;
        this.pool = pool;
        this.tasks = tasks;
        this.transactions = transactions;
    }

    @Override
    protected void round() {
        for (Channel channel : catalog.byOneTimeLink()) {
            if (pool.missing(channel) > 0) {
                transactions.run(channel.seller(), () -> tasks.wake(channel.seller(), Effects.fillPool(channel.id())));
            }
        }
    }
}
