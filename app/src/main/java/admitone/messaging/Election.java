package admitone.messaging;

import admitone.database.Columns;
import admitone.database.Transactions;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** One holder per office among all instances on this database, for as long as it keeps saying so. */
@Repository
public class Election {
    private final JdbcClient jdbc;
    private final Transactions transactions;
    private final Clock clock;
    private final String me;

    Election(JdbcClient jdbc, Transactions transactions, Clock clock, Ids ids) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
        this.me = ids.next().toString();
    }

    /** Takes the office or keeps it for {@code term} from now; false while another instance holds it. */
    public boolean holds(String office, Duration term) {
        Instant now = clock.instant();
        return transactions.run(
                SellerId.PLATFORM,
                () -> jdbc.sql("""
                        insert into messaging.office as o (office, holder, until) values (?, ?, ?)
                        on conflict (office) do update set holder = excluded.holder, until = excluded.until
                        where o.holder = excluded.holder or o.until < ?
                        """)
                                .params(office, me, Columns.at(now.plus(term)), Columns.at(now))
                                .update()
                        == 1);
    }

    /** Gives the office back, so that another instance need not wait for the term to end. */
    public void leave(String office) {
        transactions.run(SellerId.PLATFORM, () -> {
            jdbc.sql("delete from messaging.office where office = ? and holder = ?")
                    .params(office, me)
                    .update();
        });
    }
}
