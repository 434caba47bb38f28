package admitone.payouts;

import static admitone.AtOnce.atOnce;
import static admitone.payouts.Paying.SELLER;
import static admitone.payouts.Paying.TEST;
import static admitone.payouts.Paying.USDT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.FakePayoutProvider.Lie;
import admitone.FakePayoutProvider.Row;
import admitone.audit.Broken;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.cases.DecisionRefused;
import admitone.fulfillment.Refunds;
import admitone.hold.HoldMemory;
import admitone.payouts.PayoutMaking.Made;
import admitone.payouts.PayoutProvider.NewBatch;
import admitone.payouts.PayoutProvider.Status;
import admitone.runtime.Answer;
import admitone.runtime.SellerId;
import admitone.runtime.Settings.Approval;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.sql.Connection;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/** CP34: the database forgets payouts that the provider has sent. */
class PayoutRestoreDatabaseTests {
    private final Paying paying = Paying.start("payout-restore");
    private final Map<String, byte[]> backup = new HashMap<>();

    @AfterEach
    void stop() {
        paying.close();
    }

    /** Ten sellers are paid; the database is taken back to before that; nobody is paid twice. */
    @Test
    void tenPayoutsThatTheDatabaseForgotAreNotMadeAgain() throws Exception {
        List<SellerId> sellers = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            sellers.add(paying.seller(new SellerId(i + "123456789ab"), "instant", "1"));
            paying.earn(sellers.getLast(), "50.00");
        }
        // five are made before the backup: approved one moment later, and so forgotten in part
        List<Payout> before = sellers.subList(0, 5).stream().map(paying::made).toList();
        backUp();
        before.forEach(paying::approve);
        sellers.subList(5, 10).forEach(seller -> paying.approve(paying.made(seller)));
        paying.pass(Duration.ofHours(2));
        assertThat(finished()).isEqualTo(10);

        Instant restored = paying.core.clock.instant();
        restore();
        paying.core.bean(PayoutsAfterRestore.class).putRight();
        assertThat(paying.core.bean(Payouts.class).newestAttempt().orElseThrow())
                .as(
                        "what is taken in began when the provider made it: a look that breaks off hides nothing from the next")
                .isBefore(restored.minus(Duration.ofHours(1)));
        before.forEach(paying::approve);
        sellers.forEach(paying::make);
        paying.pass(Duration.ofHours(30));

