package admitone.fulfillment;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.AtOnce;
import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.audit.Broken;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.checkout.Order;
import admitone.checkout.PayOrder;
import admitone.checkout.Purchases;
import admitone.checkout.StatusWords;
import admitone.fulfillment.CaseDecisions.Asked;
import admitone.ledger.Ledger;
import admitone.messaging.Language;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rates;
import admitone.payments.Coin;
import admitone.payments.Coins;
import admitone.payments.Payment;
import admitone.payments.PaymentProvider.Created;
import admitone.payments.PaymentProvider.NewPayment;
import admitone.payments.Payments;
import admitone.runtime.Answer;
import admitone.timeline.Event;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An order whose price comes in parts: 60 % by the first payment, the rest by a second. */
class PartsDatabaseTests {
    private static final Asset ETH = new Asset("eth");
    private static final BigDecimal ETH_PER_USD =
            new BigDecimal("0.0003").divide(new BigDecimal("1.35"), 18, RoundingMode.UP);
    private static final List<String> WHOLE = List.of("accrual", "fee", "settlement");
    private static final List<String> RELEASED = List.of("accrual", "fee", "suspense", "suspense_release");

    private final Core core = Core.start("parts");
    private final Shop shop = core.shop("0123456789ab");
    private final PayOrder payOrder = core.bean(PayOrder.class);
    private final AtomicLong nextId = new AtomicLong(5_000_000_000L);

    @BeforeEach
    void provider() {
        core.provider.onCreate = asked -> new Answer.Done<>(created(asked));
        core.bean(Rates.class).want(ETH);
    }

    @AfterEach
    void everythingHolds() {
        assertThat(Broken.in(core)).isEmpty();
        core.close();
    }

    @Test
    void restIsAPaymentOfTheSameOrderThatCompletesIt() {
        Order order = core.order(shop);
        Payment first = pay(order);
        core.hear(short60(first.id(), order));
        assertThat(core.state(first.id())).isEqualTo("partially_paid");
        assertThat(grants(order)).isZero();

        Payment second = pay(order);
        assertThat(second.id()).isNotEqualTo(first.id());
        assertThat(second.rest()).isEqualTo(usd("0.54"));
        assertThat(core.provider.created.getLast().price()).isEqualTo(usd("0.54"));
        assertThat(pay(order)).as("same order, coin and rest").isEqualTo(second);
        core.hear(rest(second.id(), order));

        assertComplete(order, first.id(), second.id());
        assertThat(core.strings("select payment_id from access.grants")).containsExactly(second.id());
        assertThat(core.strings("select decision || ' by ' || decided_by from cases.cases where kind = 'underpaid'"))
                .containsExactly("completed by admitone");
        assertThat(core.tasks("deliver_access")).containsExactly("ready");
        // 0.00016416 eth are 0.64 USD, 0.00010944 are 0.42; each less five percent
        assertThat(core.bean(Ledger.class).balance(shop.seller()).accrued()).isEqualTo(usd("1.01"));
        assertThat(pay(order)).as("the newest, when all is paid").isEqualTo(known(second.id()));
    }

    /** Twelve addresses for the whole price are none for what is missing of it. */
    @Test
    void whoTriedManyCoinsCanPayTheRestAllTheSame() {
        Order order = core.order(shop);
        Payment first = pay(order);
        for (int coin = 1; coin < 12; coin++) {
            ready(payOrder.inCoin(order, "coin" + coin));
        }
        assertThat(payOrder.inCoin(order, "coin12")).isInstanceOf(PayOrder.Outcome.Refused.class);
        core.hear(short60(first.id(), order));

        assertThat(pay(order).rest()).isEqualTo(usd("0.54"));
    }

