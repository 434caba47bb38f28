package admitone.payouts;

import static admitone.payouts.Paying.SELLER;
import static admitone.payouts.Paying.USDT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.FakePayoutProvider.Lie;
import admitone.FakePayoutProvider.Row;
import admitone.hold.HoldMemory;
import admitone.payouts.PayoutMaking.Made;
import admitone.payouts.PayoutProvider.NewBatch;
import admitone.payouts.PayoutProvider.Status;
import admitone.runtime.Answer;
import admitone.runtime.SellerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** CP34: the database forgets payouts that the provider has sent. */
class PayoutRestoreDatabaseTests {
    private final Paying paying = Paying.start("payout-restore");

    @AfterEach
    void stop() {
        paying.close();
    }

    /** Ten sellers are paid; the database is taken back to before that; nobody is paid twice. */
    @Test
    void tenPayoutsThatTheDatabaseForgotAreNotMadeAgain() {
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

    /** A snapshot of the whole machine that is taken back looks like nothing happened: the list is compared before anything is made. */
    @Test
    void aRestoreThatNobodyNoticedIsFoundBeforeTheNextPayout() {
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
    void aRestoreThatTookDaysIsFoundThoughPayoutsWereMadeSince(int days) {
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
    void aRestoreSoonAfterALookIsFoundAsWell() {
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
        assertThat(paying.balance(SELLER)).isEqualTo("100.00 = 0.00 + 70.00 + 30.00");

        HoldMemory.blind(paying.core, false);

        assertThat(cancelled(waiting)).isNull();
        assertThat(released(failed)).isNull();
        assertThat(paying.balance(SELLER)).isEqualTo("100.00 = 0.00 + 0.00 + 100.00");
    }

    private @Nullable String cancelled(Payout payout) {
        return paying.core
                .transactions
                .run(SELLER, () -> paying.flow.cancel(SELLER, payout.id(), Paying.TEST))
                .refused();
    }

    private @Nullable String released(Payout payout) {
        return paying.core
                .transactions
                .run(SELLER, () -> paying.flow.release(SELLER, payout.id(), Paying.TEST))
                .refused();
    }

    /** The payout is over on record, and its entries may be claimed by another: it counts as not on record. */
    @Test
    void sentThoughItsPayoutIsOverStopsTheSeller() {
        paying.seller(SELLER, "instant", "1");
        paying.earn(SELLER, "50.00");
        Payout payout = paying.made(SELLER);
        assertThat(cancelled(payout)).isNull();
        Destination to = paying.core.bean(Destinations.class).of(SELLER).getFirst();
        paying.provider.create(new NewBatch(payout.externalId(1), to, payout.coins(), "http://localhost/ipn"));
        paying.provider.rows.getFirst().status = Status.FINISHED;

        assertThat(paying.core.bean(MissingPayouts.class).lookNow()).isEqualTo(new Answer.Done<>(1));

        assertThat(paying.core.bean(Safeguards.class).of(SELLER).held()).isNotNull();
        assertThat(paying.openCases()).containsExactly("payout_contradicted", "payout_not_on_record");
    }

    @Test
    void whatAPersonHasLetGoOnIsNotStoppedByTheNextLook() {
        paying.seller(SELLER, "instant", "1");
        Destination to = paying.core.bean(Destinations.class).of(SELLER).getFirst();
        paying.provider.echoesExternalIds = false;
        paying.provider.create(
                new NewBatch("whoever", to, admitone.money.Money.parse("5", USDT), "http://localhost/ipn"));
        paying.provider.rows.getFirst().status = Status.FINISHED;
        MissingPayouts missing = paying.core.bean(MissingPayouts.class);
        missing.lookNow();
        Safeguards safeguards = paying.core.bean(Safeguards.class);
        paying.core.transactions.run(SELLER, () -> safeguards.hold(SELLER, null));

        assertThat(missing.lookNow()).isEqualTo(new Answer.Done<>(1));

        assertThat(safeguards.of(SELLER).held()).isNull();
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
        Destination to = paying.core.bean(Destinations.class).of(SELLER).getFirst();
        paying.provider.create(
                new NewBatch("whoever", to, admitone.money.Money.parse("5", USDT), "http://localhost/ipn"));
        Row row = paying.provider.rows.getFirst();
        row.status = Status.FINISHED;

        assertThat(paying.core.bean(MissingPayouts.class).lookNow()).isEqualTo(new Answer.Done<>(1));

        paying.earn(SELLER, "50.00");
        assertThat(paying.make(SELLER)).isInstanceOf(Made.NotDue.class);
        assertThat(paying.openCases()).containsExactly("payout_not_on_record");
    }

    private static final List<String> TABLES = List.of(
            "ledger.journal",
            "ledger.claim",
            "payouts.payout",
            "payouts.attempt",
            "payouts.batch_route",
            "payouts.safeguard",
            "tasks.task",
            "cases.cases");

    private void backUp() {
        TABLES.forEach(table -> paying.core
                .owner()
                .sql("create table public." + copy(table) + " as table " + table)
                .update());
    }

    private void restore() {
        paying.core
                .owner()
                .sql("truncate " + String.join(", ", TABLES) + " cascade")
                .update();
        TABLES.forEach(table -> paying.core
                .owner()
                .sql("insert into " + table + " table public." + copy(table))
                .update());
    }

    private static String copy(String table) {
        return "backup_" + table.replace('.', '_');
    }

    private long finished() {
        return paying.provider.rows.stream()
                .filter(row -> row.status == Status.FINISHED)
                .count();
    }
}
