package admitone.payouts;

import admitone.money.Money;
import admitone.runtime.SellerId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What it means for a payment that its buyer has it back. */
public interface RefundArrival {
    /**
     * @param ofSetAside whether it was made of money that was set aside, not of a payment that counts
     * @param hash of the transaction, where the provider told
     */
    record Sent(
            UUID payout,
            String handle,
            boolean ofSetAside,
            Money coins,
            String address,
            @Nullable String hash) {}

    /**
     * Within the current transaction, with the seller's account not locked yet: what the payout claims is given back, and the payment counts
     * as given back, as if the provider had said it.
     *
     * @return false where something else had become of it
     */
    boolean arrived(SellerId seller, String paymentId, Sent sent);

    /** Within the current transaction: the payout came to nothing, and what it claimed is given back. */
    void cameBack(SellerId seller, String paymentId, String payout);
}
