package admitone.audit;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.audit.Reconciliation.Difference;
import admitone.checkout.Order;
import admitone.checkout.OrderCopy;
import admitone.money.Asset;
import admitone.money.Rates;
import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.InvoiceProvider.Listed;
import admitone.payments.Payments;
import admitone.payouts.Paying;
import admitone.runtime.Answer;
import admitone.tasks.Tasks;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What became of a payment after it counted, and was never told. */
class LateChangesDatabaseTests {
    private static final String ID = "5996609246";

    private final Paying paying = Paying.start("late-changes");
    private final Core core = paying.core;
    private final Shop shop = core.shop("1123456789ab");
    private final Reconciliation reconciliation = ReconciliationDatabaseTests.reconciliation(core);
    private final LateChanges late = of(core);

    static LateChanges of(Core core) {
        return new LateChanges(core.bean(Payments.class), core.bean(Tasks.class), core.transactions);
    }

    @BeforeEach
    void rates() {
        core.bean(Rates.class).want(new Asset("eth"));
    }

    @AfterEach
    void stop() {
        paying.close();
    }

    @Test
    void refundThatNobodyToldIsTakenBackAsIfItHadBeen() {
        Order told = pay(ID, 41);
        Order untold = pay("5996609247", 42);
        core.hear(Ipn.of(ID, told.id(), "refunded"));
        says("5996609247", untold, "refunded");
        assertThat(kinds()).containsExactly("refunded_there 5996609247");

        assertThat(late.ask(reconciliation.compare())).isEqualTo(1);
        core.startTasks();
        core.awaitTasks();

        assertThat(core.state("5996609247")).isEqualTo("refunded");
        assertThat(core.journal("5996609247"))
                .isEqualTo(core.journal(ID))
                .anyMatch(kind -> kind.startsWith("reversal"));
        assertThat(core.count("access.grants where access = 'ended'")).isEqualTo(2);
        assertThat(kinds()).isEmpty();
        assertThat(late.ask(reconciliation.compare())).isZero();
    }

    /** As a notification of it would be: what a payout has paid is not taken back by itself. */
    @Test
    void ofWhatAPayoutHasPaidAPersonIsAsked() {
        paying.seller(Paying.SELLER, "instant", "1");
        String payment = paying.paid(Paying.SELLER, "50");
        paying.approve(paying.made(Paying.SELLER));
        paying.pass(Duration.ofMinutes(10));
        String order = core.strings("select order_id from payments.payment").getFirst();
        says(core.heard(Ipn.of(payment, order, "refunded"), Cause.SWEEP));

        late.ask(reconciliation.compare());
        core.startTasks();
        core.awaitTasks();

        assertThat(core.state(payment)).isEqualTo("refunded");
        assertThat(core.cases(payment)).contains("refund_after_payout");
    }

    /** A part of a price is set aside: given back there, it waits for nobody here. */
    @Test
    void moneyThatIsSetAsideIsTakenBackToo() {
        Order order = core.order(shop, 41);
        core.hear(Ipn.of(ID, order.id(), "partially_paid").paid("0.0001"));
        assertThat(core.state(ID)).isEqualTo("partially_paid");
        says(ID, order, "refunded");
        assertThat(kinds()).containsExactly("refunded_there " + ID);

        late.ask(reconciliation.compare());
        core.startTasks();
        core.awaitTasks();

        assertThat(core.state(ID)).isEqualTo("refunded");
        assertThat(core.journal(ID)).contains("reversal_of_suspense");
    }

    /** No sweep goes so far back: the weekly comparison does. */
    @Test
    void paymentThatARestoreForgotLongAgoIsTakenInAndItsLostOrderAskedAbout() {
        Order known = core.order(shop, 41);
        Order lost = core.order(shop, 42);
        String copy = core.bean(OrderCopy.class).of(lost);
        core.owner()
                .sql("delete from checkout.orders where order_id = ?")
                .param(lost.id())
                .update();
        core.clock.advance(Duration.ofDays(10));
        Map<String, Ipn> told = Map.of(
                ID,
                Ipn.finished(ID, known.id()),
                "5996609247",
                Ipn.finished("5996609247", lost.id()).with("order_description", copy));
        List<Heard> list =
                told.values().stream().map(ipn -> core.heard(ipn, Cause.SWEEP)).toList();
        core.provider.onAll = (page, trigger) -> new Answer.Done<>(new Listed(list, Map.of(), true));
        core.provider.onFind = (id, trigger) -> new Answer.Done<>(list.stream()
                .filter(heard -> heard.paymentId().equals(id))
                .findFirst()
                .map(heard -> heard.againBy(trigger)));

        assertThat(late.ask(reconciliation.compare(core.clock.instant().minus(Reconciliation.FARTHEST))))
                .isEqualTo(2);
        core.startTasks();
        core.awaitTasks();

        assertThat(core.cases(ID)).containsExactly("paid_much_too_late");
        assertThat(core.cases("5996609247")).containsExactly("order_lost");
        assertThat(kinds()).isEmpty();
    }

