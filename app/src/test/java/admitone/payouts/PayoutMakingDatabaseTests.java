package admitone.payouts;

import static admitone.AtOnce.atOnce;
import static admitone.payouts.Paying.SELLER;
import static admitone.payouts.Paying.USDT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.FakePayoutProvider.Lie;
import admitone.Ipn;
import admitone.ledger.Claims;
import admitone.money.Money;
import admitone.payouts.PayoutMaking.Made;
import admitone.payouts.PayoutProvider.Status;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.SellerId;
import admitone.runtime.Settings.Approval;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PayoutMakingDatabaseTests {
    private final Paying paying = Paying.start("payout-making");

    @AfterEach
    void stop() {
        paying.close();
    }

    /** The incident with payouts on: one accrual does not cross the threshold; nine of the same would have. */
    @Test
    void aSecondLawfulPaymentMakesExactlyOnePayoutOfBoth() {
        paying.seller(SELLER, "threshold", "2.00");
        paying.earn(SELLER, "1.06");
        assertThat(paying.make(SELLER))
                .isEqualTo(new Made.NotDue(
                        "below_threshold", "The balance is below the seller's threshold. It is due from 2.00 usd on."));
        assertThat(paying.core.count("payouts.payout")).isZero();
        assertThat(paying.balance(SELLER)).isEqualTo("1.06 = 0.00 + 0.00 + 1.06");

        paying.earn(SELLER, "1.06");
        Payout payout = paying.made(SELLER);

        assertThat(payout.reserved().text()).isEqualTo("2.12");
        assertThat(payout.fee().text()).isEqualTo("0.01");
        assertThat(payout.coins()).isEqualTo(Money.parse("2.11", USDT));
        assertThat(paying.core.strings("select kind from ledger.claim where claimed_by = ?", payout.id()))
                .containsExactly("accrual", "accrual");
        assertThat(paying.balance(SELLER)).isEqualTo("2.12 = 0.00 + 2.12 + 0.00");
        assertThat(paying.make(SELLER)).isInstanceOf(Made.NotDue.class);
        assertThat(paying.core.count("payouts.payout")).isEqualTo(1);
    }

    /** As a clock that was ahead leaves it, or a version before, which gives lines back and knows nothing of it. */
    @Test
    void whatWasWronglyTakenForClaimedIsPaidWithTheNextPayout() {
        paying.seller(SELLER, "threshold", "2.00");
        paying.earn(SELLER, "1.06");
        paying.earn(SELLER, "2.00");
        allBeforeTheNewestIsTakenForClaimed();

        assertThat(paying.made(SELLER).reserved().text()).isEqualTo("3.06");
        assertThat(paying.balance(SELLER)).isEqualTo("3.06 = 0.00 + 3.06 + 0.00");
    }

    /** The lines would come to more than the balance, and no payout be made any more. */
    @Test
    void whatWasWronglyTakenForClaimedIsTakenOffTheNextPayoutWhereItTakesSomethingOff() {
        paying.seller(SELLER, "threshold", "2.00");
        paying.approved("7.00");
        Claims claims = paying.core.bean(Claims.class);
        paying.core.transactions.run(SELLER, () -> claims.reverseAllTheSame(SELLER, "payment:1"));
        paying.earn(SELLER, "10.00");
        allBeforeTheNewestIsTakenForClaimed();

        assertThat(paying.made(SELLER).reserved().text()).isEqualTo("3.00");
    }

    private void allBeforeTheNewestIsTakenForClaimed() {
        paying.core.owner().sql("""
                insert into ledger.account (seller_id, claimed_until)
                select ?, entry_id from ledger.journal order by entry_id desc limit 1
                on conflict (seller_id) do update set claimed_until = excluded.claimed_until
                """).param(SELLER.value()).update();
    }

    /** Each sale is due at once, and a person is asked once a day: two thousand of them would be two thousand questions and fees. */
    @Test
    void whileOneAwaitsApprovalWhatComesGoesWithTheNext() {
        paying.seller(SELLER, "instant", "1");
        paying.earn(SELLER, "15.00");
        Payout first = paying.made(SELLER);
        paying.earn(SELLER, "15.00");
        assertThat(paying.make(SELLER))
                .isInstanceOfSatisfying(
                        Made.NotDue.class, notDue -> assertThat(notDue.code()).isEqualTo("one_awaits_approval"));
        paying.earn(SELLER, "15.00");
        assertThat(paying.make(SELLER)).isInstanceOf(Made.NotDue.class);
        assertThat(paying.openCases()).containsExactly("payout_awaits_approval");

        paying.approve(first);
        assertThat(paying.made(SELLER).reserved().text()).as("of both").isEqualTo("30.00");

        paying.earn(SELLER, "20.00");
        assertThat(paying.making.byHand(SELLER, "operator")).isInstanceOf(Made.Done.class);
    }

    /** As it came: each payment is told nine times, and a scheduler looks at the balance. */
    @Test
    void ofTwoPaymentsToldNineTimesEachTheSchedulerMakesOnePayout() throws Exception {
        paying.seller(SELLER, "threshold", "2.00");
        PayoutKeeper keeper = paying.core.bean(PayoutKeeper.class);

        toldNineTimes("5996609246");
        assertThat(keeper.look()).isZero();
        assertThat(paying.balance(SELLER)).isEqualTo("1.06 = 0.00 + 0.00 + 1.06");

        toldNineTimes("5996609247");
        assertThat(keeper.look()).isEqualTo(1);
        assertThat(keeper.look()).isZero();
        assertThat(paying.core.strings("select amount_units + fee_units from payouts.payout"))
                .containsExactly("212");
        assertThat(paying.core.strings("select kind from ledger.claim")).containsExactly("accrual", "accrual");
        assertThat(paying.balance(SELLER)).isEqualTo("2.12 = 0.00 + 2.12 + 0.00");
    }

    /** 1.12 less the fee of five percent is 1.06. */
    private void toldNineTimes(String payment) throws Exception {
        Ipn ipn = paying.finished(SELLER, payment, "1.12", USDT);
        atOnce(9, () -> paying.core.hear(ipn));
    }

    @Test
    void schedulersAndAButtonAtOnceMakeOne() throws Exception {
        paying.seller(SELLER, "instant", "1");
        for (int i = 0; i < 20; i++) {
            paying.earn(SELLER, "1.06");
        }

        AtomicInteger turn = new AtomicInteger();
        List<Made> all = atOnce(
                12,
                () -> turn.getAndIncrement() % 2 == 0 ? paying.make(SELLER) : paying.making.byHand(SELLER, "operator"));

        assertThat(all).filteredOn(Made.Done.class::isInstance).hasSize(1);
        assertThat(paying.core.count("payouts.payout")).isEqualTo(1);
        assertThat(paying.balance(SELLER)).isEqualTo("21.20 = 0.00 + 21.20 + 0.00");
    }

    @Test
    void cutOffBeforeTheCommitNothingIsReserved() {
        paying.seller(SELLER, "instant", "1");
        paying.earn(SELLER, "50.00");
        paying.core.faults.set(point -> {
            if (point == Point.CP21_BEFORE_PAYOUT_IS_MADE) {
                throw new Paying.Death();
            }
        });
        assertThatThrownBy(() -> paying.make(SELLER)).isInstanceOf(Paying.Death.class);
        assertThat(paying.balance(SELLER)).isEqualTo("50.00 = 0.00 + 0.00 + 50.00");

        paying.core.faults.set(FaultPoints.none());

        assertThat(paying.make(SELLER)).isInstanceOf(Made.Done.class);
        assertThat(paying.core.count("ledger.claim")).isEqualTo(1);
    }

    @Test
    void nobodyIsPaidWhileTheFeeEatsItAndTheSellerIsTold() {
        paying.seller(SELLER, "instant", "1");
        paying.provider.fee = coin -> Money.parse("1.32", coin);
        paying.earn(SELLER, "13.00");
        assertThat(paying.make(SELLER))
                .isEqualTo(new Made.NotDue(
                        "fee_too_high", "The provider's fee would take too much of it. It is due from 13.20 usd on."));
        paying.make(SELLER);
        paying.work();
        assertThat(paying.core.messenger.sent)
                .singleElement()
                .satisfies(message -> assertThat(message.html()).contains("13.20 USD"));

        paying.earn(SELLER, "0.20");

        assertThat(paying.made(SELLER).amount().text()).isEqualTo("11.88");
    }

    /** What is missing is what is available less than the threshold, not what was sold. */
    @Test
    void theNoticeOfASaleTellsWhatIsMissingUntilThePayout() {
        paying.seller(SELLER, "threshold", "100.00");
        assertThat(notice("50")).contains("47.50 USD", "52.50 USD more", "100.00 USD");
        assertThat(notice("50")).contains("95.00 USD", "\n5.00 USD more", "100.00 USD");

        assertThat(notice("50")).as("it is crossed").contains("142.50 USD").doesNotContain("more");
    }

    private String notice(String brought) {
        paying.paid(SELLER, brought);
        paying.core.clock.advance(Duration.ofSeconds(20));
        paying.core.messenger.sent.clear();
        paying.core.startTasks();
        paying.core.awaitTasks();
        paying.core.stopTasks();
        return paying.core.messenger.sent.stream()
                .filter(message -> message.chatId() == 1)
                .map(message -> message.html())
                .reduce("", String::concat);
    }

    /** Only the log told of it before. */
    @Test
    void whyASellerWhoIsDueIsNotPaidIsKeptAndAskedOnceAfterAnHour() {
        paying.seller(SELLER, "instant", "1");
        paying.earn(SELLER, "50.00");
        PayoutKeeper keeper = paying.core.bean(PayoutKeeper.class);
        NotPaid notPaid = paying.core.bean(NotPaid.class);
        paying.provider.lies = operation -> operation.equals("minimum") ? Lie.LOST_BEFORE : Lie.NONE;
        Instant first = paying.core.clock.instant();

        keeper.look();
        paying.core.clock.advance(Duration.ofMinutes(30));
        keeper.look();

        NotPaid.Why why = notPaid.of(SELLER).orElseThrow();
        assertThat(why.code()).isEqualTo("not_now");
        assertThat(why.reason()).isNotBlank();
        assertThat(why.since()).isEqualTo(first);
        assertThat(why.at()).isEqualTo(paying.core.clock.instant());
        assertThat(paying.openCases()).isEmpty();

        for (int i = 0; i < 3; i++) {
            paying.core.clock.advance(Duration.ofMinutes(30));
            keeper.look();
        }
        assertThat(paying.openCases()).containsExactly("payout_not_now");
        paying.decide(SELLER, "payout_not_now", "seen");
        paying.core.clock.advance(Duration.ofMinutes(30));
        keeper.look();
        assertThat(paying.openCases()).as("once").isEmpty();

        paying.provider.lies = operation -> Lie.NONE;
        assertThat(keeper.look()).isEqualTo(1);
        assertThat(notPaid.of(SELLER)).isEmpty();
    }

    /** What the seller waits for by their own terms is no reason to wonder. */
    @Test
    void whyItIsNotDueIsKeptTooAndNobodyIsAsked() {
        paying.core.shop(SELLER.value());
        paying.core
                .owner()
                .sql("update catalog.seller set payout_mode = 'threshold', threshold_cents = 5000 where seller_id = ?")
                .param(SELLER.value())
                .update();
        PayoutKeeper keeper = paying.core.bean(PayoutKeeper.class);
        NotPaid notPaid = paying.core.bean(NotPaid.class);
        paying.earn(SELLER, "40.00");
        keeper.look();
        assertThat(notPaid.of(SELLER)).isEmpty();

        paying.earn(SELLER, "40.00");
        for (int i = 0; i < 3; i++) {
            keeper.look();
            paying.core.clock.advance(Duration.ofHours(1));
        }

        assertThat(notPaid.of(SELLER)).get().extracting(NotPaid.Why::code).isEqualTo("no_destination");
        assertThat(paying.openCases()).isEmpty();
    }

    @Test
    void keeperPaysWhoIsDueAndStandsStillWhileAllAreHeld() {
        paying.seller(SELLER, "threshold", "2.00");
        PayoutKeeper keeper = paying.core.bean(PayoutKeeper.class);
        Safeguards safeguards = paying.core.bean(Safeguards.class);
        paying.earn(SELLER, "2.00");
        paying.core.transactions.run(
                SellerId.PLATFORM,
                () -> safeguards.hold(SellerId.PLATFORM, new Payout.HeldBy("operator", "a look first")));
        assertThat(keeper.look()).isZero();

        paying.core.transactions.run(SellerId.PLATFORM, () -> safeguards.hold(SellerId.PLATFORM, null));
        paying.core.clock.advance(Duration.ofMinutes(11));

        assertThat(keeper.look()).isEqualTo(1);
        assertThat(keeper.look()).isZero();
    }

    /** One that was made meanwhile does not hide it. */
    @Test
    void whatCameBackIsLookedAtThoughAnotherWasMadeSince() {
        paying.seller(SELLER, "instant", "1");
        paying.provider.end = row -> Status.REJECTED;
        Payout first = paying.approved("50.00");
        paying.earn(SELLER, "60.00");
        Payout second = paying.made(SELLER);
        paying.pass(Duration.ofMinutes(10));
        assertThat(paying.state(first)).isEqualTo("rejected");

        assertThat(paying.make(SELLER))
                .isInstanceOfSatisfying(
                        Made.NotDue.class, notDue -> assertThat(notDue.code()).isEqualTo("last_came_back"));

        paying.provider.end = row -> Status.FINISHED;
        paying.approve(second);
        paying.pass(Duration.ofMinutes(10));
        assertThat(paying.make(SELLER)).as("one has arrived there since").isInstanceOf(Made.Done.class);
    }

    @Test
    void autoApprovesUpToItsLimits() {
        try (Paying auto = new Paying("payout-auto", Map.of("ADMITONE_PAYOUTS_APPROVAL", "auto"))) {
            auto.seller(SELLER, "instant", "1");
            auto.earn(SELLER, "1000.00");
            assertThat(auto.made(SELLER).state().word()).isEqualTo("approved");
            auto.earn(SELLER, "1000.01");
            Payout tooMuch = auto.made(SELLER);
            assertThat(tooMuch.state().word()).as("more than one may have").isEqualTo("awaiting_approval");
            auto.approve(tooMuch);
            auto.earn(SELLER, "0.50");
            assertThat(auto.made(SELLER).state().word())
                    .as("more than a day may have")
                    .isEqualTo("awaiting_approval");
            auto.core.clock.advance(Duration.ofDays(2));
            auto.earn(SELLER, "500.00");
            assertThat(auto.made(SELLER).state().word()).isEqualTo("approved");
        }
    }

    /** Each call to it takes as long as it may: the others must not wait for all of them. */
    @Test
    void whileTheProviderIsAwayARoundEndsAfterThreeAndTheNextGoesOnFromThere() {
        PayoutKeeper keeper = paying.core.bean(PayoutKeeper.class);
        for (int i = 0; i < 5; i++) {
            SellerId seller = paying.seller(new SellerId(i + "123456789ab"), "instant", "1");
            paying.earn(seller, "50.00");
        }
        paying.provider.lies = operation -> Lie.LOST_BEFORE;

        assertThat(keeper.look()).isZero();
        assertThat(paying.provider.calls).hasSize(PayoutKeeper.MOST_NOT_NOW);

        paying.provider.lies = operation -> Lie.NONE;
        assertThat(keeper.look()).as("the other two").isEqualTo(2);
        assertThat(keeper.look()).as("and from the beginning").isEqualTo(3);
    }

    /** Whoever writes in the database could do without any approval. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "update payouts.safeguard set approval = 'auto'",
                "update payouts.safeguard set approval = 'auto', line_units = 99999999, day_units = 99999999, destination_units = 99999999",
                "update payouts.safeguard set approval = 'auto', mac = null",
                "update payouts.safeguard set approval = null, line_units = null",
                "update payouts.safeguard set approval = null, line_units = null, day_units = null, destination_units = null, mac = null",
                "update payouts.safeguard set approval = 'auto', mac = 'before'",
                "delete from payouts.safeguard"
            })
    void limitsThatWereChangedByHandApproveNothing(String change) {
        try (Paying auto = new Paying("payout-limits", Map.of("ADMITONE_PAYOUTS_APPROVAL", "auto"))) {
            auto.seller(SELLER, "instant", "1");
            Safeguards safeguards = auto.core.bean(Safeguards.class);
            auto.flow.limit(SELLER, Approval.AUTO, safeguards.of(SELLER).limits(), Paying.TEST);
            String before = auto.core
                    .strings("select mac from payouts.safeguard where mac is not null")
                    .getFirst();
            auto.core.clock.advance(Duration.ofSeconds(1));
            auto.flow.limit(SELLER, Approval.MANUAL, safeguards.of(SELLER).limits(), Paying.TEST);
            assertThat(safeguards.of(SELLER).altered()).isFalse();
            auto.core.owner().sql(change.replace("before", before)).update();

            auto.earn(SELLER, "50.00");
            Payout asked = auto.made(SELLER);
            assertThat(asked.state().word()).isEqualTo("awaiting_approval");
            assertThat(safeguards.of(SELLER).approval()).isEqualTo(Approval.MANUAL);
            assertThat(auto.openCases()).containsExactly("payout_awaits_approval", "payout_limits_altered");

            auto.core.clock.advance(Duration.ofSeconds(1));
            auto.flow.limit(
                    SELLER, Approval.AUTO, safeguards.of(SellerId.PLATFORM).limits(), Paying.TEST);
            assertThat(auto.openCases()).as("answered by what mends it").containsExactly("payout_awaits_approval");
            auto.earn(SELLER, "50.00");
            assertThat(auto.made(SELLER).state().word()).isEqualTo("approved");

            auto.approve(asked);
            auto.core.clock.advance(Duration.ofSeconds(1));
            auto.flow.limit(SELLER, Approval.MANUAL, safeguards.of(SELLER).limits(), Paying.TEST);
            auto.core.owner().sql(change.replace("before", before)).update();
            auto.earn(SELLER, "50.00");
            assertThat(auto.made(SELLER).state().word()).isEqualTo("awaiting_approval");
            assertThat(auto.openCases()).as("asked again").contains("payout_limits_altered");
        }
    }

    @Test
    void withoutADestinationNothingIsMadeAndTheSellerIsTold() {
        paying.seller(SELLER, "instant", "1");
        paying.core
                .owner()
                .sql("delete from payouts.destination; delete from payouts.destination_head")
                .update();
        paying.earn(SELLER, "50.00");

        assertNotDue("no_destination");
        assertThat(paying.openCases()).isEmpty();
        assertThat(paying.core.tasks("tell_payout")).hasSize(1);
    }

    /** The seller did nothing, and can do nothing. One that was set before there was a head has none. */
    @ParameterizedTest
    @CsvSource({
        "update payouts.destination set address = 'Tstranger', destination_altered",
        "delete from payouts.destination_head, destinations_set_back",
        "delete from payouts.destination, destinations_set_back"
    })
    void whileADestinationIsLookedAtTheSellerIsToldNothing(String change, String asked) {
        paying.seller(SELLER, "instant", "1");
        paying.core.owner().sql(change).update();
        paying.earn(SELLER, "50.00");

        assertNotDue("destination_checked");
        assertThat(paying.openCases()).containsExactly(asked);
        assertThat(paying.core.tasks("tell_payout")).isEmpty();
    }

    private void assertNotDue(String code) {
        assertThat(paying.make(SELLER))
                .isInstanceOfSatisfying(
                        Made.NotDue.class, notDue -> assertThat(notDue.code()).isEqualTo(code));
    }
}
