package admitone.fulfillment;

import static admitone.AtOnce.atOnce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.AtOnce;
import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.audit.Broken;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.checkout.Purchases;
import admitone.checkout.StatusWords;
import admitone.fulfillment.CaseDecisions.Asked;
import admitone.fulfillment.CaseDecisions.Outcome;
import admitone.fulfillment.CaseDecisions.Possible;
import admitone.ledger.Ledger;
import admitone.messaging.Form;
import admitone.messaging.Language;
import admitone.messaging.Messenger.Message;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rates;
import admitone.payments.Heard;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.dao.DuplicateKeyException;

/** What a person decides: once, in one commit, with the money in one place. */
class CaseDecisionsDatabaseTests {
    private static final String FIRST = "5996609246";
    private static final String SECOND = "5996609247";
    private static final List<String> WHOLE = List.of("accrual", "fee", "settlement");
    private static final List<String> RELEASED = List.of("accrual", "fee", "suspense", "suspense_release");

    private final Core core = Core.start("decisions");
    private final Shop shop = core.shop("0123456789ab");
    private final CaseDecisions decisions = core.bean(CaseDecisions.class);

    @BeforeEach
    void rates() {
        core.bean(Rates.class).want(new Asset("eth"));
    }

    @AfterEach
    void everythingHolds() {
        assertThat(Broken.in(core)).isEmpty();
        core.close();
    }

    @Test
    void underpaidGrantedCountsAsPaid() {
        Order order = core.order(shop);
        core.hear(half(FIRST, order));
        assertThat(possible("underpaid")).containsExactly("grant", "refunded", "dismiss");

        Case decided = decided(decide("underpaid", "grant", null));

        assertThat(decided.decided()).isNotNull();
        assertThat(core.strings("select decision || ', ' || reason || ', ' || decided_by from cases.cases"))
                .containsExactly("grant, a test, Olga");
        assertThat(grants()).isEqualTo(1);
        assertThat(core.state(FIRST)).isEqualTo("paid");
        assertThat(core.journal(FIRST)).isEqualTo(RELEASED);
        assertThat(core.strings("select paid_by from checkout.orders")).containsExactly(FIRST);
        assertThat(core.tasks("deliver_access")).containsExactly("ready");
        assertThat(core.strings("select kind from timeline.event where cause in ('seller', 'operator') order by kind"))
                .contains("case_decided", "granted");
        assertSuspenseIsEmpty();
    }

    @Test
    void whatIsHeardAfterTheDecisionChangesNothing() {
        Order order = core.order(shop);
        core.hear(half(FIRST, order));
        decide("underpaid", "grant", null);

        core.hear(half(FIRST, order).with("updated_at", BigDecimal.ONE));
        core.hear(half(FIRST, order).with("payment_status", "finished"));

        assertThat(grants()).isEqualTo(1);
        assertThat(core.journal(FIRST)).isEqualTo(RELEASED);
    }

    @Test
    void grantingOnePartCountsTheOthersToo() {
        Order order = core.order(shop);
        core.hear(quarter(FIRST, order));
        core.hear(quarter(SECOND, order));

        decide("underpaid", "grant", null);

        assertThat(grants()).isEqualTo(1);
        assertThat(core.journal(FIRST)).isEqualTo(RELEASED);
        assertThat(core.journal(SECOND)).isEqualTo(RELEASED);
        assertThat(core.count("cases.cases where state = 'open'")).isZero();
    }

    @Test
    void paidTwiceExtendedHasAnOrderOfItsOwn() {
        Order order = core.order(shop);
        core.hear(Ipn.finished(FIRST, order.id()));
        core.hear(Ipn.finished(SECOND, order.id()));
        assertThat(possible("paid_twice")).containsExactly("grant", "extend", "refunded", "dismiss");

        decided(decide("paid_twice", "extend", null));

        assertThat(days()).containsExactly("0-30 " + FIRST, "30-60 " + SECOND);
        assertThat(core.count("checkout.orders where case_id is not null")).isEqualTo(1);
        assertThat(core.journal(SECOND)).isEqualTo(RELEASED);
        assertThat(core.bean(Ledger.class).balance(shop.seller()).accrued()).isEqualTo(usd("2.02"));
        assertSuspenseIsEmpty();

        core.hear(Ipn.of(SECOND, order.id(), "refunded"));
        assertThat(core.strings("select payment_id from access.grants where access <> 'ended'"))
                .as("the first purchase is not touched")
                .containsExactly(FIRST);
    }

