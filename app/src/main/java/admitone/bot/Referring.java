package admitone.bot;

import admitone.checkout.Referrals;
import admitone.database.Transactions;
import org.springframework.stereotype.Component;

/** Makes the codes by which somebody may bring buyers to the channels they know. */
@Component
class Referring {
    private final KnownChannels channels;
    private final Referrals referrals;
    private final Transactions transactions;

    Referring(KnownChannels channels, Referrals referrals, Transactions transactions) {
        this.channels = channels;
        this.referrals = referrals;
        this.transactions = transactions;
    }

    void prepare(long user) {
        channels.of(user)
                .filter(channel ->
                        referrals.percent(channel.seller(), channel.id()).isPresent())
                .forEach(channel -> transactions.run(channel.seller(), () -> referrals.code(channel, user)));
    }
}
