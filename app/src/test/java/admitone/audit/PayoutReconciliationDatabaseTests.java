package admitone.audit;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.FakePayoutProvider.Lie;
import admitone.audit.PayoutComparison.Ours;
import admitone.audit.PayoutComparison.Stand;
import admitone.audit.Reconciliation.Difference;
import admitone.audit.Reconciliation.Report;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.InvoiceProvider.Listed;
import admitone.payouts.Destination.Place;
import admitone.payouts.Paying;
import admitone.payouts.PayoutProvider.NewBatch;
import admitone.payouts.PayoutProvider.Seen;
import admitone.payouts.PayoutProvider.Status;
import admitone.payouts.Receivers;
import admitone.runtime.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The provider's withdrawals against ours: one payout that was paid, and what either side may say otherwise. */
@TestInstance(Lifecycle.PER_CLASS)
class PayoutReconciliationDatabaseTests {
    private static final Asset ETH = Asset.of("eth");
    private static final Instant NOW = Instant.parse("2026-11-23T16:00:00Z");

    private final Paying paying = Paying.start("payout-reconciliation");
    private final Reconciliation reconciliation = ReconciliationDatabaseTests.reconciliation(paying.core);

    @BeforeAll
    void aPayoutIsPaid() {
        paying.core.provider.onAll = (page, trigger) -> new Answer.Done<>(new Listed(List.of(), Map.of(), true));
        paying.seller(Paying.SELLER, "instant", "1");
        paying.approved("50.00");
        paying.pass(Duration.ofMinutes(30));
    }

    @AfterAll
    void stop() {
        paying.close();
    }

    @Test
    void sidesThatAgreeDifferInNothing() {
        Report report = reconciliation.compare();

        assertThat(ofPayouts(report)).isEmpty();
        assertThat(report.payouts()).isEqualTo(1);
        assertThat(report.complete()).isTrue();
    }

    /** What has no list, or is older than it, was not looked at. */
    @Test
    void knowsWhatItLookedAt() {
        Report all = reconciliation.compare();
        Instant oldest = all.since().plus(Reconciliation.MARGIN);
        assertThat(all.lookedAt("payout_altered", "", oldest)).isTrue();
        assertThat(all.lookedAt("payout_altered", "", oldest.minusSeconds(1))).isFalse();

        paying.core.provider.canList = false;
        Report onlyPayouts = reconciliation.compare();
        paying.core.provider.canList = true;
        assertThat(onlyPayouts.lookedAt("payout_altered", "", oldest)).isTrue();
        assertThat(onlyPayouts.lookedAt("not_listed", "", oldest)).isFalse();
    }

    @Test
    void whereNothingIsPaidOutNothingWasLookedAt() {
        var provider = new admitone.FakePayoutProvider(paying.core.clock);
        provider.canPay = false;

        var compared = new PayoutComparison(provider, paying.core.bean(Receivers.class), paying.core.jdbc)
                .compare(paying.core.clock.instant().plus(Duration.ofDays(2)), paying.core.clock.instant());

        assertThat(compared.why()).isEmpty();
        assertThat(compared.whole()).isFalse();
    }

    @Test
    void oneThatTheProviderDoesNotListIsTold() {
        var rows = paying.core.payouts.rows;
        var gone = rows.removeFirst();

        List<Difference> told = ofPayouts(reconciliation.compare());
        rows.addFirst(gone);

        assertThat(told).singleElement().satisfies(one -> {
            assertThat(one.kind()).isEqualTo("payout_not_listed");
            assertThat(one.since()).isBefore(paying.core.clock.instant()).isAfter(sevenDaysAgo());
        });
    }

    private Instant sevenDaysAgo() {
        return paying.core.clock.instant().minus(Reconciliation.BACK);
    }

