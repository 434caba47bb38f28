package admitone.access;

import admitone.database.Transactions;
import admitone.hold.AfterRestore;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * A one-time link that is free here may have been handed out in the time that the database lost: none of them is handed out again. One that is handed out
 * here may have been revoked since: it is looked at.
 */
@Component
class PoolAfterRestore implements AfterRestore {
    private final JdbcClient jdbc;
    private final LinkPool pool;
    private final Tasks tasks;
    private final Transactions transactions;

    PoolAfterRestore(JdbcClient jdbc, LinkPool pool, Tasks tasks, Transactions transactions) {
        this.jdbc = jdbc;
        this.pool = pool;
        this.tasks = tasks;
        this.transactions = transactions;
    }

    @Override
    public String deed() {
        return "free one-time links: revoked, and new ones are made; those handed out: looked at, and replaced where they are gone";
    }

    @Override
    public long count() {
        return jdbc.sql("select count(*) from access.pool_link where state in ('free', 'assigned')")
                .query(Long.class)
                .single();
    }

    /** A seller may have hundreds of thousands of links: a transaction is about one channel's. */
    @Override
    public void putRight() {
        jdbc.sql(
                        "select distinct seller_id, channel_id from access.pool_link where state in ('free', 'assigned') order by 1, 2")
                .query((row, _) ->
                        new Pool(new SellerId(row.getString("seller_id")), row.getObject("channel_id", UUID.class)))
                .list()
                .forEach(one -> transactions.run(one.seller(), () -> putRight(one)));
    }

    private record Pool(SellerId seller, UUID channelId) {}

    private void putRight(Pool one) {
        if (pool.revokeFreeAfterRestore(one.seller(), one.channelId())) {
            tasks.oweAgain(one.seller(), Effects.fillPool(one.channelId()));
        }
        jdbc.sql("select link_id from access.pool_link where seller_id = ? and channel_id = ? and state = 'assigned'")
                .params(one.seller().value(), one.channelId())
                .query((row, _) -> row.getObject("link_id", UUID.class))
                .list()
                .forEach(link -> tasks.oweAgain(one.seller(), Effects.freshen(link)));
    }
}
