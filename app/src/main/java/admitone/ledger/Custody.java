package admitone.ledger;

import java.util.List;
import java.util.Optional;

/** Who has the coins of a payment when it counts. */
public enum Custody {
    /** The provider, until they are paid out. */
    PROVIDER(Account.PROVIDER_CLEARING, Account.SELLER_PAYABLE),
    /** The seller: the provider pays to their own wallet, and nothing of it is left to be paid out. */
    SELLER(Account.OWN_WALLET, Account.SELLER_DIRECT);

    private final Account coins;
    private final Account earned;

    Custody(Account coins, Account earned) {
        this.coins = coins;
        this.earned = earned;
    }

    /** Who has those that are booked; empty where none are. */
    public static Optional<Custody> of(List<Ledger.Posted> booked) {
        if (booked.stream().anyMatch(line -> line.debit() == Account.OWN_WALLET)) {
            return Optional.of(SELLER);
        }
        boolean isSettled = booked.stream()
                .anyMatch(line ->
                        line.kind().equals(Line.Kind.SETTLEMENT) || line.kind().equals(Line.Kind.SUSPENSE_RELEASE));
        return isSettled ? Optional.of(PROVIDER) : Optional.empty();
    }

    Account coins() {
        return coins;
    }

    Account earned() {
        return earned;
    }
}
