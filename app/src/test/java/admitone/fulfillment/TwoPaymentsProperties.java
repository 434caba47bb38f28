package admitone.fulfillment;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.HandClock;
import admitone.access.Seat;
import admitone.access.WayIn;
import admitone.checkout.Order;
import admitone.fulfillment.Subjects.Subject;
import admitone.ledger.Line;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.payments.Coverage;
import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.Heard.Trigger;
import admitone.payments.Payment;
import admitone.payments.PaymentState;
import admitone.payments.PaymentState.Paid;
import admitone.payments.PaymentState.PartiallyPaid;
import admitone.payments.PaymentState.Refunded;
import admitone.payments.PaymentState.Waiting;
import admitone.payments.ProviderStatus;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Two payments of one order, whatever is heard of them, in every order and with every repetition: one grant, and the money of each
 * payment in one place. The decisions are the real ones, the rows are held in memory.
 */
class TwoPaymentsProperties {
    private static final int LONGEST = 5;
    private static final SellerId SELLER = new SellerId("0123456789ab");
    private static final Instant NOW = HandClock.BEGIN;
    private static final Asset ETH = new Asset("eth");
    private static final Money PRICE = usd("1.35");
    private static final Money REST = usd("0.54");
    private static final Rate RATE = new Rate(ETH, new BigDecimal("3870"), NOW, "test");
    private static final UUID CHANNEL = new UUID(0, 7);
    private static final BigDecimal ENOUGH = BigDecimal.valueOf(99);

    private static final String FIRST = "1";
    private static final String SECOND = "2";
    private static final Map<String, Money> ASKED = Map.of(FIRST, eth("0.0003"), SECOND, eth("0.00012"));

    private static final List<Heard> SAYINGS = List.of(
            heard(FIRST, ProviderStatus.CONFIRMING, "0"),
            heard(FIRST, ProviderStatus.PARTIALLY_PAID, "0.00018"),
            heard(FIRST, ProviderStatus.PARTIALLY_PAID, "0.00021"),
            heard(FIRST, ProviderStatus.FINISHED, "0.0003"),
            heard(SECOND, ProviderStatus.EXPIRED, "0"),
            heard(SECOND, ProviderStatus.PARTIALLY_PAID, "0.00006"),
            heard(SECOND, ProviderStatus.FINISHED, "0.00012"),
            heard(SECOND, ProviderStatus.REFUNDED, "0.00012"),
            heard(FIRST, ProviderStatus.REFUNDED, "0.0003"));

    private int sequences;

    @Test
    void oneGrantAndTheMoneyOfEachPaymentInOnePlaceForEverySequence() {
        extend(new World(), new ArrayList<>());

        int expected = 0;
        for (int length = 1, power = SAYINGS.size(); length <= LONGEST; length++, power *= SAYINGS.size()) {
            expected += power;
        }
        assertThat(sequences).isEqualTo(expected);
    }

    private void extend(World world, List<Heard> before) {
        if (!before.isEmpty()) {
            sequences++;
            world.check(before);
        }
        if (before.size() == LONGEST) {
            return;
        }
        for (Heard next : SAYINGS) {
            World after = world.copy();
            after.hear(next);
            before.add(next);
            extend(after, before);
            before.removeLast();
        }
    }

    /** The rows of the order and its two payments. */
    private static final class World {
        private @Nullable String paidBy;
        private int grants;
        private boolean granted;
        private final Map<String, Payment> payments = new LinkedHashMap<>();
        private final Map<String, Map<String, BigInteger>> journal = new HashMap<>();

        World() {
            payments.put(FIRST, payment(FIRST, new Waiting(), null, null));
            payments.put(SECOND, payment(SECOND, new Waiting(), null, null));
            ASKED.keySet().forEach(id -> journal.put(id, new HashMap<>()));
        }

        World copy() {
            World copy = new World();
            copy.paidBy = paidBy;
            copy.grants = grants;
            copy.granted = granted;
            copy.payments.putAll(payments);
            journal.forEach((id, lines) -> copy.journal.put(id, new HashMap<>(lines)));
            return copy;
        }

        void hear(Heard heard) {
            Order order = order(paidBy);
            Payment payment = row(payments, heard.paymentId());
            boolean looks = new Subject(SELLER, heard, payment, order, List.of(), false, false).mayBePart();
            List<Facts.Part> parts = payments.values().stream()
                    .filter(one -> looks
                            && one.state() instanceof PartiallyPaid
                            && !one.id().equals(payment.id()))
                    .map(one -> new Facts.Part(one, RATE))
                    .toList();
            var facts = new Facts(
                    NOW,
                    new Seat(null, null, false),
                    new WayIn.Standing(true),
                    RATE,
                    BigDecimal.ONE,
                    null,
                    new UUID(0, 1),
                    false,
                    parts);
            write(order, payment, heard, Fulfillment.decide(order, payment, heard, facts, false));
        }

