package admitone.fulfillment;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.HandClock;
import admitone.access.Effects;
import admitone.access.Grant;
import admitone.access.Origin;
import admitone.access.Seat;
import admitone.access.WayIn;
import admitone.checkout.Order;
import admitone.ledger.Custody;
import admitone.ledger.Line;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.Heard.Trigger;
import admitone.payments.NotificationInbox.Fate;
import admitone.payments.Payment;
import admitone.payments.PaymentRules.Why;
import admitone.payments.PaymentState;
import admitone.payments.PaymentState.Held;
import admitone.payments.PaymentState.Paid;
import admitone.payments.PaymentState.PartiallyPaid;
import admitone.payments.PaymentState.Refunded;
import admitone.payments.PaymentState.Waiting;
import admitone.payments.ProviderStatus;
import admitone.runtime.SellerId;
import admitone.tasks.Owed;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

class DecisionTests {
    private static final SellerId SELLER = new SellerId("0123456789ab");
    private static final Instant NOW = HandClock.BEGIN;
    private static final Asset ETH = new Asset("eth");
    private static final Money PRICE = Money.parse("1.35", Asset.USD);
    private static final Money ASKED = eth("0.0003");
    private static final Money OUTCOME = eth("0.0002736");
    private static final Rate RATE = new Rate(ETH, new BigDecimal("3870"), NOW, "test");
    private static final UUID GRANT = UUID.fromString("01935760-0000-7000-8000-000000000001");
    private static final UUID CHANNEL = UUID.fromString("01935760-0000-7000-8000-000000000002");

    private static final WayIn THERE = new WayIn.Standing(true);

    private Order order = order(null, NOW.plus(Duration.ofHours(24)));
    private Payment payment = payment(new Waiting(), null, null);
    private Facts facts = facts(new Seat(null, null, false), RATE, null);

    @Test
    void paidGrantsSettlesAccruesAndOwesOnce() {
        Decision decision = decide(finished());

        assertThat(decision.next()).isEqualTo(new Paid(ASKED, OUTCOME, NOW));
        assertThat(decision.fate()).isEqualTo(Fate.APPLIED);
        Grant granted = new Grant(
                SELLER,
                GRANT,
                new Origin.Purchase(order.id(), payment.id()),
                CHANNEL,
                41,
                NOW,
                NOW.plus(Duration.ofDays(30)),
                Grant.Access.READY);
        assertThat(decision.grant()).isEqualTo(granted);
        assertThat(decision.journal()).extracting(Line::kind).containsExactly("settlement", "accrual", "fee");
        assertThat(decision.journal())
                .extracting(line -> line.amount().toString())
                .containsExactly("0.0002736 eth", "1.01 usd", "0.05 usd");
        assertThat(decision.owed())
                .containsExactly(Effects.deliver(GRANT), Work.tellSeller(granted.seller(), granted.grantedAt()));
        assertThat(decision.cases()).isEmpty();
        assertThat(decision.suspended()).isNull();
    }

    @Test
    void paidWithoutARateGrantsAndOwesTheAccrual() {
        facts = facts(new Seat(null, null, false), null, null);

        Decision decision = decide(finished());

        assertThat(decision.grant()).isNotNull();
        assertThat(decision.journal()).extracting(Line::kind).containsExactly("settlement");
        assertThat(decision.owed()).contains(Work.accrue(payment.id()));
    }

    @Test
    void paidWithoutAnOutcomeGrantsAndOwesTheAccrual() {
        Decision decision = decide(heard(ProviderStatus.FINISHED, ASKED, null));

        assertThat(decision.grant()).isNotNull();
        assertThat(decision.journal()).isEmpty();
        assertThat(decision.owed()).contains(Work.accrue(payment.id()));
    }

    @Test
    void paidWhileARequestIsPendingOwesTheApproval() {
        facts = facts(new Seat(null, 7L, false), RATE, null);

        assertThat(decide(finished()).owed()).contains(Effects.approve(CHANNEL, 41, "update-7:" + payment.id()));
    }

    @Test
    void paidByOneWhoIsEntitledFollowsTheEarlierSpan() {
        Instant until = NOW.plus(Duration.ofDays(3));
        facts = facts(new Seat(until, null, false), RATE, null);

        assertThat(granted(decide(finished())).startsAt()).isEqualTo(until);
    }

    @Test
    void paidLateGrantsAndAsks() {
        order = order(null, NOW.minusMillis(1));

        Decision decision = decide(finished());

        assertThat(decision.grant()).isNotNull();
        assertThat(kinds(decision)).containsExactly(Why.PAID_LATE);
    }

