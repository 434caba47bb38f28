package admitone.bot;

import admitone.access.Rounds;
import admitone.catalog.Catalog;
import admitone.database.Transactions;
import admitone.runtime.Recurring;
import admitone.tasks.Tasks;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Has the bot's rights in each channel looked at once an hour: the update that told of a change may be gone, and orders made over REST ask nobody. One instance does each round. */
@Component
class RightsKeeper extends Recurring {
    private static final String ROUND = "rights";
    private static final Duration PAUSE = Duration.ofMinutes(5);
    static final Duration BETWEEN_LOOKS = Duration.ofHours(1);

    private final Catalog catalog;
    private final Rounds rounds;
    private final Tasks tasks;
    private final Transactions transactions;

    RightsKeeper(Catalog catalog, Rounds rounds, Tasks tasks, Transactions transactions) {
        super(ROUND, PAUSE);
        this.catalog = catalog;
        this.rounds = rounds;
        this.tasks = tasks;
        this.transactions = transactions;
    }

    @Override
    protected void round() {
        if (rounds.take(ROUND, BETWEEN_LOOKS)) {
            catalog.eachPage(page -> rounds.each(
                    page,
                    channel -> transactions.run(
                            channel.seller(),
                            () -> tasks.wake(channel.seller(), LookRightsTask.look(channel, LookRightsTask.ROUND)))));
        }
    }
}