        private void write(Order order, Payment payment, Heard heard, Decision decision) {
            String id = payment.id();
            if (decision.next() != null) {
                Money suspended = decision.suspended() != null ? decision.suspended() : payment.suspended();
                payments.put(id, payment(id, decision.next(), heard.outcome(), suspended));
            }
            if (decision.grant() != null) {
                grants++;
                granted = true;
                paidBy = id;
            }
            book(id, decision.journal());
            for (Decision.Counted part : decision.counted()) {
                Payment its = part.payment();
                assertThat(its.state()).isInstanceOf(PartiallyPaid.class);
                var received = ((PartiallyPaid) its.state()).received();
                payments.put(
                        its.id(),
                        payment(its.id(), new Paid(received, its.outcome(), NOW), its.outcome(), its.suspended()));
                book(its.id(), part.journal());
            }
            if (decision.endsGrant()) {
                granted &= !(payment.state() instanceof Paid) && !id.equals(order.paidBy());
                Map.copyOf(lines(id)).forEach((kind, amount) -> {
                    assertThat(lines(id).put(Line.Kind.REVERSAL + kind, amount)).isNull();
                });
            }
        }

        private void book(String id, List<Line> lines) {
            for (Line line : lines) {
                assertThat(lines(id).put(line.kind(), line.amount().units()))
                        .as("%s of payment %s is booked once", line.kind(), id)
                        .isNull();
            }
        }

        private Map<String, BigInteger> lines(String id) {
            return journal.computeIfAbsent(id, _ -> new HashMap<>());
        }

        void check(List<Heard> heard) {
            try {
                assertThat(grants).isLessThanOrEqualTo(1);
                assertThat(grants == 1).isEqualTo(paidBy != null);
                payments.values().forEach(this::checkMoney);
                if (heard.stream().noneMatch(one -> one.status() == ProviderStatus.REFUNDED)) {
                    assertThat(granted).isEqualTo(brought(heard).isAtLeastPercent(ENOUGH));
                }
                if (granted) {
                    assertThat(payments.values())
                            .as("what granted was not given back")
                            .noneMatch(one -> one.id().equals(paidBy) && one.state() instanceof Refunded);
                }
            } catch (AssertionError e) {
                throw new AssertionError(
                        heard.stream()
                                        .map(one -> one.paymentId() + " " + one.statusWord() + " " + one.actuallyPaid())
                                        .toList()
                                + " ended as "
                                + payments.values().stream().map(Payment::state).toList() + " with " + journal,
                        e);
            }
        }

        private void checkMoney(Payment payment) {
            boolean accrued = lines(payment.id()).containsKey(Line.Kind.ACCRUAL);
            boolean back = lines(payment.id()).containsKey(Line.Kind.REVERSAL + Line.Kind.ACCRUAL);
            assertThat(accrued && !back).as("accrued").isEqualTo(payment.state() instanceof Paid);
            BigInteger aside = amount(payment, Line.Kind.SUSPENSE)
                    .subtract(amount(payment, Line.Kind.SUSPENSE_RELEASE))
                    .subtract(amount(payment, Line.Kind.REVERSAL + Line.Kind.SUSPENSE))
                    .add(amount(payment, Line.Kind.REVERSAL + Line.Kind.SUSPENSE_RELEASE));
            if (payment.state() instanceof Paid || payment.state() instanceof Refunded) {
                assertThat(aside).as("aside").isZero();
            } else if (payment.suspended() != null) {
                assertThat(aside).as("aside").isEqualTo(payment.suspended().units());
            }
        }

        private BigInteger amount(Payment payment, String kind) {
            return lines(payment.id()).getOrDefault(kind, BigInteger.ZERO);
        }
    }

    /** The most of each payment that was told. */
    private static Coverage brought(List<Heard> heard) {
        Coverage sum = Coverage.none(PRICE);
        for (String id : List.of(FIRST, SECOND)) {
            Money most = heard.stream()
                    .filter(one -> one.paymentId().equals(id) && one.isSettled())
                    .flatMap(one -> java.util.stream.Stream.ofNullable(one.actuallyPaid()))
                    .max(Money::compareTo)
                    .orElse(eth("0"));
            sum = sum.plus(id.equals(FIRST) ? PRICE : REST, most, asked(id));
        }
        return sum;
    }

    private static Payment row(Map<String, Payment> payments, String id) {
        Payment payment = payments.get(id);
        if (payment == null) {
            throw new AssertionError("no payment " + id);
        }
        return payment;
    }

    private static Heard heard(String id, ProviderStatus status, String received) {
        return new Heard(
                id,
                null,
                "ao",
                status,
                status.word(),
                id.equals(FIRST) ? PRICE : REST,
                ETH,
                asked(id),
                eth(received),
                eth(received).isPositive() ? eth(received).percentHalfUp(new BigDecimal("91")) : null,
                new Trigger(Cause.IPN, "test", NOW),
                (id + status + received).getBytes(StandardCharsets.UTF_8));
    }

    private static Money asked(String id) {
        Money asked = ASKED.get(id);
        if (asked == null) {
            throw new AssertionError("no payment " + id);
        }
        return asked;
    }

    private static Payment payment(String id, PaymentState state, @Nullable Money outcome, @Nullable Money suspended) {
        return new Payment(
                SELLER,
                id,
                "ao",
                null,
                state,
                "",
                ETH,
                asked(id),
                "address",
                null,
                null,
                outcome,
                suspended,
                null,
                NOW,
                null,
                null,
                id.equals(FIRST) ? null : REST,
                null);
    }

    private static Order order(@Nullable String paidBy) {
        return new Order(
                SELLER,
                "ao",
                CHANNEL,
                CHANNEL,
                41,
                PRICE,
                30,
                new BigDecimal("5"),
                NOW,
                NOW.plus(Duration.ofHours(24)),
                paidBy);
    }

    private static Money usd(String amount) {
        return Money.parse(amount, Asset.USD);
    }

    private static Money eth(String amount) {
        return Money.parse(amount, ETH);
    }
}
