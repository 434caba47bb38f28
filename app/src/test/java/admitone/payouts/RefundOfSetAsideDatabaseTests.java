package admitone.payouts;

import static admitone.AtOnce.atOnce;
import static admitone.payouts.Paying.SELLER;
import static admitone.payouts.Paying.TEST;
import static admitone.payouts.Paying.USDT;
import static org.assertj.core.api.Assertions.assertThat;

import admitone.Ipn;
import admitone.audit.Broken;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.fulfillment.CaseDecisions;
import admitone.fulfillment.CaseDecisions.Outcome;
import admitone.fulfillment.CaseDecisions.Possible;
import admitone.fulfillment.Refunds;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payouts.PayoutMaking.Made;
import admitone.payouts.PayoutProvider.Status;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Money that arrived and never became a grant goes back to its buyer by a payout: all of it, once, and never beside a grant. */
class RefundOfSetAsideDatabaseTests {
    private static final Duration A_WHILE = Duration.ofMinutes(10);
    private static final CaseDecisions.Asked GRANT =
            new CaseDecisions.Asked("grant", "looked at", null, "operator", "operator");
    private static final String NOTHING = "0.00 = 0.00 + 0.00 + 0.00";
    private static final String HALF = "600000001";
    private static final String OTHER = "700000002";

    private final Paying paying = Paying.start("refund-set-aside");
    private Ipn whole = Ipn.finished(HALF, "");

    @BeforeEach
    void halfPaid() {
        paying.seller(SELLER, "threshold", "1000");
        whole = paying.finished(SELLER, HALF, "50", USDT);
        paying.core.hear(half());
    }

    @AfterEach
    void everythingHolds() {
        assertThat(Broken.in(paying.core)).isEmpty();
        paying.close();
    }

    @Test
    void halfPaidIsSentBackAndItsCaseIsAnswered() {
        Payout refund = paying.refunded(SELLER, HALF);
        assertThat(refund.coins()).isEqualTo(Money.parse("24.999", USDT));
        assertThat(paying.balance(SELLER)).isEqualTo(NOTHING);
        assertThat(standing()).containsExactly("payout_reserved 25 usdttrc20", "provider_clearing -25 usdttrc20");
        paying.pass(A_WHILE);
        assertThat(paying.provider.rows).as("nobody has approved it").isEmpty();

        paying.approve(refund);
        paying.pass(A_WHILE);

        assertThat(paying.state(refund)).isEqualTo("finished");
        assertThat(paying.core.state(HALF)).isEqualTo("refunded");
        assertThat(paying.core.journal(HALF)).containsExactly("reversal_of_suspense", "suspense");
        assertThat(standing()).containsExactly("provider_clearing -0.001 usdttrc20", "provider_fees 0.001 usdttrc20");
        assertThat(paying.balance(SELLER)).isEqualTo(NOTHING);
        assertThat(paying.openCases()).isEmpty();
        assertThat(paying.core.strings("select kind || ' ' || decision from cases.cases where payment_id = ?", HALF))
                .containsExactly("underpaid refunded");
        assertThat(paying.core.strings("select kind from timeline.event where subject = ?", "payment:" + HALF))
                .contains("refund_asked", "payment_refunded");
        assertThat(paying.core.messenger.sent)
                .filteredOn(message -> message.html().contains("0x5000000"))
                .as("seller and buyer are told by which transaction")
                .hasSize(2)
                .noneMatch(message -> message.html().contains("access that it paid for"));
    }

