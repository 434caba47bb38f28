package admitone.bot;

import admitone.access.Grants;
import admitone.bot.TellOfferTask.Word;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.checkout.Referrals;
import admitone.database.Transactions;
import admitone.messaging.Incoming;
import admitone.messaging.Incoming.Said;
import admitone.messaging.IncomingListener;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import admitone.tasks.Owed;
import admitone.tasks.Tasks;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.stereotype.Component;

/** Somebody comes by a link that offers something beside a plan: a free trial, or by that of somebody who brings buyers. */
@Component
class OfferTaken implements IncomingListener {
    private final Catalog catalog;
    private final Grants grants;
    private final Referrals referrals;
    private final Tasks tasks;
    private final Transactions transactions;

    OfferTaken(Catalog catalog, Grants grants, Referrals referrals, Tasks tasks, Transactions transactions) {
        this.catalog = catalog;
        this.grants = grants;
        this.referrals = referrals;
        this.tasks = tasks;
        this.transactions = transactions;
    }

    @Override
    public void on(long updateId, Incoming incoming) {
        if (incoming instanceof Said said) {
            said.startedBy(Handle.TRIAL)
                    .ifPresent(handle -> taken(
                            updateId,
                            said,
                            handle.seller(),
                            catalog.channel(handle.seller(), handle.id()),
                            channel -> BeginTrialTask.begin(updateId, channel, said)));
            said.startedBy(Handle.REFERRAL).ifPresent(handle -> brought(updateId, said, handle));
        }
    }

    private void brought(long updateId, Said said, Handle handle) {
        Optional<Referrals.Code> code = referrals.find(handle);
        taken(
                updateId,
                said,
                handle.seller(),
                code.flatMap(by -> catalog.channel(by.seller(), by.channelId())),
                channel -> {
                    referrals.bring(code.orElseThrow(), said.userId());
                    return TellOfferTask.tell(updateId, channel, Word.WELCOME, said.userId(), said.language());
                });
    }

    /** {@code take}: what is owed for it, within a transaction of the seller. */
    private void taken(
            long updateId, Said said, SellerId seller, Optional<Channel> channel, Function<Channel, Owed> take) {
        if (channel.isEmpty()) {
            transactions.run(
                    SellerId.PLATFORM,
                    () -> tasks.owe(
                            SellerId.PLATFORM, OfferPlanTask.nothingThere(updateId, said.userId(), said.language())));
            return;
        }
        grants.knowBuyer(seller, said.userId());
        transactions.run(seller, () -> {
            if (tasks.ofSubject(seller, TellOfferTask.subject(updateId)).isEmpty()) { // else told again: answered since
                tasks.owe(seller, take.apply(channel.get()));
            }
        });
    }
}
