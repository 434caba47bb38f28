package admitone.ledger;

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

    Account coins() {
        return coins;
    }

    Account earned() {
        return earned;
    }
}
