package admitone.bot;

import admitone.access.Grants;
import admitone.access.Trials;
import admitone.bot.TellOfferTask.Word;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.database.Transactions;
import admitone.messaging.Incoming;
import admitone.messaging.Incoming.Said;
import admitone.messaging.IncomingListener;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Somebody comes by a link that offers something beside a plan: a free trial. */
@Component
class OfferTaken implements IncomingListener {
    private final Catalog catalog;
    private final Grants grants;
    private final Trials trials;
    private final Tasks tasks;
    private final Transactions transactions;

    OfferTaken(Catalog catalog, Grants grants, Trials trials, Tasks tasks, Transactions transactions) {
        this.catalog = catalog;
        this.grants = grants;
        this.trials = trials;
        this.tasks = tasks;
        this.transactions = transactions;
    }

    @Override
    public void on(long updateId, Incoming incoming) {
        if (incoming instanceof Said said) {
            said.startedBy(Handle.TRIAL).ifPresent(handle -> trial(updateId, said, handle));
        }
    }

    private void trial(long updateId, Said said, Handle handle) {
        Optional<Channel> channel = catalog.channel(handle.seller(), handle.id());
        if (channel.isEmpty()) {
            transactions.run(
                    SellerId.PLATFORM,
                    () -> tasks.owe(
                            SellerId.PLATFORM, OfferPlanTask.nothingThere(updateId, said.userId(), said.language())));
            return;
        }
        SellerId seller = handle.seller();
        grants.knowBuyer(seller, said.userId());
        transactions.run(seller, () -> {
            if (tasks.ofSubject(seller, TellOfferTask.subject(updateId)).isEmpty()) { // else told again: answered since
                Word word = Word.of(trials.begin(channel.get(), said.userId(), "update " + updateId));
                tasks.owe(seller, TellOfferTask.tell(updateId, channel.get(), word, said));
            }
        });
    }
}
