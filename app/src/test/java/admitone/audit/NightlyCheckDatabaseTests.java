package admitone.audit;

import static admitone.AtOnce.atOnce;
import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.checkout.Order;
import admitone.ledger.LedgerCheck;
import admitone.money.Asset;
import admitone.money.Rates;
import admitone.payments.Heard.Cause;
import admitone.payments.InvoiceProvider.Listed;
import admitone.runtime.Answer;
import admitone.runtime.SellerId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NightlyCheckDatabaseTests {
    private static final String ID = "5996609246";
    private static final String UNKNOWN = "77";
    private static final Duration A_DAY = Duration.ofDays(1);

    private final Core core;
    private final Shop shop;
    private final Order order;
    private final AtomicInteger comparisons = new AtomicInteger();
    private final Path data;
    private final NightlyCheck one;
    private final NightlyCheck other;

    NightlyCheckDatabaseTests(@TempDir Path data) {
        core = Core.start("nightly", Map.of("ADMITONE_DATA_DIR", data.toString()));
        this.data = data;
        shop = core.shop("0123456789ab");
        order = core.order(shop);
        one = instance();
        other = instance();
    }

    private NightlyCheck instance() {
        return new NightlyCheck(
                ReconciliationDatabaseTests.reconciliation(core),
                LateChangesDatabaseTests.of(core),
                core.bean(LedgerCheck.class),
                nights(),
                core.clock);
    }

    private Nights nights() {
        return new Nights(core.jdbc, core.bean(Cases.class), core.transactions, core.clock);
    }

    @BeforeEach
    void aPaymentIsPaid() {
        core.bean(Rates.class).want(new Asset("eth"));
        core.hear(Ipn.finished(ID, order.id()));
        core.owner().sql("delete from cases.cases").update();
        core.bean(LedgerCheck.class).verifyAndKeepHeads(() -> {});
        lists(ID);
        core.clock.advance(Duration.between(core.clock.instant(), Instant.parse("2026-11-24T02:59:00Z")));
    }

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void looksOnceFromThreeOClockOn() {
        one.round();
        assertThat(comparisons).hasValue(0);

        core.clock.advance(Duration.ofMinutes(1));
        one.round();
        core.clock.advance(Duration.ofMinutes(10));
        one.round();
        other.round();
        assertThat(comparisons).hasValue(1);
        assertThat(core.strings("select differences || ' ' || coalesce(incomplete, 'whole') from audit.night"))
                .containsExactly("0 whole");

        core.clock.advance(A_DAY);
        other.round();
        assertThat(comparisons).hasValue(2);
    }

    @Test
    void doesNotLookByDay() {
        core.clock.advance(Duration.ofHours(3).plusMinutes(1));

        one.round();

        assertThat(comparisons).hasValue(0);
    }

    @Test
    void twoInstancesAtOnceLookOnce() throws Exception {
        core.clock.advance(Duration.ofHours(1));

        AtomicInteger turn = new AtomicInteger();
        atOnce(8, () -> {
            (turn.getAndIncrement() % 2 == 0 ? one : other).round();
            return true;
        });

        assertThat(comparisons).hasValue(1);
    }

    @Test
    void whatWasCutOffIsTakenUpTwoHoursLater() {
        core.clock.advance(Duration.ofHours(1));
        core.provider.onAll = (page, trigger) -> {
            throw new IllegalStateException("as if the process ended here");
        };
        try {
            one.round();
        } catch (IllegalStateException e) {
            // it ended
        }
        lists(ID);
        other.round();
        assertThat(comparisons).hasValue(0);

        core.clock.advance(Duration.ofHours(2).plusSeconds(1));
        other.round();
        assertThat(comparisons).hasValue(1);
    }

    /** A large journal takes long: both would read all there is, and keep what each saw. */
    @Test
    void aNightThatIsAtItIsNotTakenUpByAnother() {
        core.provider.onAll = (page, trigger) -> {
            core.clock.advance(Duration.ofMinutes(90));
            return new Answer.Unknown<>("slowly");
        };
        aNight();

        assertThat(core.strings("select begun_at >= timestamptz '2026-11-24T04:30:00Z' from audit.night"))
                .containsExactly("t");
        LocalDate night = LocalDate.parse("2026-11-24");
        core.owner().sql("update audit.night set finished_at = null").update();
        core.clock.advance(Duration.ofMinutes(119));
        nights().goesOn(night);
        core.clock.advance(Duration.ofMinutes(119));
        assertThat(nights().take(night)).isFalse();
        core.clock.advance(Duration.ofMinutes(2));
        assertThat(nights().take(night)).isTrue();
    }

    @Test
    void aPersonIsAskedOnceUntilItIsGone() {
        lists();
        aNight();
        aNight();
        assertThat(cases("open")).containsExactly("not_listed:" + ID + ":2026-11-24");
        assertThat(core.strings("select detail ->> 'todo' from cases.cases").getFirst())
                .isNotBlank();

        lists(ID);
        aNight();
        assertThat(cases("open")).isEmpty();
        assertThat(core.strings("select decision from cases.cases")).containsExactly("gone");

        lists();
        aNight();
        assertThat(cases("open")).containsExactly("not_listed:" + ID + ":2026-11-27");
    }

    /** What was not looked at is not gone. */
    @Test
    void aListThatIsNotHadLeavesWhatWasAsked() {
        lists();
        aNight();
        core.provider.onAll = (page, trigger) -> new Answer.Unknown<>("a timeout");

        aNight();

        assertThat(cases("open")).hasSize(1);
        assertThat(core.strings("select incomplete from audit.night order by night")
                        .getLast())
                .contains("a timeout");
    }

    /** It is older than what a look goes back to, and nobody mended it. */
    @Test
    void whatIsOlderThanALookIsNotGone() {
        lists();
        for (int night = 0; night < 10; night++) {
            aNight();
        }
        assertThat(cases("open")).containsExactly("not_listed:" + ID + ":2026-11-24");

        lists(ID);
        aNight();
        assertThat(cases("open")).isEmpty();
        assertThat(core.strings("select gone_on from audit.difference")).containsExactly("2026-12-04");
    }

    @Test
    void whatIsOlderThanTheFarthestLookStaysAsked() {
        lists();
        aNight();
        core.clock.advance(Reconciliation.FARTHEST);

        aNight();

        assertThat(cases("open")).contains("not_listed:" + ID + ":2026-11-24");
    }

    /** The rows are all here: no list of the provider's is needed to see that they hold again. */
    @Test
    void withoutTheAccountsLoginAnInvariantIsAskedAboutEachTimeItBreaks() {
        lists();
        aNight();
        core.provider.canList = false;
        core.owner().sql("create table kept as select * from access.grants").update();
        for (int time = 1; time <= 2; time++) {
            core.owner().sql("delete from access.grants").update();
            aNight();
            assertThat(cases("open")).filteredOn(this::isPaidNotGranted).hasSize(1);

            core.owner().sql("insert into access.grants select * from kept").update();
            aNight();
            assertThat(cases("open")).filteredOn(this::isPaidNotGranted).isEmpty();
            assertThat(cases("decided")).filteredOn(this::isPaidNotGranted).hasSize(time);
        }
        assertThat(cases("open")).as("its list was not looked at").contains("not_listed:" + ID + ":2026-11-24");
    }

    private boolean isPaidNotGranted(String subject) {
        return subject.startsWith("invariant:paid_is_granted:");
    }

    /** Each by its own age, not by that of another that is open. */
    @Test
    void whatIsMendedIsGoneBesideWhatNobodyMends() {
        lists();
        aNight();
        core.clock.advance(Reconciliation.FARTHEST.minusDays(8));
        lists(UNKNOWN);
        core.clock.advance(A_DAY);
        for (int time = 1; time <= 2; time++) {
            aNight();
            assertThat(cases("open")).filteredOn(this::isUnknown).as("found").hasSize(1);
            core.clock.advance(Duration.ofDays(8));

            core.provider.onAll = (page, trigger) -> new Answer.Done<>(new Listed(List.of(), Map.of(), true));
            aNight();
            assertThat(cases("open")).filteredOn(this::isUnknown).as("mended").isEmpty();
            assertThat(cases("open")).contains("not_listed:" + ID + ":2026-11-24");
            lists(UNKNOWN);
        }
    }

    private boolean isUnknown(String subject) {
        return subject.startsWith("unknown_payment:" + UNKNOWN);
    }

    /** Of what no look will find gone by itself, a person says what it is. */
    @Test
    void whatAPersonMendedIsAskedAboutAnewAndWhatTheyAcceptIsNot() {
        lists();
        aNight();
        decide("mended");
        assertThat(cases("open")).isEmpty();

        aNight();
        assertThat(cases("open")).containsExactly("not_listed:" + ID + ":2026-11-25");
        decide("accept");
        aNight();
        core.clock.advance(Reconciliation.FARTHEST);
        aNight();
        assertThat(cases("open")).noneMatch(subject -> subject.startsWith("not_listed"));
    }

    private void decide(String decision) {
        Cases cases = core.bean(Cases.class);
        var decider = new DifferenceCase(nights(), core.clock);
        assertThat(decider.decisions()).containsKey(decision);
        core.transactions.run(SellerId.PLATFORM, () -> {
            Case asked = cases.list(SellerId.PLATFORM, Optional.of("open"), Optional.empty(), 1)
                    .getFirst();
            cases.decide(SellerId.PLATFORM, asked.id(), decision, "a test", "operator");
            decider.decided(SellerId.PLATFORM, asked, decision, "operator");
        });
    }

    /** A payment may be given back weeks after it was paid. */
    @Test
    void onceAWeekItLooksAsFarBackAsItEverGoes() {
        for (int night = 24; night <= 30; night++) {
            aNight();
            assertThat(core.provider.listedSince)
                    .as("night %d", night)
                    .isEqualTo(core.clock.instant().minus(night == 29 ? Reconciliation.FARTHEST : Reconciliation.BACK));
        }
    }

    @Test
    void whatItFindsGivenBackThereIsAskedAboutAndGoneTheNextNight() {
        var refunded = core.heard(Ipn.of(ID, order.id(), "refunded"), Cause.SWEEP);
        core.provider.onAll = (page, trigger) -> new Answer.Done<>(new Listed(List.of(refunded), Map.of(), true));
        core.provider.onFind = (id, trigger) -> new Answer.Done<>(Optional.of(refunded.againBy(trigger)));

        aNight();
        assertThat(cases("open")).containsExactly("refunded_there:" + ID + ":2026-11-24");
        assertThat(core.tasks("look")).containsExactly("ready");
        core.startTasks();
        core.awaitTasks();
        core.stopTasks();
        aNight();

        assertThat(core.state(ID)).isEqualTo("refunded");
        assertThat(cases("open")).noneMatch(subject -> subject.startsWith("refunded_there"));
    }

    /** Neither rows of ours nor the ledger are in a list of the provider's. */
    @ParameterizedTest
    @ValueSource(strings = {"invariant", "ledger"})
    void whatIsInNoListDragsNoListBack(String kind) {
        if (kind.equals("ledger")) {
            alter(shop.seller().value(), 2);
        } else {
            core.owner().sql("delete from access.grants").update();
        }
        aNight();
        core.clock.advance(Duration.ofDays(20));

        aNight();

        assertThat(cases("open")).anyMatch(subject -> subject.startsWith(kind) && subject.endsWith("2026-11-24"));
        assertThat(core.provider.listedSince).isEqualTo(core.clock.instant().minus(Reconciliation.BACK));
    }

    @Test
    void anAlteredLedgerIsAskedAbout() {
        alter(shop.seller().value(), 2);

        aNight();

        assertThat(cases("open")).anyMatch(subject -> subject.startsWith("ledger:" + shop.seller()));
    }

    @Test
    void ofEachSellerWhoseLedgerDoesNotHoldAPersonIsAsked() {
        String first = core.shop("00000000000a").seller().value();
        alter(shop.seller().value(), 2);
        alter(first, 1);
        aNight();
        assertThat(cases("open"))
                .containsExactly("ledger:" + first + ":2026-11-24", "ledger:" + shop.seller() + ":2026-11-24");

        core.owner().sql("delete from ledger.seal where key_id = 'none'").update();
        aNight();
        assertThat(cases("open")).isEmpty();
    }

    private void alter(String seller, int seq) {
        core.owner().sql("""
                insert into ledger.seal (seller_id, seq, lines, until_entry, open_from, key_id, hash, sealed_at)
                select ?, ?, 1, entry_id, entry_id, 'none', '', at from ledger.journal limit 1
                """).params(seller, seq).update();
    }

    @Test
    void endsThatCannotBeReadAreAskedAboutWithAllElse() throws IOException {
        Files.writeString(data.resolve("ledger-heads"), "nonsense\n");
        lists();

        aNight();

        assertThat(cases("open"))
                .containsExactlyInAnyOrder(
                        "ledger_ends_not_compared:" + SellerId.PLATFORM + ":2026-11-24",
                        "not_listed:" + ID + ":2026-11-24");
        assertThat(core.strings("select detail ->> 'ours' from cases.cases where subject like 'ledger%'"))
                .first()
                .asString()
                .contains("ledger-heads cannot be read: put it back from a backup");
    }

    @Test
    void ofVeryManyFiftyAreAskedANight() {
        String[] unknown = IntStream.range(0, NightlyCheck.MOST_CASES + 7)
                .mapToObj(n -> "77" + n)
                .toArray(String[]::new);
        lists(Stream.concat(Stream.of(ID), Stream.of(unknown)).toArray(String[]::new));

        aNight();
        assertThat(cases("open")).hasSize(NightlyCheck.MOST_CASES);

        aNight();
        assertThat(cases("open")).hasSize(NightlyCheck.MOST_CASES + 7);
    }

    /** What the provider should have is a sum of all lines. */
    @Test
    void aLineThatCannotBeAddedUpKeepsNoLedgerFromBeingVerified() {
        core.owner()
                .sql("update ledger.journal set amount = 'NaN' where debit = 'provider_clearing'")
                .update();

        aNight();

        assertThat(cases("open")).contains("ledger:" + shop.seller() + ":2026-11-24");
        assertThat(core.strings("select incomplete from audit.night"))
                .containsExactly("what the provider should have could not be added up");
    }

    @Test
    void whatTheProviderSaysIsAskedAboutAlsoWhereTheLedgerCannotBeVerified() {
        alter(shop.seller().value(), 2);
        aNight();
        String altered = "ledger:" + shop.seller() + ":2026-11-24";
        assertThat(cases("open")).containsExactly(altered);
        core.owner().sql("alter table ledger.seal rename to away").update();
        lists();

        aNight();

        assertThat(cases("open"))
                .as("what was not looked at is not gone")
                .containsExactlyInAnyOrder(
                        altered,
                        "ledger_not_checked:" + SellerId.PLATFORM + ":2026-11-25",
                        "not_listed:" + ID + ":2026-11-25");
    }

    @Test
    void whatCouldNotBeLookedAtTakesNotThePlaceOfWhatIsWrong() {
        hide();
        aNight();
        assertThat(cases("open"))
                .contains(
                        "invariant_not_checked:end_is_looked_at:2026-11-24",
                        "ledger_not_checked:" + shop.seller() + ":2026-11-24");
        show();
        core.owner().sql("update access.grants set look_at = '2026-01-01'").update();
        alter(shop.seller().value(), 2);

        aNight();

        assertThat(cases("open"))
                .containsExactlyInAnyOrder(
                        "invariant:end_is_looked_at:2026-11-25", "ledger:" + shop.seller() + ":2026-11-25");
    }

    @Test
    void whatIsWrongIsNotGoneWhereItCouldNotBeLookedAt() throws IOException {
        core.owner().sql("update access.grants set look_at = '2026-01-01'").update();
        alter(shop.seller().value(), 2);
        aNight();
        List<String> wrong =
                List.of("invariant:end_is_looked_at:2026-11-24", "ledger:" + shop.seller() + ":2026-11-24");
        assertThat(cases("open")).containsExactlyElementsOf(wrong);

        core.owner().sql("delete from ledger.seal where key_id = 'none'").update();
        hide();
        aNight();
        assertThat(cases("open")).containsAll(wrong);

        show();
        Files.writeString(data.resolve("ledger-heads"), "nonsense\n");
        aNight();
        assertThat(cases("open"))
                .containsExactlyInAnyOrder(
                        wrong.getFirst(),
                        wrong.getLast(),
                        "ledger_ends_not_compared:" + SellerId.PLATFORM + ":2026-11-26");

        Files.delete(data.resolve("ledger-heads"));
        aNight();
        assertThat(cases("open")).containsExactly(wrong.getFirst());
    }

    /** What one check and the verifying read, and nothing else of a night. */
    private void hide() {
        core.owner().sql("alter table access.grants rename look_at to away").update();
        core.owner().sql("alter table ledger.mark rename to away").update();
    }

    private void show() {
        core.owner().sql("alter table access.grants rename away to look_at").update();
        core.owner().sql("alter table ledger.away rename to mark").update();
    }

    /** Each at three o'clock. */
    private void aNight() {
        Instant now = core.clock.instant();
        Instant three = now.truncatedTo(ChronoUnit.DAYS).plus(Duration.ofHours(3));
        core.clock.advance(Duration.between(now, now.isBefore(three) ? three : three.plus(A_DAY)));
        one.round();
    }

    private List<String> cases(String state) {
        return core.strings(
                "select subject from cases.cases where kind = 'difference' and state = ? order by 1", state);
    }

    /** What the provider's list has, all of it paid, and made now. */
    private void lists(String... ids) {
        Instant now = core.clock.instant();
        var madeAt = Stream.of(ids).collect(Collectors.toMap(id -> id, _ -> now));
        var heard = Stream.of(ids)
                .map(id -> core.heard(Ipn.finished(id, order.id()), Cause.SWEEP))
                .toList();
        core.provider.onAll = (page, trigger) -> {
            comparisons.incrementAndGet();
            return new Answer.Done<>(new Listed(heard, madeAt, true));
        };
    }
}