    @Test
    void buyerReadsOfASecondPaymentOnceAndWhatWasDecided() {
        Order order = core.order(shop);
        core.hear(Ipn.finished(FIRST, order.id()));
        core.hear(Ipn.finished(SECOND, order.id()));
        core.hear(Ipn.finished(SECOND, order.id()).with("updated_at", BigDecimal.ONE));
        core.startTasks();
        core.awaitTasks();
        String arrived = "Another payment of 0.0003 ETH arrived; the seller is told and decides.";
        assertThat(told("nother payment")).singleElement().asString().contains(arrived);
        assertThat(page(order)).contains(arrived);

        decided(decide("paid_twice", "extend", null));
        core.awaitTasks();

        String extended = "Your other payment of 0.0003 ETH extended your access: it lasts until "
                + Form.in(Language.ENGLISH).moment(core.clock.instant().plus(Duration.ofDays(60)));
        assertThat(told("other payment")).hasSize(2).last().asString().contains(extended);
        assertThat(page(order)).contains(extended).doesNotContain(arrived);
    }

    @ParameterizedTest
    @CsvSource({"refunded, was given back", "dismiss, adds no access"})
    void buyerReadsThatASecondPaymentWasGivenBackOrKept(String decision, String words) {
        Order order = core.order(shop);
        core.hear(Ipn.finished(FIRST, order.id()));
        core.hear(half(SECOND, order));
        core.startTasks();
        core.awaitTasks();

        decided(decide("underpaid", decision, null));
        core.awaitTasks();

        assertThat(told("other payment of 0.00014 ETH"))
                .hasSize(2)
                .last()
                .asString()
                .contains(words);
        assertThat(page(order)).contains("our other payment of 0.00014 ETH", words);
        assertThat(core.state(SECOND)).isEqualTo(decision.equals("refunded") ? "refunded" : "partially_paid");
        assertThat(core.count("access.grants where access <> 'ended'")).isEqualTo(1);
    }

    @Test
    void whoseSecondPaymentIsKnownByWhatItPaidOutIsToldWhatBecameOfIt() {
        Order order = core.order(shop);
        core.hear(Ipn.finished(FIRST, order.id()));
        core.hear(Ipn.finished(SECOND, order.id()).without("actually_paid"));
        core.startTasks();
        core.awaitTasks();

        decided(decide(core.cases(SECOND).getFirst(), "dismiss", null));
        core.awaitTasks();

        assertThat(told("other payment")).hasSize(2).last().asString().contains("adds no access");
    }

    @Test
    void buyerReadsThatASecondPaymentWasTakenForAnotherPurchase() {
        Order order = core.order(shop);
        Order other = core.order(shop, Core.BUYER + 1);
        core.hear(Ipn.finished(FIRST, order.id()));
        core.hear(Ipn.finished(SECOND, order.id()));
        core.startTasks();
        core.awaitTasks();

        decided(decide("paid_twice", "grant", other.id()));
        core.awaitTasks();

        assertThat(told("other payment")).hasSize(2).last().asString().contains("towards another purchase");
        assertThat(page(order)).contains("counted your other payment of 0.0003 ETH towards another purchase");
        assertThat(page(other)).doesNotContain("other payment");
    }

    @Test
    void whatWasSetAsideAndGivenBackIsPutOnRecordByTheDecision() {
        Order order = core.order(shop);
        core.hear(half(FIRST, order));

        decided(decide("underpaid", "refunded", null));

        assertThat(core.state(FIRST)).isEqualTo("refunded");
        assertThat(core.journal(FIRST)).containsExactly("reversal_of_suspense", "suspense");
        assertThat(grants()).isZero();
        assertSuspenseIsEmpty();
        assertThat(page(order)).contains("pick a plan again");
    }