    @ParameterizedTest
    @CsvSource({
        "po_0123456789ab_x_1, elsewhere,      SENDING,  true",
        "po_0123456789ab_x_1, elsewhere,      CREATING, false",
        ",                    T0123456789ab0, FINISHED, true",
        ",                    elsewhere,      FINISHED, false",
        "another-shop,        elsewhere,      FINISHED, false",
    })
    void oneThatIsNotKnownIsToldWhereItIsOurs(String name, String address, Status status, boolean isTold) {
        var rows = paying.core.payouts.rows;
        var asked = rows.getFirst().asked;
        var other = new Place(asked.to().currency(), address, null);
        paying.core.payouts.create(new NewBatch(name, other, asked.coins(), asked.notifyUrl()));
        rows.getLast().status = status;

        List<Difference> told = ofPayouts(reconciliation.compare());
        rows.removeLast();

        assertThat(told).extracting(Difference::kind).isEqualTo(isTold ? List.of("payout_unknown") : List.of());
        assertThat(told).allSatisfy(one -> assertThat(one.since()).isAfter(sevenDaysAgo()));
    }

    @Test
    void aListThatIsNotHadIsSaidAndNothingIsMissing() {
        paying.core.payouts.lies = operation -> operation.equals("list") ? Lie.DECLINED : Lie.NONE;

        Report report = reconciliation.compare();
        paying.core.payouts.lies = operation -> Lie.NONE;

        assertThat(report.complete()).isFalse();
        assertThat(report.why()).contains("list of payouts could not be had", "declined as refused");
        assertThat(ofPayouts(report)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "FINISHED,   PAID,   ''",
        "FINISHED,   OPEN,   payout_ended_there",
        "FINISHED,   FAILED, payout_ended_there",
        "FINISHED,   OVER,   payout_sent_after_all",
        "SENDING,    OPEN,   ''",
        "SENDING,    PAID,   payout_not_ended_there",
        "PROCESSING, OVER,   payout_sent_after_all",
        "FAILED,     OPEN,   payout_ended_there",
        "FAILED,     FAILED, ''",
        "FAILED,     PAID,   payout_not_ended_there",
        "FAILED,     OVER,   ''",
        "REJECTED,   OPEN,   payout_ended_there",
        "REJECTED,   FAILED, payout_ended_there",
        "REJECTED,   OVER,   ''",
        "CANCELLED,  PAID,   payout_not_ended_there",
        "CREATING,   OPEN,   ''",
        "WAITING,    PAID,   payout_not_ended_there",
    })
    void statesThatDifferAreTold(Status theirs, Stand ours, String kind) {
        assertThat(difference(theirs, ours, "0.5", "0xa", Duration.ofHours(3))
                        .map(Difference::kind)
                        .orElse(""))
                .isEqualTo(kind);
    }

    @ParameterizedTest
    @CsvSource({"FINISHED, OPEN", "REJECTED, OPEN"})
    void whatWeMayNotHaveHeardYetIsNoDifference(Status theirs, Stand ours) {
        assertThat(difference(theirs, ours, "0.5", "0xa", Duration.ofHours(1))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"0.500001, 0xa, payout_altered", "0.5, 0xb, payout_altered", "0.5, 0xA, ''"})
    void anotherAmountOrAddressIsTold(String amount, String address, String kind) {
        assertThat(difference(Status.FINISHED, Stand.PAID, amount, address, Duration.ZERO)
                        .map(Difference::kind)
                        .orElse(""))
                .isEqualTo(kind);
    }

    @Test
    void whenItsBatchWasCalledIsTold() {
        assertThat(difference(Status.FINISHED, Stand.OPEN, "0.5", "0xa", Duration.ofHours(3)))
                .map(Difference::since)
                .contains(NOW.minus(Duration.ofHours(3)));
    }

    private static java.util.Optional<Difference> difference(
            Status theirs, Stand ours, String amount, String address, Duration age) {
        return PayoutComparison.difference(
                new Seen(
                        "1",
                        "2",
                        "po_1",
                        address,
                        null,
                        ETH,
                        Money.parse(amount, ETH),
                        null,
                        theirs,
                        theirs.name(),
                        null,
                        null,
                        null,
                        null),
                new Ours("po", "po_1", "2", NOW.minus(age), ours, "sent", Money.parse("0.5", ETH), "0xa"),
                NOW);
    }

    /** The journal holds accruals that no payment brought: invariants say so. */
    private static List<Difference> ofPayouts(Report report) {
        return report.differences().stream()
                .filter(one -> one.kind().startsWith("payout"))
                .toList();
    }
}