    @Test
    void paidLateWhereWhatReducedThePriceIsGoneIsHeld() {
        order = order(null, NOW.minusMillis(1));
        facts = new Facts(
                NOW,
                new Seat(null, null, false),
                THERE,
                RATE,
                BigDecimal.ONE,
                null,
                GRANT,
                false,
                Custody.PROVIDER,
                null,
                true,
                List.of(),
                List.of());

        Decision decision = decide(finished());

        assertThat(decision.grant()).isNull();
        assertThat(decision.next()).isEqualTo(new Held(Why.REDUCTION_GONE));
        assertThat(kinds(decision)).containsExactly(Why.REDUCTION_GONE);
        assertThat(decision.suspended()).isEqualTo(OUTCOME);
    }

    @ParameterizedTest(name = "{0} of 0.0003 at {1} % is overpaid: {2}")
    @CsvSource({
        "0.0003, 1, false",
        "0.000303, 1, false", // exactly one percent over
        "0.000303000000000001, 1, true",
        "0.000309, 3, false",
        "0.000309000000000001, 3, true",
        "0.000321, 7, false",
        "0.000321000000000001, 7, true",
        "0.000300000000000001, 0, true",
        "0.0006, 50, true",
    })
    void overpaidGrantsAndAsks(String received, String tolerance, boolean asks) {
        facts = new Facts(
                NOW,
                new Seat(null, null, false),
                THERE,
                RATE,
                new BigDecimal(tolerance),
                null,
                GRANT,
                false,
                List.of());

        Decision decision = decide(heard(ProviderStatus.FINISHED, eth(received), OUTCOME));

        assertThat(decision.grant()).isNotNull();
        assertThat(kinds(decision)).isEqualTo(asks ? List.of(Why.OVERPAID) : List.of());
    }

    @ParameterizedTest(name = "{0} of 0.0003 for {1} days, added: {2} days more, asks: {3}")
    @CsvSource({
        "0.00033, 30, 3, false",
        "0.000339999999999999, 30, 3, false", // 3.99 days
        "0.000303, 30, 0, false", // within the tolerance
        "0.000304, 30, 0, true", // less than a day
        "0.0006, 30, 30, false",
        "0.0006, , 0, true", // for life already
    })
    void overpaidAddsWholeDaysWhereTheSellerSaysSo(String received, @Nullable Integer days, int more, boolean asks) {
        order = new Order(
                SELLER,
                order.id(),
                CHANNEL,
                CHANNEL,
                41,
                PRICE,
                days,
                new BigDecimal("5"),
                NOW,
                NOW.plus(Duration.ofHours(24)),
                null);
        facts = new Facts(NOW, new Seat(null, null, false), THERE, RATE, BigDecimal.ONE, null, GRANT, true, List.of());

        Decision decision = decide(heard(ProviderStatus.FINISHED, eth(received), OUTCOME));

        assertThat(granted(decision).endsAt()).isEqualTo(days == null ? null : NOW.plus(Duration.ofDays(days + more)));
        assertThat(kinds(decision)).isEqualTo(asks ? List.of(Why.OVERPAID) : List.of());
    }

    @Test
    void surplusThatExtendsBringsNoOtherOneTimeLink() {
        facts = new Facts(
                NOW,
                new Seat(NOW.plus(Duration.ofDays(3)), null, false),
                new WayIn.PoolEmpty(CHANNEL),
                RATE,
                BigDecimal.ONE,
                null,
                GRANT,
                false,
                List.of());
        payment = payment(new Paid(ASKED, OUTCOME, NOW), null, null);

        Decision decision = Ruling.extended(order, payment, facts);

        assertThat(decision.next()).isNull();
        assertThat(decision.journal()).isEmpty();
        assertThat(decision.owed()).containsExactly(Effects.deliver(GRANT));
        assertThat(granted(decision).startsAt()).isEqualTo(NOW.plus(Duration.ofDays(3)));
    }

    @Test
    void paidTwiceGrantsNothingAndSetsTheMoneyAside() {
        order = order("another payment", NOW.plus(Duration.ofHours(24)));

        Decision decision = decide(finished());

        assertThat(decision.next()).isEqualTo(new Held(Why.PAID_TWICE));
        assertThat(decision.grant()).isNull();
        assertThat(decision.journal()).extracting(Line::kind).containsExactly("suspense");
        assertThat(decision.suspended()).isEqualTo(OUTCOME);
        assertThat(kinds(decision)).containsExactly(Why.PAID_TWICE);
        assertThat(decision.owed()).extracting(Owed::kind).containsExactly(Work.TELL_SECOND);
    }

