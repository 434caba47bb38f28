package admitone.payments;

import admitone.money.Money;
import admitone.runtime.SellerId;
import java.net.URI;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A page of the provider's own on which the buyer of an order chooses the coin and pays. It takes no money itself: payments are
 * made by it, and may be several.
 *
 * @param rest what was missing of the order's price when it was made for that; null: it was made for the whole price
 * @param page where the buyer pays
 */
public record Invoice(
        SellerId seller,
        String id,
        String orderId,
        @Nullable Money rest,
        URI page,
        Instant createdAt) {}
