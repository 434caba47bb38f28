package admitone.checkout.web;

import admitone.checkout.BuyerStatus;
import admitone.checkout.OldOrderId;
import admitone.checkout.Order;
import admitone.checkout.Purchase;
import admitone.checkout.Purchases;
import admitone.checkout.StatusWords;
import admitone.checkout.StatusWords.Asker;
import admitone.database.Lane;
import admitone.messaging.Language;
import admitone.runtime.Batches;
import admitone.runtime.Settings;
import java.math.BigDecimal;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;

/** Reads a purchase by the text that a buyer has: an order id of ours, or one of an earlier system. */
@Component
class BuyerReads {
    private static final int MOST_IN_ONE_LOOK = 256;
    private static final int LOOKS_AT_ONCE = 2;

    private final Purchases purchases;
    private final Clock clock;
    private final BigDecimal tolerancePercent;
    private final Batches<String, Optional<Purchase>> looks;

    BuyerReads(Purchases purchases, Clock clock, Settings settings) {
        this.purchases = purchases;
        this.clock = clock;
        this.tolerancePercent = settings.underpaidTolerancePercent();
        this.looks = new Batches<>(
                MOST_IN_ONE_LOOK,
                LOOKS_AT_ONCE,
                orderIds -> Lane.READS.run(() -> together(orderIds)),
                orderId -> Lane.READS.run(() -> purchases.find(orderId)),
                DataAccessResourceFailureException.class::isInstance);
    }

    private List<Optional<Optional<Purchase>>> together(List<String> orderIds) {
        Map<String, Purchase> found = purchases.findAll(Set.copyOf(orderIds));
        return orderIds.stream()
                .map(orderId -> Optional.of(Optional.ofNullable(found.get(orderId))))
                .toList();
    }

    /** An {@link Asker} that is anybody asked by an old id, which can be guessed. */
    record Found(Purchase purchase, BuyerStatus status, Asker asker, boolean mayPay) {}

    Optional<Found> find(String orderId, Language language) {
        return ours(orderId, language)
                .or(() -> OldOrderId.parse(orderId)
                        .flatMap(purchases::newestOf)
                        .map(purchase -> told(purchase, Asker.ANYBODY, language)));
    }

    Optional<Found> ours(String orderId, Language language) {
        return looks.of(orderId).map(purchase -> told(purchase, Asker.HOLDER, language));
    }

    /** What is read together is put into words for each reader by itself. */
    Found told(Purchase purchase, Asker asker, Language language) {
        Instant now = clock.instant();
        Order order = purchase.order();
        BuyerStatus status = StatusWords.of(purchase, now, tolerancePercent, asker, language);
        boolean isOpen = order.paidBy() == null && !now.isAfter(order.expiresAt());
        return new Found(purchase, status, asker, isOpen && status.words().invitesPayment());
    }
}
