package admitone.checkout.web;

import admitone.checkout.BuyerStatus;
import admitone.checkout.OldOrderId;
import admitone.checkout.Order;
import admitone.checkout.Purchase;
import admitone.checkout.Purchases;
import admitone.checkout.StatusWords;
import admitone.checkout.StatusWords.Asker;
import admitone.runtime.Settings;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Reads a purchase by the text that a buyer has: an order id of ours, or one of an earlier system. */
@Component
class BuyerReads {
    private final Purchases purchases;
    private final Clock clock;
    private final BigDecimal tolerancePercent;

    BuyerReads(Purchases purchases, Clock clock, Settings settings) {
        this.purchases = purchases;
        this.clock = clock;
        this.tolerancePercent = settings.underpaidTolerancePercent();
    }

    /** An {@link Asker} that is anybody asked by an old id, which can be guessed. */
    record Found(Purchase purchase, BuyerStatus status, Asker asker, boolean mayPay) {}

    Optional<Found> find(String orderId) {
        return ours(orderId)
                .or(() -> OldOrderId.parse(orderId)
                        .flatMap(purchases::newestOf)
                        .map(purchase -> told(purchase, Asker.ANYBODY)));
    }

    Optional<Found> ours(String orderId) {
        return purchases.find(orderId).map(purchase -> told(purchase, Asker.HOLDER));
    }

    Found told(Purchase purchase, Asker asker) {
        Instant now = clock.instant();
        Order order = purchase.order();
        BuyerStatus status = StatusWords.of(purchase, now, tolerancePercent, asker);
        boolean isOpen = order.paidBy() == null && !now.isAfter(order.expiresAt());
        return new Found(purchase, status, asker, isOpen && status.words().invitesPayment());
    }
}
