package admitone.payouts;

import static admitone.AtOnce.atOnce;
import static admitone.payouts.Paying.SELLER;
import static admitone.payouts.Paying.TEST;
import static admitone.payouts.Paying.USDT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.FakePayoutProvider.Lie;
import admitone.Ipn;
import admitone.cases.DecisionRefused;
import admitone.fulfillment.Refunds;
import admitone.ledger.Ledger.Standing;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payouts.Destination.Place;
import admitone.payouts.PayoutMaking.Made;
import admitone.payouts.PayoutProvider.NewBatch;
import admitone.payouts.PayoutProvider.Status;
import admitone.payouts.RefundMaking.Wanted;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.SellerId;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A payment is given back to its buyer by a payout, once, whatever happens on its way. Of 50 coins 47.50 are the seller's. */
class RefundPayoutDatabaseTests {
    private static final Duration A_WHILE = Duration.ofMinutes(10);
    private static final String BEFORE = "47.50 = 0.00 + 0.00 + 47.50";
    private static final String SET_ASIDE = "47.50 = 0.00 + 47.50 + 0.00";

    private final Paying paying = Paying.start("refund-payout");
    private String payment = "";

    @BeforeEach
    void paid() {
        paying.seller(SELLER, "threshold", "1000");
        payment = paying.paid(SELLER, "50");
    }

    @AfterEach
    void stop() {
        paying.close();
    }

    @Test
    void approvedIsSentAndItsPaymentIsGivenBack() {
        Payout refund = paying.refunded(SELLER, payment);
        assertThat(refund.coins()).isEqualTo(Money.parse("49.999", USDT));
        assertThat(paying.balance(SELLER)).isEqualTo(SET_ASIDE);
        assertThat(paying.openCases()).containsExactly("payout_awaits_approval");
        paying.pass(A_WHILE);
        assertThat(paying.provider.rows).as("nobody has approved it").isEmpty();
        assertThat(paying.core.state(payment)).isEqualTo("paid");

        paying.approve(refund);
        paying.pass(A_WHILE);

        assertThat(paying.state(refund)).isEqualTo("finished");
        assertThat(paying.provider.rows)
                .singleElement()
                .satisfies(row -> assertThat(row.asked.to()).isEqualTo(new Place(USDT, "B" + payment, null)));
        assertThat(paying.core.state(payment)).isEqualTo("refunded");
        assertThat(paying.core.strings("select access from access.grants")).containsExactly("ended");
        assertThat(paying.core.journal(payment))
                .contains("reversal_of_accrual", "reversal_of_fee", "reversal_of_settlement");
        assertThat(paying.balance(SELLER)).isEqualTo("0.00 = 0.00 + 0.00 + 0.00");
        assertThat(standing()).containsExactly("provider_clearing -0.001 usdttrc20", "provider_fees 0.001 usdttrc20");
        assertThat(paying.openCases()).isEmpty();
        assertThat(paying.core.strings("select kind from timeline.event where subject = ?", "payment:" + payment))
                .contains("refund_asked", "payment_refunded", "grant_ended");
        assertThat(paying.core.messenger.sent)
                .filteredOn(message -> message.html().contains("0x5000000"))
                .as("seller and buyer are told by which transaction")
                .hasSize(2)
                .allSatisfy(message -> assertThat(message.html()).contains("B" + payment, "49.999"));
    }

    /** What the provider tells that it took leaves what was kept for it. */
    @Test
    void whatWasKeptPaysTheProvidersFee() {
        Payout refund = approved();
        paying.work();
        paying.provider.rows.getFirst().fee = Money.parse("0.001", USDT);

        paying.pass(A_WHILE);

        assertThat(paying.state(refund)).isEqualTo("finished");
        assertThat(standing()).isEmpty();
    }

    @Test
    void allOfItIsSentWhereAPersonSaysSo() {
        Payout refund = ((Made.Done) paying.refunds.ask(
                        SELLER, new Wanted(payment, new Place(USDT, "B", null), null, Money.parse("50", USDT)), TEST))
                .payout();

        paying.approve(refund);
        paying.pass(A_WHILE);

        assertThat(paying.provider.rows.getFirst().asked.coins()).isEqualTo(Money.parse("50", USDT));
        assertThat(standing()).isEmpty();
    }

