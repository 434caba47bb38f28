package admitone.payments;

import admitone.database.Transactions;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.JdbcCreations.Creation;
import admitone.payments.PaymentProvider.Created;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * Makes the provider's payment of an order and coin, for its whole price or for what is missing of it. The call cannot be repeated, so: the intent is committed, the call made,
 * its answer recorded. An answer that was lost is abandoned and the payment made anew: nobody was shown the first one, and
 * should money reach it all the same, the signed notification about it is adopted.
 */
@Component
public class PaymentCreation {
    private static final Logger log = LoggerFactory.getLogger(PaymentCreation.class);
    /** Longer than the call's own time limit. */
    private static final Duration LEASE = Duration.ofSeconds(20);

    /** How long a buyer's request waits for another one that makes the same payment, or for a pause asked of us. */
    private static final Duration PATIENCE = Duration.ofSeconds(12);

    private static final Duration SHORT = Duration.ofSeconds(2);
    private static final Duration LOOK_EVERY = Duration.ofMillis(100);
    private static final Duration AFTER_LOST = Duration.ofMillis(500);
    private static final int MOST_ATTEMPTS_PER_REQUEST = 3;

    private final JdbcCreations creations;
    private final Payments payments;
    private final PaymentProvider provider;
    private final Transactions transactions;
    private final Timeline timeline;
    private final Clock clock;
    private final FaultPoints faults;
    private final String notifyUrl;
    private final Duration firstAsk;

    PaymentCreation(
            JdbcCreations creations,
            Payments payments,
            PaymentProvider provider,
            Transactions transactions,
            Timeline timeline,
            Clock clock,
            FaultPoints faults,
            Settings settings) {
        this.creations = creations;
        this.payments = payments;
        this.provider = provider;
        this.transactions = transactions;
        this.timeline = timeline;
        this.clock = clock;
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

    public sealed interface Outcome {
        record Ready(Payment payment) implements Outcome {}

        /** The provider said no; {@code code} as in {@link PaymentProvider#create}. */
        record Declined(String code, String reason) implements Outcome {}

        /** Not now; the same request may be made again after {@code after}. */
        record NotNow(Duration after, String reason) implements Outcome {}
    }

    /** The payment of an order and coin that was made, for the whole price or for this rest of it, if one was. */
    public Optional<Payment> made(SellerId seller, String orderId, Asset payCurrency, @Nullable Money rest) {
        return creations
                .recorded(seller, orderId, payCurrency, rest)
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
    public Outcome create(Request request) {
        Instant giveUp = clock.instant().plus(PATIENCE);
        Outcome.NotNow last =
                new Outcome.NotNow(Duration.ofSeconds(5), "this payment is being made by another request");
        int made = 0;
        while (clock.instant().isBefore(giveUp)) {
            Creation creation =
                    transactions.run(request.seller(), () -> creations.claim(request, clock.instant(), LEASE));
            switch (creation) {
                case Creation.Recorded(String paymentId) -> {
                    return new Outcome.Ready(
                            payments.find(request.seller(), paymentId).orElseThrow());
                }
                case Creation.SomebodyElseIsCalling() -> LockSupport.parkNanos(LOOK_EVERY.toNanos());
                case Creation.Mine(int attempt) -> {
                    Outcome outcome = call(request, attempt);
                    if (!(outcome instanceof Outcome.NotNow notNow)) {
                        return outcome;
                    }
                    last = notNow;
                    made++;
                    if (made == MOST_ATTEMPTS_PER_REQUEST || notNow.after().compareTo(SHORT) > 0) {
                        return notNow;
                    }
                    LockSupport.parkNanos(notNow.after().toNanos());
                }
            }
        }
        return last;
    }

    private Outcome call(Request request, int attempt) {
        Answer<Created> answer = provider.create(new PaymentProvider.NewPayment(
                request.orderId(), request.asked(), request.payCurrency(), request.description(), notifyUrl));
        return switch (answer) {
            case Answer.Done<Created>(Created created) -> {
                faults.reach(Point.CP00_PAYMENT_CREATED);
                yield record(request, attempt, created);
            }
            case Answer.Declined<Created>(String code, String reason) -> {
                transactions.run(request.seller(), () -> creations.end(request, attempt, "declined", reason));
                yield new Outcome.Declined(code, reason);
            }
            case Answer.NotNow<Created>(Duration after, String reason) -> {
                transactions.run(request.seller(), () -> creations.end(request, attempt, "abandoned", reason));
                yield new Outcome.NotNow(after, reason);
            }
            case Answer.Unknown<Created>(String reason) -> {
                log.warn(
                        "payment of order {} in {}: answer lost ({}), abandoned and made anew",
                        request.orderId(),
                        request.payCurrency(),
                        reason);
                transactions.run(request.seller(), () -> {
                    creations.end(request, attempt, "abandoned", reason);
                    timeline.append(
                            request.seller(),
                            event(
                                    request,
                                    "payment_creation_abandoned",
                                    Map.of("why", reason, "attempt", "" + attempt)));
                });
                yield new Outcome.NotNow(AFTER_LOST, "the payment provider does not answer");
            }
        };
    }

    private Outcome record(Request request, int attempt, Created created) {
        SellerId holder = payments.claimRoute(created.paymentId(), request.seller());
        if (!holder.equals(request.seller())) {
            throw new IllegalStateException("payment " + created.paymentId() + " of order " + request.orderId()
                    + " is already known as another seller's");
        }
        Instant now = clock.instant();
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
                request.rest());
        boolean mine = transactions.run(request.seller(), () -> {
            boolean recorded = creations.record(request, attempt, created.paymentId());
            boolean first = payments.add(payment, now.plus(firstAsk));
            if (!first) {
                payments.describe(request.seller(), created);
            }
            timeline.append(
                    request.seller(),
                    event(
                            request,
                            "payment_created",
                            request.rest() == null
                                    ? Map.of("payment_id", created.paymentId(), "attempt", "" + attempt)
                                    : Map.of(
                                            "payment_id",
                                            created.paymentId(),
                                            "attempt",
                                            "" + attempt,
                                            "rest",
                                            request.rest().toString())));
            return recorded;
        });
        if (!mine) {
            // our lease ended and another request made the payment that counts; this one stays known, in case money
            // reaches it
            return new Outcome.NotNow(Duration.ofSeconds(1), "this payment is being made by another request");
        }
        return new Outcome.Ready(
                payments.find(request.seller(), created.paymentId()).orElseThrow());
    }

    private Event event(Request request, String kind, Map<String, String> detail) {
        return new Event(Event.order(request.orderId()), clock.instant(), kind, "buyer", "payment creation", detail);
    }
}