    /** Only the first of what came was set aside: what came later goes back with it. */
    @Test
    void allThatCameGoesBack() {
        paying.core.hear(half().paid("0.0002").with("outcome_amount", new BigDecimal("33")));

        Payout refund = paying.refunded(SELLER, HALF);
        assertThat(refund.coins()).isEqualTo(Money.parse("32.999", USDT));
        assertThat(standing()).containsExactly("payout_reserved 33 usdttrc20", "provider_clearing -33 usdttrc20");
        paying.approve(refund);
        paying.pass(A_WHILE);

        assertThat(paying.state(refund)).isEqualTo("finished");
        assertThat(standing()).containsExactly("provider_clearing -0.001 usdttrc20", "provider_fees 0.001 usdttrc20");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dismissed", "paid_twice", "wrong_asset", "price_mismatch", "child_payment"})
    void whateverItIsSetAsideFor(String why) {
        String payment = switch (why) {
            case "dismissed" -> {
                paying.decide(SELLER, "underpaid", "dismiss");
                yield HALF;
            }
            case "paid_twice" -> {
                String first = Integer.toString(800_000_001);
                paying.core.hear(whole.with("payment_id", new BigDecimal(first)));
                yield heard(whole);
            }
            case "wrong_asset" -> heard(whole.with("payment_status", "wrong_asset_confirmed"));
            case "price_mismatch" -> heard(whole.with("price_amount", new BigDecimal("1.00")));
            default -> heard(whole.with("parent_payment_id", new BigDecimal(HALF)));
        };

        Payout refund = paying.refunded(SELLER, payment);
        paying.approve(refund);
        paying.pass(A_WHILE);

        assertThat(paying.state(refund)).isEqualTo("finished");
        assertThat(paying.core.state(payment)).isEqualTo("refunded");
        assertThat(paying.core.strings("select kind from cases.cases where payment_id = ? and state = 'open'", payment))
                .isEmpty();
    }

    /** Nobody knows whose it is: the platform's own books have it. */
    @Test
    void unknownOrderIsSentBackToo() {
        paying.core.hear(whole.with("payment_id", new BigDecimal(OTHER)).with("order_id", "nobody knows it"));

        Payout refund = ((Made.Done) paying.refund(SellerId.PLATFORM, OTHER)).payout();
        paying.core.transactions.run(
                SellerId.PLATFORM, () -> paying.flow.approve(SellerId.PLATFORM, refund.id(), TEST));
        paying.pass(A_WHILE);

        assertThat(paying.state(refund)).isEqualTo("finished");
        assertThat(paying.core.state(OTHER)).isEqualTo("refunded");
    }

    @Test
    void manyWhoAskAtOnceMakeOne() throws Exception {
        List<Made> all = atOnce(8, () -> paying.refund(SELLER, HALF));

        assertThat(all).filteredOn(Made.Done.class::isInstance).hasSize(1);
        assertThat(all)
                .filteredOn(Made.NotDue.class::isInstance)
                .hasSize(7)
                .allSatisfy(made -> assertThat(((Made.NotDue) made).code()).isEqualTo("refund_under_way"));
    }

    @Test
    void whatIsOnItsWayBackIsNotGranted() {
        Payout refund = paying.refunded(SELLER, HALF);

        assertThat(possible()).containsExactly("dismiss");
        assertThat(code(paying.decide(SELLER, "underpaid", "grant"))).isEqualTo("refund_under_way");
        assertThat(code(paying.decide(SELLER, "underpaid", "refunded"))).isEqualTo("refund_under_way");

        paying.core.transactions.run(SELLER, () -> paying.flow.cancel(SELLER, refund.id(), TEST));
        assertThat(possible()).containsExactly("grant", "refunded", "dismiss");
        assertThat(paying.decide(SELLER, "underpaid", "grant")).isInstanceOf(Outcome.Decided.class);
        assertThat(paying.core.state(HALF)).isEqualTo("paid");
        assertThat(standing()).noneMatch(one -> one.contains("suspense") || one.contains("reserved"));
    }

    @Test
    void whoGrantsWhileItIsMadeComesTooLate() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            AtomicReference<Future<Outcome>> other = new AtomicReference<>();
            paying.core.faults.set(point -> {
                if (point == Point.CP21_BEFORE_PAYOUT_IS_MADE) {
                    other.set(threads.submit(() -> paying.decide(SELLER, "underpaid", "grant")));
                    paying.core.awaitLock();
                }
            });

            paying.refund(SELLER, HALF);

            assertThat(code(other.get().get())).isEqualTo("refund_under_way");
        }
        paying.core.faults.set(FaultPoints.none());
        assertThat(paying.core.state(HALF)).isEqualTo("partially_paid");
        assertThat(paying.core.count("access.grants")).isZero();
    }

    @Test
    void whoAsksWhileAnotherGrantsGivesBackWhatCounts() throws Exception {
        Case one = paying.core.bean(Cases.class).ofPayment(SELLER, HALF).getFirst();
        paying.core.whileUncommitted(
                SELLER,
                () -> paying.core.bean(CaseDecisions.class).decide(SELLER, one.id(), GRANT),
                () -> assertThat(paying.refund(SELLER, HALF)).isInstanceOf(Made.Done.class));

        assertThat(paying.core.strings("select amount_units::text from payouts.payout"))
                .as("of the seller's balance")
                .containsExactly("2375");
    }

    @Test
    void grantsAndRefundsAtOnceNeverBoth() throws Exception {
        for (int round = 0; round < 6; round++) {
            String payment = Integer.toString(900_000_000 + round);
            paying.core.hear(half(paying.finished(SELLER, payment, "50", USDT)));
            Case one = paying.core.bean(Cases.class).ofPayment(SELLER, payment).getFirst();
            CaseDecisions decisions = paying.core.bean(CaseDecisions.class);
            AtomicInteger turn = new AtomicInteger(round);

            List<Object> all = atOnce(
                    4,
                    () -> turn.getAndIncrement() % 2 == 0
                            ? paying.refund(SELLER, payment)
                            : paying.core.transactions.run(SELLER, () -> decisions.decide(SELLER, one.id(), GRANT)));

            boolean granted = all.stream().anyMatch(Outcome.Decided.class::isInstance);
            assertThat(paying.core.state(payment)).isEqualTo(granted ? "paid" : "partially_paid");
            assertThat(paying.core.strings("""
                            select r.payment_id from payouts.refund r
                            join payouts.payout p on p.seller_id = r.seller_id and p.payout_id = r.payout_id
                            where r.payment_id = ? and (p.amount_units = 0) = ?
                            """, payment, granted))
                    .as("set aside and granted")
                    .isEmpty();
        }
    }

    /** What is on its way back is no part of the price, whatever else comes. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void restThatComesMeanwhileIsNotCountedWithIt(boolean ofTheSamePayment) {
        paying.refunded(SELLER, HALF);

        paying.core.hear(
                ofTheSamePayment
                        ? whole
                        : half().with("payment_id", new BigDecimal(OTHER)).paid("0.00016"));

        assertThat(paying.core.count("access.grants")).isZero();
        assertThat(paying.core.state(HALF)).isEqualTo(ofTheSamePayment ? "held" : "partially_paid");
        assertThat(paying.openCases()).contains(ofTheSamePayment ? "dismissed" : "underpaid");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void givenBackByTheProviderMeanwhileNothingIsSent(boolean isMade) {
        Payout refund = approved();
        while (isMade && !paying.state(refund).equals("created")) {
            paying.workOne();
        }
        paying.core.hear(whole.with("payment_status", "refunded"));

        paying.pass(A_WHILE);

        assertThat(paying.provider.rows).hasSize(isMade ? 1 : 0).noneMatch(row -> row.verifiedAt != null);
        assertThat(paying.now(refund).isHeld()).isTrue();
        paying.pass(Duration.ofHours(2));
        paying.core.transactions.run(SELLER, () -> paying.flow.cancel(SELLER, refund.id(), TEST));
        assertThat(standing()).isEmpty();
    }

    /** Its code was given already: both the provider's own refund and the payout's coins have left. */
    @Test
    void givenBackByTheProviderOnItsWayBothAreBooked() {
        Payout refund = approved();
        while (paying.provider.rows.stream().noneMatch(row -> row.verifiedAt != null)) {
            paying.workOne();
        }
        paying.core.hear(whole.with("payment_status", "refunded"));

        paying.pass(A_WHILE);

        assertThat(paying.state(refund)).isEqualTo("finished");
        assertThat(paying.openCases()).contains("payout_contradicted");
        assertThat(standing())
                .containsExactlyInAnyOrder("provider_clearing 24.999 usdttrc20", "suspense -24.999 usdttrc20");
    }

    @Test
    void rejectedIsSetAsideAsBeforeAndCanBeAskedForAnew() {
        paying.provider.end = row -> Status.REJECTED;
        Payout refund = approved();
        paying.pass(A_WHILE);

        assertThat(paying.state(refund)).isEqualTo("rejected");
        assertThat(standing()).containsExactly("provider_clearing -25 usdttrc20", "suspense 25 usdttrc20");
        assertThat(paying.core.messenger.sent.getLast().html())
                .contains("grant it in its case, or ask for the refund again");

        paying.provider.end = row -> Status.FINISHED;
        Payout other = approved();
        paying.pass(A_WHILE);
        assertThat(paying.state(other)).isEqualTo("finished");
    }

    /** The provider said that it would not send it, a person gave it back, and it is sent all the same. */
    @Test
    void releasedThatIsSentAfterAllStopsTheSellersPayouts() {
        paying.provider.end = row -> Status.FAILED;
        Payout refund = approved();
        paying.pass(A_WHILE);
        paying.decide(SELLER, "payout_failed", "release");
        assertThat(standing()).containsExactly("provider_clearing -25 usdttrc20", "suspense 25 usdttrc20");
        Payout other = approved();
        paying.provider.rows.getFirst().status = Status.FINISHED;

        paying.core.transactions.run(
                SELLER, () -> paying.flow.heard(SELLER, paying.provider.seen(paying.provider.rows.getFirst()), TEST));
        paying.pass(Duration.ofHours(2));

        assertThat(paying.openCases()).contains("payout_contradicted");
        assertThat(paying.provider.rows).as("the other is not sent").hasSize(1);
        assertThat(paying.state(refund)).isEqualTo("released");
        paying.core.transactions.run(SELLER, () -> paying.flow.cancel(SELLER, other.id(), TEST));
        Refunds refunds = paying.core.bean(Refunds.class);
        assertThat(paying.core.transactions.run(
                        SELLER, () -> refunds.record(SELLER, HALF, "sent after all", "operator")))
                .isTrue();
        assertThat(standing()).isEmpty();
    }

    @Test
    void whatItCameToIsNotKnown() {
        paying.core.hear(whole.with("payment_id", new BigDecimal(OTHER))
                .with("parent_payment_id", new BigDecimal(HALF))
                .without("outcome_amount")
                .without("outcome_currency"));

        assertThat(code(paying.refund(SELLER, OTHER))).isEqualTo("not_booked_yet");
    }

    @Test
    void whatWentToTheSellersOwnWalletIsNotOurs() {
        paying.core
                .owner()
                .sql("update payments.payment set wallet_coin = 'usdttrc20', wallet_address = 'Tmine'")
                .update();

        assertThat(code(paying.refund(SELLER, HALF))).isEqualTo("own_wallet");
    }

    /** The row says that it takes nothing of a balance: the journal must say that its coins are set aside. */
    @Test
    void whatIsNotSetAsideForItByTheJournalIsNotSent() {
        Payout refund = approved();
        paying.core
                .owner()
                .sql("delete from ledger.journal where kind = 'refund_reserve'")
                .update();

        paying.pass(A_WHILE);

        assertThat(paying.provider.rows).isEmpty();
        assertThat(paying.openCases()).contains("payout_contradicted");
        paying.core
                .owner()
                .sql("delete from payouts.refund; delete from payouts.payout")
                .update();
        assertThat(refund.reserved().isPositive()).isFalse();
    }

    private Ipn half() {
        return half(whole);
    }

    private static Ipn half(Ipn whole) {
        return whole.with("payment_status", "partially_paid")
                .paid("0.00014")
                .with("outcome_amount", new BigDecimal("25"));
    }

    private String heard(Ipn ipn) {
        paying.core.hear(ipn.with("payment_id", new BigDecimal(OTHER)));
        return OTHER;
    }

    private Payout approved() {
        Payout refund = paying.refunded(SELLER, HALF);
        paying.approve(refund);
        return refund;
    }

    private List<String> possible() {
        Case one = paying.core.bean(Cases.class).list(SELLER, Optional.of("open"), Optional.empty(), 100).stream()
                .filter(each -> each.kind().equals("underpaid"))
                .findFirst()
                .orElseThrow();
        return paying.core.bean(CaseDecisions.class).possible(SELLER, one).stream()
                .map(Possible::decision)
                .toList();
    }

    private static String code(Outcome outcome) {
        return ((Outcome.Refused) outcome).code();
    }

    private static String code(Made made) {
        return ((Made.NotDue) made).code();
    }

    /** Accounts in coins that do not come to nothing. */
    private List<String> standing() {
        return paying.ledger.accounts(SELLER).stream()
                .filter(one -> one.amount().signum() != 0 && !one.asset().equals(Asset.USD))
                .map(one -> one.account().word() + " "
                        + one.amount().stripTrailingZeros().toPlainString() + " "
                        + one.asset().code())
                .toList();
    }
}