    @Test
    void autoApprovesNoRefund() {
        paying.core
                .bean(PayoutFlow.class)
                .limit(
                        SELLER,
                        admitone.runtime.Settings.Approval.AUTO,
                        new Safeguards.Limits(usd("1000"), usd("1000"), usd("1000")),
                        TEST);

        assertThat(paying.refunded(SELLER, payment).status()).isEqualTo("awaiting_approval");
    }

    @Test
    void manyWhoAskAtOnceMakeOne() throws Exception {
        List<Made> all = atOnce(12, () -> paying.refund(SELLER, payment));

        assertThat(all).filteredOn(Made.Done.class::isInstance).hasSize(1);
        assertThat(all)
                .filteredOn(Made.NotDue.class::isInstance)
                .hasSize(11)
                .allSatisfy(made -> assertThat(((Made.NotDue) made).code()).isEqualTo("refund_under_way"));
        assertThat(paying.core.count("payouts.payout")).isEqualTo(1);
        assertThat(paying.balance(SELLER)).isEqualTo(SET_ASIDE);
    }

    @Test
    void refundAndPayoutAtOnceNeverClaimTheSame() throws Exception {
        for (int round = 0; round < 5; round++) {
            SellerId seller = paying.seller(new SellerId(round + "223456789ab"), "instant", "1");
            List<String> brought =
                    List.of(paying.paid(seller, "50"), paying.paid(seller, "20"), paying.paid(seller, "30"));
            AtomicInteger turn = new AtomicInteger();

            List<Made> all = atOnce(6, () -> {
                int mine = turn.getAndIncrement();
                return mine % 2 == 0 ? paying.make(seller) : paying.refund(seller, brought.get(mine / 2));
            });

            assertThat(all).filteredOn(Made.Done.class::isInstance).isNotEmpty();
            var balance = paying.ledger.balance(seller);
            assertThat(balance.accrued()).isEqualTo(usd("95.00"));
            assertThat(balance.available().units().signum()).isNotNegative();
            assertThat(paying.core.strings(
                            "select entry_id from ledger.claim where seller_id = ? and released_at is null group by entry_id, kind having count(*) > 1",
                            seller.value()))
                    .isEmpty();
        }
    }

    @Test
    void whatAPayoutToTheSellerPaysIsNotGivenBackByAnother() {
        paying.earn(SELLER, "2000.00");
        paying.made(SELLER);

        assertThat(code(paying.refund(SELLER, payment))).isEqualTo("paid_out");
    }