    /** It is known here by its id, whatever order its row names. */
    @Test
    void paymentOfAnOldOrderIdIsComparedToo() {
        pay(ID, 41);
        says(core.heard(Ipn.of(ID, "PGP-41|-1001000000002", "refunded"), Cause.SWEEP));

        assertThat(kinds()).containsExactly("refunded_there " + ID);
    }

    @Test
    void wordsThatNobodyKnowsAreToldToo() {
        pay(ID, 41);
        Order order = core.order(shop, 42);
        for (String word : List.of("expired", "failed", "cancelled", "wrong_asset_confirmed", "charged_back")) {
            says(ID, order, word);
            assertThat(kinds()).as(word).containsExactly("not_settled_there " + ID);
        }
    }

    /** Too little more than was counted to be booked: asking each night changes nothing. */
    @Test
    void anotherOutcomeIsAskedAboutOnceForEachThatIsTold() {
        Order order = pay(ID, 41);
        for (String outcome : List.of("0.0002737", "0.0002738")) {
            says(core.heard(Ipn.finished(ID, order.id()).with("outcome_amount", new BigDecimal(outcome)), Cause.SWEEP));
            assertThat(kinds()).containsExactly("other_outcome " + ID);
            late.ask(reconciliation.compare());
            core.startTasks();
            core.awaitTasks();
            core.stopTasks();

            late.ask(reconciliation.compare());

            assertThat(core.tasks("look")).containsOnly("done");
        }
        assertThat(core.tasks("look")).hasSize(2);
    }

    /** They stay, however often they are asked about: a refund after them would never be heard of. */
    @Test
    void otherOutcomesUseUpNothingOfWhatIsAskedEachNight() {
        Order order = pay(ID, 41);
        says(ID, order, "refunded");
        Reconciliation.Report report = reconciliation.compare();
        List<Difference> many = IntStream.range(0, LateChanges.MOST)
                .mapToObj(n -> new Difference(
                        "other_outcome", Integer.toString(700_000_000 + n), report.since(), "0.2", "0.1", ""))
                .collect(Collectors.toCollection(ArrayList::new));
        many.addAll(report.differences());

        late.ask(new Reconciliation.Report(
                report.since(),
                report.payments(),
                report.payouts(),
                report.members(),
                report.paymentsWhole(),
                report.payoutsWhole(),
                report.balanceHad(),
                report.why(),
                many));

        assertThat(core.count(
                        "tasks.task where seller_id = ? and kind = 'look'",
                        order.seller().value()))
                .isEqualTo(1);
    }

    /** The next comparison asks again: no answer is lost for good. */
    @Test
    void questionThatCameToNothingIsAskedAgain() {
        Order order = pay(ID, 41);
        says(ID, order, "refunded");
        var answers = core.provider.onFind;
        core.provider.onFind = (id, trigger) -> new Answer.Done<>(Optional.empty());
        late.ask(reconciliation.compare());
        core.startTasks();
        core.awaitTasks();
        assertThat(core.tasks("look")).containsExactly("dead");

        core.provider.onFind = answers;
        late.ask(reconciliation.compare());
        core.awaitTasks();

        assertThat(core.state(ID)).isEqualTo("refunded");
    }

    private Order pay(String id, long buyer) {
        Order order = core.order(shop, buyer);
        core.hear(Ipn.finished(id, order.id()));
        return order;
    }

    /** In its list, and asked about it. */
    private void says(String id, Order order, String word) {
        says(core.heard(Ipn.of(id, order.id(), word), Cause.SWEEP));
    }

    private void says(Heard heard) {
        core.provider.onAll = (page, trigger) -> new Answer.Done<>(new Listed(List.of(heard), Map.of(), true));
        core.provider.onFind = (id, trigger) -> new Answer.Done<>(Optional.of(heard.againBy(trigger)));
    }

    private List<String> kinds() {
        return reconciliation.compare().differences().stream()
                .filter(one -> !one.kind().equals("not_listed"))
                .map((Difference one) -> one.kind() + " " + one.about())
                .toList();
    }
}
