package admitone.access;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.database.Transactions;
import admitone.runtime.Recurring;
import admitone.tasks.Tasks;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Looks every minute whether a pool is short of links. Whoever uses one says so at once; this finds what was missed. One instance does each round. */
@Component
class PoolKeeper extends Recurring {
    private static final String ROUND = "pool";
    private static final Duration PAUSE = Duration.ofMinutes(1);

    private final Catalog catalog;
    private final LinkPool pool;
    private final Rounds rounds;
    private final Tasks tasks;
    private final Transactions transactions;

    PoolKeeper(Catalog catalog, LinkPool pool, Rounds rounds, Tasks tasks, Transactions transactions) {
        super(ROUND, PAUSE);
        this.catalog = catalog;
        this.pool = pool;
        this.rounds = rounds;
        this.tasks = tasks;
        this.transactions = transactions;
    }

    @Override
    protected void round() {
        if (rounds.take(ROUND, PAUSE)) {
            catalog.eachPage(Channel.Admission.ONE_TIME_LINK, page -> rounds.each(page, this::look));
        }
    }

    private void look(Channel channel) {
        if (pool.missing(channel) > 0) {
            transactions.run(channel.seller(), () -> tasks.wake(channel.seller(), Effects.fillPool(channel.id())));
        }
    }
}