    @Test
    void payoutOfTheSellerLeavesOutWhatIsGivenBack() {
        paying.refunded(SELLER, payment);
        paying.earn(SELLER, "2000.00");

        assertThat(paying.made(SELLER).reserved()).isEqualTo(usd("2000.00"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"create", "verify", "batch", "list"})
    void lostAnswerSendsItOnce(String operation) {
        once(operation, Lie.LOST_AFTER);
        Payout refund = approved();

        paying.pass(Duration.ofHours(1));

        assertThat(paying.state(refund)).isEqualTo("finished");
        assertThat(paying.provider.rows)
                .filteredOn(row -> row.verifiedAt != null)
                .hasSize(1);
        assertThat(paying.core.state(payment)).isEqualTo("refunded");
    }

    @Test
    void killedBeforeItIsBookedItIsBookedOnce() {
        Payout refund = approved();
        AtomicInteger reached = new AtomicInteger();
        paying.core.faults.set(point -> {
            if (point == Point.CP27_BEFORE_PAYOUT_IS_BOOKED && reached.getAndIncrement() == 0) {
                throw new Paying.Death();
            }
        });

        paying.pass(A_WHILE);

        assertThat(reached.get()).isGreaterThan(1);
        assertThat(paying.state(refund)).isEqualTo("finished");
        assertThat(paying.core.journal(payment)).containsOnlyOnce("reversal_of_accrual");
    }

    @Test
    void cutOffBeforeTheCommitNothingIsSetAside() {
        paying.core.faults.set(point -> {
            if (point == Point.CP21_BEFORE_PAYOUT_IS_MADE) {
                throw new Paying.Death();
            }
        });
        assertThatThrownBy(() -> paying.refund(SELLER, payment)).isInstanceOf(Paying.Death.class);
        assertThat(paying.balance(SELLER)).isEqualTo(BEFORE);

        paying.core.faults.set(FaultPoints.none());

        assertThat(paying.refund(SELLER, payment)).isInstanceOf(Made.Done.class);
    }

    @Test
    void failedStaysSetAsideUntilAPersonReleasesIt() {
        paying.provider.end = row -> Status.FAILED;
        Payout refund = approved();
        paying.pass(A_WHILE);
        assertThat(paying.state(refund)).isEqualTo("failed");
        assertThat(paying.balance(SELLER)).isEqualTo(SET_ASIDE);
        assertThat(code(paying.refund(SELLER, payment))).isEqualTo("refund_under_way");

        paying.decide(SELLER, "payout_failed", "release");

        assertThat(paying.balance(SELLER)).isEqualTo(BEFORE);
        assertThat(paying.core.state(payment)).isEqualTo("paid");
        assertThat(paying.core.strings("select access from access.grants")).doesNotContain("ended");
        assertThat(paying.refund(SELLER, payment)).isInstanceOf(Made.Done.class);
    }

    @Test
    void failedThatIsSentAfterAllGivesItsPaymentBack() {
        paying.provider.end = row -> Status.FAILED;
        Payout refund = approved();
        paying.pass(A_WHILE);

        paying.provider.rows.getFirst().status = Status.FINISHED;
        paying.pass(Duration.ofHours(2));

        assertThat(paying.state(refund)).isEqualTo("finished");
        assertThat(paying.core.state(payment)).isEqualTo("refunded");
    }

    @Test
    void rejectedIsAsItWasBeforeAndCanBeAskedForAnew() {
        paying.provider.end = row -> Status.REJECTED;
        Payout refund = approved();

        paying.pass(A_WHILE);

        assertThat(paying.state(refund)).isEqualTo("rejected");
        assertThat(paying.balance(SELLER)).isEqualTo(BEFORE);
        assertThat(paying.core.state(payment)).isEqualTo("paid");
        assertThat(paying.openCases()).containsExactly("payout_came_back");
        assertThat(paying.core.strings("select kind from timeline.event where subject = ?", "payment:" + payment))
                .contains("refund_came_back");
        paying.provider.end = row -> Status.FINISHED;
        Payout other = approved();
        paying.pass(A_WHILE);
        assertThat(paying.state(other)).isEqualTo("finished");
        assertThat(paying.core.state(payment)).isEqualTo("refunded");
    }

    /** The first was given back, and its coins go out all the same: another may be on its way. */
    @Test
    void releasedThatIsSentAfterAllStopsTheSellersPayouts() {
        paying.provider.end = row -> Status.FAILED;
        Payout refund = approved();
        paying.pass(A_WHILE);
        paying.decide(SELLER, "payout_failed", "release");
        Payout other = approved();

        paying.provider.rows.getFirst().status = Status.FINISHED;
        paying.core.transactions.run(
                SELLER, () -> paying.flow.heard(SELLER, paying.provider.seen(paying.provider.rows.getFirst()), TEST));
        paying.pass(A_WHILE);

        assertThat(paying.openCases()).contains("payout_contradicted");
        assertThat(paying.state(refund)).isEqualTo("released");
        assertThat(paying.state(other)).as("nothing more is sent").isEqualTo("approved");
        assertThatThrownBy(() -> paying.decide(SELLER, "payout_contradicted", "book"))
                .isInstanceOf(DecisionRefused.class)
                .hasMessageContaining("/refund");
    }

    /** What went there without a name of ours may have been the refund that a restore forgot, as long as it is owed. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void whatIsSentToItsBuyerByHandStopsTheSellerOnlyWhileItIsOwed(boolean hasArrived) {
        Payout refund = paying.refunded(SELLER, payment);
        if (hasArrived) {
            paying.approve(refund);
            paying.pass(A_WHILE);
            assertThat(paying.state(refund)).isEqualTo("finished");
        }
        paying.provider.echoesExternalIds = false;
        paying.provider.create(
                new NewBatch("by hand", new Place(USDT, "B" + payment, null), refund.coins(), "http://localhost/ipn"));
        paying.provider.rows.getLast().status = Status.FINISHED;

        assertThat(paying.core.bean(MissingPayouts.class).lookNow()).isEqualTo(new Answer.Done<>(hasArrived ? 0 : 1));

        assertThat(paying.openCases().contains("payout_not_on_record")).isEqualTo(!hasArrived);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "update payouts.refund set address = 'Tstranger'",
                "update payouts.refund set extra_id = '7'",
                "update payouts.refund set network = 'eth'",
                "update payouts.refund set payment_id = '1'",
                "update payouts.refund set kept_units = 0",
                "update payouts.payout set coin_units = coin_units + 1",
                "update payouts.payout set coin = 'trx'",
            })
    void rowChangedByHandIsNotSent(String harm) {
        Payout refund = paying.refunded(SELLER, payment);
        paying.core.owner().sql(harm).update();
        paying.approve(refund);

        paying.pass(A_WHILE);

        assertThat(paying.provider.rows).isEmpty();
        assertThat(paying.now(refund).isHeld()).isTrue();
        assertThat(paying.openCases()).containsExactly("payout_destination");
    }

    @Test
    void whileAPayoutGivesItBackNobodySaysThatTheyDid() {
        Payout refund = paying.refunded(SELLER, payment);

        assertThatThrownBy(this::recordByHand)
                .isInstanceOf(DecisionRefused.class)
                .hasMessageContaining(refund.handle());

        assertThat(paying.core.state(payment)).isEqualTo("paid");
        paying.core.transactions.run(SELLER, () -> paying.flow.cancel(SELLER, refund.id(), TEST));
        assertThat(recordByHand()).isTrue();
        assertThat(paying.core.state(payment)).isEqualTo("refunded");
    }

    @Test
    void whatWasGivenBackByHandIsNotSent() {
        recordByHand();

        assertThat(code(paying.refund(SELLER, payment))).isEqualTo("nothing_to_give_back");
    }

    @Test
    void whoSaysThatTheyDidWhileItIsMadeComesTooLate() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            AtomicReference<Future<Boolean>> other = new AtomicReference<>();
            paying.core.faults.set(point -> {
                if (point == Point.CP21_BEFORE_PAYOUT_IS_MADE) {
                    other.set(threads.submit(this::recordByHand));
                    paying.core.awaitLock();
                }
            });

            paying.refund(SELLER, payment);

            assertThatThrownBy(other.get()::get).hasCauseInstanceOf(DecisionRefused.class);
        }
        assertThat(paying.core.state(payment)).isEqualTo("paid");
        assertThat(paying.openCases()).containsExactly("payout_awaits_approval");
    }

    @Test
    void whoAsksWhileAnotherSaysThatTheyDidComesTooLate() throws Exception {
        Refunds refunds = paying.core.bean(Refunds.class);

        paying.core.whileUncommitted(
                SELLER,
                () -> refunds.record(SELLER, payment, "sent by hand", "operator"),
                () -> assertThat(code(paying.refund(SELLER, payment))).isEqualTo("nothing_to_give_back"));

        assertThat(paying.core.count("payouts.payout")).isZero();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void givenBackByTheProviderMeanwhileNothingIsSent(boolean isMade) {
        Payout refund = approved();
        if (isMade) {
            paying.workOne(); // tells the seller
            while (!paying.state(refund).equals("created")) {
                paying.workOne();
            }
        }
        paying.core.hear(Ipn.of(payment, order(), "refunded"));

        paying.pass(A_WHILE);

        assertThat(paying.provider.rows).hasSize(isMade ? 1 : 0).noneMatch(row -> row.verifiedAt != null);
        assertThat(paying.now(refund).isHeld()).isTrue();
        assertThat(paying.openCases()).contains("payout_contradicted", "refund_after_payout");
        paying.pass(Duration.ofHours(2));
        paying.core.transactions.run(SELLER, () -> paying.flow.cancel(SELLER, refund.id(), TEST));
        assertThat(paying.balance(SELLER)).as("taken back once").isEqualTo("0.00 = 0.00 + 0.00 + 0.00");
        assertThat(paying.core.journal(payment)).containsOnlyOnce("reversal_of_accrual");
        paying.work();
        assertThat(paying.core.messenger.sent.getLast().html()).contains("has the money back already");
        assertThat(paying.openCases())
                .as("nobody need decide what is taken back already")
                .doesNotContain("refund_after_payout");
        assertThat(paying.core.strings("select decision from cases.cases where kind = 'refund_after_payout'"))
                .containsExactly("deduct");
    }

    /** Asked what becomes of what its payout claims, a person lets the seller keep it: it is taken back with the payout all the same. */
    @Test
    void whatAPersonDecidedOfAnOvertakenOneIsOvertakenToo() {
        Payout refund = approved();
        paying.core.hear(Ipn.of(payment, order(), "refunded"));
        paying.decide(SELLER, "refund_after_payout", "deduct");

        paying.core.transactions.run(SELLER, () -> paying.flow.cancel(SELLER, refund.id(), TEST));

        assertThat(paying.balance(SELLER)).as("taken back once").isEqualTo("0.00 = 0.00 + 0.00 + 0.00");
        assertThat(paying.core.journal(payment)).containsOnlyOnce("reversal_of_accrual");
    }

    /** A person gave back what had failed, and nobody tells that it was sent after all: it is asked about for days, and found. */
    @Test
    void releasedThatIsSentAfterAllIsFoundAndPutOnRecord() {
        paying.provider.end = row -> Status.FAILED;
        approved();
        paying.pass(A_WHILE);
        paying.decide(SELLER, "payout_failed", "release");
        paying.pass(Duration.ofDays(2));
        paying.provider.rows.getFirst().status = Status.FINISHED;

        paying.pass(Duration.ofHours(2));

        assertThat(paying.openCases()).containsExactly("payout_contradicted");
        assertThat(paying.core.strings(
                        "select detail ->> 'refund_of' from cases.cases where kind = 'payout_contradicted'"))
                .containsExactly(payment);
        assertThat(code(paying.make(SELLER))).as("nothing more goes out").isEqualTo("held");
        assertThat(recordByHand()).isTrue();
        paying.decide(SELLER, "payout_contradicted", "seen");
        assertThat(paying.balance(SELLER)).isEqualTo("0.00 = 0.00 + 0.00 + 0.00");
        assertThat(paying.core.state(payment)).isEqualTo("refunded");
    }

    @Test
    void givenBackByTheProviderWhileItsCodeIsWaitedForNoneIsGiven() {
        Payout refund = approved();
        AtomicBoolean heard = new AtomicBoolean();
        paying.core.faults.set(point -> {
            if (point == Point.CP25_BEFORE_VERIFY && heard.compareAndSet(false, true)) {
                paying.core.hear(Ipn.of(payment, order(), "refunded"));
            }
        });

        paying.pass(A_WHILE);

        assertThat(heard).isTrue();
        assertThat(paying.provider.rows).hasSize(1).noneMatch(row -> row.verifiedAt != null);
        assertThat(paying.now(refund).isHeld()).isTrue();
    }

    /** Its code was given already: both the provider's own refund and the payout's coins have left. */
    @Test
    void givenBackByTheProviderOnItsWayBothAreBooked() {
        Payout refund = approved();
        while (paying.provider.rows.stream().noneMatch(row -> row.verifiedAt != null)) {
            paying.workOne();
        }
        paying.core.hear(Ipn.of(payment, order(), "refunded"));

        paying.pass(A_WHILE);

        assertThat(paying.state(refund)).isEqualTo("finished");
        assertThat(paying.openCases()).contains("payout_contradicted").doesNotContain("refund_after_payout");
        assertThat(paying.balance(SELLER)).as("taken back once").isEqualTo("0.00 = 0.00 + 0.00 + 0.00");
        assertThat(standing())
                .as("the provider is out of more than it had")
                .containsExactlyInAnyOrder("provider_clearing 49.999 usdttrc20", "suspense -49.999 usdttrc20");
    }

    @Test
    void whatIsHeldWaits() {
        Safeguards safeguards = paying.core.bean(Safeguards.class);
        paying.core.transactions.run(
                SELLER, () -> safeguards.hold(SELLER, new Payout.HeldBy("operator", "a look first")));
        Payout refund = approved();

        paying.pass(A_WHILE);
        assertThat(paying.provider.rows).isEmpty();

        paying.core.transactions.run(SELLER, () -> safeguards.hold(SELLER, null));
        paying.pass(A_WHILE);
        assertThat(paying.state(refund)).isEqualTo("finished");
    }

    @Test
    void afterARestoreNoneIsAskedForBeforeItIsReconciled() {
        paying.core.owner().sql("""
                        insert into hold.hold (seller_id, hold_id, epoch, reason, why, noticed_by, began_at)
                        values ('000000000000', gen_random_uuid(), gen_random_uuid(), 'behind', 'a test', 'test', '2026-01-01Z')
                        """).update();

        assertThat(code(paying.refund(SELLER, payment))).isEqualTo("on_hold");
    }

    @Test
    void whatWentToTheSellersOwnWalletIsNotOurs() {
        paying.core
                .owner()
                .sql("update catalog.seller set payout_mode = 'direct'")
                .update();
        String direct = paying.paid(SELLER, "50");

        assertThat(code(paying.refund(SELLER, direct))).isEqualTo("own_wallet");
        assertThat(paying.refund(SELLER, payment)).as("it came before that").isInstanceOf(Made.Done.class);
    }

    @Test
    void anotherCoinThanItBroughtIsRefused() {
        var wanted = new Wanted(payment, new Place(new Asset("eth"), "0x1", null), null, null);

        assertThat(code(paying.refunds.ask(SELLER, wanted, TEST))).isEqualTo("wrong_coin");
    }

    @Test
    void whatTheProviderAsksCannotBeHad() {
        once("fee", Lie.LOST_BEFORE);

        assertThat(paying.refund(SELLER, payment)).isInstanceOf(Made.NotNow.class);
        assertThat(paying.balance(SELLER)).isEqualTo(BEFORE);
    }

    private Payout approved() {
        Payout refund = paying.refunded(SELLER, payment);
        paying.approve(refund);
        return refund;
    }

    private boolean recordByHand() {
        Refunds refunds = paying.core.bean(Refunds.class);
        return paying.core.transactions.run(SELLER, () -> refunds.record(SELLER, payment, "sent by hand", "operator"));
    }

    private String order() {
        return paying.core
                .strings("select order_id from payments.payment where payment_id = ?", payment)
                .getFirst();
    }

    private void once(String operation, Lie lie) {
        AtomicInteger calls = new AtomicInteger();
        paying.provider.lies = called -> called.equals(operation) && calls.getAndIncrement() == 0 ? lie : Lie.NONE;
    }

    private static String code(Made made) {
        return ((Made.NotDue) made).code();
    }

    private static Money usd(String amount) {
        return Money.parse(amount, Asset.USD);
    }

    /** Accounts that do not come to nothing. */
    private List<String> standing() {
        return paying.ledger.accounts(SELLER).stream()
                .filter(one -> one.amount().signum() != 0)
                .map(RefundPayoutDatabaseTests::words)
                .toList();
    }

    private static String words(Standing one) {
        return one.account().word() + " " + one.amount().stripTrailingZeros().toPlainString() + " "
                + one.asset().code();
    }
}
