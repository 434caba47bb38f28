package admitone.payments;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.SellerId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A payment at the provider, known because we made it or because the provider signed or answered its id.
 *
 * @param orderId the order it pays; null when none could be told
 * @param hold why it may never grant by itself (the kind of its case), or null
 * @param payAmount the coins asked for, recorded when the payment was made
 * @param suspended what was booked to suspense for it, or null
 * @param rest what was missing of the order's price when it was made for that; null: it was made for the whole price
 * @param wallet the seller's own, to which the provider was told to settle it; null: it settles as the account is set
 */
public record Payment(
        SellerId seller,
        String id,
        @Nullable String orderId,
        @Nullable String hold,
        PaymentState state,
        String providerStatus,
        @Nullable Asset payCurrency,
        @Nullable Money payAmount,
        @Nullable String payAddress,
        @Nullable String payinExtraId,
        @Nullable Money received,
        @Nullable Money outcome,
        @Nullable Money suspended,
        @Nullable String parentPaymentId,
        Instant createdAt,
        @Nullable Instant paidAt,
        @Nullable Instant expiresAt,
        @Nullable Money rest,
        @Nullable Wallet wallet) {

    /** Stands in no id of the provider's. */
    private static final char ON_TOP = '.';

    /** The id of the {@code n}th deposit that came on top of this one, where the provider gave it none. */
    public String idOnTop(int n) {
        return id + ON_TOP + n;
    }

    /** Whether the provider knows it only as more of another. */
    public static boolean isOnTop(String id) {
        return id.indexOf(ON_TOP) >= 0;
    }

    /** The id by which the provider knows it. */
    public static String idThere(String id) {
        return isOnTop(id) ? id.substring(0, id.indexOf(ON_TOP)) : id;
    }

    /**
     * With the coins asked for as the provider says them, where it alone made the offer: on its own page it makes the offer anew when
     * the rate has moved. What we asked for ourselves, with an address, stays, and so does the coin.
     */
    public Payment offered(Heard heard) {
        @Nullable Money asked = heard.payAmount();
        if (payAddress != null
                || asked == null
                || (payAmount != null && !payAmount.asset().equals(asked.asset()))) {
            return this;
        }
        return new Payment(
                seller,
                id,
                orderId,
                hold,
                state,
                providerStatus,
                asked.asset(),
                asked,
                null,
                payinExtraId,
                received,
                outcome,
                suspended,
                parentPaymentId,
                createdAt,
                paidAt,
                expiresAt,
                rest,
                wallet);
    }

    /** What it was made for, of an order that costs {@code whole}. */
    public Money price(Money whole) {
        return rest == null ? whole : rest;
    }

    /** What came of it: where the provider did not tell, what it paid out. */
    public @Nullable Money arrived() {
        return received != null ? received : outcome;
    }
}
