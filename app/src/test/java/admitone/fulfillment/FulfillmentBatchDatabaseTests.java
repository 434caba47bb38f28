package admitone.fulfillment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.access.Grants;
import admitone.checkout.Order;
import admitone.payments.Heard;
import admitone.payments.NotificationInbox;
import admitone.payments.NotificationInbox.Fate;
import admitone.payments.Payments;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is heard at the same moment is decided in one commit, and nobody's fault is another's. */
class FulfillmentBatchDatabaseTests {
    private static final int MANY = 40;

    private final Core core = Core.start("batches");
    private final List<Shop> shops = new ArrayList<>();
    private final List<Order> orders = new ArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

    @BeforeEach
    void sell() {
        shops.add(core.shop("0123456789ab"));
        shops.add(core.shop("zzzzzzzzzzzz"));
        for (int i = 0; i < MANY; i++) {
            Order order = core.order(shops.get(i % 2), 1000 + i);
            orders.add(order);
            core.hear(Ipn.of(id(i), order.id(), "waiting"));
        }
    }

    @AfterEach
    void stop() {
        threads.close();
        core.close();
    }

    @Test
    void manyPaymentsOfSeveralSellersAreOneCommit() throws Exception {
        List<Fulfillment.Outcome> outcomes = together();

        assertThat(outcomes).allMatch(outcome -> outcome.what().equals("payment_paid"));
        assertThat(core.count("access.grants")).isEqualTo(MANY);
        assertThat(core.count("ledger.journal where kind = 'accrual'")).isEqualTo(MANY);
        assertThat(core.count("tasks.task where kind = 'deliver_access'")).isEqualTo(MANY);
        assertThat(core.strings("select count(*)::text from access.grants group by xmin::text order by 1"))
                .as("two held up the others, which came together")
                .containsExactly("1", "1", Integer.toString(MANY - 2));
        assertThat(core.strings(
                        "select distinct c::text from (select count(*) as c from (select seller_id, xmin::text from access.grants"
                                + " union select seller_id, xmin::text from ledger.journal union select seller_id, xmin::text from checkout.orders) t"
                                + " group by seller_id) u"))
                .as("grant, journal and order of a payment have one transaction")
                .containsExactly("2");
    }

    /** Each locks payouts, and then the account: of two in one commit the second would lock payouts with the account locked. */
    @Test
    void refundsAreEachACommitOfTheirOwn() {
        List<Heard> batch = List.of(
                core.heard(Ipn.of(id(0), orders.get(0).id(), "refunded")),
                core.heard(Ipn.of(id(1), orders.get(1).id(), "refunded")),
                core.heard(Ipn.finished(id(2), orders.get(2).id())));
        Map<String, SellerId> sellers = core.bean(Payments.class).sellersOf(Set.of(id(0), id(1), id(2)));

        assertThat(core.transactions.runTogether(
                        sellers.values(), () -> core.bean(Subjects.class).lockFree(batch, sellers)))
                .singleElement()
                .satisfies(subject -> assertThat(subject.heard()).isSameAs(batch.get(2)));
    }

    @Test
    void aPaymentThatCannotBeDecidedSpoilsNobodyElses() throws Exception {
        core.owner()
                .sql("alter table access.grants add constraint broken check (telegram_user_id <> 1020)")
                .update();

        List<Fulfillment.Outcome> outcomes = together();

        assertThat(outcomes.stream().filter(outcome -> outcome.what().equals("kept for later")))
                .hasSize(1);
        assertThat(core.count("access.grants")).isEqualTo(MANY - 1);
        assertThat(core.count("payments.notification where fate = 'waiting'")).isEqualTo(1);
        core.owner().sql("alter table access.grants drop constraint broken").update();
        core.startTasks();
        core.awaitTasks();
        assertThat(core.count("access.grants")).isEqualTo(MANY);
    }

    @Test
    void aRowThatSomebodyHoldsHoldsUpNobodyElse() throws Exception {
        try (Connection holder = core.connection();
                var statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("select from payments.payment where payment_id = '" + id(20) + "' for update");

            List<Fulfillment.Outcome> outcomes = together();

            assertThat(outcomes.get(20).what()).isEqualTo("kept for later");
            assertThat(core.count("access.grants")).isEqualTo(MANY - 1);
            holder.rollback();
        }
        core.startTasks();
        core.awaitTasks();
        assertThat(core.count("access.grants")).isEqualTo(MANY);
    }

