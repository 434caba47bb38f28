package admitone.payments;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.PaymentProvider.Created;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Makes the provider's payment of an order and coin, for its whole price or for what is missing of it, by the {@link CreationProtocol}. */
@Component
public class PaymentCreation {
    private final CreationProtocol protocol;
    private final JdbcCreations creations;
    private final Payments payments;
    private final PaymentProvider provider;
    private final OwnWallets wallets;
    private final WalletMark mark;
    private final Coins coins;
    private final FaultPoints faults;
    private final String notifyUrl;
    private final Duration firstAsk;

    PaymentCreation(
            CreationProtocol protocol,
            JdbcCreations creations,
            Payments payments,
            PaymentProvider provider,
            OwnWallets wallets,
            WalletMark mark,
            Coins coins,
            FaultPoints faults,
            Settings settings) {
        this.protocol = protocol;
        this.creations = creations;
        this.payments = payments;
        this.provider = provider;
        this.wallets = wallets;
        this.mark = mark;
        this.coins = coins;
        this.faults = faults;
        this.notifyUrl = settings.publicUrl() + "/ipn";
        this.firstAsk = settings.sweepFirst();
    }

    /**
     * The order's part of a payment.
     *
     * @param rest what is missing of the price, where the payment is for that; null: it is for the whole price
     */
    public record Request(
            SellerId seller,
            String orderId,
            Money price,
            @Nullable Money rest,
            Asset payCurrency,
            String description) {
        /** For the whole price. */
        public Request(SellerId seller, String orderId, Money price, Asset payCurrency, String description) {
            this(seller, orderId, price, null, payCurrency, description);
        }

        Money asked() {
            return rest == null ? price : rest;
        }
    }

    /** The payment of an order and coin that was made, for the whole price or for this rest of it, if one was. */
    public Optional<Payment> made(SellerId seller, String orderId, Asset payCurrency, @Nullable Money rest) {
        return creations
                .recorded(new Intent(seller, orderId, payCurrency, rest))
                .map(paymentId -> payments.find(seller, paymentId).orElseThrow());
    }

    /** The newest of an order and coin, for whatever it was made. */
    public Optional<Payment> newest(SellerId seller, String orderId, Asset payCurrency) {
        return creations
                .newest(seller, orderId, payCurrency)
                .map(paymentId -> payments.find(seller, paymentId).orElseThrow());
    }

    /** Whether a payment for this rest of the order's price was meant to be made, in whatever coin. */
    public boolean isRestOf(SellerId seller, String orderId, Money rest) {
        return creations.intended(seller, orderId, rest);
    }

    /** The same order, coin and rest get the same payment, however often and from wherever this is called. */
    public Made<Payment> create(Request request) {
        return protocol.make(
                new Intent(request.seller(), request.orderId(), request.payCurrency(), request.rest()),
                new OnePayment(request));
    }

    private final class OnePayment implements CreationProtocol.Making<Created, Payment> {
        private final Request request;
        private @Nullable Wallet wallet;

        OnePayment(Request request) {
            this.request = request;
        }

        @Override
        public Answer<Created> call() {
            Wallet to = wallets.of(request.seller()).orElse(null);
            wallet = to;
            return to == null || coins.isPayableInto(request.asked(), request.payCurrency(), to.coin())
                    ? provider.create(new PaymentProvider.NewPayment(
                            request.orderId(),
                            request.asked(),
                            request.payCurrency(),
                            to == null ? request.description() : mark.on(request.description(), request.orderId(), to),
                            notifyUrl,
                            to))
                    : new Answer.Declined<>(
                            "below_minimum",
                            "less than the provider takes in " + request.payCurrency() + " to settle in " + to.coin());
        }

        @Override
        public void claim(Created created) {
            faults.reach(Point.CP00_PAYMENT_CREATED);
            SellerId holder = payments.claimRoute(created.paymentId(), request.seller());
            if (!holder.equals(request.seller())) {
                throw new IllegalStateException("payment " + created.paymentId() + " of order " + request.orderId()
                        + " is already known as another seller's");
            }
        }

        @Override
        public String id(Created created) {
            return created.paymentId();
        }

        @Override
        public void keep(Created created, Instant now) {
            Payment payment = new Payment(
                    request.seller(),
                    created.paymentId(),
                    request.orderId(),
                    null,
                    new PaymentState.Waiting(),
                    ProviderStatus.WAITING.word(),
                    created.payAmount().asset(),
                    created.payAmount(),
                    created.payAddress(),
                    created.payinExtraId(),
                    null,
                    null,
                    null,
                    null,
                    now,
                    null,
                    created.expiresAt(),
                    request.rest(),
                    wallet);
            if (!payments.add(payment, now.plus(firstAsk))) {
                payments.describe(request.seller(), created, wallet);
            }
        }

        @Override
        public Map<String, String> told() {
            return wallet == null
                    ? Map.of()
                    : Map.of("settled_to", wallet.coin().code() + " " + wallet.address());
        }

        @Override
        public Payment made(String paymentId) {
            return payments.find(request.seller(), paymentId).orElseThrow();
        }
    }
}
