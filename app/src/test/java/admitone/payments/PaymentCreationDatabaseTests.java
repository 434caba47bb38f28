package admitone.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.checkout.Order;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.PaymentCreation.Request;
import admitone.payments.PaymentProvider.Created;
import admitone.payments.PaymentProvider.NewPayment;
import admitone.runtime.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PaymentCreationDatabaseTests {
    private static final Asset ETH = new Asset("eth");

    private final Core core = Core.start("creation");
    private final Shop shop = core.shop("0123456789ab");
    private final Order order = core.order(shop);
    private final PaymentCreation creation = core.bean(PaymentCreation.class);
    private final AtomicLong nextId = new AtomicLong(5_000_000_000L);

    @BeforeEach
    void answer() {
        core.provider.onCreate = payment -> new Answer.Done<>(created(payment));
    }

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void sameOrderAndCoinAtOnceMakeOneCall() throws Exception {
        CountDownLatch start = new CountDownLatch(1);
        List<Made<Payment>> outcomes = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Made<Payment>>> all = new ArrayList<>();
            for (int i = 0; i < 30; i++) {
                all.add(threads.submit(() -> {
                    start.await();
                    return creation.create(request(order, ETH));
                }));
            }
            start.countDown();
            for (Future<Made<Payment>> one : all) {
                outcomes.add(one.get());
            }
        }

        assertThat(core.provider.created).hasSize(1);
        assertThat(outcomes).allMatch(outcome -> id(outcome).equals("5000000001"));
    }

    @Test
    void otherCoinAndOtherOrderGetTheirOwn() {
        creation.create(request(order, ETH));
        creation.create(request(order, new Asset("btc")));
        creation.create(request(core.order(shop), ETH));

        assertThat(core.provider.created).hasSize(3);
        assertThat(core.bean(Payments.class).ofOrder(shop.seller(), order.id())).hasSize(2);
    }

    @Test
    void lostAnswerIsAbandonedAndThePaymentMadeAnew() {
        core.provider.onCreate = payment -> core.provider.created.size() == 1
                ? new Answer.Unknown<>("timeout")
                : new Answer.Done<>(created(payment));

        Made<Payment> outcome = creation.create(request(order, ETH));

        assertThat(core.provider.created).hasSize(2);
        assertThat(id(outcome)).isEqualTo("5000000001");
        assertThat(core.strings("select state || ' ' || attempt from payments.creation"))
                .containsExactly("recorded 2");
        assertThat(core.count("timeline.event where kind = 'payment_creation_abandoned'"))
                .isEqualTo(1);
    }

    @Test
    void providerThatNeverAnswersIsNotAskedForEver() {
        core.provider.onCreate = payment -> new Answer.Unknown<>("timeout");

        assertThat(creation.create(request(order, ETH))).isInstanceOf(Made.NotNow.class);

        assertThat(core.provider.created).hasSize(3);
        assertThat(core.strings("select state from payments.creation")).containsExactly("abandoned");
    }

    @Test
    void refusalIsToldAndMayBeTriedAgainLater() {
        core.provider.onCreate = payment -> new Answer.Declined<>("below_minimum", "less than minimal");
        assertThat(creation.create(request(order, ETH)))
                .isEqualTo(new Made.Declined<Payment>("below_minimum", "less than minimal"));

        core.provider.onCreate = payment -> new Answer.Done<>(created(payment));
        assertThat(id(creation.create(request(order, ETH)))).isEqualTo("5000000001");
    }

    @Test
    void crashAfterTheCallIsMadeUpForWhenTheLeaseEnds() {
        core.faults.set(point -> {
            throw new IllegalStateException("as if the process ended here");
        });
        assertThatThrownBy(() -> creation.create(request(order, ETH))).isInstanceOf(IllegalStateException.class);
        assertThat(core.strings("select state from payments.creation")).containsExactly("calling");
        core.faults.set(point -> {});
        core.clock.advance(Duration.ofSeconds(31));

        Made<Payment> outcome = creation.create(request(order, ETH));

        assertThat(id(outcome)).isEqualTo("5000000002");
        assertThat(core.provider.created).hasSize(2);
    }

    /** The least that is settled to a seller's wallet is asked for before: ten seconds each, at most. */
    @Test
    void leaseOutlastsTheTwoCallsOfOnePayment() {
        List<Object> others = new ArrayList<>();
        core.provider.onCreate = payment -> {
            core.clock.advance(Duration.ofSeconds(25));
            others.add(core.transactions.run(
                    shop.seller(),
                    () -> core.bean(JdbcCreations.class)
                            .claim(
                                    new Intent(shop.seller(), order.id(), ETH, null),
                                    core.clock.instant(),
                                    Duration.ofSeconds(1))));
            return new Answer.Done<>(created(payment));
        };

        creation.create(request(order, ETH));

        assertThat(others).containsExactly(new JdbcCreations.Creation.SomebodyElseIsCalling());
    }

    @Test
    void paymentWhoseCreationWasNeverAnsweredIsAdoptedAndGrants() {
        core.provider.onCreate = payment -> core.provider.created.size() == 1
                ? new Answer.Unknown<>("timeout")
                : new Answer.Done<>(created(payment));
        creation.create(request(order, ETH));

        core.hear(Ipn.finished("4999999999", order.id()));

        assertThat(core.state("4999999999")).isEqualTo("paid");
        assertThat(core.count("access.grants")).isEqualTo(1);
    }

    @Test
    void notificationThatOvertakesTheAnswerNamesTheSamePayment() {
        core.provider.onCreate = payment -> {
            core.hear(Ipn.of("5000000001", order.id(), "waiting"));
            return new Answer.Done<>(created(payment));
        };

        Made<Payment> outcome = creation.create(request(order, ETH));

        assertThat(ready(outcome).payAddress()).isEqualTo("0xabc");
        assertThat(ready(outcome).orderId()).isEqualTo(order.id());
        core.hear(Ipn.finished("5000000001", order.id()));
        assertThat(core.count("access.grants")).isEqualTo(1);
    }

    @Test
    void lateAnswerOfALostLeaseStaysKnownAndIsNotShown() {
        core.provider.onCreate = payment -> {
            if (core.provider.created.size() == 1) {
                core.clock.advance(Duration.ofSeconds(31));
                assertThat(id(creation.create(request(order, ETH)))).isEqualTo("5000000001");
            }
            return new Answer.Done<>(created(payment));
        };

        assertThat(creation.create(request(order, ETH))).isInstanceOf(Made.NotNow.class);

        assertThat(id(creation.create(request(order, ETH)))).isEqualTo("5000000001");
        assertThat(core.provider.created).hasSize(2);
        core.hear(Ipn.finished("5000000002", order.id()));
        assertThat(core.state("5000000002")).isEqualTo("paid");
    }

    @Test
    void recordsWhatWasAskedSoThatLessIsSeen() {
        creation.create(request(order, ETH));

        core.hear(Ipn.finished("5000000001", order.id())
                .paid("0.0001")
                .with("pay_amount", new java.math.BigDecimal("0.0001")));

        assertThat(core.state("5000000001")).isEqualTo("partially_paid");
        assertThat(core.count("access.grants")).isZero();
    }

    private Created created(NewPayment payment) {
        return new Created(
                Long.toString(nextId.incrementAndGet()),
                "0xabc",
                Money.parse("0.0003", payment.payCurrency()),
                null,
                null);
    }

    private Request request(Order of, Asset coin) {
        return new Request(shop.seller(), of.id(), of.price(), coin, "Signals, a month");
    }

    private static String id(Made<Payment> outcome) {
        return ready(outcome).id();
    }

    private static Payment ready(Made<Payment> outcome) {
        if (outcome instanceof Made.Ready<Payment>(Payment payment)) {
            return payment;
        }
        throw new AssertionError(outcome);
    }
}
