package admitone.ledger;

import java.util.Locale;

/** The accounts of a seller's journal, each per asset. */
public enum Account {
    /** What the provider holds for us or has paid out. */
    PROVIDER_CLEARING,
    /** Where a coin's value turns into USD at a recorded rate. */
    EXCHANGE,
    /** What the seller has earned and was not paid yet. */
    SELLER_PAYABLE,
    /** What the seller owes to those who brought buyers; each line names its holder. */
    REFERRER_PAYABLE,
    /** The operator's share. */
    FEE_INCOME,
    /** Money that arrived and waits for a person's decision. */
    SUSPENSE;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Account of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
