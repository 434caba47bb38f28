package admitone.access;

import admitone.catalog.Catalog;
import admitone.database.Transactions;
import admitone.runtime.Recurring;
import admitone.tasks.Tasks;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Has the standing link of each channel looked at once a day. One instance does each round. */
@Component
class LinkKeeper extends Recurring {
    private static final String ROUND = "links";
    private static final Duration PAUSE = Duration.ofMinutes(10);
    static final Duration BETWEEN_LOOKS = Duration.ofDays(1);

    private final Catalog catalog;
    private final Rounds rounds;
    private final Tasks tasks;
    private final Transactions transactions;

    LinkKeeper(Catalog catalog, Rounds rounds, Tasks tasks, Transactions transactions) {
        super(ROUND, PAUSE);
        this.catalog = catalog;
        this.rounds = rounds;
        this.tasks = tasks;
        this.transactions = transactions;
    }

    @Override
    protected void round() {
        if (!rounds.take(ROUND, BETWEEN_LOOKS)) {
            return;
        }
        catalog.eachPage(page -> rounds.each(
                page.stream().filter(channel -> channel.standingLink() != null).toList(),
                channel -> transactions.run(
                        channel.seller(), () -> tasks.wake(channel.seller(), Effects.lookLink(channel.id())))));
    }
}
