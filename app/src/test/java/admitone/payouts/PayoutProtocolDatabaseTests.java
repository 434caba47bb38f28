package admitone.payouts;

import static admitone.payouts.Paying.SELLER;
import static admitone.payouts.Paying.TEST;
import static admitone.payouts.Paying.USDT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.FakePayoutProvider.Lie;
import admitone.FakePayoutProvider.Row;
import admitone.cases.Cases;
import admitone.fulfillment.CaseDecisions.Outcome;
import admitone.ledger.Ledger;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Heard;
import admitone.payments.PayoutNotifications;
import admitone.payouts.Destination.Place;
import admitone.payouts.PayoutProvider.NewBatch;
import admitone.payouts.PayoutProvider.Status;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each fault of the provider and of ourselves, by name. */
class PayoutProtocolDatabaseTests {
    private static final Duration A_WHILE = Duration.ofMinutes(10);
    private static final Duration LONG = Duration.ofHours(3);

    private final Paying paying = Paying.start("payout-protocol");

    @BeforeEach
    void seller() {
        paying.seller(SELLER, "instant", "1");
    }

    @AfterEach
    void stop() {
        paying.close();
    }

    @Test
    void approvedIsMadeVerifiedFollowedAndBooked() {
        Payout payout = paying.approved("50.00");

        paying.pass(A_WHILE);

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.now(payout).hash()).isEqualTo("0x5000000");
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 50.00 + 0.00 + 0.00");
        assertThat(paying.core.strings(
                        "select kind || ' ' || amount / 10 ^ case asset when 'usd' then 2 else 18 end from ledger.journal where reference = ? order by kind",
                        payout.subject()))
                .extracting(line -> line.replaceAll("\\.?0+$", ""))
                .containsExactly("payout 49.99", "payout_coins 49.99", "payout_fee 0.01", "payout_reserve 5");
        assertThat(paying.core.strings("select kind from timeline.event where subject = ?", payout.subject()))
                .contains("payout_made", "payout_approved", "payout_created", "payout_sent", "payout_finished");
        assertThat(paying.core.messenger.sent)
                .last()
                .satisfies(message -> assertThat(message.html()).contains("0x5000000"));
    }

    /** One paid, one that came back, one under way: line by line it comes to the balance. */
    @Test
    void theStatementRunsToTheBalance() {
        paying.approved("50.00");
        paying.pass(A_WHILE);
        paying.provider.end = row -> Status.REJECTED;
        paying.approved("60.00");
        paying.pass(A_WHILE);
        paying.provider.end = row -> Status.FINISHED;
        paying.making.byHand(SELLER, "operator");
        Money available = Money.parse("0", Asset.USD);
        Money earned = available;

        var lines = paying.ledger.since(SELLER, Ledger.Span.ALL, Optional.empty(), 100);
        for (Ledger.Stated stated : lines) {
            available = available.plus(stated.line().change());
            earned = earned.plus(stated.line().earned());
            var after = paying.ledger.balanceAfter(
                    SELLER,
                    new Ledger.Key(stated.line().entryId(), stated.line().kind()));
            assertThat(List.of(after.available(), after.accrued()))
                    .as(stated.line().kind())
                    .containsExactly(available, earned);
        }
        assertThat(paying.balance(SELLER)).isEqualTo("110.00 = 50.00 + 60.00 + 0.00");
        assertThat(earned.text()).isEqualTo("110.00");
        assertThat(available.text()).isEqualTo("0.00");
        Ledger.Span second =
                new Ledger.Span(lines.get(2).line().at(), lines.getLast().line().at());
        assertThat(paying.ledger.balanceBefore(SELLER, second).accrued().text()).isEqualTo("50.00");
        assertThat(paying.ledger.statement(SELLER, second, Optional.empty(), 100))
                .hasSizeLessThan(lines.size())
                .allMatch(one -> !one.line().at().isBefore(second.from())
                        && one.line().at().isBefore(second.before()));
    }

    @Test
    void nothingIsAskedOfTheProviderBeforeItIsApproved() {
        paying.earn(SELLER, "50.00");
        Payout payout = paying.made(SELLER);

        paying.pass(LONG);

        assertThat(paying.state(payout)).isEqualTo("awaiting_approval");
        assertThat(paying.provider.rows).isEmpty();
    }

    @Test
    void whoApprovesWhileAnotherCancelsComesTooLate() throws Exception {
        paying.earn(SELLER, "50.00");
        Payout payout = paying.made(SELLER);

        paying.core.whileUncommitted(
                SELLER, () -> paying.flow.cancel(SELLER, payout.id(), TEST), () -> paying.approve(payout));

        assertThat(paying.state(payout)).isEqualTo("cancelled");
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 0.00 + 0.00 + 50.00");
    }

    @Test
    void lostAnswerAtCreateIsAdopted() {
        once("create", Lie.LOST_AFTER);
        Payout payout = paying.approved("50.00");

        paying.pass(A_WHILE);

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.provider.rows).hasSize(1);
    }

    @Test
    void createThatNeverArrivedIsMadeAnewOnlyAfterItsHour() {
        once("create", Lie.LOST_BEFORE);
        Payout payout = paying.approved("50.00");
        paying.pass(Duration.ofMinutes(55));
        assertThat(paying.state(payout)).isEqualTo("creating");
        assertThat(paying.now(payout).waitsFor()).isEqualTo("being_checked");
        assertThat(calls("create")).isEqualTo(1);

        paying.pass(Duration.ofMinutes(20));

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.provider.rows)
                .singleElement()
                .satisfies(row -> assertThat(row.asked.externalId()).endsWith("_2"));
        assertThat(paying.core.strings(
                        "select number || ' ' || (gone_at is not null) from payouts.attempt order by number"))
                .containsExactly("1 true", "2 false");
    }

    @Test
    void whereTheProviderDoesNotRepeatOurIdWhatMayBeOursIsNeverVerified() {
        paying.provider.echoesExternalIds = false;
        once("create", Lie.LOST_AFTER);
        Payout payout = paying.approved("50.00");

        paying.pass(LONG);

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.provider.rows)
                .extracting(row -> row.status)
                .containsExactly(Status.REJECTED, Status.FINISHED);
        assertThat(paying.provider.rows.getFirst().verifiedAt).isNull();
    }

    /** The provider's list has it for ever, and it went to somebody else. */
    @Test
    void whatIsAlikeAndWentElsewhereKeepsNothingWaiting() {
        paying.provider.echoesExternalIds = false;
        once("create", Lie.LOST_BEFORE);
        Payout payout = paying.approved("50.00");
        paying.work();
        alike(payout, "Tsomebody");

        paying.pass(LONG);

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.openCases()).isEmpty();
    }

    /** Somebody has verified by hand what may be it: nothing tells, so a person does, and books what went out. */
    @Test
    void whatCannotBeFoundOutIsGivenBackByAPerson() {
        paying.provider.echoesExternalIds = false;
        once("create", Lie.LOST_AFTER);
        Payout payout = paying.approved("50.00");
        paying.work();
        paying.provider.rows.getFirst().status = Status.FINISHED;
        paying.pass(Duration.ofHours(4));
        assertThat(paying.state(payout)).isEqualTo("creating");
        assertThat(paying.openCases()).containsExactly("payout_not_made");

        paying.decide(SELLER, "payout_not_made", "seen");
        paying.decide(SELLER, "payout_not_made", "release");

        assertThat(paying.state(payout)).isEqualTo("released");
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 0.00 + 0.00 + 50.00");
        assertThat(paying.core.strings("select refused_at is null from payouts.attempt"))
                .as("it may be there all the same")
                .containsExactly("t");
        paying.core.bean(MissingPayouts.class).lookNow();
        paying.decide(SELLER, "payout_not_on_record", "book");
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 50.00 + 0.00 + 0.00");
    }

    @Test
    void nobodyNeedAnswerWhetherItWasMadeWhenThatIsFoundOut() {
        paying.provider.echoesExternalIds = false;
        once("create", Lie.LOST_AFTER);
        Payout payout = paying.approved("50.00");
        paying.work();
        paying.provider.rows.getFirst().status = Status.FINISHED;
        paying.pass(Duration.ofHours(4));
        assertThat(paying.openCases()).containsExactly("payout_not_made");

        paying.provider.rows.clear();
        paying.pass(LONG);

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.openCases()).isEmpty();
    }

    private void alike(Payout payout, String address) {
        Destination.Place elsewhere = new Destination.Place(USDT, address, null);
        paying.provider.create(new NewBatch("whoever", elsewhere, payout.coins(), "http://localhost/ipn"));
        paying.provider.rows.getLast().status = Status.FINISHED;
    }

    @Test
    void lostAnswerAtVerifyIsAskedAboutAndNotPaidTwice() {
        once("verify", Lie.LOST_AFTER);
        Payout payout = paying.approved("50.00");

        paying.pass(A_WHILE);

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(calls("verify")).isEqualTo(1);
    }

    @Test
    void codeThatNeverArrivedIsGivenOnceMore() {
        once("verify", Lie.LOST_BEFORE);
        Payout payout = paying.approved("50.00");

        paying.pass(A_WHILE);

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(calls("verify")).isEqualTo(2);
    }

    @Test
    void lostAnswersAboutTheStatusAreAskedAgain() {
        AtomicInteger left = new AtomicInteger(7);
        paying.provider.lies =
                operation -> operation.equals("batch") && left.getAndDecrement() > 0 ? Lie.LOST_BEFORE : Lie.NONE;
        Payout payout = paying.approved("50.00");

        paying.pass(Duration.ofMinutes(30));

        assertThat(paying.state(payout)).isEqualTo("finished");
    }

    @Test
    void unverifiedForAnHourGoesIntoAnotherBatch() {
        AtomicInteger left = new AtomicInteger(2);
        paying.provider.declinedAs = "code_refused";
        paying.provider.lies =
                operation -> operation.equals("verify") && left.getAndDecrement() > 0 ? Lie.DECLINED : Lie.NONE;
        Payout payout = paying.approved("50.00");
        paying.pass(Duration.ofMinutes(59));
        assertThat(calls("verify")).as("codes for one batch").isEqualTo(2);
        assertThat(paying.state(payout)).isEqualTo("created");

        paying.pass(LONG);

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.provider.rows)
                .extracting(row -> row.status)
                .containsExactly(Status.REJECTED, Status.FINISHED);
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 50.00 + 0.00 + 0.00");
    }

    /** CP27: what the provider tells comes before our own record of the batch. */
    @Test
    void finishedBeforeOurRecordIsTakenIn() {
        dieAt(Point.CP23_PAYOUT_CREATED);
        Payout payout = paying.approved("50.00");
        paying.work();
        assertThat(paying.state(payout)).isEqualTo("creating");
        Row row = paying.provider.rows.getFirst();
        row.status = Status.FINISHED; // somebody gave the code by hand
        row.hash = "0xhand";

        assertThat(paying.core.transactions.run(
                        SELLER, () -> paying.flow.heard(SELLER, paying.provider.seen(row), TEST)))
                .isTrue();

        assertThat(paying.state(payout)).isEqualTo("finished");
        paying.pass(LONG);
        assertThat(paying.provider.rows).hasSize(1);
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 50.00 + 0.00 + 0.00");
    }

    @Test
    void notificationOfAWithdrawalIsStoredOnceAndActedOn() {
        paying.provider.lies = operation -> operation.equals("batch") && calls("verify") > 0
                ? Lie.DECLINED
                : Lie.NONE; // what becomes of it is only told, never asked
        Payout payout = paying.approved("50.00");
        paying.work();
        assertThat(paying.state(payout)).isEqualTo("sent");
        byte[] told = told(paying.provider.rows.getFirst().batchId);

        assertThat(keep(told)).isTrue();
        assertThat(keep(told)).as("the same again").isFalse();
        paying.work();

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.core.strings("select count(*)::text from payouts.notification"))
                .containsExactly("1");
        assertThat(paying.core.strings("select distinct cause from timeline.event where kind = 'payout_finished'"))
                .containsExactly("ipn");
    }

    @Test
    void coinsThatTheProviderTookForItHaveLeftToo() {
        Payout payout = paying.approved("50.00");
        paying.work();
        Row row = paying.provider.rows.getFirst();
        row.fee = Money.parse("1.5", USDT);
        assertThat(feeCoins(payout)).as("not before it is sent").isEmpty();

        paying.pass(A_WHILE);
        hear(row, Status.FINISHED);

        assertThat(feeCoins(payout)).containsExactly("provider_fees provider_clearing usdttrc20");
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 50.00 + 0.00 + 0.00");
    }

    private List<String> feeCoins(Payout payout) {
        return paying.core.strings(
                "select debit || ' ' || credit || ' ' || asset from ledger.journal where reference = ? and kind = 'payout_fee_coins'",
                payout.subject());
    }

    /** CP27: it waits until the batch is recorded. */
    @Test
    void notificationBeforeOurRecordWaitsForIt() {
        dieAt(Point.CP23_PAYOUT_CREATED);
        Payout payout = paying.approved("50.00");
        paying.work();
        Row row = paying.provider.rows.getFirst();
        row.status = Status.FINISHED; // somebody gave the code by hand
        assertThat(keep(told(row.batchId))).isTrue();
        paying.work();
        assertThat(paying.state(payout)).isEqualTo("creating");

        paying.pass(A_WHILE);

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.core.strings("select state from tasks.task where kind = 'hear_payout'"))
                .containsExactly("done");
        assertThat(paying.openCases()).isEmpty();
    }

    @Test
    void withdrawalThatNobodyHereMadeIsACaseAfterADay() {
        assertThat(keep(told("77"))).isTrue();
        paying.pass(Duration.ofHours(23));
        assertThat(paying.openCases()).isEmpty();

        paying.pass(LONG);

        assertThat(paying.openCases()).containsExactly("payout_not_ours");
    }

    private boolean keep(byte[] told) {
        return paying.core
                .bean(PayoutNotifications.class)
                .keep(told, new Heard.Trigger(Heard.Cause.IPN, "198.51.100.7", paying.core.clock.instant()));
    }

    private static byte[] told(String batchId) {
        return ("{\"address\":\"T0123456789ab0\",\"amount\":\"49.99\",\"batch_withdrawal_id\":\"" + batchId
                        + "\",\"created_at\":\"2026-01-01T00:00:00.000Z\",\"currency\":\"usdttrc20\",\"error\":null,\"hash\":\"0xtold\",\"id\":\"9"
                        + batchId + "\",\"status\":\"FINISHED\"}")
                .getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void failedIsFrozenAndFinishedAfterItIsPaid() {
        paying.provider.end = row -> Status.FAILED;
        Payout payout = paying.approved("50.00");
        paying.pass(A_WHILE);
        assertThat(paying.state(payout)).isEqualTo("failed");
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 0.00 + 50.00 + 0.00");
        assertThat(paying.openCases()).containsExactly("payout_failed");

        Row row = paying.provider.rows.getFirst();
        row.status = Status.FINISHED;
        row.hash = "0xlate";
        paying.pass(LONG);

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 50.00 + 0.00 + 0.00");
        assertThat(paying.openCases()).isEmpty();
    }

    @Test
    void failedThatAPersonReleasedIsInTheBalanceAndAnAlarmWhenPaidAllTheSame() {
        paying.provider.end = row -> Status.FAILED;
        Payout payout = paying.approved("50.00");
        paying.pass(A_WHILE);
        paying.core.transactions.run(SELLER, () -> paying.flow.release(SELLER, payout.id(), TEST));
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 0.00 + 0.00 + 50.00");
        assertThat(paying.make(SELLER))
                .as("by itself no other one is made")
                .isInstanceOf(PayoutMaking.Made.NotDue.class);
        Payout second = ((PayoutMaking.Made.Done) paying.making.byHand(SELLER, "operator")).payout();
        paying.approve(second);
        paying.provider.lies = operation -> operation.equals("verify") ? Lie.NOT_NOW : Lie.NONE;
        paying.work();
        assertThat(paying.state(second)).isEqualTo("created");

        paying.provider.rows.getFirst().status = Status.FINISHED;
        paying.pass(A_WHILE);
        paying.provider.lies = operation -> Lie.NONE;
        paying.pass(LONG);

        assertThat(paying.state(payout)).isEqualTo("released");
        assertThat(paying.openCases()).contains("payout_contradicted");
        assertThat(paying.core.bean(Safeguards.class).of(SELLER).held()).isNotNull();
        assertThat(paying.provider.rows)
                .as("its entries are paid: the other that has claimed them is not verified")
                .filteredOn(row -> row.verifiedAt != null)
                .hasSize(1);
    }

    @Test
    void sentForTwoDaysIsAskedAboutOnceAndGivenBackByAPerson() {
        paying.provider.end = row -> Status.SENDING;
        Payout payout = paying.approved("50.00");
        paying.pass(Duration.ofHours(47));
        assertThat(paying.openCases()).isEmpty();
        paying.pass(Duration.ofHours(30));
        assertThat(paying.openCases()).containsExactly("payout_stuck");
        assertThat(paying.state(payout)).isEqualTo("sent");

        paying.decide(SELLER, "payout_stuck", "release");

        assertThat(paying.state(payout)).isEqualTo("released");
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 0.00 + 0.00 + 50.00");
        paying.provider.rows.getFirst().status = Status.FINISHED;
        paying.pass(Duration.ofHours(2));
        assertThat(paying.openCases()).as("it is watched").containsExactly("payout_contradicted");
    }

    /** Who waited is not kept from giving it back when the provider says at last that it will not send it. */
    @ParameterizedTest
    @CsvSource({"payout_stuck, SENDING", "payout_failed, FAILED"})
    void whatSomebodyWaitedForCanBeReleasedLater(String kind, Status end) {
        paying.provider.end = row -> end;
        Payout payout = paying.approved("50.00");
        paying.pass(Duration.ofHours(77));

        assertThat(paying.decide(SELLER, kind, "wait")).isInstanceOf(Outcome.Decided.class);
        assertThat(paying.openCases()).isEmpty();
        assertThat(paying.decide(SELLER, kind, "wait")).isInstanceOf(Outcome.Refused.class);
        assertThat(paying.decide(SELLER, kind, "release")).isInstanceOf(Outcome.Decided.class);
        assertThat(paying.decide(SELLER, kind, "wait"))
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo("already_decided"));

        assertThat(paying.state(payout)).isEqualTo("released");
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 0.00 + 0.00 + 50.00");
    }

    @Test
    void stuckThatGoesOnNeedsNobody() {
        paying.provider.end = row -> Status.SENDING;
        Payout payout = paying.approved("50.00");
        paying.pass(Duration.ofHours(50));
        assertThat(paying.openCases()).containsExactly("payout_stuck");

        paying.provider.end = row -> Status.FINISHED;
        paying.pass(Duration.ofHours(2));

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.openCases()).isEmpty();
    }

    /** Coins may have gone by it: it is never made again. */
    @ParameterizedTest
    @EnumSource(
            value = Lie.class,
            names = {"NONE", "LOST_BEFORE", "LOST_AFTER", "DECLINED"})
    void batchThatTheProviderForgotAfterACodeIsAskedAbout(Lie verify) {
        paying.provider.declinedAs = "code_refused";
        paying.provider.lies = operation -> operation.equals("verify") ? verify : Lie.NONE;
        Payout payout = paying.approved("50.00");
        paying.work();
        paying.provider.forgotten.add(paying.provider.rows.getFirst().batchId);

        paying.pass(Duration.ofHours(30));

        assertThat(paying.provider.rows).hasSize(1);
        assertThat(paying.openCases()).containsExactly("payout_stuck");
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 0.00 + 50.00 + 0.00");
        paying.decide(SELLER, "payout_stuck", "release");
        assertThat(paying.state(payout)).isEqualTo("released");
    }

    @Test
    void batchThatTheProviderForgotBeforeAnyCodeIsMadeAnewAfterItsHour() {
        paying.provider.lies = operation -> operation.equals("verify") ? Lie.NOT_NOW : Lie.NONE;
        Payout payout = paying.approved("50.00");
        paying.work();
        paying.provider.forgotten.add(paying.provider.rows.getFirst().batchId);
        paying.pass(Duration.ofMinutes(59));
        assertThat(paying.state(payout)).isEqualTo("created");
        paying.provider.lies = operation -> Lie.NONE;

        paying.pass(LONG);

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.provider.rows)
                .extracting(row -> row.verifiedAt != null)
                .containsExactly(false, true);
        assertThat(paying.openCases()).isEmpty();
    }

    @Test
    void whatWaitsForApprovalIsToldToTheSellerAndAskedOfTheOperator() {
        paying.earn(SELLER, "50.00");
        Payout payout = paying.made(SELLER);
        paying.work();
        assertThat(paying.openCases()).containsExactly("payout_awaits_approval");
        assertThat(paying.core.messenger.sent)
                .singleElement()
                .satisfies(message -> assertThat(message.html()).contains("approval"));

        paying.decide(SELLER, "payout_awaits_approval", "approve");
        paying.pass(A_WHILE);

        assertThat(paying.state(payout)).isEqualTo("finished");
        paying.earn(SELLER, "50.00");
        Payout other = paying.made(SELLER);
        paying.approve(other);
        assertThat(paying.openCases()).as("approved another way").isEmpty();
    }

    /** The provider repeats itself for days; a person has looked once. */
    @Test
    void contradictedAnewIsAskedAnewAndTheSameOnlyOnce() {
        paying.provider.end = row -> Status.FAILED;
        Payout payout = paying.approved("50.00");
        paying.pass(A_WHILE);
        paying.core.transactions.run(SELLER, () -> paying.flow.release(SELLER, payout.id(), TEST));
        Row row = paying.provider.rows.getFirst();
        Safeguards safeguards = paying.core.bean(Safeguards.class);

        hear(row, Status.SENDING);
        assertThat(paying.openCases()).containsExactly("payout_contradicted");
        decideAll();
        paying.flow.turn(SELLER, null, /* endsStop= */ true, TEST);
        hear(row, Status.SENDING);
        assertThat(paying.openCases()).isEmpty();
        assertThat(safeguards.of(SELLER).held()).isNull();

        hear(row, Status.FINISHED);

        assertThat(paying.openCases()).containsExactly("payout_contradicted");
        assertThat(safeguards.of(SELLER).held()).isNotNull();
    }

    private void hear(Row row, Status status) {
        row.status = status;
        paying.core.transactions.run(SELLER, () -> paying.flow.heard(SELLER, paying.provider.seen(row), TEST));
    }

    private void decideAll() {
        Cases cases = paying.core.bean(Cases.class);
        paying.core.transactions.run(
                SELLER,
                () -> cases.list(SELLER, Optional.of("open"), Optional.empty(), 10)
                        .forEach(one -> cases.decide(SELLER, one.id(), "seen", "looked at", "operator")));
    }

    @Test
    void fiveMoreThatComeToNothingAreAskedAnew() {
        paying.provider.lies = operation -> operation.equals("create") ? Lie.DECLINED : Lie.NONE;
        Payout payout = paying.approved("50.00");
        paying.pass(LONG);
        assertThat(paying.state(payout)).isEqualTo("awaiting_approval");
        assertThat(paying.openCases()).containsExactly("payout_not_made");
        decideAll();

        paying.approve(payout);
        paying.pass(Duration.ofHours(31));

        assertThat(paying.state(payout)).isEqualTo("awaiting_approval");
        assertThat(paying.openCases()).containsExactly("payout_not_made");
    }

    /** Nothing was asked of the provider: it uses up no attempt. */
    @Test
    void notNowAtCreateIsTriedAgainAndCountsAsNone() {
        AtomicInteger left = new AtomicInteger(7);
        paying.provider.lies =
                operation -> operation.equals("create") && left.getAndDecrement() > 0 ? Lie.NOT_NOW : Lie.NONE;
        Payout payout = paying.approved("50.00");
        paying.pass(Duration.ofMinutes(5));
        assertThat(paying.now(payout).waitsFor()).isEqualTo("provider_down");
        assertThat(calls("create")).as("5, 10, 20, 40, 80 seconds apart").isEqualTo(6);

        paying.pass(Duration.ofHours(1));

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.core.strings("select number || ' ' || (refused_at is null) from payouts.attempt"))
                .containsExactly("1 true");
    }

    /** A restore to between the two: the batch is there, and is taken over, not made again. */
    @Test
    void notNowAndThereAllTheSameIsTakenOver() {
        once("create", Lie.NOT_NOW);
        Payout payout = paying.approved("50.00");
        paying.work();
        assertThat(paying.state(payout)).isEqualTo("approved");
        Destination.Place to =
                paying.core.bean(Destinations.class).of(SELLER).getFirst().place();
        paying.provider.create(
                new PayoutProvider.NewBatch(payout.externalId(1), to, payout.coins(), "http://localhost/ipn"));
        Row row = paying.provider.rows.getFirst();
        row.status = Status.WAITING;
        row.verifiedAt = paying.core.clock.instant();

        paying.core.bean(MissingPayouts.class).lookNow();
        paying.pass(LONG);

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.provider.rows).hasSize(1);
    }

    /** What agrees with itself is no proof: sums, rate and receiver all stand in the row that was changed. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "amount_units = amount_units - 1",
                "amount_units = amount_units + fee_units, fee_units = 0",
                "coin_units = coin_units * 2",
                "coin_units = coin_units * 100, rate_usd = rate_usd / 100",
                "coin = 'usdterc20'",
                "made_at = made_at + interval '1 hour'",
                "destination_id = (select destination_id from payouts.destination where version = 2)",
                "mac = null",
                "mac = repeat('0', 64)",
                "payout_id = payout_id",
            })
    void rowChangedByHandIsNotSent(String change) {
        boolean unchanged = change.equals("payout_id = payout_id");
        Payout payout = paying.approved("50.00");
        paying.destination(SELLER, "Tother");
        change(payout, change);

        paying.pass(LONG);

        assertThat(paying.provider.rows).hasSize(unchanged ? 1 : 0);
        assertThat(paying.now(payout).status()).isEqualTo(unchanged ? "finished" : "held");
        if (!unchanged) {
            assertThat(paying.openCases()).hasSize(1).containsAnyOf("payout_contradicted", "payout_destination");
            paying.decide(SELLER, paying.openCases().getFirst(), "seen");
            paying.core.transactions.run(SELLER, () -> paying.flow.letGo(SELLER, payout.id(), TEST));
            paying.pass(LONG);
            assertThat(paying.provider.rows)
                    .as("let go, and changed all the same")
                    .isEmpty();
        }
    }

    @Test
    void sealOfAnotherPayoutIsNoneForThis() {
        Payout one = paying.approved("50.00");
        Payout other = paying.approved("60.00");
        change(one, "mac = (select mac from payouts.payout where payout_id = '" + other.id() + "')");

        paying.pass(LONG);

        assertThat(paying.state(other)).isEqualTo("finished");
        assertThat(paying.now(one).status()).isEqualTo("held");
    }

    @Test
    void rowChangedByHandGetsNoCodeForItsBatch() {
        dieAt(Point.CP25_BEFORE_VERIFY);
        Payout payout = paying.approved("50.00");
        paying.work();
        change(payout, "amount_units = amount_units - 1");

        paying.pass(LONG);

        assertThat(calls("verify")).isZero();
        assertThat(paying.now(payout).status()).isEqualTo("held");
        assertThat(paying.openCases()).containsExactly("payout_contradicted");
    }

    /** Made before rows were sealed: not sent, and its money is the seller's again when it is called off. */
    @Test
    void unsealedIsCalledOffAndMadeAnew() {
        Payout old = paying.approved("50.00");
        change(old, "mac = null");
        paying.pass(A_WHILE);

        paying.core.transactions.run(SELLER, () -> paying.flow.cancel(SELLER, old.id(), TEST));
        var again = (PayoutMaking.Made.Done) paying.making.byHand(SELLER, "operator");
        paying.approve(again.payout());
        paying.pass(A_WHILE);

        assertThat(List.of(paying.state(old), paying.state(again.payout()))).containsExactly("cancelled", "finished");
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 50.00 + 0.00 + 0.00");
    }

    /** The service itself cannot change what is sealed. */
    @Test
    void theServiceMayNotChangeWhatIsSealed() {
        paying.approved("50.00");

        assertThatThrownBy(() -> paying.core
                        .jdbc
                        .sql("update payouts.payout set coin_units = coin_units * 2")
                        .update())
                .hasStackTraceContaining("permission denied");
    }

    @Test
    void paysToTheVersionThatCountedWhenItWasMade() {
        Payout payout = paying.approved("50.00");
        paying.destination(SELLER, "Tnext");

        paying.pass(A_WHILE);
        paying.earn(SELLER, "60.00");
        Payout next = paying.made(SELLER);
        paying.approve(next);
        paying.pass(A_WHILE);

        assertThat(List.of(paying.state(payout), paying.state(next))).containsExactly("finished", "finished");
        assertThat(paying.provider.rows)
                .extracting(row -> row.asked.to().address())
                .containsExactly("T" + SELLER + "0", "Tnext");
    }

    /** A finished one is set back by hand, long after what the provider's list is still asked about. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "state = 'approved', attempt = 2, ended_at = null",
                "state = 'approved', ended_at = null",
                "state = 'created', ended_at = null",
                "state = 'verifying', ended_at = null",
                "state = 'sent', ended_at = null",
                "state = 'failed', ended_at = null",
            })
    void finishedThatIsSetBackByHandIsNotPaidAgain(String setBack) {
        Payout payout = paying.approved("50.00");
        paying.pass(A_WHILE);
        assertThat(paying.state(payout)).isEqualTo("finished");
        boolean anew = setBack.contains("attempt = 2");
        paying.core.clock.advance(Duration.ofDays(3));
        paying.approved("60.00");
        paying.pass(A_WHILE);
        paying.core
                .owner()
                .sql("""
                        update payouts.attempt set ended_at = null, verified_at = null, tries = 0, called_at = 'now'
                        where payout_id = 'id' and not anew;
                        update payouts.payout set change where payout_id = 'id';
                        update tasks.task set state = 'ready', due_at = 'now' where kind in ('verify_payout', 'follow_payout') and payload ->> 'payout' = 'id'
                        """.replace("now", paying.core.clock.instant().toString())
                        .replace("id'", payout.id() + "'")
                        .replace("change", setBack)
                        .replace("anew", Boolean.toString(anew)))
                .update();
        paying.core.transactions.run(
                SELLER,
                () -> paying.core
                        .bean(Tasks.class)
                        .oweAgain(SELLER, PayoutWork.create(payout.id(), anew ? 2 : 1, paying.core.clock.instant())));
        Row row = paying.provider.rows.getFirst();
        if (setBack.contains("created") || setBack.contains("verifying")) {
            row.status = Status.CREATING; // another batch that was made by hand, say
        }

        paying.pass(LONG);

        assertThat(paying.provider.rows).hasSize(2);
        assertThat(calls("verify")).as("codes").isEqualTo(2);
        assertThat(paying.core.strings("select kind from ledger.journal where kind like '%payout'"))
                .as("booked")
                .containsExactly("payout", "payout");
        assertThat(paying.openCases()).contains("payout_contradicted");
        assertThat(paying.balance(SELLER)).isEqualTo("110.00 = 110.00 + 0.00 + 0.00");
    }

    /** What a person has not approved is not sent, whatever its row says. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "approved_by = 'operator'",
                "approved_by = 'operator', approval_mac = ''",
                "approved_by = 'test', approval_mac = (select approval_mac from payouts.payout where approval_mac is not null)",
            })
    void approvalWrittenByHandIsNone(String approval) {
        Payout approved = paying.approved("60.00");
        paying.pass(A_WHILE);
        paying.earn(SELLER, "50.00");
        Payout payout = paying.made(SELLER);
        change(payout, "state = 'approved', approved_at = made_at, " + approval);
        paying.core.transactions.run(
                SELLER,
                () -> paying.core
                        .bean(Tasks.class)
                        .owe(SELLER, PayoutWork.create(payout.id(), 1, paying.core.clock.instant())));

        paying.pass(LONG);

        assertThat(paying.state(approved)).isEqualTo("finished");
        assertThat(paying.provider.rows).hasSize(1);
        assertThat(paying.now(payout).isHeld()).isTrue();
        assertThat(paying.openCases()).contains("payout_contradicted");
    }

    /** Its case is answered, and it is let go: it stands still all the same, and is seen to. */
    @ParameterizedTest
    @ValueSource(strings = {"approval_mac = null", "mac = null"})
    void whatIsLetGoAndCannotBeSentIsHeldAgain(String change) {
        Payout payout = paying.approved("50.00");
        change(payout, change);
        paying.pass(A_WHILE);
        paying.decide(SELLER, "payout_contradicted", "seen");

        paying.core.transactions.run(SELLER, () -> paying.flow.letGo(SELLER, payout.id(), TEST));
        paying.pass(A_WHILE);

        assertThat(paying.provider.rows).isEmpty();
        assertThat(paying.now(payout).status()).isEqualTo("held");
        assertThat(Objects.requireNonNull(paying.now(payout).held()).why()).isNotBlank();
    }

    /** As each that was approved before approvals were sealed. */
    @ParameterizedTest
    @ValueSource(strings = {"approved", "created"})
    void whoseApprovalIsNoneIsApprovedAnewAndGoesOn(String state) {
        Payout payout = paying.approved("50.00");
        while (!paying.state(payout).equals(state)) {
            paying.workOne();
        }
        change(payout, "approval_mac = null");
        paying.pass(Duration.ofMinutes(2));
        assertThat(paying.now(payout).isHeld()).isTrue();

        assertThat(paying.core
                        .transactions
                        .run(SELLER, () -> paying.flow.approve(SELLER, payout.id(), TEST))
                        .refused())
                .isNull();
        paying.core.transactions.run(SELLER, () -> paying.flow.letGo(SELLER, payout.id(), TEST));
        paying.pass(A_WHILE);

        assertThat(paying.state(payout)).isEqualTo("finished");
    }

    /** The approval of the first five attempts is none for the sixth. */
    @Test
    void approvalIsGoodForFiveAttempts() {
        paying.provider.lies = operation -> operation.equals("create") ? Lie.DECLINED : Lie.NONE;
        Payout payout = paying.approved("50.00");
        paying.pass(Duration.ofDays(2));
        assertThat(paying.state(payout)).isEqualTo("awaiting_approval");
        paying.provider.lies = operation -> Lie.NONE;
        change(payout, "state = 'approved'");
        paying.core.transactions.run(
                SELLER,
                () -> paying.core
                        .bean(Tasks.class)
                        .owe(SELLER, PayoutWork.create(payout.id(), 6, paying.core.clock.instant())));

        paying.pass(A_WHILE);
        assertThat(paying.provider.rows).isEmpty();

        change(payout, "state = 'awaiting_approval'");
        paying.approve(payout);
        paying.core.transactions.run(SELLER, () -> paying.flow.letGo(SELLER, payout.id(), TEST));
        paying.pass(A_WHILE);
        assertThat(paying.state(payout)).isEqualTo("finished");
    }

    /** A code moves what the batch holds, whatever we asked for. */
    @ParameterizedTest
    @CsvSource({
        "Tstranger, 49.99, usdttrc20",
        "mine, 4999, usdttrc20",
        "mine, 49.99, usdterc20",
        "mine, 49.99, usdttrc20"
    })
    void batchThatHoldsSomethingElseGetsNoCode(String address, String coins, String coin) {
        Payout payout = paying.approved("50.00");
        while (paying.provider.rows.isEmpty()) {
            assertThat(paying.workOne()).isTrue();
        }
        Row row = paying.provider.rows.getFirst();
        row.holds = new NewBatch(
                row.asked.externalId(),
                new Place(
                        new Asset(coin), address.equals("mine") ? row.asked.to().address() : address, null),
                Money.parse(coins, new Asset(coin)),
                row.asked.notifyUrl());

        paying.pass(Duration.ofMinutes(20));
        boolean differs = !paying.openCases().isEmpty();
        if (differs) {
            paying.decide(SELLER, "payout_contradicted", "seen");
            paying.core.transactions.run(SELLER, () -> paying.flow.letGo(SELLER, payout.id(), TEST));
        }
        paying.pass(Duration.ofMinutes(2));

        if (row.holds.to().equals(row.asked.to()) && row.holds.coins().equals(row.asked.coins())) {
            assertThat(paying.state(payout)).isEqualTo("finished");
        } else {
            assertThat(calls("verify")).isZero();
            assertThat(differs).isTrue();
            assertThat(paying.now(payout).isHeld()).isTrue();
        }
    }

    /** Whoever resumes it by hand need not have seen what it is held for. */
    @Test
    void whatIsContradictedIsNotLetGoBeforeItsCaseIsAnswered() {
        paying.provider.balance.put(Paying.USDT, Money.parse("1", Paying.USDT));
        Payout payout = paying.approved("50.00");
        paying.work();
        paying.core.transactions.run(
                SELLER, () -> paying.flow.contradicted(paying.now(payout), null, "it is SENDING", TEST));

        PayoutFlow.Outcome early =
                paying.core.transactions.run(SELLER, () -> paying.flow.letGo(SELLER, payout.id(), TEST));

        assertThat(early.refused()).contains("answer its case payout_contradicted");
        assertThat(paying.now(payout).isHeld()).isTrue();

        paying.decide(SELLER, "payout_contradicted", "seen");
        PayoutFlow.Outcome then =
                paying.core.transactions.run(SELLER, () -> paying.flow.letGo(SELLER, payout.id(), TEST));
        assertThat(then.refused()).isNull();
        assertThat(paying.now(payout).isHeld()).isFalse();
    }

    /** The documents show a batch that nobody has verified as WAITING. */
    @Test
    void batchThatIsCalledWaitingBeforeItsCodeIsVerified() {
        paying.provider.unverified = Status.WAITING;
        Payout payout = paying.approved("50.00");

        paying.pass(A_WHILE);

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.provider.rows).hasSize(1);
        assertThat(calls("verify")).isEqualTo(1);
    }

    @Test
    void batchThatIsNotShownBeforeItsCodeIsVerified() {
        paying.provider.showsUnverified = false;
        Payout payout = paying.approved("50.00");

        paying.pass(A_WHILE);

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.provider.rows).hasSize(1);
    }

    @Test
    void batchThatIsNotShownAndWasMadeOfSomethingElseGetsNoCode() {
        paying.provider.showsUnverified = false;
        paying.provider.makes = asked ->
                new NewBatch(asked.externalId(), new Place(USDT, "Tstranger", null), asked.coins(), asked.notifyUrl());
        Payout payout = paying.approved("50.00");

        paying.pass(A_WHILE);

        assertThat(calls("verify")).isZero();
        assertThat(paying.now(payout).isHeld()).isTrue();
        assertThat(paying.openCases()).containsExactly("payout_contradicted");
    }

    private void change(Payout payout, String change) {
        paying.core
                .owner()
                .sql("update payouts.payout set " + change + " where payout_id = ?")
                .param(payout.id())
                .update();
    }

    @Test
    void rejectedIsInTheBalanceAgainAndItsEntriesCanBePaid() {
        paying.provider.end = row -> Status.REJECTED;
        Payout payout = paying.approved("50.00");
        paying.pass(A_WHILE);
        assertThat(paying.state(payout)).isEqualTo("rejected");
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 0.00 + 0.00 + 50.00");
        assertThat(paying.openCases()).containsExactly("payout_came_back");
        assertThat(paying.make(SELLER)).isInstanceOf(PayoutMaking.Made.NotDue.class);

        paying.provider.end = row -> Status.FINISHED;
        var again = (PayoutMaking.Made.Done) paying.making.byHand(SELLER, "operator");
        paying.approve(again.payout());
        paying.pass(A_WHILE);

        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 50.00 + 0.00 + 0.00");
    }

    /** There is one code in 30 seconds, and a batch without one is rejected after an hour. */
    @Test
    void noMoreBatchesAreMadeThanThereAreCodesFor() {
        int all = CreatePayoutTask.MOST_AWAITING_CODES + 5;
        List<Payout> payouts =
                IntStream.range(0, all).mapToObj(_ -> paying.approved("20.00")).toList();

        paying.work();

        assertThat(paying.provider.rows).hasSize(CreatePayoutTask.MOST_AWAITING_CODES);
        assertThat(payouts)
                .filteredOn(one -> "its_turn".equals(paying.now(one).waitsFor()))
                .hasSize(5);

        paying.pass(Duration.ofMinutes(40));

        assertThat(payouts).allSatisfy(one -> assertThat(paying.state(one)).isEqualTo("finished"));
        assertThat(paying.provider.rows).as("none was made in vain").hasSize(all);
    }

    /** Whether their calls were ever made is not known: after an hour no code is any use to them, and others need not wait. */
    @Test
    void whatIsOlderThanABatchLivesKeepsNobodyWaiting() {
        paying.provider.lies = operation -> operation.equals("create") ? Lie.LOST_BEFORE : Lie.NONE;
        paying.approved("20.00");
        paying.work();
        Instant now = paying.core.clock.instant();

        assertThat(paying.payouts.awaitingCodes(now)).isEqualTo(1);
        assertThat(paying.payouts.awaitingCodes(now.plus(Attempt.LIFE))).isZero();
    }

    /** Another instance has begun the last one, and not committed it. */
    @Test
    void ofManyAtOnceNoMoreBeginThanThereAreCodesFor() throws Exception {
        while (paying.payouts.awaitingCodes(paying.core.clock.instant()) < CreatePayoutTask.MOST_AWAITING_CODES - 1) {
            paying.approved("20.00");
            paying.work();
        }
        Payout last = paying.approved("20.00");
        paying.core
                .owner()
                .sql("update tasks.task set state = 'done', done_at = due_at where kind = ? and state = 'ready'")
                .param(PayoutWork.CREATE)
                .update(); // the other instance's: only who begins another is to wait here
        paying.approved("20.00");

        paying.core.whileUncommitted(
                SELLER,
                () -> {
                    paying.payouts.lockTurn();
                    paying.flow.apply(SELLER, last.id(), new PayoutEvent.Begin(last.externalId(1)), TEST);
                },
                () -> paying.workAllAtOnce(PayoutWork.CREATE));

        assertThat(paying.payouts.awaitingCodes(paying.core.clock.instant()))
                .isEqualTo(CreatePayoutTask.MOST_AWAITING_CODES);
    }

    @Test
    void shortOfCoinWaitsVisiblyAndGoesOn() {
        paying.provider.balance.put(USDT, Money.parse("10", USDT));
        Payout payout = paying.approved("50.00");
        paying.pass(Duration.ofMinutes(30));
        assertThat(paying.now(payout).waitsFor()).isEqualTo("short_of_coin");
        assertThat(paying.provider.rows).isEmpty();

        paying.provider.balance.put(USDT, Money.parse("100", USDT));
        paying.pass(Duration.ofMinutes(20));

        assertThat(paying.state(payout)).isEqualTo("finished");
    }

    /** What another takes that is begun and not sent is not there for it, nor is the provider's fee. */
    @Test
    void coinsThatAnotherTakesAreNotThere() {
        SellerId other = paying.seller(new SellerId("0123456789ac"), "instant", "1");
        Payout first = paying.approved("100.00");
        paying.earn(other, "100.00");
        Payout second = paying.made(other);
        paying.approve(second);
        Money both = first.coins().plus(second.coins());
        paying.provider.balance.put(USDT, both); // and no fee
        paying.provider.lies = operation -> operation.equals("verify") ? Lie.NOT_NOW : Lie.NONE;

        paying.workAllAtOnce("create_payout");

        assertThat(paying.provider.rows).hasSize(1);
        Payout waits = paying.state(first).equals("approved") ? first : second;
        paying.pass(Duration.ofMinutes(30));
        assertThat(paying.now(waits).waitsFor())
                .as("there is enough for it alone")
                .isEqualTo("its_turn");
        assertThat(paying.now(waits).reason()).contains("payouts before it take");

        paying.provider.lies = operation -> Lie.NONE;
        paying.pass(Duration.ofHours(2));
        assertThat(List.of(first, second))
                .allMatch(payout -> paying.state(payout).equals("finished"));
    }

    /** It was sent after the balance had been asked for, which has those coins still. */
    @Test
    void coinsOfWhatWasSentSinceTheBalanceWasAskedForAreNotThereEither() {
        Payout first = paying.approved("100.00");
        Instant asked = paying.core.clock.instant();
        while (!paying.state(first).equals("sent")) {
            assertThat(paying.workOne()).isTrue();
        }
        Instant after = paying.core.clock.instant().plusSeconds(1);

        assertThat(paying.payouts.takenByUnverified(USDT, asked, after)).isEqualTo(paying.payouts.takes(first));
        assertThat(paying.payouts.takenByUnverified(USDT, after, after)).isEqualTo(Money.zero(USDT));
    }

    /** All would ask the provider where their batch stands, for one code. */
    @Test
    void thoseThatWaitForTheNextCodeWakeOneAfterTheOther() {
        List<Payout> all = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            all.add(paying.approved("50.00"));
        }
        paying.work();

        assertThat(all)
                .filteredOn(payout -> paying.state(payout).equals("created"))
                .hasSize(4);
        List<String> due = paying.core.strings(
                "select due_at::text from tasks.task where kind = 'verify_payout' and state = 'ready' order by due_at");
        assertThat(due).hasSize(4).doesNotHaveDuplicates();

        paying.pass(Duration.ofMinutes(4));
        assertThat(all).allMatch(payout -> paying.state(payout).equals("finished"));
    }

    /** Networks and explorers do not write it alike. */
    @ParameterizedTest
    @ValueSource(strings = {"0XAB12cd", "ab12CD", "AB12CD"})
    void sameTransactionWrittenOtherwiseIsNoOther(String written) {
        Payout payout = paying.approved("50.00");
        paying.pass(A_WHILE);
        assertThat(paying.state(payout)).isEqualTo("finished");
        paying.core.owner().sql("update payouts.attempt set hash = '0xab12cd'").update();

        Row row = paying.provider.rows.getFirst();
        row.hash = written;
        hear(row, Status.FINISHED);

        assertThat(paying.openCases()).isEmpty();
        assertThat(paying.core.bean(Safeguards.class).of(SELLER).held()).isNull();
    }

    /** What became of it the provider does not say for days: a person is asked, and the others do not wait for that. */
    @Test
    void oneThatStandsStillKeepsNoOtherWaiting() {
        SellerId other = paying.seller(new SellerId("0123456789ac"), "instant", "1");
        Payout first = paying.approved("100.00");
        paying.provider.balance.put(USDT, Money.parse("150", USDT));
        paying.provider.lies = operation -> operation.equals("verify") ? Lie.LOST_AFTER : Lie.NONE;
        while (!paying.state(first).equals("verifying")) {
            paying.workOne();
        }
        paying.provider.lies = operation -> Lie.NONE;
        paying.provider.rows.getFirst().status = Status.UNKNOWN_WORD;
        paying.pass(Duration.ofMinutes(70));
        assertThat(paying.state(first)).isEqualTo("verifying");

        paying.earn(other, "100.00");
        Payout second = paying.made(other);
        paying.approve(second);
        while (!paying.state(second).equals("created")) {
            assertThat(paying.workOne()).isTrue();
        }

        assertThat(paying.state(first)).isEqualTo("verifying");
    }

    @Test
    void notWhitelistedWaitsVisiblyAndIsTriedAgain() {
        paying.provider.declinedAs = "not_whitelisted";
        once("create", Lie.DECLINED);
        Payout payout = paying.approved("50.00");
        paying.pass(Duration.ofMinutes(5));
        assertThat(paying.now(payout).waitsFor()).isEqualTo("not_whitelisted");
        assertThat(paying.core.strings("select not_whitelisted_why from payouts.destination"))
                .containsExactly("declined as not_whitelisted");

        paying.pass(Duration.ofMinutes(30));

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.core.count("payouts.destination where not_whitelisted_at is null"))
                .isEqualTo(1);
    }

    /** The list of payouts says it to whoever looks: nobody does, for weeks. */
    @Test
    void whatWaitsForADayIsAskedOfAPersonAndToldToTheSellerOnce() {
        paying.provider.balance.put(USDT, Money.parse("10", USDT));
        Payout payout = paying.approved("50.00");
        paying.pass(Duration.ofHours(24));
        assertThat(paying.openCases()).isEmpty();

        paying.pass(Duration.ofDays(2));

        assertThat(paying.openCases()).containsExactly("payout_not_made");
        assertThat(paying.core.strings("select detail ->> 'reason' from cases.cases where state = 'open'"))
                .singleElement()
                .asString()
                .startsWith("short_of_coin, ");
        assertThat(paying.core.messenger.sent)
                .filteredOn(message -> message.html().contains("could not be sent yet"))
                .hasSize(1);

        paying.provider.balance.put(USDT, Money.parse("100", USDT));
        paying.pass(Duration.ofHours(1));
        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.openCases()).isEmpty();
    }

    /** It waited for a person, who was there. */
    @Test
    void whatWasHeldForDaysHasNotWaitedForADay() {
        paying.provider.balance.put(USDT, Money.parse("10", USDT));
        Payout payout = paying.approved("50.00");
        paying.work();
        paying.core.transactions.run(SELLER, () -> paying.flow.hold(SELLER, payout.id(), TEST));
        paying.pass(Duration.ofDays(3));
        paying.core.transactions.run(SELLER, () -> paying.flow.letGo(SELLER, payout.id(), TEST));

        paying.pass(Duration.ofHours(23));
        assertThat(paying.now(payout).waitsFor()).isEqualTo("short_of_coin");
        assertThat(paying.openCases()).isEmpty();

        paying.pass(Duration.ofHours(2));
        assertThat(paying.openCases()).containsExactly("payout_not_made");
    }

    @Test
    void whatIsAskedOfAnAttemptThatWaitedIsOverWhenTheNextGoesThrough() {
        paying.provider.balance.put(USDT, Money.parse("10", USDT));
        Payout payout = paying.approved("50.00");
        paying.pass(Duration.ofHours(25));
        assertThat(paying.openCases()).containsExactly("payout_not_made");

        once("create", Lie.DECLINED);
        paying.provider.balance.put(USDT, Money.parse("100", USDT));
        paying.pass(Duration.ofHours(2));

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.core.count("payouts.attempt")).isEqualTo(2);
        assertThat(paying.openCases()).isEmpty();
    }

    /** To be put on the list there takes a day: nobody need approve it again. */
    @Test
    void notWhitelistedForDaysUsesUpNoAttempt() {
        paying.provider.declinedAs = "not_whitelisted";
        paying.provider.lies = operation -> operation.equals("create") ? Lie.DECLINED : Lie.NONE;
        Payout payout = paying.approved("50.00");
        paying.pass(Duration.ofDays(3));

        assertThat(paying.state(payout)).isEqualTo("approved");
        assertThat(paying.now(payout).waitsFor()).isEqualTo("not_whitelisted");
        assertThat(paying.core.count("payouts.attempt")).isEqualTo(1);

        paying.provider.lies = operation -> Lie.NONE;
        paying.pass(Duration.ofHours(2));

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.openCases()).isEmpty();
    }

    /** The server has another address: whoever reads "down" waits for the provider to come back. */
    @Test
    void whatTheProviderSaysOfItsListIsWhatAPayoutWaitsFor() {
        paying.provider.declinedAs = "ip_refused";
        paying.provider.lies = operation -> operation.equals("list") ? Lie.DECLINED : Lie.NONE;
        Payout payout = paying.approved("50.00");
        paying.work();

        assertThat(paying.now(payout).waitsFor()).isEqualTo("provider_not_set_up");
        assertThat(paying.now(payout).reason()).isEqualTo("ip_refused: declined as ip_refused");
    }

    /** It is written for the operator, about others too, and in no language of the seller's. */
    @Test
    void sellerIsNotToldTheOperatorsReasonNorThatOfAnotherDay() {
        paying.provider.balance.put(USDT, Money.parse("12.5", USDT));
        Payout payout = paying.approved("50.00");
        paying.work();
        assertThat(paying.now(payout).reason()).contains("the account with the provider has");

        paying.core.transactions.run(SELLER, () -> paying.flow.cancel(SELLER, payout.id(), TEST));
        paying.work();

        assertThat(paying.now(payout).reason()).as("of this step").isNull();
        assertThat(paying.core.messenger.sent.getLast().html()).contains("(it was called off)");

        paying.provider.balance.put(USDT, Money.parse("1000", USDT));
        Payout second = ((PayoutMaking.Made.Done) paying.making.byHand(SELLER, "operator")).payout();
        paying.core.transactions.run(
                SELLER, () -> paying.flow.cancel(SELLER, second.id(), TEST.saying("looks like fraud")));
        paying.work();

        assertThat(paying.now(second).reason()).isEqualTo("looks like fraud");
        assertThat(paying.core.messenger.sent.getLast().html())
                .contains("(it was called off)")
                .doesNotContain("fraud");
    }

    @Test
    void destinationChangedByHandIsNotPaidTo() {
        Payout payout = paying.approved("50.00");
        paying.core
                .owner()
                .sql("update payouts.destination set address = 'Tstranger'")
                .update();

        paying.pass(LONG);

        assertThat(paying.provider.rows).isEmpty();
        assertThat(paying.now(payout).status()).isEqualTo("held");
        assertThat(paying.openCases()).containsExactly("payout_destination");
    }

    @Test
    void heldIsNotMadeAndNotVerified() {
        Payout payout = paying.approved("50.00");
        hold(payout);
        paying.pass(A_WHILE);
        assertThat(paying.provider.rows).isEmpty();
        paying.core.transactions.run(SELLER, () -> paying.flow.letGo(SELLER, payout.id(), TEST));
        dieAt(Point.CP25_BEFORE_VERIFY);
        paying.work();
        hold(payout);
        paying.core.faults.set(FaultPoints.none());

        paying.pass(Duration.ofMinutes(55));

        assertThat(paying.state(payout)).isEqualTo("created");
        assertThat(calls("verify")).isZero();
        paying.core.transactions.run(SELLER, () -> paying.flow.letGo(SELLER, payout.id(), TEST));
        paying.pass(LONG);
        assertThat(paying.state(payout)).isEqualTo("finished");
    }

    /** CP22 to CP27: the process ends there once, and the payout is made once all the same. */
    @ParameterizedTest
    @EnumSource(
            names = {
                "CP22_BEFORE_PAYOUT_CALL",
                "CP23_PAYOUT_CREATED",
                "CP25_BEFORE_VERIFY",
                "CP25_CODE_ON_RECORD",
                "CP26_VERIFIED",
                "CP27_BEFORE_PAYOUT_IS_BOOKED"
            })
    void killedThere(Point point) {
        dieAt(point);
        Payout payout = paying.approved("50.00");

        paying.pass(LONG);

        assertThat(paying.state(payout)).isEqualTo("finished");
        assertThat(paying.provider.rows)
                .filteredOn(row -> row.verifiedAt != null)
                .hasSize(1);
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 50.00 + 0.00 + 0.00");
    }

    @Test
    void twoPayoutsDoNotUseOneCode() {
        Payout one = paying.approved("50.00");
        Payout other = paying.approved("60.00");

        paying.pass(Duration.ofSeconds(5));
        assertThat(calls("verify")).isEqualTo(1);

        paying.pass(A_WHILE);
        assertThat(List.of(paying.state(one), paying.state(other))).containsExactly("finished", "finished");
        assertThat(calls("verify")).isEqualTo(2);
    }

    /** The switch is read when it is its turn, not before. */
    @Test
    void switchedOffWhileItWaitedForItsTurnNothingIsMade() throws Exception {
        Payout payout = paying.approved("50.00");
        Safeguards safeguards = paying.core.bean(Safeguards.class);

        paying.core.whileUncommitted(
                SELLER,
                () -> {
                    paying.payouts.lock(SELLER, payout.id());
                    safeguards.hold(SELLER, new Payout.HeldBy("operator", "a holiday"));
                },
                paying::work);

        assertThat(paying.provider.rows).isEmpty();
        assertThat(paying.state(payout)).isEqualTo("approved");
    }

    /** Both want the payout and its case: in the same order, or one of them would fail. */
    @Test
    void decidedWhileTheProviderAnswersWaitsItsTurn() throws Exception {
        paying.provider.end = row -> Status.FAILED;
        Payout payout = paying.approved("50.00");
        paying.pass(A_WHILE);
        Row row = paying.provider.rows.getFirst();
        row.status = Status.FINISHED;

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<Outcome> released = paying.core.transactions.run(SELLER, () -> {
                paying.payouts.lock(SELLER, payout.id());
                Future<Outcome> other = threads.submit(() -> paying.decide(SELLER, "payout_failed", "release"));
                Awaitility.await()
                        .until(() -> paying.core.count(
                                        "pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'")
                                > 0);
                paying.flow.heard(SELLER, paying.provider.seen(row), TEST);
                return other;
            });

            assertThat(released.get()).isInstanceOf(Outcome.Refused.class);
        }
        assertThat(paying.state(payout)).isEqualTo("finished");
    }

    /** I13: one batch, one transaction. */
    @Test
    void anotherTransactionOfABatchIsAskedAboutAndTheFirstIsKept() {
        Payout payout = paying.approved("50.00");
        paying.pass(Duration.ofHours(1));
        assertThat(paying.state(payout)).isEqualTo("finished");
        Row row = paying.provider.rows.getFirst();
        row.hash = "0xother";

        for (int time = 0; time < 2; time++) {
            paying.core.transactions.run(SELLER, () -> paying.flow.heard(SELLER, paying.provider.seen(row), TEST));
        }

        assertThat(paying.openCases()).containsExactly("payout_contradicted");
        assertThat(paying.core.strings("select detail ->> 'reason' from cases.cases where state = 'open'"))
                .containsExactly("its transaction is 0xother, and was 0x5000000");
        assertThat(paying.core.strings("select hash from payouts.attempt")).containsExactly("0x5000000");
        assertThat(paying.now(payout).hash()).isEqualTo("0x5000000");
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 50.00 + 0.00 + 0.00");
    }

    /** Its first code was lost on the way: without a second one nothing moves. */
    @Test
    void whatIsHeldWhileItIsVerifiedGetsNoOtherCode() {
        once("verify", Lie.LOST_BEFORE);
        Payout payout = paying.approved("50.00");
        while (!paying.state(payout).equals("verifying")) {
            paying.workOne();
        }

        hold(payout);
        assertThat(paying.now(payout).status()).isEqualTo("held");
        paying.pass(Duration.ofHours(3));

        assertThat(calls("verify")).isEqualTo(1);
        assertThat(paying.provider.rows).allMatch(row -> row.verifiedAt == null);
        paying.core.transactions.run(SELLER, () -> paying.flow.letGo(SELLER, payout.id(), TEST));
        paying.pass(Duration.ofHours(3));
        assertThat(paying.state(payout)).isEqualTo("finished");
    }

    @ParameterizedTest
    @ValueSource(strings = {"held", "switched off", "changed"})
    void stoppedWhileItsCodeIsWaitedForNoneIsGiven(String how) {
        AtomicInteger left = new AtomicInteger(1);
        Payout payout = paying.approved("50.00");
        paying.core.faults.set(point -> {
            if (point == Point.CP25_BEFORE_VERIFY && left.getAndDecrement() > 0) {
                switch (how) {
                    case "held" -> hold(payout);
                    case "switched off" ->
                        paying.flow.turn(
                                SELLER, new Payout.HeldBy("operator", "a holiday"), /* endsStop= */ false, TEST);
                    default -> change(payout, "approval_mac = null");
                }
            }
        });

        paying.pass(A_WHILE);

        assertThat(left).hasNonPositiveValue();
        assertThat(calls("verify")).isZero();
        assertThat(paying.provider.rows).hasSize(1);
    }

    @Test
    void whoeverHoldsItWhileItsCodeIsAboutToBeGivenIsWaitedFor() throws Exception {
        Payout payout = paying.approved("50.00");
        while (!paying.state(payout).equals("created")) {
            paying.workOne();
        }

        paying.core.whileUncommitted(
                SELLER, () -> paying.flow.hold(SELLER, payout.id(), TEST.saying("a look first")), paying::work);

        assertThat(calls("verify")).isZero();
        assertThat(paying.state(payout)).isEqualTo("created");
    }

    private void hold(Payout payout) {
        paying.core.transactions.run(SELLER, () -> paying.flow.hold(SELLER, payout.id(), TEST.saying("a look first")));
    }

    private void once(String operation, Lie lie) {
        AtomicInteger left = new AtomicInteger(1);
        paying.provider.lies = called -> called.equals(operation) && left.getAndDecrement() > 0 ? lie : Lie.NONE;
    }

    private void dieAt(Point where) {
        AtomicInteger left = new AtomicInteger(1);
        paying.core.faults.set(point -> {
            if (point == where && left.getAndDecrement() > 0) {
                throw new Paying.Death();
            }
        });
    }

    private long calls(String operation) {
        return paying.provider.calls.stream().filter(operation::equals).count();
    }
}