    /** In two commits at once, and no order of ours holds them apart: what is heard later does not undo what was decided. */
    @Test
    void twoBodiesAboutOnePaymentAreDecidedOneAfterTheOther() throws Exception {
        String payment = "7000000000";
        core.hear(Ipn.of(payment, "of-nobody", "waiting"));
        CountDownLatch gate = new CountDownLatch(1);
        AtomicInteger decided = new AtomicInteger();
        core.faults.set(point -> {
            if (point == Point.CP04_BEFORE_COMMIT && decided.getAndIncrement() == 0) {
                waitFor(gate);
            }
        });
        Future<Fulfillment.Outcome> first = threads.submit(() -> core.hear(Ipn.finished(payment, "of-nobody")));
        promptly().until(() -> decided.get() == 1);

        Future<Fulfillment.Outcome> second =
                threads.submit(() -> core.hear(Ipn.of(payment, "of-nobody", "confirming")));
        promptly().until(() -> second.isDone() || core.count("pg_locks where not granted") > 0);
        gate.countDown();

        assertThat(first.get().what()).isEqualTo("payment_held");
        second.get();
        core.startTasks();
        core.awaitTasks();
        assertThat(core.state(payment)).isEqualTo("held");
        assertThat(core.strings("select kind from timeline.event where subject = ?", "payment:" + payment))
                .as("it was held when that was decided")
                .contains("payment_held")
                .doesNotContain("payment_confirming");
    }

    @Test
    void repeatAmongThemIsAbsorbedAndTheOthersStayTogether() throws Exception {
        Heard before = core.heard(Ipn.finished(id(20), orders.get(20).id()));
        SellerId seller = orders.get(20).seller();
        core.transactions.run(seller, () -> core.bean(NotificationInbox.class).remember(seller, before, Fate.APPLIED));

        List<Fulfillment.Outcome> outcomes = together();

        assertThat(outcomes.get(20).duplicate()).isTrue();
        assertThat(core.strings("select count(*)::text from access.grants group by xmin::text order by 1"))
                .as("two held up the others, which came together")
                .containsExactly("1", "1", Integer.toString(MANY - 3));
    }

    /** Another instance could not decide about the same body, and keeps it while this one decides. */
    @Test
    void bodyThatIsKeptForLaterMeanwhileIsDecidedOnce() {
        Ipn ipn = Ipn.finished(id(0), orders.getFirst().id());
        Heard heard = core.heard(ipn);
        SellerId seller = shops.getFirst().seller();
        AtomicInteger decided = new AtomicInteger();
        core.faults.set(point -> {
            if (point == Point.CP04_BEFORE_COMMIT && decided.getAndIncrement() == 0) {
                CompletableFuture.runAsync(
                                () -> core.transactions.run(seller, () -> {
                                    assertThat(core.bean(NotificationInbox.class)
                                                    .remember(seller, heard, Fate.WAITING))
                                            .isTrue();
                                    core.bean(Tasks.class).oweAgain(seller, Work.decide(id(0)));
                                }),
                                threads)
                        .join();
            }
        });

        assertThat(core.hear(ipn).duplicate()).isTrue();
        assertThat(core.count("access.grants")).isZero();

        core.startTasks();
        core.awaitTasks();
        assertThat(core.count("access.grants")).isEqualTo(1);
        assertThat(core.journal(id(0))).containsExactly("accrual", "fee", "settlement");
        assertThat(core.count("payments.notification where fate = 'waiting'")).isZero();
    }