    private List<String> told(String words) {
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() == Core.BUYER)
                .map(Message::html)
                .filter(html -> html.contains(words))
                .toList();
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
    void oneCaseMakesOneOrder() {
        Order first = core.order(shop);
        UUID caseId = new UUID(1, 1);
        Orders orders = core.bean(Orders.class);

        assertThatThrownBy(() -> core.transactions.run(shop.seller(), () -> {
                    orders.addOfCase(copy(first, "one"), caseId);
                    orders.addOfCase(copy(first, "two"), caseId);
                }))
                .isInstanceOf(DuplicateKeyException.class);
    }

    private static Order copy(Order order, String id) {
        return new Order(
                order.seller(),
                id,
                order.channelId(),
                order.planId(),
                order.telegramUserId(),
                order.price(),
                order.days(),
                order.feePercent(),
                order.createdAt(),
                order.expiresAt(),
                null);
    }

    @Test
    void overpaidExtendedAddsWholeDaysInProportion() {
        Order order = core.order(shop);
        core.hear(Ipn.finished(FIRST, order.id()).paid("0.00034"));
        assertThat(possible("overpaid")).containsExactly("extend", "dismiss");

        decided(decide("overpaid", "extend", null));

        assertThat(days()).containsExactly("0-30 " + FIRST, "30-34 " + FIRST);
        assertThat(core.strings("select price_units::text from checkout.orders where case_id is not null"))
                .containsExactly("18"); // 0.18 of 1.35 USD
        assertThat(core.journal(FIRST)).containsExactly("accrual", "fee", "settlement");
    }

    @Test
    void whatArrivesAfterASurplusWasAddedAddsItNoSecondTime() {
        core.owner().sql("update catalog.channel set overpayment = 'extend'").update();
        Order order = core.order(shop);
        core.hear(Ipn.finished(FIRST, order.id()).paid("0.00045"));

        core.hear(Ipn.finished(FIRST, order.id()).paid("0.00048").with("updated_at", BigDecimal.ONE));

        assertThat(core.strings("select kind from cases.cases")).containsExactly("more_arrived");
        assertThat(possible("more_arrived")).containsExactly("dismiss");
        assertThat(only(shop.seller(), "more_arrived").detail())
                .as("what no line of the ledger tells")
                .containsKeys("counted", "not_counted");
        assertThat(days()).containsExactly("0-45 " + FIRST);
    }

    @Test
    void surplusOfLessThanADayCannotExtend() {
        Order order = core.order(shop);
        core.hear(Ipn.finished(FIRST, order.id()).paid("0.000304"));

        assertThat(possible("overpaid")).containsExactly("dismiss");
        assertThat(refusal(decide("overpaid", "extend", null))).isEqualTo("not_possible");
        assertThat(core.count("cases.cases where state = 'open'")).isEqualTo(1);
    }

    @Test
    void surplusAddsDaysByItselfWhereTheSellerSaysSo() {
        core.owner().sql("update catalog.channel set overpayment = 'extend'").update();
        Order order = core.order(shop);

        core.hear(Ipn.finished(FIRST, order.id()).paid("0.00034"));

        assertThat(days()).containsExactly("0-34 " + FIRST);
        assertThat(core.cases(FIRST)).isEmpty();
    }

    @Test
    void repeatedDepositIsBoundToItsParentsOrderAndGrantsOnlyByAPerson() {
        Order order = core.order(shop);
        core.hear(half(FIRST, order));
        core.hear(child(order, "0.00015"));

        assertThat(grants()).isZero();
        assertThat(core.state(SECOND)).isEqualTo("held");
        assertThat(core.strings("select order_id from payments.payment where payment_id = ?", SECOND))
                .containsExactly(order.id());
        assertThat(core.journal(SECOND)).containsExactly("suspense");
        assertThat(possible("child_payment")).containsExactly("grant", "refunded", "dismiss");

        decided(decide("child_payment", "grant", null));

        assertThat(grants()).isEqualTo(1);
        assertThat(core.journal(FIRST)).isEqualTo(RELEASED);
        assertThat(core.journal(SECOND)).isEqualTo(RELEASED);
        assertSuspenseIsEmpty();
    }