        assertThat(finished()).as("sent by the provider in all").isEqualTo(10);
        assertThat(before).allMatch(one -> paying.state(one).equals("finished"));
        assertThat(paying.openCases()).hasSize(5).containsOnly("payout_not_on_record");
        assertThat(sellers.subList(5, 10))
                .allSatisfy(seller -> assertThat(paying.make(seller))
                        .isInstanceOfSatisfying(
                                Made.NotDue.class,
                                notDue -> assertThat(notDue.code()).isEqualTo("held")));
    }

    /** After the backup an operator had called it off: that is forgotten, and money must not go out by it. */
    @ParameterizedTest
    @ValueSource(strings = {"resume", "cancel"})
    void whatWasApprovedBeforeARestoreWaitsForAPerson(String decision) throws Exception {
        paying.seller(SELLER, "instant", "1");
        paying.provider.balance.put(USDT, admitone.money.Money.parse("1", USDT));
        Payout payout = paying.approved("50.00");
        paying.work();
        assertThat(paying.now(payout).waitsFor()).isEqualTo("short_of_coin");
        backUp();
        assertThat(cancelled(payout)).isNull();
        paying.provider.balance.put(USDT, admitone.money.Money.parse("1000", USDT));

        restore();
        paying.core.bean(PayoutsAfterRestore.class).putRight();
        paying.core.bean(PayoutsAfterRestore.class).putRight();
        paying.pass(Duration.ofHours(30));

        assertThat(finished()).isZero();
        assertThat(paying.now(payout).status()).isEqualTo("held");
        assertThat(paying.openCases()).containsExactly("payout_restored");

        paying.decide(SELLER, "payout_restored", decision);
        paying.pass(Duration.ofHours(30));
        assertThat(paying.state(payout)).isEqualTo(decision.equals("resume") ? "finished" : "cancelled");
        assertThat(paying.openCases()).isEmpty();
    }

    /** Its hold is for both, and who is asked about the restore has not looked at the other. */
    @Test
    void whatIsContradictedBesideDoesNotGoOnByTheAnswerAboutTheRestore() {
        paying.seller(SELLER, "instant", "1");
        paying.provider.balance.put(USDT, admitone.money.Money.parse("1", USDT));
        Payout payout = paying.approved("50.00");
        paying.work();
        paying.core.bean(PayoutsAfterRestore.class).putRight();
        paying.core.transactions.run(
                SELLER, () -> paying.flow.contradicted(paying.now(payout), null, "it is SENDING", TEST));
        assertThat(paying.openCases()).containsExactly("payout_contradicted", "payout_restored");

        assertThatThrownBy(() -> paying.decide(SELLER, "payout_restored", "resume"))
                .hasMessageContaining("payout_contradicted");
        assertThat(paying.now(payout).isHeld()).isTrue();

        paying.decide(SELLER, "payout_contradicted", "seen");
        paying.decide(SELLER, "payout_restored", "resume");
        assertThat(paying.now(payout).isHeld()).isFalse();
    }

    /** Limits that were lowered since the backup are as high as before. */
    @Test
    void nothingIsApprovedByItselfAfterARestoreUntilAPersonSaysSo() {
        paying.seller(SELLER, "instant", "1");
        Safeguards safeguards = paying.core.bean(Safeguards.class);
        paying.flow.limit(SELLER, Approval.AUTO, safeguards.of(SELLER).limits(), TEST);
        paying.core.bean(PayoutsAfterRestore.class).putRight();

        paying.earn(SELLER, "50.00");
        Payout payout = paying.made(SELLER);
        assertThat(paying.state(payout)).isEqualTo("awaiting_approval");
        assertThat(paying.core.strings("select detail ->> 'reason' from cases.cases"))
                .first()
                .asString()
                .contains("./admitone payouts switch on");

        paying.flow.turn(SellerId.PLATFORM, new Payout.HeldBy("operator", "first I look"), false, TEST);
        assertThat(safeguards.isRestored()).isTrue();
        paying.flow.turn(SellerId.PLATFORM, null, false, TEST);
        paying.earn(SELLER, "50.00");
        assertThat(paying.state(paying.made(SELLER))).isEqualTo("approved");
    }

    /** The change was confirmed, and its time over, after the backup: the old address counts, and nobody else knows that it is the old one. */
    @Test
    void sellersAreToldTheAddressThatCountsAfterARestore() {
        paying.seller(SELLER, "instant", "1");
        Destination old = paying.core.bean(Destinations.class).of(SELLER).getFirst();

        paying.core.bean(PayoutsAfterRestore.class).putRight();

        assertThat(paying.core.strings("select subject from tasks.task where kind = 'tell_destination'"))
                .containsExactly(old.handle() + ":restored");
    }

    /** It is on record, and that it was sent is not. */
    @Test
    void refundThatWasSentBeforeARestoreIsTakenUp() throws Exception {
        paying.seller(SELLER, "instant", "1");
        String payment = paying.paid(SELLER, "50");
        Payout refund = paying.refunded(SELLER, payment);
        backUp();
        paying.approve(refund);
        paying.pass(Duration.ofHours(2));
        assertThat(paying.core.state(payment)).isEqualTo("refunded");

        restore();
        assertThat(paying.core.state(payment)).isEqualTo("paid");
        paying.core.bean(PayoutsAfterRestore.class).putRight();
        paying.pass(Duration.ofHours(2));

        assertThat(finished()).isEqualTo(1);
        assertThat(paying.state(refund)).isEqualTo("finished");
        assertThat(paying.core.state(payment)).isEqualTo("refunded");
        assertThat(paying.balance(SELLER)).isEqualTo("0.00 = 0.00 + 0.00 + 0.00");
    }

    /** It is not on record at all: asked for once more it is not sent, and is no payout that could be booked. */
    @Test
    void refundThatARestoreForgotIsSaidByHand() throws Exception {
        paying.seller(SELLER, "instant", "1");
        String payment = paying.paid(SELLER, "50");
        backUp();
        paying.approve(paying.refunded(SELLER, payment));
        paying.pass(Duration.ofHours(2));
        restore();
        paying.core.clock.advance(Duration.ofMinutes(11));

        Payout again = paying.refunded(SELLER, payment);
        paying.approve(again);
        paying.pass(Duration.ofHours(30));

        assertThat(finished()).isEqualTo(1);
        assertThat(paying.state(again)).isEqualTo("approved");
        assertThat(paying.openCases()).containsExactly("payout_not_on_record");
        refuses("/refund");
        assertThat(cancelled(again)).isNull();
        Refunds refunds = paying.core.bean(Refunds.class);
        assertThat(paying.core.transactions.run(
                        SELLER, () -> refunds.record(SELLER, payment, "forgotten by a restore", "operator")))
                .isTrue();
        assertThat(paying.balance(SELLER)).isEqualTo("0.00 = 0.00 + 0.00 + 0.00");
    }

    /** A snapshot of the whole machine that is taken back looks like nothing happened: the list is compared before anything is made. */
    @Test
    void aRestoreThatNobodyNoticedIsFoundBeforeTheNextPayout() throws Exception {
        paying.seller(SELLER, "instant", "1");
        paying.earn(SELLER, "50.00");
        backUp();
        paying.approve(paying.made(SELLER));
        paying.pass(Duration.ofHours(2));

        restore();
        paying.core.clock.advance(Duration.ofMinutes(11));
        Payout again = paying.made(SELLER);
        paying.approve(again);
        paying.pass(Duration.ofHours(30));

        assertThat(finished()).isEqualTo(1);
        assertThat(paying.state(again)).isEqualTo("approved");
        assertThat(paying.openCases()).containsExactly("payout_not_on_record");
    }

    /** What was made and lost is newer than the newest attempt on record, however much newer; what is made since hides nothing. */
    @ParameterizedTest
    @ValueSource(ints = {5, 40})
    void aRestoreThatTookDaysIsFoundThoughPayoutsWereMadeSince(int days) throws Exception {
        paying.seller(SELLER, "instant", "1");
        paying.approved("10.00");
        paying.pass(Duration.ofHours(2));
        paying.earn(SELLER, "50.00");
        backUp();
        paying.approve(paying.made(SELLER));
        paying.pass(Duration.ofHours(2));
        assertThat(finished()).isEqualTo(2);
        paying.core.clock.advance(Duration.ofDays(days));

        restore();
        Payout again = paying.made(SELLER);
        paying.approve(again);
        paying.pass(Duration.ofHours(30));

        assertThat(finished()).isEqualTo(2);
        assertThat(paying.state(again)).isEqualTo("approved");
        assertThat(paying.openCases()).containsExactly("payout_not_on_record");
    }

    /** The answer of the last ten minutes is of the world before. */
    @Test
    void aRestoreSoonAfterALookIsFoundAsWell() throws Exception {
        paying.seller(SELLER, "instant", "1");
        paying.earn(SELLER, "50.00");
        backUp();
        paying.approve(paying.made(SELLER));
        paying.pass(Duration.ofHours(2));
        MissingPayouts missing = paying.core.bean(MissingPayouts.class);
        missing.look();
        long before = lists();
        missing.look();
        assertThat(lists()).as("the answer of before will do").isEqualTo(before);

        restore();
        paying.approve(paying.made(SELLER));
        paying.pass(Duration.ofHours(30));

        assertThat(finished()).isEqualTo(1);
    }

    /** What was forgotten began after the look that was still good. */
    @Test
    void aRestoreOfWhatBeganSinceTheLookIsFoundAsWell() throws Exception {
        paying.seller(SELLER, "instant", "1");
        paying.earn(SELLER, "50.00");
        backUp();
        paying.approve(paying.made(SELLER));
        paying.pass(Duration.ofMinutes(5));
        assertThat(finished()).isEqualTo(1);

        restore();
        paying.approve(paying.made(SELLER));
        paying.pass(Duration.ofHours(30));

        assertThat(finished()).isEqualTo(1);
        assertThat(paying.openCases()).containsExactly("payout_not_on_record");
    }

    @Test
    void whileEffectsAreOnHoldNothingIsGivenBackOrMadeByHand() {
        paying.seller(SELLER, "instant", "1");
        paying.provider.end = row -> Status.FAILED;
        Payout failed = paying.approved("50.00");
        paying.pass(Duration.ofMinutes(10));
        paying.earn(SELLER, "20.00");
        Payout waiting = paying.made(SELLER);
        paying.earn(SELLER, "30.00");

        HoldMemory.blind(paying.core, true);

        assertThat(paying.making.byHand(SELLER, "operator"))
                .isInstanceOfSatisfying(
                        Made.NotDue.class, notDue -> assertThat(notDue.code()).isEqualTo("on_hold"));
        assertThat(cancelled(waiting)).contains("resume --after-restore");
        assertThat(released(failed)).contains("resume --after-restore");
        assertThatThrownBy(() -> paying.decide(SELLER, "payout_failed", "release"))
                .isInstanceOf(DecisionRefused.class)
                .hasMessageContaining("resume --after-restore");
        assertThat(paying.openCases()).as("it is not decided").contains("payout_failed");
        assertThat(paying.balance(SELLER)).isEqualTo("100.00 = 0.00 + 70.00 + 30.00");

        HoldMemory.blind(paying.core, false);

        assertThat(cancelled(waiting)).isNull();
        assertThat(released(failed)).isNull();
        assertThat(paying.balance(SELLER)).isEqualTo("100.00 = 0.00 + 0.00 + 100.00");
    }

    private @Nullable String cancelled(Payout payout) {
        return paying.core
                .transactions
                .run(SELLER, () -> paying.flow.cancel(SELLER, payout.id(), TEST))
                .refused();
    }

    private @Nullable String released(Payout payout) {
        return paying.core
                .transactions
                .run(SELLER, () -> paying.flow.release(SELLER, payout.id(), TEST))
                .refused();
    }

    /** The payout is over on record, and its entries may be claimed by another: it counts as not on record. */
    @Test
    void sentThoughItsPayoutIsOverStopsTheSeller() {
        sentThoughItsPayoutIsOver();

        assertThat(paying.core.bean(Safeguards.class).of(SELLER).held()).isNotNull();
        assertThat(paying.openCases()).containsExactly("payout_contradicted", "payout_not_on_record");
    }

    private void sentThoughItsPayoutIsOver() {
        paying.seller(SELLER, "instant", "1");
        paying.earn(SELLER, "50.00");
        Payout payout = paying.made(SELLER);
        assertThat(cancelled(payout)).isNull();
        Destination.Place to =
                paying.core.bean(Destinations.class).of(SELLER).getFirst().place();
        paying.provider.create(new NewBatch(payout.externalId(1), to, payout.coins(), "http://localhost/ipn"));
        paying.provider.rows.getFirst().status = Status.FINISHED;

        assertThat(paying.core.bean(MissingPayouts.class).lookNow()).isEqualTo(new Answer.Done<>(1));
    }

    @Test
    void whatAPersonHasLetGoOnIsNotStoppedByTheNextLook() {
        sentPastUs("5", Status.FINISHED);
        MissingPayouts missing = paying.core.bean(MissingPayouts.class);
        Safeguards safeguards = paying.core.bean(Safeguards.class);
        paying.flow.turn(SELLER, null, /* endsStop= */ true, TEST);

        assertThat(missing.lookNow()).isEqualTo(new Answer.Done<>(1));

        assertThat(safeguards.of(SELLER).held()).isNull();
    }

    @Test
    void whatIsStoppedDoesNotGoOnWhenAPersonEndsTheirOwnHold() {
        Safeguards safeguards = paying.core.bean(Safeguards.class);
        Payout.HeldBy holiday = new Payout.HeldBy("operator", "a holiday");
        paying.core.transactions.run(SELLER, () -> safeguards.hold(SELLER, holiday));
        sentPastUs("5", Status.FINISHED);
        assertThat(safeguards.of(SELLER).held()).isEqualTo(holiday);

        for (int answerLost = 0; answerLost < 2; answerLost++) {
            paying.flow.turn(SELLER, null, /* endsStop= */ false, TEST);
        }

        assertThat(safeguards.of(SELLER).held())
                .extracting(Payout.HeldBy::why)
                .isEqualTo("the provider sent a payout that is not on record");
        assertThat(switched()).containsExactly("payouts_stopped", "payouts_stopped");
        paying.core.transactions.run(
                SELLER, () -> safeguards.stop(SELLER, "something else", paying.core.clock.instant()));
        assertThat(safeguards.of(SELLER).held())
                .as("what came first")
                .extracting(Payout.HeldBy::why)
                .isEqualTo("the provider sent a payout that is not on record");
        paying.flow.turn(SELLER, null, /* endsStop= */ true, TEST);
        assertThat(safeguards.of(SELLER).held()).isNull();
        assertThat(switched().getLast()).isEqualTo("payouts_go_on");
    }

    @Test
    void bookingEndsNoHoldOfAPerson() {
        sentPastUs("5", Status.FINISHED);
        Payout.HeldBy holiday = new Payout.HeldBy("operator", "a holiday");
        paying.flow.turn(SELLER, holiday, /* endsStop= */ false, TEST);

        paying.decide(SELLER, PayoutCases.NOT_ON_RECORD, "book");

        assertThat(paying.core.bean(Safeguards.class).of(SELLER).held()).isEqualTo(holiday);
        assertThat(switched()).doesNotContain("payouts_go_on");
    }

    @Test
    void whatWasDismissedCanBeBookedLaterAndThenAllGoesOn() {
        sentPastUs("10.00", Status.FINISHED);
        paying.earn(SELLER, "50.00");
        paying.decide(SELLER, PayoutCases.NOT_ON_RECORD, "dismiss");
        assertThat(paying.core.bean(Safeguards.class).of(SELLER).held()).isNotNull();

        paying.decide(SELLER, PayoutCases.NOT_ON_RECORD, "book");

        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 10.01 + 0.00 + 39.99");
        assertThat(paying.core.bean(Safeguards.class).of(SELLER).held()).isNull();
    }

    /** Its seller is switched on by the person who dismissed it, not by another's booking. */
    @Test
    void bookingOneDoesNotEndTheStopForAnotherThatWasDismissed() {
        sentPastUs("5", Status.FINISHED);
        paying.decide(SELLER, PayoutCases.NOT_ON_RECORD, "dismiss");
        another("6");

        paying.decide(SELLER, PayoutCases.NOT_ON_RECORD, "book");

        Safeguards safeguards = paying.core.bean(Safeguards.class);
        assertThat(safeguards.of(SELLER).held()).isNotNull();
        paying.flow.turn(SELLER, null, /* endsStop= */ true, TEST);
        paying.core.clock.advance(Duration.ofMinutes(1));
        another("7");
        assertThat(safeguards.of(SELLER).held()).isNotNull();
        paying.decide(SELLER, PayoutCases.NOT_ON_RECORD, "book");
        assertThat(safeguards.of(SELLER).held())
                .as("what was dismissed before that stop began is over")
                .isNull();
    }

    private void another(String coins) {
        Destination.Place to =
                paying.core.bean(Destinations.class).of(SELLER).getFirst().place();
        paying.provider.create(
                new NewBatch("whoever", to, admitone.money.Money.parse(coins, USDT), "http://localhost/ipn"));
        paying.provider.rows.getLast().status = Status.FINISHED;
        paying.core.bean(MissingPayouts.class).lookNow();
    }

    @Test
    void oneBookingAnswersBothCasesOfItsBatchThoughOneWasSeen() {
        sentThoughItsPayoutIsOver();
        paying.decide(SELLER, PayoutCases.CONTRADICTED, "seen");

        paying.decide(SELLER, PayoutCases.NOT_ON_RECORD, "book");

        assertThat(paying.core.bean(Safeguards.class).of(SELLER).held()).isNull();
        assertThat(paying.core.strings(
                        "select distinct decision from cases.cases where kind <> 'payout_awaits_approval'"))
                .containsExactlyInAnyOrder("book", "booked");
    }

    private List<String> switched() {
        return paying.core.strings("""
                select event ->> 'kind' from timeline.entry, json_array_elements(events::json) event
                where event ->> 'kind' in ('payouts_stopped', 'payouts_go_on') order by at, entry_id
                """);
    }

    /** Another is found while the first is booked. */
    @Test
    void bookingDoesNotEndAStopThatComesMeanwhile() throws Exception {
        sentPastUs("5", Status.FINISHED);
        Safeguards safeguards = paying.core.bean(Safeguards.class);

        paying.core.whileUncommitted(
                SELLER,
                () -> {
                    paying.core
                            .bean(Cases.class)
                            .open(
                                    SELLER,
                                    new Case.Draft(
                                            PayoutCases.NOT_ON_RECORD,
                                            "batch:another",
                                            null,
                                            null,
                                            Map.of("batch_id", "another")));
                    safeguards.stop(SELLER, "another", paying.core.clock.instant());
                },
                () -> paying.decide(SELLER, PayoutCases.NOT_ON_RECORD, "book"));

        assertThat(safeguards.of(SELLER).held()).isNotNull();
    }

    @Test
    void whatWasForgottenIsBookedAndTheNextPayoutGoesOn() throws Exception {
        paying.seller(SELLER, "instant", "1");
        paying.earn(SELLER, "50.00");
        backUp();
        Payout forgotten = paying.made(SELLER);
        paying.approve(forgotten);
        paying.pass(Duration.ofHours(2));
        restore();
        paying.core.clock.advance(Duration.ofMinutes(11));
        Payout again = paying.made(SELLER);
        paying.approve(again);
        paying.pass(Duration.ofHours(1));
        assertThat(paying.openCases()).containsExactly("payout_not_on_record");

        paying.decide(SELLER, "payout_not_on_record", "book");

        assertThat(paying.state(again)).as("it would pay the same").isEqualTo("cancelled");
        assertThat(paying.now(forgotten))
                .as("as it was")
                .extracting(Payout::amount, Payout::fee, Payout::coins, Payout::hash, Payout::status)
                .containsExactly(forgotten.amount(), forgotten.fee(), forgotten.coins(), "0x5000000", "finished");
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 50.00 + 0.00 + 0.00");
        paying.earn(SELLER, "20.00");
        Payout next = paying.made(SELLER);
        paying.approve(next);
        paying.pass(Duration.ofHours(1));
        assertThat(paying.state(next)).isEqualTo("finished");
        assertThat(paying.balance(SELLER)).isEqualTo("70.00 = 70.00 + 0.00 + 0.00");
        assertThat(finished()).isEqualTo(2);
        assertThat(paying.openCases()).isEmpty();
        assertThat(Broken.in(paying.core)).noneMatch(broken -> broken.contains("payout") || broken.contains("claimed"));
    }

    /** What it paid was earned in the time that is lost: nothing of it is lost, and nothing is paid for it again. */
    @Test
    void whatWasSentBeyondWhatIsOnRecordIsOwedByTheNextPayouts() throws Exception {
        paying.seller(SELLER, "instant", "1");
        paying.earn(SELLER, "30.00");
        backUp();
        paying.earn(SELLER, "20.00");
        paying.approve(paying.made(SELLER));
        paying.pass(Duration.ofHours(2));
        restore();
        paying.core.bean(MissingPayouts.class).lookNow();

        paying.decide(SELLER, "payout_not_on_record", "book");

        assertThat(paying.balance(SELLER)).isEqualTo("30.00 = 50.00 + 0.00 + -20.00");
        assertThat(paying.make(SELLER)).isInstanceOf(Made.NotDue.class);
        assertThat(Broken.in(paying.core)).noneMatch(broken -> broken.startsWith("nobody_is_overdrawn"));
        paying.earn(SELLER, "25.00");
        assertThat(paying.made(SELLER).reserved().text()).isEqualTo("5.00");
        assertThat(paying.balance(SELLER)).isEqualTo("55.00 = 50.00 + 5.00 + 0.00");
        paying.core
                .owner()
                .sql("update ledger.journal set amount = amount + 1 where kind = 'payout_reserve' and amount = 500")
                .update();
        assertThat(Broken.in(paying.core))
                .as("what a person decided once does not hide it")
                .anyMatch(broken -> broken.startsWith("nobody_is_overdrawn"));
    }

    @Test
    void theRestOfAnEntryThatWasNotSentIsPayable() {
        sentPastUs("10.00", Status.FINISHED);
        paying.earn(SELLER, "50.00");

        paying.decide(SELLER, "payout_not_on_record", "book");

        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 10.01 + 0.00 + 39.99");
        assertThat(paying.made(SELLER).reserved().text()).isEqualTo("39.99");
    }

    @Test
    void whatIsBookedBeforeItIsThereIsFollowedAndGivenBackWhenItIsRejected() {
        Row row = sentPastUs("60.00", Status.SENDING);
        paying.earn(SELLER, "50.00");
        paying.decide(SELLER, "payout_not_on_record", "book");
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 0.00 + 60.01 + -10.01");

        row.status = Status.REJECTED;
        paying.pass(Duration.ofHours(1));

        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 0.00 + 0.00 + 50.00");
        assertThat(((Made.Done) paying.making.byHand(SELLER, "operator"))
                        .payout()
                        .reserved()
                        .text())
                .isEqualTo("50.00");
    }

    @Test
    void fiftyWhoBookAtOnceBookOnce() throws Exception {
        sentPastUs("10.00", Status.FINISHED);
        paying.earn(SELLER, "50.00");
        Cases cases = paying.core.bean(Cases.class);
        ForgottenPayouts forgotten = paying.core.bean(ForgottenPayouts.class);
        String batch = paying.provider.rows.getFirst().batchId;
        forgotten.look(SELLER, batch);

        List<Boolean> booked = atOnce(50, () -> {
            try {
                paying.core.transactions.run(SELLER, () -> forgotten.book(SELLER, batch, TEST));
                return true;
            } catch (DecisionRefused e) {
                return false;
            }
        });

        assertThat(booked).containsOnlyOnce(true);
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 10.01 + 0.00 + 39.99");
        assertThat(cases.anyOpen(SELLER, "payout_not_on_record"))
                .as("answered by the booking")
                .isFalse();
    }

    @Test
    void whatWasReleasedAndIsSentAllTheSameIsBookedOnceForBothItsCases() {
        paying.seller(SELLER, "instant", "1");
        paying.provider.end = row -> Status.FAILED;
        Payout payout = paying.approved("50.00");
        paying.pass(Duration.ofMinutes(10));
        paying.decide(SELLER, "payout_failed", "release");
        paying.provider.rows.getFirst().status = Status.FINISHED;
        paying.pass(Duration.ofHours(1));
        assertThat(paying.openCases()).containsExactly("payout_contradicted");
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 0.00 + 0.00 + 50.00");

        paying.decide(SELLER, "payout_contradicted", "book");

        assertThat(paying.state(payout)).as("what is over stays over").isEqualTo("released");
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 50.00 + 0.00 + 0.00");
        assertThat(paying.openCases()).isEmpty();
        assertThat(paying.core.bean(Safeguards.class).of(SELLER).held()).isNull();
        paying.pass(Duration.ofDays(8));
        paying.core.bean(MissingPayouts.class).lookNow();
        assertThat(paying.openCases()).isEmpty();
    }

    @Test
    void whatCannotBeBookedIsRefusedAndStaysACase() {
        Row row = sentPastUs("10.00", Status.FINISHED);
        paying.earn(SELLER, "50.00");
        row.status = Status.REJECTED;
        refuses("nothing has gone out");
        row.status = Status.FINISHED;
        paying.provider.forgotten.add(row.batchId);
        refuses("does not know the batch");
        paying.provider.forgotten.clear();
        paying.provider.lies = operation -> operation.equals("batch") ? Lie.LOST_BEFORE : Lie.NONE;
        refuses("Decide it again in a moment");
        paying.provider.lies = operation -> Lie.NONE;
        HoldMemory.blind(paying.core, true);
        refuses("resume --after-restore");
        HoldMemory.blind(paying.core, false);
        paying.core
                .owner()
                .sql("update payouts.destination set address = 'Tother'")
                .update();
        refuses("no destination that this seller has confirmed");

        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 0.00 + 0.00 + 50.00");
        assertThat(paying.openCases()).contains("payout_not_on_record");
    }

    private void refuses(String why) {
        assertThatThrownBy(() -> paying.decide(SELLER, "payout_not_on_record", "book"))
                .isInstanceOf(DecisionRefused.class)
                .hasMessageContaining(why);
    }

    /** A withdrawal to the seller that the record knows nothing of. */
    private Row sentPastUs(String coins, Status status) {
        paying.seller(SELLER, "instant", "1");
        Destination.Place to =
                paying.core.bean(Destinations.class).of(SELLER).getFirst().place();
        paying.provider.echoesExternalIds = false;
        paying.provider.create(
                new NewBatch("whoever", to, admitone.money.Money.parse(coins, USDT), "http://localhost/ipn"));
        Row row = paying.provider.rows.getFirst();
        row.status = status;
        paying.core.bean(MissingPayouts.class).lookNow();
        return row;
    }

    private long lists() {
        return paying.provider.calls.stream().filter("list"::equals).count();
    }

    @Test
    void withoutTheProvidersListEffectsStayOnHold() {
        paying.provider.lies = operation -> operation.equals("list") ? Lie.LOST_BEFORE : Lie.NONE;

        assertThatThrownBy(paying.core.bean(PayoutsAfterRestore.class)::putRight)
                .hasMessageContaining("effects stay on hold");
    }

    /** Where the provider does not repeat our ids, whatever went to a destination of ours and is unknown counts. */
    @Test
    void unknownMoneyToADestinationOfOursStopsItsSeller() {
        paying.seller(SELLER, "instant", "1");
        paying.provider.echoesExternalIds = false;
        Destination.Place to =
                paying.core.bean(Destinations.class).of(SELLER).getFirst().place();
        paying.provider.create(
                new NewBatch("whoever", to, admitone.money.Money.parse("5", USDT), "http://localhost/ipn"));
        Row row = paying.provider.rows.getFirst();
        row.status = Status.FINISHED;

        assertThat(paying.core.bean(MissingPayouts.class).lookNow()).isEqualTo(new Answer.Done<>(1));

        paying.earn(SELLER, "50.00");
        assertThat(paying.make(SELLER)).isInstanceOf(Made.NotDue.class);
        assertThat(paying.openCases()).containsExactly("payout_not_on_record");
    }

    private static final SellerId OTHER = new SellerId("0123456789ac");

    /** An exchange's address is of many, told apart by a memo. */
    @Test
    void theMemoTellsWhoseMoneyItIs() {
        sharedAddress();
        toOther("5");

        assertThat(paying.core.strings("select seller_id from cases.cases")).containsExactly(OTHER.value());
    }

    @Test
    void whereNoMemoIsToldAllWhoShareTheAddressStandStillAndOneBooks() {
        sharedAddress();
        paying.provider.tellsMemos = false;
        toOther("5");
        assertThat(paying.core.strings("select seller_id from cases.cases order by 1"))
                .containsExactly(SELLER.value(), OTHER.value());

        paying.decide(OTHER, PayoutCases.NOT_ON_RECORD, "book");

        refuses("known as one of seller " + OTHER);
        assertThat(paying.core.count("payouts.payout")).isEqualTo(1);
    }

    @Test
    void whatBearsTheNameOfAnothersPayoutIsNotBooked() {
        sharedAddress();
        paying.earn(OTHER, "50.00");
        Payout others = paying.made(OTHER);
        paying.provider.echoesExternalIds = true;
        Destination.Place to =
                paying.core.bean(Destinations.class).of(SELLER).getFirst().place();
        paying.provider.create(
                new NewBatch(others.externalId(1), to, admitone.money.Money.parse("5", USDT), "http://localhost/ipn"));
        Row row = paying.provider.rows.getFirst();
        row.status = Status.FINISHED;
        paying.core.transactions.run(
                SELLER,
                () -> paying.core
                        .bean(Cases.class)
                        .open(
                                SELLER,
                                new Case.Draft(
                                        PayoutCases.NOT_ON_RECORD,
                                        "batch:" + row.batchId,
                                        null,
                                        null,
                                        Map.of("batch_id", row.batchId))));

        refuses("bears the name of a payout of seller " + OTHER);
    }

    private void sharedAddress() {
        Destinations all = paying.core.bean(Destinations.class);
        for (SellerId seller : List.of(SELLER, OTHER)) {
            paying.seller(seller, "instant", "1");
            Destination.Place place = new Destination.Place(USDT, "Tshared", seller.value());
            paying.core.transactions.run(seller, () -> all.add(seller, 2, place, null, paying.core.clock.instant()));
        }
        paying.provider.echoesExternalIds = false;
    }

    private void toOther(String coins) {
        Destination.Place to =
                paying.core.bean(Destinations.class).of(OTHER).getFirst().place();
        paying.provider.create(
                new NewBatch("whoever", to, admitone.money.Money.parse(coins, USDT), "http://localhost/ipn"));
        paying.provider.rows.getFirst().status = Status.FINISHED;
        paying.core.bean(MissingPayouts.class).lookNow();
    }

    private static final List<String> TABLES = List.of(
            "ledger.journal",
            "ledger.claim",
            "payouts.payout",
            "payouts.attempt",
            "payouts.batch_route",
            "payouts.refund",
            "payouts.found",
            "payments.payment",
            "payments.notification",
            "access.grants",
            "payouts.safeguard",
            "tasks.task",
            "cases.cases");

    private void backUp() throws Exception {
        try (Connection connection = paying.core.connection()) {
            CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
            for (String table : TABLES) {
                var rows = new ByteArrayOutputStream();
                copy.copyOut("copy " + table + " to stdout", rows);
                backup.put(table, rows.toByteArray());
            }
        }
    }

    private void restore() throws Exception {
        try (Connection connection = paying.core.connection();
                var statement = connection.createStatement()) {
            statement.execute("truncate " + String.join(", ", TABLES) + " cascade");
            CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
            for (String table : TABLES) {
                copy.copyIn("copy " + table + " from stdin", new ByteArrayInputStream(backup.get(table)));
            }
        }
    }

    private long finished() {
        return paying.provider.rows.stream()
                .filter(row -> row.status == Status.FINISHED)
                .count();
    }
}