    @Test
    void buyerIsToldOnceOfAPartAndNotWhenTheRestCameFirst() {
        Order order = core.order(shop);
        Payment first = pay(order);
        core.hear(short60(first.id(), order));
        core.hear(short60(first.id(), order).with("updated_at", BigDecimal.ONE));
        core.startTasks();
        core.awaitTasks();

        assertThat(core.messenger.sent)
                .filteredOn(message -> message.chatId() == order.telegramUserId())
                .singleElement()
                .satisfies(message -> {
                    assertThat(message.html()).contains("Short by 0.00012 ETH", "0.00018 ETH of 0.0003 ETH");
                    assertThat(message.buttons())
                            .singleElement()
                            .asString()
                            .contains("Pay the rest", "/pay/" + order.id());
                });

        Order quick = core.order(shop, nextId.incrementAndGet());
        core.stopTasks();
        Payment part = pay(quick);
        core.hear(short60(part.id(), quick));
        core.hear(rest(pay(quick).id(), quick));
        core.startTasks();
        core.awaitTasks();

        assertThat(core.messenger.sent)
                .filteredOn(message -> message.chatId() == quick.telegramUserId())
                .singleElement()
                .satisfies(message -> assertThat(message.html()).contains("https://t.me/+"));
    }

    @Test
    void everyOrderOfArrivalAndEveryRepeatEndTheSame() {
        List<List<Integer>> orders = new ArrayList<>();
        permute(List.of(0, 1, 2, 3, 4), new ArrayList<>(), orders);
        assertThat(orders).hasSize(120);
        Collections.shuffle(orders, new java.util.Random(7)); // all of them are tried in memory: TwoPaymentsProperties
        for (List<Integer> permutation : orders.subList(0, 30)) {
            Order order = core.order(shop, nextId.incrementAndGet());
            Payment first = pay(order);
            Payment second = restOf(order);
            List<Ipn> ipns = List.of(
                    short60(first.id(), order),
                    short60(first.id(), order).with("updated_at", BigDecimal.ONE),
                    Ipn.finished(first.id(), order.id())
                            .paid("0.00018")
                            .with("outcome_amount", new BigDecimal("0.00016416")),
                    rest(second.id(), order).with("payment_status", "confirming"),
                    rest(second.id(), order));

            permutation.forEach(i -> core.hear(ipns.get(i)));
            core.hear(ipns.get(permutation.getFirst()));

            assertComplete(order, first.id(), second.id());
        }
    }