    @Test
    void repeatedDepositOfAPaidOrderExtendsByWhatItIsWorth() {
        Order order = core.order(shop);
        core.hear(Ipn.finished(FIRST, order.id()));
        core.hear(child(order, "0.00005"));
        assertThat(possible("child_payment")).containsExactly("grant", "extend", "refunded", "dismiss");

        decided(decide("child_payment", "extend", null));

        assertThat(days()).as("a sixth of the price").containsExactly("0-30 " + FIRST, "30-35 " + SECOND);
        assertThat(core.journal(SECOND)).isEqualTo(List.of("accrual", "fee", "suspense", "suspense_release"));
    }

    @Test
    void whatComesOnTopOfACountedPaymentIsSetAsideAndExtendsByWhatItIsWorth() {
        Order order = core.order(shop);
        core.hear(Ipn.finished(FIRST, order.id()));
        core.hear(onTop(order, "0.00035", "0.0003192"));
        core.hear(onTop(order, "0.00035", "0.0003192").with("updated_at", BigDecimal.ONE));

        assertThat(core.journal(FIRST)).isEqualTo(WHOLE);
        assertThat(core.journal(FIRST + ".1")).containsExactly("suspense");
        assertThat(core.strings("select amount::text from ledger.journal where kind = 'suspense'"))
                .containsExactly("45600000000000");
        assertThat(core.count("payments.payment")).as("told twice, kept once").isEqualTo(2);
        assertThat(core.tasks("tell_second")).hasSize(1);
        assertThat(possible("more_arrived")).containsExactly("grant", "extend", "refunded", "dismiss");

        decided(decide("more_arrived", "extend", null));

        assertThat(days()).as("a sixth of the price").containsExactly("0-30 " + FIRST, "30-35 " + FIRST + ".1");
        assertThat(core.journal(FIRST + ".1")).isEqualTo(RELEASED);
        assertSuspenseIsEmpty();
    }

    @Test
    void eachDepositOnTopIsAPaymentOfItsOwnAlsoWhenToldAtOnceAndOutOfOrder() throws Exception {
        Order order = core.order(shop);
        core.hear(Ipn.finished(FIRST, order.id()));
        core.hear(onTop(order, "0.0004", "0.00036"));
        AtomicInteger n = new AtomicInteger();
        AtOnce.atOnce(
                6,
                () -> core.hear(
                        onTop(order, "0.0005", "0.00045").with("updated_at", new BigDecimal(n.incrementAndGet()))));
        core.hear(onTop(order, "0.00035", "0.0003192"));

        assertThat(core.strings("select amount::text from ledger.journal where kind = 'suspense' order by reference"))
                .containsExactly("86400000000000", "90000000000000");
        assertThat(core.count("cases.cases where kind = 'more_arrived'")).isEqualTo(2);
    }

    @Test
    void whatComesOnTopAddsDaysByItselfWhereTheSellerSaysSo() {
        core.owner().sql("update catalog.channel set overpayment = 'extend'").update();
        core.startTasks();
        Order order = core.order(shop);
        core.hear(Ipn.finished(FIRST, order.id()));
        core.hear(onTop(order, "0.00035", "0.0003192"));
        core.hear(onTop(order, "0.000354", "0.00032285")); // worth no day, so for a person
        core.awaitTasks();

        assertThat(days()).containsExactly("0-30 " + FIRST, "30-35 " + FIRST + ".1");
        assertThat(core.strings("select subject || ' ' || state from cases.cases order by subject"))
                .containsExactly("payment:" + FIRST + ".1 decided", "payment:" + FIRST + ".2 open");
    }

    @Test
    void whatCameOnTopIsGivenBackAndTheGrantStays() {
        Order order = core.order(shop);
        core.hear(Ipn.finished(FIRST, order.id()));
        core.hear(onTop(order, "0.00035", "0.0003192"));

        decided(decide("more_arrived", "refunded", null));

        assertThat(core.state(FIRST + ".1")).isEqualTo("refunded");
        assertThat(core.journal(FIRST + ".1")).containsExactly("reversal_of_suspense", "suspense");
        assertThat(days()).containsExactly("0-30 " + FIRST);
        assertSuspenseIsEmpty();
    }

