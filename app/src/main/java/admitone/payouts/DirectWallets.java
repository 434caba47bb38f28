package admitone.payouts;

import admitone.catalog.Catalog;
import admitone.catalog.Seller.PayoutMode;
import admitone.database.Transactions;
import admitone.payments.OwnWallets;
import admitone.payments.Wallet;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** What is paid to a seller whose payout is {@code direct} goes to the destination that counts now; never to one that was changed by hand. */
@Component
class DirectWallets implements OwnWallets {
    private final Catalog catalog;
    private final Destinations destinations;
    private final Transactions transactions;
    private final Clock clock;

    DirectWallets(Catalog catalog, Destinations destinations, Transactions transactions, Clock clock) {
        this.catalog = catalog;
        this.destinations = destinations;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    public Optional<Wallet> of(SellerId seller) {
        return catalog.seller(seller)
                .filter(one -> one.payout().mode() == PayoutMode.DIRECT)
                .flatMap(_ -> transactions.run(seller, () -> destinations.usable(seller, clock.instant())))
                .map(to -> new Wallet(to.currency(), to.address(), to.extraId()));
    }
}
