package admitone.payouts;

import static admitone.payouts.Paying.SELLER;
import static admitone.payouts.Paying.USDT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.FakePayoutProvider.Lie;
import admitone.FakePayoutProvider.Row;
import admitone.payouts.PayoutMaking.Made;
import admitone.payouts.PayoutProvider.NewBatch;
import admitone.payouts.PayoutProvider.Status;
import admitone.runtime.Answer;
import admitone.runtime.SellerId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

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

        restore();
        paying.core.bean(PayoutsAfterRestore.class).putRight();
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
