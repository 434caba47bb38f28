package admitone.payments;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.SellerId;
import org.jspecify.annotations.Nullable;

/**
 * That something is to be made at the provider, once.
 *
 * @param coin null: whichever the buyer chooses, so that an invoice is made and not a payment
 * @param rest what is missing of the order's price, where it is for that; null: it is for the whole price
 */
record Intent(
        SellerId seller,
        String orderId,
        @Nullable Asset coin,
        @Nullable Money rest) {

    /** What is made, in a word. */
    String what() {
        return coin == null ? "invoice" : "payment";
    }
}