    @Test
    void bothAtOnceFromManyThreadsCompleteItOnce() throws Exception {
        core.startTasks();
        for (int round = 0; round < 6; round++) {
            Order order = core.order(shop, nextId.incrementAndGet());
            Payment first = pay(order);
            Payment second = restOf(order);
            List<Ipn> ipns = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                ipns.add(short60(first.id(), order).with("updated_at", BigDecimal.valueOf(i)));
                ipns.add(rest(second.id(), order).with("updated_at", BigDecimal.valueOf(i)));
                ipns.add(Ipn.of(first.id(), order.id(), "confirming").with("updated_at", BigDecimal.valueOf(i)));
            }
            Collections.shuffle(ipns, new java.util.Random(round));

            atOnce(ipns);
            core.awaitTasks();

            assertComplete(order, first.id(), second.id());
        }
        assertThat(core.count("payments.notification where fate = 'waiting'")).isZero();
    }

    @Test
    void lateFinishedOfTheFirstAfterTheSecondIsSetAsideOnce() {
        Order order = core.order(shop);
        Payment first = pay(order);
        core.hear(short60(first.id(), order));
        Payment second = pay(order);
        core.hear(rest(second.id(), order));

        core.hear(Ipn.finished(first.id(), order.id()));
        core.hear(Ipn.finished(first.id(), order.id()).with("updated_at", BigDecimal.ONE));

        assertCounted(order, first.id(), second.id());
        assertThat(core.strings("select kind from cases.cases where state = 'open'"))
                .as("more came than was counted")
                .containsExactly("more_arrived");
        assertSuspenseIs("109440000000000"); // what came of the first after it was counted
    }

    @Test
    void restThatIsShortItselfLeavesASmallerOne() {
        Order order = core.order(shop);
        Payment first = pay(order);
        core.hear(short60(first.id(), order));
        Payment second = pay(order);
        core.hear(rest(second.id(), order)
                .with("payment_status", "partially_paid")
                .paid("0.00006")
                .with("outcome_amount", new BigDecimal("0.00005")));
        assertThat(grants(order)).isZero();

        Payment third = pay(order);
        assertThat(third.rest()).isEqualTo(usd("0.27"));
        core.hear(part(third.id(), order, "0.27", "0.00006", "0.00005"));

        assertThat(grants(order)).isEqualTo(1);
        assertThat(core.strings("select state from payments.payment")).containsExactly("paid", "paid", "paid");
        assertThat(core.journal(second.id())).isEqualTo(RELEASED);
        assertThat(core.count("cases.cases where state = 'open'")).isZero();
        assertSuspenseIs("0");
    }

    @Test
    void partsInDifferentCoinsAddUp() {
        Order order = core.order(shop);
        Payment first = pay(order);
        core.hear(short60(first.id(), order));
        Payment second = ready(payOrder.inCoin(order, "trx"));
        assertThat(second.rest()).isEqualTo(usd("0.54"));

        core.hear(rest(second.id(), order)
                .with("pay_currency", "trx")
                .with("outcome_currency", "usdttrc20")
                .with("outcome_amount", new BigDecimal("0.50")));

        assertThat(grants(order)).isEqualTo(1);
        assertThat(core.journal(first.id())).isEqualTo(RELEASED);
        assertThat(core.journal(second.id())).isEqualTo(WHOLE);
    }

    @Test
    void accrualOfAPartFollowsWhenTheRateComes() {
        Order order = core.order(shop);
        Payment first = pay(order);
        core.hear(short60(first.id(), order).with("outcome_currency", "xmr"));
        Payment second = pay(order);

        core.hear(rest(second.id(), order));
        assertThat(grants(order)).isEqualTo(1);
        assertThat(core.journal(first.id())).containsExactly("suspense", "suspense_release");
        core.startTasks();
        core.awaitTasks();
        core.rates.usd.put("xmr", new BigDecimal("3870"));
        core.clock.advance(Duration.ofMinutes(1));
        core.awaitTasks();

        assertThat(core.strings("select state || coalesce(last_error, '') from tasks.task where kind = 'accrue'"))
                .containsExactly("done");
        assertThat(core.journal(first.id())).isEqualTo(RELEASED);
    }

    @Test
    void refundOfAPartEndsTheGrantAndAsksAboutTheOther() {
        Order order = core.order(shop);
        Payment first = pay(order);
        core.hear(short60(first.id(), order));
        Payment second = pay(order);
        core.hear(rest(second.id(), order));

        core.hear(short60(first.id(), order).with("payment_status", "refunded"));

        assertThat(core.strings("select access from access.grants")).containsExactly("ended");
        assertThat(core.state(second.id())).isEqualTo("paid");
        assertThat(core.cases(first.id())).containsExactly("part_refunded", "underpaid");
        assertThat(core.journal(first.id())).contains("reversal_of_accrual", "reversal_of_suspense_release");
        assertThat(core.journal(second.id())).isEqualTo(WHOLE);
        assertSuspenseIs("0");
    }

    @ParameterizedTest
    @ValueSource(strings = {"extend", "refunded", "dismiss"})
    void whatIsLeftWhenAPartWasGivenBackBuysTimeOrIsGivenBackOrStaysTheSellers(String decision) {
        Order order = core.order(shop);
        Payment first = pay(order);
        core.hear(short60(first.id(), order));
        Payment second = pay(order);
        core.hear(rest(second.id(), order));
        core.clock.advance(Duration.ofDays(5).plusHours(1));
        core.hear(short60(first.id(), order).with("payment_status", "refunded"));
        Case one = core.bean(Cases.class).ofPayment(shop.seller(), first.id()).stream()
                .filter(its -> its.kind().equals("part_refunded"))
                .findFirst()
                .orElseThrow();

        core.transactions.run(
                shop.seller(),
                () -> core.bean(CaseDecisions.class)
                        .decide(shop.seller(), one.id(), new Asked(decision, "a test", null, "seller", "Olga")));

        boolean back = decision.equals("refunded");
        assertThat(core.state(second.id())).isEqualTo(back ? "refunded" : "paid");
        assertThat(core.count("ledger.journal where kind = 'reversal_of_accrual'"))
                .isEqualTo(back ? 2 : 1);
        assertThat(
                        core.strings(
                                "select payment_id || ' ' || extract(day from ends_at - starts_at) from access.grants where access <> 'ended'"))
                .as("two fifths of thirty days, five of which are over")
                .isEqualTo(decision.equals("extend") ? List.of(second.id() + " 7") : List.of());
        assertThat(core.count("cases.cases where state = 'open'")).isZero();
    }

    @Test
    void whatIsLeftOfThreePartsBuysItsTimeOnceThoughTwoWereGivenBack() {
        Order order = core.order(shop);
        List<Third> thirds = thirds(order);
        giveBack(thirds.get(0));
        giveBack(thirds.get(1));

        assertThat(decide(partRefunded(thirds.get(0)), "extend")).isInstanceOf(CaseDecisions.Outcome.Decided.class);

        assertThat(core.count("cases.cases where state = 'open'")).isZero();
        assertThat(running()).containsExactly("10");
        assertThat(page(order))
                .contains("What is left of it gives you access until")
                .doesNotContain("pick a plan", "other payment");
    }

    @Test
    void timeThatARestBoughtEndsWithAnyPartOfItAndWhatIsLeftThenIsAskedAbout() {
        Order order = core.order(shop);
        List<Third> thirds = thirds(order);
        giveBack(thirds.get(0));
        decide(partRefunded(thirds.get(0)), "extend");
        assertThat(running()).containsExactly("20");

        giveBack(thirds.get(1));
        assertThat(running()).isEmpty();
        assertThat(page(order)).contains("pick a plan").doesNotContain("What is left of it");
        decide(partRefunded(thirds.get(1)), "extend");

        assertThat(running()).containsExactly("10");
    }

    private record Third(String id, Ipn ipn) {}

    /** An order that three payments paid, a third each. */
    private List<Third> thirds(Order order) {
        String first = pay(order).id();
        Ipn ofFirst = Ipn.of(first, order.id(), "partially_paid")
                .paid("0.0001")
                .with("outcome_amount", new BigDecimal("0.00009"));
        core.hear(ofFirst);
        String second = pay(order).id();
        Ipn ofSecond = part(second, order, "0.9", "0.0002", "0.00009")
                .with("payment_status", "partially_paid")
                .paid("0.0001");
        core.hear(ofSecond);
        String third = pay(order).id();
        Ipn ofThird = part(third, order, "0.45", "0.0001", "0.00009");
        core.hear(ofThird);
        assertThat(grants(order)).isEqualTo(1);
        return List.of(new Third(first, ofFirst), new Third(second, ofSecond), new Third(third, ofThird));
    }

    private void giveBack(Third part) {
        core.hear(part.ipn().with("payment_status", "refunded"));
    }

    private Case partRefunded(Third part) {
        return core.bean(Cases.class)
                .find(shop.seller(), Event.payment(part.id()), "part_refunded")
                .orElseThrow();
    }

    private CaseDecisions.Outcome decide(Case one, String decision) {
        return core.transactions.run(
                shop.seller(),
                () -> core.bean(CaseDecisions.class)
                        .decide(shop.seller(), one.id(), new Asked(decision, "a test", null, "seller", "Olga")));
    }

    /** The days of what has not ended. */
    private List<String> running() {
        return core.strings(
                "select extract(day from ends_at - starts_at)::int::text from access.grants where access <> 'ended'");
    }

    private String page(Order order) {
        return StatusWords.of(
                        core.bean(Purchases.class).find(order.id()).orElseThrow(),
                        core.clock.instant(),
                        BigDecimal.ONE,
                        StatusWords.Asker.HOLDER,
                        Language.ENGLISH)
                .message();
    }

    @Test
    void refundOfAPartThatWasNotCountedTakesNothingFromTheOrder() {
        Order order = core.order(shop);
        Payment first = pay(order);
        core.hear(short60(first.id(), order));
        Payment second = pay(order);
        core.hear(short60(first.id(), order).with("payment_status", "refunded"));

        core.hear(rest(second.id(), order));

        assertThat(grants(order)).as("two fifths of the price are not enough").isZero();
        assertThat(core.state(second.id())).isEqualTo("partially_paid");
    }

    @Test
    void fullPaymentInAnotherCoinLeavesThePartForAPerson() {
        Order order = core.order(shop);
        Payment first = pay(order);
        Payment other = ready(payOrder.inCoin(order, "trx"));
        core.hear(short60(first.id(), order));
        Payment second = pay(order);

        core.hear(Ipn.finished(other.id(), order.id()).with("pay_currency", "trx"));
        core.hear(rest(second.id(), order));

        assertThat(grants(order)).isEqualTo(1);
        assertThat(core.state(first.id())).isEqualTo("partially_paid");
        assertThat(core.journal(first.id())).containsExactly("suspense");
        assertThat(core.state(second.id())).isEqualTo("held");
        assertThat(core.cases(second.id())).containsExactly("paid_twice");
        assertThat(core.journal(second.id())).containsExactly("suspense");
    }

    @Test
    void restWhoseAnswerWasLostIsAdopted() {
        Order order = core.order(shop);
        Payment first = pay(order);
        core.hear(short60(first.id(), order));
        core.provider.onCreate = asked -> new Answer.Unknown<>("lost");
        assertThat(payOrder.inCoin(order, ETH)).isInstanceOf(PayOrder.Outcome.NotNow.class);

        core.hear(rest("4999999999", order));

        assertComplete(order, first.id(), "4999999999");
    }

    @Test
    void priceThatIsNoRestOfTheOrderIsNotAdopted() {
        Order order = core.order(shop);
        core.hear(short60(pay(order).id(), order));

        core.hear(rest("4999999999", order));

        assertThat(core.cases("4999999999")).containsExactly("price_mismatch");
        assertThat(grants(order)).isZero();
    }

    @Test
    void restBelowTheProvidersLeastIsLeftToAPerson() {
        Order order = core.order(shop);
        Payment first = pay(order);
        core.hear(short60(first.id(), order));
        core.provider.onCreate = asked -> new Answer.Declined<>("below_minimum", "less than minimal");

        assertThat(payOrder.inCoin(order, ETH))
                .isEqualTo(new PayOrder.Outcome.Refused<Payment>("rest_below_minimum", "less than minimal"));
        assertThat(core.strings("select kind from cases.cases where state = 'open'"))
                .containsExactly("underpaid");
    }

    @Test
    void whereNoCoinTakesTheRestTheSellerDecidesAndNobodyIsAskedForIt() {
        coinsTakeFrom("0.52"); // 0.546 with the margin; 0.54 are missing
        Order order = core.order(shop);
        Payment first = pay(order);
        core.hear(short60(first.id(), order));
        core.startTasks();
        core.awaitTasks();

        assertThat(page(order)).contains("the seller has been asked what to do").doesNotContain("new address");
        assertThat(core.messenger.sent)
                .filteredOn(message -> message.chatId() == Core.BUYER)
                .singleElement()
                .satisfies(message -> {
                    assertThat(message.html()).contains("the seller has been asked what to do");
                    assertThat(message.buttons()).singleElement().asString().contains("Open the purchase");
                });
        assertThat(core.cases(first.id())).containsExactly("underpaid");

        coinsTakeFrom("0.51");
        assertThat(page(order)).contains("gives a new address for it");
        Payment second = pay(order);
        coinsTakeFrom("0.52");
        assertThat(page(order)).as("its address holds").contains("gives a new address for it");
        core.hear(rest(second.id(), order));
        assertComplete(order, first.id(), second.id());
    }

    private void coinsTakeFrom(String minimum) {
        core.provider.onCoins = () -> new Answer.Done<>(List.of(new Coin(ETH, "Ether", "eth")));
        core.provider.onMinimum = coin -> new Answer.Done<>(usd(minimum));
        core.clock.advance(Duration.ofMinutes(31));
        core.bean(Coins.class).refresh();
    }

    private void assertComplete(Order order, String first, String second) {
        assertCounted(order, first, second);
        assertSuspenseIs("0");
    }

    private void assertCounted(Order order, String first, String second) {
        assertThat(grants(order)).isEqualTo(1);
        assertThat(List.of(core.state(first), core.state(second))).containsExactly("paid", "paid");
        for (String id : List.of(first, second)) {
            assertThat(core.journal(id)).isIn(WHOLE, RELEASED);
        }
        assertThat(core.count("checkout.orders where order_id = ? and paid_by in (?, ?)", order.id(), first, second))
                .isEqualTo(1);
        assertThat(core.count("cases.cases where order_id = ? and kind = 'underpaid' and state = 'open'", order.id()))
                .isZero();
    }

    private void assertSuspenseIs(String amount) {
        assertThat(
                        core.strings(
                                "select coalesce(sum(case when credit = 'suspense' then amount when debit = 'suspense' then -amount end), 0)::text from ledger.journal"))
                .containsExactly(amount);
    }

    private long grants(Order order) {
        return core.count("access.grants where order_id = ?", order.id());
    }

    private Payment known(String id) {
        return core.bean(Payments.class).find(shop.seller(), id).orElseThrow();
    }

    private Payment pay(Order order) {
        Order now = core.bean(admitone.checkout.Orders.class)
                .find(order.seller(), order.id())
                .orElseThrow();
        return ready(payOrder.inCoin(now, ETH));
    }

    private static Payment ready(PayOrder.Outcome<Payment> outcome) {
        return ((PayOrder.Outcome.Ready<Payment>) outcome).made();
    }

    /** A payment for the 40 % of an order, known before anything was heard of the first. */
    private Payment restOf(Order order) {
        String id = Long.toString(nextId.incrementAndGet());
        Payment payment = new Payment(
                order.seller(),
                id,
                order.id(),
                null,
                new admitone.payments.PaymentState.Waiting(),
                "waiting",
                ETH,
                eth("0.00012"),
                "address",
                null,
                null,
                null,
                null,
                null,
                core.clock.instant(),
                null,
                null,
                usd("0.54"),
                null);
        core.bean(Payments.class).claimRoute(id, order.seller());
        core.transactions.run(order.seller(), () -> core.bean(Payments.class).add(payment, null));
        return payment;
    }

    private Created created(NewPayment asked) {
        Money amount = Money.of(
                asked.price().amount().multiply(ETH_PER_USD).setScale(6, RoundingMode.HALF_UP), asked.payCurrency());
        return new Created(Long.toString(nextId.incrementAndGet()), "address", amount, null, null);
    }

    private static Ipn short60(String id, Order order) {
        return Ipn.of(id, order.id(), "partially_paid")
                .paid("0.00018")
                .with("outcome_amount", new BigDecimal("0.00016416"));
    }

    private static Ipn rest(String id, Order order) {
        return part(id, order, "0.54", "0.00012", "0.00010944");
    }

    private static Ipn part(String id, Order order, String price, String amount, String outcome) {
        return Ipn.finished(id, order.id())
                .with("price_amount", new BigDecimal(price))
                .with("pay_amount", new BigDecimal(amount))
                .paid(amount)
                .with("outcome_amount", new BigDecimal(outcome));
    }

    private static void permute(List<Integer> left, List<Integer> taken, List<List<Integer>> all) {
        if (left.isEmpty()) {
            all.add(List.copyOf(taken));
        }
        for (Integer one : left) {
            List<Integer> others = new ArrayList<>(left);
            others.remove((Object) one);
            taken.add(one);
            permute(others, taken, all);
            taken.removeLast();
        }
    }

    private void atOnce(List<Ipn> ipns) throws Exception {
        var queue = new ConcurrentLinkedQueue<>(ipns);
        AtOnce.atOnce(ipns.size(), () -> core.hear(queue.remove()));
    }

    private static Money usd(String amount) {
        return Money.parse(amount, Asset.USD);
    }

    private static Money eth(String amount) {
        return Money.parse(amount, ETH);
    }
}