    @Test
    void wrongAssetIsGrantedByAPerson() {
        Order order = core.order(shop);
        core.hear(Ipn.of(FIRST, order.id(), "waiting"));
        core.hear(Ipn.finished(FIRST, order.id()).with("pay_currency", "trx"));
        assertThat(possible("wrong_asset")).containsExactly("grant", "refunded", "dismiss");

        decided(decide("wrong_asset", "grant", null));

        assertThat(grants()).isEqualTo(1);
        assertThat(core.journal(FIRST)).isEqualTo(RELEASED);
    }

    @Test
    void amountThatWasNeverToldIsGrantedAndItsAccrualOwed() {
        Order order = core.order(shop);
        core.hear(Ipn.of(FIRST, order.id(), "wrong_asset_confirmed")
                .without("actually_paid")
                .without("outcome_amount"));

        decided(decide("wrong_asset", "grant", null));

        assertThat(core.state(FIRST)).isEqualTo("paid");
        assertThat(grants()).isEqualTo(1);
        assertThat(core.tasks("accrue")).containsExactly("ready");
    }

    @Test
    void muchTooLateIsGrantedAtTheOldPriceWhereAPersonSaysSo() {
        Order order = core.order(shop);
        core.clock.advance(Duration.ofDays(9));
        core.hear(Ipn.finished(FIRST, order.id()));
        assertThat(core.journal(FIRST)).containsExactly("suspense");

        decided(decide("paid_much_too_late", "grant", null));

        assertThat(core.state(FIRST)).isEqualTo("paid");
        assertThat(grants()).isEqualTo(1);
        assertThat(core.journal(FIRST)).contains("suspense", "suspense_release");
        assertSuspenseIsEmpty();
    }

    @Test
    void oldOrderIdIsGrantedToTheOrderThatAPersonNames() {
        core.hear(Ipn.finished(FIRST, "PGP-41|" + Core.OPEN_CHAT));
        assertThat(core.cases(FIRST)).containsExactly("old_order_id");
        assertThat(refusal(decide("old_order_id", "grant", null))).isEqualTo("order_unknown");
        assertThat(refusal(decide("old_order_id", "grant", "ao_0123456789ab_nothing")))
                .isEqualTo("order_unknown");
        Order paid = core.order(shop, 77);
        core.hear(Ipn.finished(SECOND, paid.id()));
        assertThat(refusal(decide("old_order_id", "grant", paid.id()))).isEqualTo("order_paid");
        Order order = core.order(shop);

        decided(decide("old_order_id", "grant", order.id()));

        assertThat(core.count("access.grants where order_id = ? and payment_id = ?", order.id(), FIRST))
                .isEqualTo(1);
        assertThat(core.journal(FIRST)).isEqualTo(RELEASED);
    }

    @Test
    void unknownOrdersOfThePlatformAreGivenBackOrDismissed() {
        core.hear(Ipn.finished(FIRST, "somebody else's"));
        Case one = only(SellerId.PLATFORM, "unknown_order");

        assertThat(decisions.possible(SellerId.PLATFORM, one).stream().map(Possible::decision))
                .containsExactly("refunded", "dismiss");
        decided(core.transactions.run(
                SellerId.PLATFORM,
                () -> decisions.decide(
                        SellerId.PLATFORM, one.id(), new Asked("refunded", "a test", null, "operator", "operator"))));

        assertThat(core.state(FIRST)).isEqualTo("refunded");
        assertThat(core.journal(FIRST)).containsExactly("reversal_of_suspense", "suspense");
    }

    @Test
    void dismissedPartDoesNotCountWithTheRest() {
        Order order = core.order(shop);
        core.hear(half(FIRST, order));
        decided(decide("underpaid", "dismiss", null));

        core.hear(half(SECOND, order).paid("0.00016")); // with the first it would be the whole price

        assertThat(grants()).isZero();
        assertThat(core.state(SECOND)).isEqualTo("partially_paid");
        core.hear(Ipn.finished(FIRST, order.id()));
        assertThat(core.cases(FIRST)).as("asked anew").containsExactly("dismissed", "underpaid");
        assertThat(grants()).isZero();
    }