    @Test
    void aPlaceThatSomebodyHoldsHoldsUpNobodyElse() throws Exception {
        Shop shop = shops.getFirst();
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Grants.class)
                        .lockSeat(shop.seller(), shop.channel().id(), 1020));
        try (Connection holder = core.connection();
                var statement = holder.createStatement()) {
            holder.setAutoCommit(false);
            statement.execute("select from access.seat for update");

            List<Fulfillment.Outcome> outcomes = together();

            assertThat(outcomes.get(20).what()).isEqualTo("kept for later");
            assertThat(core.count("access.grants")).isEqualTo(MANY - 1);
            holder.rollback();
        }
        core.startTasks();
        core.awaitTasks();
        assertThat(core.count("access.grants")).isEqualTo(MANY);
    }

    @Test
    void twoPaymentsOfOneOrderAtOnceGrantOnce() throws Exception {
        Order order = core.order(shops.getFirst(), 5000);
        core.hear(Ipn.of("7000000001", order.id(), "waiting"));
        core.hear(Ipn.of("7000000002", order.id(), "waiting"));

        together(Ipn.finished("7000000001", order.id()), Ipn.finished("7000000002", order.id()));

        assertThat(core.count("access.grants where order_id = ?", order.id())).isEqualTo(1);
        assertThat(core.strings("select kind from cases.cases")).containsExactly("paid_twice");
    }

    @Test
    void twoPurchasesOfOneBuyerAtOnceFollowEachOther() throws Exception {
        Order one = core.order(shops.getFirst(), 5000);
        Order other = core.order(shops.getFirst(), 5000);
        core.hear(Ipn.of("7000000001", one.id(), "waiting"));
        core.hear(Ipn.of("7000000002", other.id(), "waiting"));

        together(Ipn.finished("7000000001", one.id()), Ipn.finished("7000000002", other.id()));

        assertThat(
                        core.strings(
                                "select (ends_at - lag(ends_at, 1, starts_at) over (order by ends_at))::text from access.grants where telegram_user_id = 5000"))
                .containsExactly("30 days", "30 days");
    }

    @Test
    void twoBodiesAboutOnePaymentAtOnceAreBothHeard() throws Exception {
        Order order = core.order(shops.getFirst(), 5000);
        core.hear(Ipn.of("7000000001", order.id(), "waiting"));

        together(Ipn.finished("7000000001", order.id()), Ipn.of("7000000001", order.id(), "confirming"));

        assertThat(core.state("7000000001")).isEqualTo("paid");
        assertThat(core.count("payments.notification where payment_id = '7000000001'"))
                .isEqualTo(3);
    }

    @Test
    void whatIsOwedIsBegunByTheWorkerOfThisInstanceUnderTheClaimOfTheDeciding() throws Exception {
        core.startTasks();
        core.bean(admitone.tasks.Tasks.class).pause("tell_seller", true);

        together();
        core.awaitTasks();

        assertThat(core.strings(
                        "select distinct state || ' ' || attempt from tasks.task where kind = 'deliver_access'"))
                .containsExactly("done 1");
        assertThat(core.messenger.sent).hasSize(MANY);
    }

    private List<Fulfillment.Outcome> together(Ipn... more) throws Exception {
        List<CountDownLatch> gates = List.of(new CountDownLatch(1), new CountDownLatch(1));
        AtomicInteger held = new AtomicInteger();
        core.faults.set(point -> {
            if (point == Point.CP04_BEFORE_COMMIT) {
                int before = held.getAndIncrement();
                if (before < gates.size()) {
                    waitFor(gates.get(before));
                }
            }
        });
        List<Future<Fulfillment.Outcome>> outcomes = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            Ipn ipn = Ipn.finished(id(i), orders.get(i).id());
            outcomes.add(threads.submit(() -> core.hear(ipn)));
            int behind = i - 1;
            if (i < 2) {
                int first = i + 1;
                promptly().until(() -> held.get() == first);
            } else {
                promptly().until(() -> core.bean(Fulfillment.class).waiting() == behind);
            }
        }
        for (int i = 0; i < more.length; i++) {
            Ipn ipn = more[i];
            outcomes.add(threads.submit(() -> core.hear(ipn)));
            int behind = MANY - 2 + i + 1;
            promptly().until(() -> core.bean(Fulfillment.class).waiting() == behind);
        }
        // one after the other, or two would share what has gathered
        gates.getFirst().countDown();
        promptly().until(() -> core.bean(Fulfillment.class).waiting() == 0);
        gates.getLast().countDown();
        List<Fulfillment.Outcome> all = new ArrayList<>();
        for (Future<Fulfillment.Outcome> one : outcomes) {
            all.add(one.get());
        }
        return all;
    }

    private static ConditionFactory promptly() {
        return await().pollDelay(Duration.ZERO).pollInterval(Duration.ofMillis(2));
    }

    private static String id(int i) {
        return Long.toString(6_000_000_000L + i);
    }

    private static void waitFor(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
