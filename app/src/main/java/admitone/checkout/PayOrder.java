package admitone.checkout;

import admitone.catalog.Catalog;
import admitone.money.Asset;
import admitone.payments.Payment;
import admitone.payments.PaymentCreation;
import admitone.payments.Payments;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;

/** Gives the buyer of an order an address to pay to, in the coin they chose. The same order and coin get the same one. */
@Component
public class PayOrder {
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

        /** {@code code}: {@code already_paid}, {@code order_expired}, {@code not_a_coin}, {@code too_many_coins}, or the provider's. */
        record Refused(String code) implements Outcome {}

        record NotNow(Duration after) implements Outcome {}
    }

    public Outcome inCoin(Order order, String coin) {
        Asset asset;
        try {
            asset = Asset.of(coin);
        } catch (IllegalArgumentException e) {
            return new Outcome.Refused("not_a_coin");
        }
        if (order.paidBy() != null) {
            return new Outcome.Refused("already_paid");
        }
        List<Payment> made = payments.ofOrder(order.seller(), order.id());
        boolean known = made.stream().anyMatch(payment -> asset.equals(payment.payCurrency()));
        if (!known && clock.instant().isAfter(order.expiresAt())) {
            return new Outcome.Refused("order_expired");
        }
        if (!known && made.size() >= MOST_COINS) {
            return new Outcome.Refused("too_many_coins");
        }
        String description = catalog.channel(order.seller(), order.channelId())
                .map(channel -> "Access to " + channel.title())
                .orElse("Access to a channel");
        var request = new PaymentCreation.Request(order.seller(), order.id(), order.price(), asset, description);
        return switch (creation.create(request)) {
            case PaymentCreation.Outcome.Ready(Payment payment) -> new Outcome.Ready(payment);
            case PaymentCreation.Outcome.Declined declined -> new Outcome.Refused(declined.code());
            case PaymentCreation.Outcome.NotNow notNow -> new Outcome.NotNow(notNow.after());
        };
    }
}