    @Test
    void pressedByManyAtOnceDoesItOnce() throws Exception {
        for (String kind : List.of("underpaid", "paid_twice")) {
            Order order = core.order(shop, kind.length());
            String id = kind.equals("underpaid") ? FIRST : "7" + SECOND;
            if (kind.equals("underpaid")) {
                core.hear(half(id, order));
            } else {
                core.hear(Ipn.finished(SECOND, order.id()));
                core.hear(Ipn.finished(id, order.id()));
            }
            Case one = only(shop.seller(), kind);

            List<Outcome> outcomes = atOnce(20, () -> decide(one, kind.equals("underpaid") ? "grant" : "extend", null));

            assertThat(outcomes.stream().filter(Outcome.Decided.class::isInstance))
                    .hasSize(1);
            assertThat(outcomes.stream()
                            .filter(Outcome.Refused.class::isInstance)
                            .map(CaseDecisionsDatabaseTests::refusal))
                    .hasSize(19)
                    .containsOnly("already_decided");
            assertThat(core.journal(id)).isEqualTo(RELEASED);
        }
        assertThat(grants()).isEqualTo(3);
    }

    /** The order's lock: nothing else keeps a decision from what a payment in full changes at that moment. */
    @Test
    void pressedWhileTheOrderIsPaidFindsItPaid() throws Exception {
        Order order = core.order(shop);
        core.hear(Ipn.finished(FIRST, order.id()).with("price_amount", BigDecimal.ONE));
        Case one = only(shop.seller(), "price_mismatch");
        AtomicReference<Outcome> outcome = new AtomicReference<>();
        Heard whole = core.heard(Ipn.finished(SECOND, order.id()));
        core.hear(core.heard(Ipn.of(SECOND, order.id(), "confirming")));

        core.whileUncommitted(
                shop.seller(),
                () -> core.bean(Fulfillment.class).decideAndWrite(shop.seller(), whole, false),
                () -> outcome.set(decide(one, "grant", null)));

        assertThat(refusal(outcome.get())).isEqualTo("order_paid");
        assertThat(days()).containsExactly("0-30 " + SECOND);
    }

