package admitone.checkout;

import admitone.catalog.Catalog;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Payment;
import admitone.payments.PaymentCreation;
import admitone.payments.Payments;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Gives the buyer of an order an address to pay to, in the coin they chose: for the whole price, or for what is missing of it
 * where a part has arrived. The same order, coin and rest get the same one, also when the order is paid or its time is over; only
 * then is a new payment refused.
 */
@Component
public class PayOrder {
    private static final Logger log = LoggerFactory.getLogger(PayOrder.class);
    /** More than anybody who means to pay tries; each is a call to the provider that stays known for ever. */
    private static final int MOST_COINS = 12;

    private final Payments payments;
    private final Catalog catalog;
    private final PaymentCreation creation;
    private final Clock clock;

    PayOrder(Payments payments, Catalog catalog, PaymentCreation creation, Clock clock) {
        this.payments = payments;
        this.catalog = catalog;
        this.creation = creation;
        this.clock = clock;
    }

    public sealed interface Outcome {
        record Ready(Payment payment) implements Outcome {}

        /** {@code code}: {@code already_paid}, {@code rest_below_minimum}, {@code order_expired}, {@code not_a_coin}, {@code too_many_coins}, or the provider's. */
        record Refused(String code, String reason) implements Outcome {}

        record NotNow(Duration after, String reason) implements Outcome {}
    }

    public Outcome inCoin(Order order, String coin) {
        Asset asset;
        try {
            asset = Asset.of(coin);
        } catch (IllegalArgumentException e) {
            return new Outcome.Refused("not_a_coin", "the name of a coin is short, such as btc");
        }
        return inCoin(order, asset);
    }

    public Outcome inCoin(Order order, Asset coin) {
        if (order.paidBy() != null) {
            return creation.newest(order.seller(), order.id(), coin)
                    .<Outcome>map(Outcome.Ready::new)
                    .orElseGet(() -> new Outcome.Refused("already_paid", "paid by payment " + order.paidBy()));
        }
        List<Payment> before = payments.ofOrder(order.seller(), order.id());
        @Nullable Money rest = Purchase.rest(order.price(), before).orElse(null);
        return creation.made(order.seller(), order.id(), coin, rest)
                .<Outcome>map(Outcome.Ready::new)
                .or(() -> refusalOfNew(order, before.size()))
                .orElseGet(() -> create(order, coin, rest));
    }

    private Optional<Outcome> refusalOfNew(Order order, int before) {
        if (clock.instant().isAfter(order.expiresAt())) {
            return Optional.of(new Outcome.Refused("order_expired", "it was to be paid until " + order.expiresAt()));
        }
        if (before >= MOST_COINS) {
            return Optional.of(new Outcome.Refused("too_many_coins", MOST_COINS + " were chosen"));
        }
        return Optional.empty();
    }

    private Outcome create(Order order, Asset coin, @Nullable Money rest) {
        String description = catalog.channel(order.seller(), order.channelId())
                .map(channel -> "Access to " + channel.title())
                .orElse("Access to a channel");
        var request = new PaymentCreation.Request(order.seller(), order.id(), order.price(), rest, coin, description);
        return switch (creation.create(request)) {
            case PaymentCreation.Outcome.Ready(Payment payment) -> new Outcome.Ready(payment);
            case PaymentCreation.Outcome.Declined(String code, String reason) -> {
                if (code.equals("key_refused")) {
                    log.error(
                            "order {}: NOWPayments refuses the API key ({}); no order can be paid", order.id(), reason);
                }
                yield new Outcome.Refused(
                        rest != null && code.equals("below_minimum") ? "rest_below_minimum" : code, reason);
            }
            case PaymentCreation.Outcome.NotNow(Duration after, String reason) -> new Outcome.NotNow(after, reason);
        };
    }
}