    @Test
    void underpaidThenCompletedReleasesWhatWasSetAside() {
        Decision under = decide(heard(ProviderStatus.PARTIALLY_PAID, eth("0.0002"), eth("0.0001")));
        assertThat(under.next()).isEqualTo(new PartiallyPaid(eth("0.0002")));
        assertThat(under.grant()).isNull();
        assertThat(under.journal()).extracting(Line::kind).containsExactly("suspense");
        assertThat(kinds(under)).containsExactly(Why.UNDERPAID);

        payment = payment(new PartiallyPaid(eth("0.0002")), null, under.suspended());
        Decision completed = decide(finished());

        assertThat(completed.grant()).isNotNull();
        assertThat(completed.journal())
                .extracting(Line::kind)
                .containsExactly("suspense_release", "settlement", "accrual", "fee");
    }

    @Test
    void moreOfAnUnderpaymentIsNotSetAsideTwice() {
        payment = payment(new PartiallyPaid(eth("0.0001")), null, eth("0.00005"));

        assertThat(decide(heard(ProviderStatus.PARTIALLY_PAID, eth("0.0002"), eth("0.0001")))
                        .journal())
                .isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            mode = Mode.EXCLUDE,
            names = {"REFUNDED", "OTHER"})
    void paidStaysPaidWhateverElseIsHeard(ProviderStatus status) {
        payment = payment(new Paid(ASKED, OUTCOME, NOW), null, null);

        Decision decision = decide(heard(status, ASKED, OUTCOME));

        assertThat(decision).isEqualTo(Decision.absorbed("nothing new"));
    }

    @ParameterizedTest(name = "{0} after {1} were counted asks: {2}")
    @CsvSource({
        "0.0003, 0.000297, false", // within the tolerance, then the whole
        "0.000303, 0.0003, false",
        "0.000303000000000001, 0.0003, true",
        "0.0003, 0.00018, true",
        "0.0001, 0.0003, false",
    })
    void moreThanWasCountedIsForAPerson(String now, String counted, boolean asks) {
        payment = payment(new Paid(eth(counted), OUTCOME, NOW), null, null);

        Decision decision = decide(heard(ProviderStatus.FINISHED, eth(now), OUTCOME));

        assertThat(decision.next()).isNull();
        assertThat(decision.journal()).isEmpty();
        assertThat(kinds(decision)).isEqualTo(asks ? List.of(Why.MORE_ARRIVED) : List.of());
    }

    @Test
    void refundEndsTheGrantAndTakesBackItsLines() {
        payment = payment(new Paid(ASKED, OUTCOME, NOW), null, null);

        Decision decision = decide(heard(ProviderStatus.REFUNDED, ASKED, OUTCOME));

        assertThat(decision.next()).isEqualTo(new Refunded());
        assertThat(decision.endsGrant()).isTrue();
        assertThat(decision.grant()).isNull();
    }

    @Test
    void finishedAfterARefundIsForAPerson() {
        payment = payment(new Refunded(), null, null);

        Decision decision = decide(finished());

        assertThat(decision.next()).isNull();
        assertThat(decision.grant()).isNull();
        assertThat(decision.journal()).isEmpty();
        assertThat(decision.fate()).isEqualTo(Fate.CASE);
        assertThat(kinds(decision)).containsExactly(Why.FINISHED_AFTER_REFUND);
    }

    @Test
    void partAboveTheLimitIsConfirmedBeforeItCounts() {
        facts = facts(new Seat(null, null, false), RATE, new BigDecimal("1.34"));
        Money part = new Money(ASKED.units().shiftRight(1), ASKED.asset());

        Decision told = decide(heard(ProviderStatus.PARTIALLY_PAID, part, OUTCOME, Cause.IPN, null, PRICE));
        Decision asked = decide(heard(ProviderStatus.PARTIALLY_PAID, part, OUTCOME, Cause.TASK_RETRY, null, PRICE));

        assertThat(told.next()).isNull();
        assertThat(told.journal()).isEmpty();
        assertThat(told.owed()).containsExactly(Work.confirmPart(payment.id(), part));
        assertThat(asked.next()).isEqualTo(new PartiallyPaid(part));
    }

    @ParameterizedTest(name = "{0} at a limit of {1} grants at once: {2}")
    @CsvSource({
        "IPN, 1.34, false",
        "IPN, 1.35, true",
        "SWEEP, 1.34, true",
        "TASK_RETRY, 1.34, true",
        "OPERATOR, 1.34, true"
    })
    void notificationAboveTheLimitIsConfirmedFirst(Cause cause, String limit, boolean atOnce) {
        facts = facts(new Seat(null, null, false), RATE, new BigDecimal(limit));

        Decision decision = decide(heard(ProviderStatus.FINISHED, ASKED, OUTCOME, cause, null, PRICE));

        if (atOnce) {
            assertThat(decision.grant()).isNotNull();
        } else {
            assertThat(decision.next()).isNull();
            assertThat(decision.grant()).isNull();
            assertThat(decision.owed()).containsExactly(Work.confirm(payment.id()));
        }
    }