    /** The case's own state: of what is about no payment nothing else is locked. */
    @Test
    void whatAModuleAsksIsDecidedByOneOfTwoAtOnce() throws Exception {
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Cases.class)
                        .open(
                                shop.seller(),
                                new Case.Draft(
                                        "members_untold",
                                        "untold:1",
                                        null,
                                        null,
                                        Map.of(
                                                "channel",
                                                shop.channel().id().toString(),
                                                "until",
                                                core.clock.instant().toString()))));
        Case one = only(shop.seller(), "members_untold");
        AtomicReference<Outcome> second = new AtomicReference<>();

        core.whileUncommitted(
                shop.seller(),
                () -> decisions.decide(shop.seller(), one.id(), new Asked("wait", "a test", null, "seller", "Olga")),
                () -> second.set(decide(one, "told", null)));

        assertThat(refusal(second.get())).isEqualTo("already_decided");
        assertThat(core.strings("select decision from cases.cases")).containsExactly("wait");
    }

    @Test
    void pressedWhileTheRestArrivesGrantsOnce() throws Exception {
        core.startTasks();
        for (int round = 0; round < 6; round++) {
            Order order = core.order(shop, 900 + round);
            String id = Long.toString(6_000_000_000L + round);
            String other = Long.toString(7_000_000_000L + round);
            core.hear(half(id, order));
            Case one = core.bean(Cases.class).ofPayment(shop.seller(), id).getFirst();
            core.hear(Ipn.of(other, order.id(), "waiting"));

            var work = new java.util.concurrent.ConcurrentLinkedQueue<Callable<Object>>(List.of(
                    () -> decide(one, "grant", null),
                    () -> core.hear(half(other, order).paid("0.00016")),
                    () -> decide(one, "dismiss", null)));
            atOnce(3, () -> {
                try {
                    return work.remove().call();
                } catch (org.springframework.dao.ConcurrencyFailureException e) {
                    return e; // the person is told to press again
                }
            });
            core.awaitTasks();

            assertThat(core.count("access.grants where order_id = ?", order.id()))
                    .isLessThanOrEqualTo(1);
            for (String payment : List.of(id, other)) {
                assertThat(core.journal(payment)).isIn(RELEASED, WHOLE, List.of("suspense"));
                assertThat(core.state(payment).equals("paid"))
                        .isEqualTo(core.journal(payment).contains("accrual"));
            }
        }
    }

    private List<String> possible(String kind) {
        return decisions.possible(shop.seller(), only(shop.seller(), kind)).stream()
                .map(Possible::decision)
                .toList();
    }

    @Test
    void aSellerDoesNotDecideWhoBearsARefundAfterAPayout() {
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Cases.class)
                        .open(
                                shop.seller(),
                                new Case.Draft(RefundAfterPayout.KIND, "payment:1", null, null, java.util.Map.of())));
        Case one = only(shop.seller(), RefundAfterPayout.KIND);

        assertThat(decisions.isForOperator(one)).isTrue();
        assertThat(refusal(decide(one, "dismiss", null))).isEqualTo("operator_decides");
        assertThat(core.strings("select state from cases.cases")).containsExactly("open");
        assertThat(decided(core.transactions.run(
                                shop.seller(),
                                () -> decisions.decide(
                                        shop.seller(),
                                        one.id(),
                                        new Asked("dismiss", "a test", null, "operator", "operator"))))
                        .decided())
                .isNotNull();
    }

    private Case only(SellerId seller, String kind) {
        return core
                .bean(Cases.class)
                .list(seller, java.util.Optional.of("open"), java.util.Optional.empty(), 100)
                .stream()
                .filter(one -> one.kind().equals(kind))
                .toList()
                .getLast();
    }

    private Outcome decide(String kind, String decision, @Nullable String orderId) {
        return decide(only(shop.seller(), kind), decision, orderId);
    }

    private Outcome decide(Case one, String decision, @Nullable String orderId) {
        return core.transactions.run(
                shop.seller(),
                () -> decisions.decide(
                        shop.seller(), one.id(), new Asked(decision, "a test", orderId, "seller", "Olga")));
    }

    private static Case decided(Outcome outcome) {
        return ((Outcome.Decided) outcome).one();
    }

    private static String refusal(Outcome outcome) {
        return ((Outcome.Refused) outcome).code();
    }

    private long grants() {
        return core.count("access.grants");
    }

    /** From which day to which, and by which payment. */
    private List<String> days() {
        return core.strings(
                """
                select extract(day from starts_at - ?)::int || '-' || extract(day from ends_at - ?)::int || ' ' || payment_id
                from access.grants order by starts_at
                """,
                core.clock.instant().atOffset(java.time.ZoneOffset.UTC),
                core.clock.instant().atOffset(java.time.ZoneOffset.UTC));
    }

    private void assertSuspenseIsEmpty() {
        assertThat(
                        core.strings(
                                "select coalesce(sum(case when credit = 'suspense' then amount when debit = 'suspense' then -amount end), 0)::text from ledger.journal"))
                .containsExactly("0");
    }

    private static Ipn half(String id, Order order) {
        return Ipn.of(id, order.id(), "partially_paid")
                .paid("0.00014")
                .with("outcome_amount", new BigDecimal("0.00012768"));
    }

    private static Ipn quarter(String id, Order order) {
        return Ipn.of(id, order.id(), "partially_paid")
                .paid("0.00007")
                .with("outcome_amount", new BigDecimal("0.00006384"));
    }

    private static Ipn child(Order order, String amount) {
        return Ipn.finished(SECOND, order.id())
                .with("parent_payment_id", new BigDecimal(FIRST))
                .with("pay_amount", new BigDecimal(amount))
                .paid(amount)
                .with("outcome_amount", new BigDecimal("0.00004560"));
    }

    /** More than {@link #FIRST} was counted with. */
    private static Ipn onTop(Order order, String paid, String outcome) {
        return Ipn.finished(FIRST, order.id()).paid(paid).with("outcome_amount", new BigDecimal(outcome));
    }

    private static Money usd(String amount) {
        return Money.parse(amount, Asset.USD);
    }
}
