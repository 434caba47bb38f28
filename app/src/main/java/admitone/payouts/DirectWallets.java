package admitone.payouts;

import admitone.catalog.Catalog;
import admitone.catalog.Seller.PayoutMode;
import admitone.database.Transactions;
import admitone.hold.Hold;
import admitone.payments.OwnWallets;
import admitone.payments.Wallet;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * What is paid to a seller whose payout is {@code direct} goes to the destination that counts now; never to one that was changed by hand.
 * What stops payouts stops this too: it is money that leaves for the same address, and may be one that the seller has lost, or gave up
 * in the time that a restore lost.
 */
@Component
class DirectWallets implements OwnWallets {
    private final Catalog catalog;
    private final Destinations destinations;
    private final Safeguards safeguards;
    private final Hold hold;
    private final Transactions transactions;
    private final Clock clock;

    DirectWallets(
            Catalog catalog,
            Destinations destinations,
            Safeguards safeguards,
            Hold hold,
            Transactions transactions,
            Clock clock) {
        this.catalog = catalog;
        this.destinations = destinations;
        this.safeguards = safeguards;
        this.hold = hold;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    public Optional<Wallet> of(SellerId seller) {
        return catalog.seller(seller)
                .filter(one -> one.payout().mode() == PayoutMode.DIRECT)
                .filter(_ -> !isStopped(seller))
                .flatMap(_ -> transactions.run(seller, () -> destinations.usable(seller, clock.instant())))
                .map(DirectWallets::wallet);
    }

    @Override
    public List<Wallet> ever(SellerId seller) {
        return destinations.of(seller).stream().map(DirectWallets::wallet).toList();
    }

    private static Wallet wallet(Destination to) {
        return new Wallet(to.currency(), to.address(), to.extraId());
    }

    private boolean isStopped(SellerId seller) {
        return hold.isOn()
                || safeguards.isRestored()
                || safeguards.holder(seller).isPresent();
    }
}
