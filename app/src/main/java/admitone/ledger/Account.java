package admitone.ledger;

import java.util.Locale;

/** The accounts of a seller's journal, each per asset. */
public enum Account {
    /** What the provider holds for us. */
    PROVIDER_CLEARING,
    /** What the provider paid to the seller's own wallet, past us. */
    OWN_WALLET,
    /** Where a coin's value turns into USD at a recorded rate. */
    EXCHANGE,
    /** What the seller has earned and was neither paid yet nor set aside for a payout. */
    SELLER_PAYABLE,
    /** What the seller has earned and got at once, in their own wallet. */
    SELLER_DIRECT,
    /** What is set aside for payouts that are not settled yet. */
    PAYOUT_RESERVED,
    /** What the provider took for payouts, of the seller's money. */
    PROVIDER_FEES,
    /** What coins were worth more when they left, or became others, than when they came (credit), or less (debit). */
    MARKET,
    /** What the seller owes to those who brought buyers; each line names its holder. */
    REFERRER_PAYABLE,
    /** The operator's share. */
    FEE_INCOME,
    /** Money that arrived and waits for a person's decision. */
    SUSPENSE;

    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Of no other case: sums go by the word as it stands. */
    static Account of(String word) {
        Account account = valueOf(word.toUpperCase(Locale.ROOT));
        if (!account.word().equals(word)) {
            throw new IllegalArgumentException("not an account: " + word);
        }
        return account;
    }
}