    @Test
    void holdKeepsAPaymentFromGrantingForEver() {
        payment = payment(new Waiting(), Why.CHILD_PAYMENT, null);

        Decision decision = decide(finished());

        assertThat(decision.next()).isEqualTo(new Held(Why.CHILD_PAYMENT));
        assertThat(decision.grant()).isNull();
        assertThat(decision.journal()).extracting(Line::kind).containsExactly("suspense");
    }

    @Test
    void otherPriceIsHeld() {
        Decision decision =
                decide(heard(ProviderStatus.FINISHED, ASKED, OUTCOME, Cause.IPN, null, Money.parse("0.01", Asset.USD)));

        assertThat(decision.next()).isEqualTo(new Held(Why.PRICE_MISMATCH));
        assertThat(decision.grant()).isNull();
        assertThat(kinds(decision)).containsExactly(Why.PRICE_MISMATCH);
    }

    @ParameterizedTest
    @EnumSource
    void firstWordOfAnUnknownOrderIsAlwaysACase(ProviderStatus status) {
        payment = new Payment(
                SellerId.PLATFORM,
                "5",
                null,
                Why.UNKNOWN_ORDER,
                new Waiting(),
                "",
                ETH,
                ASKED,
                null,
                null,
                null,
                null,
                null,
                null,
                NOW,
                null,
                null,
                null,
                null);

        Decision decision = Fulfillment.decide(null, payment, heard(status, ASKED, OUTCOME), facts, true);

        assertThat(decision.grant()).isNull();
        assertThat(kinds(decision)).hasSize(1);
        assertThat(kinds(decision).getFirst()).isIn(Why.UNKNOWN_ORDER, Why.WRONG_ASSET);
    }

    @Test
    void wordWithoutAMeaningIsKept() {
        Decision decision = decide(heard(ProviderStatus.OTHER, ASKED, OUTCOME));

        assertThat(decision.fate()).isEqualTo(Fate.NOT_UNDERSTOOD);
        assertThat(decision.next()).isNull();
    }

    private Decision decide(Heard heard) {
        return Fulfillment.decide(order, payment, heard, facts, false);
    }

    private static Heard finished() {
        return heard(ProviderStatus.FINISHED, ASKED, OUTCOME);
    }

    private static Heard heard(ProviderStatus status, @Nullable Money received, @Nullable Money outcome) {
        return heard(status, received, outcome, Cause.IPN, null, PRICE);
    }

    private static Heard heard(
            ProviderStatus status,
            @Nullable Money received,
            @Nullable Money outcome,
            Cause cause,
            @Nullable String parent,
            Money price) {
        return new Heard(
                "5996609246",
                parent,
                "ao",
                status,
                status.word(),
                price,
                ETH,
                ASKED,
                received,
                outcome,
                new Trigger(cause, "test", NOW),
                status.word().getBytes(StandardCharsets.UTF_8));
    }

    private static Order order(@Nullable String paidBy, Instant expiresAt) {
        return new Order(
                SELLER,
                "ao_0123456789ab_x",
                CHANNEL,
                CHANNEL,
                41,
                PRICE,
                30,
                new BigDecimal("5"),
                NOW,
                expiresAt,
                paidBy);
    }

    private Payment payment(PaymentState state, @Nullable String hold, @Nullable Money suspended) {
        return new Payment(
                SELLER,
                "5996609246",
                order.id(),
                hold,
                state,
                "",
                ETH,
                ASKED,
                "address",
                null,
                null,
                null,
                suspended,
                null,
                NOW,
                null,
                null,
                null,
                null);
    }

    private static Facts facts(Seat seat, @Nullable Rate rate, @Nullable BigDecimal confirmAbove) {
        return new Facts(NOW, seat, THERE, rate, BigDecimal.ONE, confirmAbove, GRANT, false, List.of());
    }

    private static Grant granted(Decision decision) {
        Grant grant = decision.grant();
        if (grant == null) {
            throw new AssertionError("no grant: " + decision);
        }
        return grant;
    }

    private static List<String> kinds(Decision decision) {
        return decision.cases().stream().map(draft -> draft.kind()).toList();
    }

    private static Money eth(String amount) {
        return Money.parse(amount, ETH);
    }
}
