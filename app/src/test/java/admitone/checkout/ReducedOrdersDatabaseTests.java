package admitone.checkout;

import static admitone.AtOnce.atOnce;
import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.access.Giving;
import admitone.access.Grant;
import admitone.access.Grants;
import admitone.cases.Cases;
import admitone.catalog.Catalog;
import admitone.catalog.Plan;
import admitone.checkout.Coupon.Off;
import admitone.checkout.Coupon.Refusal;
import admitone.checkout.Ordering.Placed;
import admitone.fulfillment.CaseDecisions;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Payment;
import admitone.payments.PaymentProvider;
import admitone.payments.Payments;
import admitone.runtime.Answer;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.transaction.CannotCreateTransactionException;

/** Coupons and unused time, off the price of orders. */
@TestInstance(Lifecycle.PER_CLASS)
class ReducedOrdersDatabaseTests {
    private final Core core = Core.start("reduced");
    private final AtomicLong buyers = new AtomicLong(1000);
    private long payments = 7_000_000_000L;
    private int shops;
    private Shop shop = core.shop("sa1e0000000a");
    private Plan month = shop.plan();
    private Plan life = shop.plan();
    private long buyer;

    @BeforeEach
    void open() {
        shop = core.shop("sa1e00000" + (100 + shops++));
        month = plan("Month", "10.00", 30);
        life = plan("For good", "60.00", null);
        buyer = buyers.incrementAndGet();
    }

    @AfterAll
    void stop() {
        core.close();
    }

    @Test
    void orderIsPaidAtItsReducedPriceAndKnowsThePlansPrice() {
        coupon("SPRING", new Off.Percent(new BigDecimal("25")), null);

        Order order = made(month, buyer, "SPRING");

        assertThat(order.price()).isEqualTo(usd("7.50"));
        assertThat(found(order)).isEqualTo(order);
        assertThat(found(order).listPrice()).isEqualTo(usd("10.00"));
        assertThat(orders().reductions(order))
                .containsExactly(new Reduction(Reduction.Kind.COUPON, "SPRING", usd("2.50")));
        assertThat(core.hear(Ipn.finished(payment(), order.id()).with("price_amount", BigDecimal.TEN))
                        .what())
                .isEqualTo("payment_held");
        pay(order);
        assertThat(found(order).paidBy()).isNotNull();
    }

    @Test
    void ofTwoHundredAtOnceAsManyHaveTheReducedPriceAsTheCouponHasUses() throws Exception {
        coupon("FIVE", new Off.Amount(usd("3.00")), 5);

        List<Placed> placed = atOnce(200, () -> patiently(month, buyers.incrementAndGet(), "FIVE"));

        assertThat(placed.stream().filter(Placed.Made.class::isInstance)).hasSize(5);
        assertThat(placed.stream().filter(new Placed.NoCoupon(Refusal.USED_UP, null)::equals))
                .hasSize(195);
        assertThat(reduced("FIVE")).isEqualTo(5);
    }

    @Test
    void onePersonAtOnceHasItOnce() throws Exception {
        coupon("ONCE", new Off.Amount(usd("3.00")), null);

        List<Placed> placed = atOnce(50, () -> patiently(month, buyer, "ONCE"));

        assertThat(placed.stream().filter(Placed.Made.class::isInstance)).hasSize(1);
        assertThat(reduced("ONCE")).isEqualTo(1);
    }

    @Test
    void unpaidOrdersGiveTheUseBackWhenTheirTimeIsOverAndPaidOnesKeepIt() {
        coupon("ONE", new Off.Amount(usd("3.00")), 1);
        Order first = made(month, buyer, "ONE");
        assertThat(place(month, buyer + 1, "ONE")).isEqualTo(new Placed.NoCoupon(Refusal.USED_UP, null));
        assertThat(place(month, buyer, "ONE")).isEqualTo(new Placed.NoCoupon(Refusal.HELD, first.id()));
        assertThat(coupons().uses(coupon("ONE"))).isEqualTo(new Coupons.Uses(1, 0));

        core.clock.advance(Duration.ofHours(24));
        Order second = made(month, buyer + 1, "ONE");
        pay(second);
        core.clock.advance(Duration.ofHours(25));
        assertThat(place(month, buyer + 1, "ONE")).isEqualTo(new Placed.NoCoupon(Refusal.USED, null));
        assertThat(place(month, buyer + 2, "ONE")).isEqualTo(new Placed.NoCoupon(Refusal.USED_UP, null));

        assertThat(coupons().isUsedUp(coupon("ONE"))).isTrue();
    }

    private PayOrder.Outcome<Payment> begin(Order order) {
        core.provider.onCreate = asked -> new Answer.Done<>(
                new PaymentProvider.Created(payment(), "address", Money.parse("0.1", new Asset("eth")), null, null));
        return core.bean(PayOrder.class).inCoin(order, "eth");
    }

    /** Fifty who press to look must not keep a coupon from everybody for a day. */
    @Test
    void useOfWhoOnlyLooksIsKeptForHalfAnHour() {
        coupon("ONE", new Off.Amount(usd("3.00")), 1);
        Order looks = once(month, "ONE");
        core.clock.advance(Duration.ofMinutes(29));
        assertThat(place(month, buyer + 1, "ONE")).isEqualTo(new Placed.NoCoupon(Refusal.USED_UP, null));

        core.clock.advance(Duration.ofMinutes(2));
        assertThat(coupons().isUsedUp(coupon("ONE"))).isFalse();
        Order buys = picked(core, month, buyer + 1, "ONE");
        assertThat(buys.price()).isEqualTo(usd("7.00"));

        assertThat(begin(looks))
                .isInstanceOfSatisfying(
                        PayOrder.Outcome.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo("coupon_gone"));
        assertThat(once(month, null).price()).as("picked again").isEqualTo(usd("10.00"));
        assertThat(place(month, buyer, "ONE")).isEqualTo(new Placed.NoCoupon(Refusal.USED_UP, null));
        assertThat(begin(buys)).isInstanceOf(PayOrder.Outcome.Ready.class);
    }

    @Test
    void useIsTakenAgainBeforeTheFirstAddressAndKeptFromThenOn() {
        coupon("ONE", new Off.Amount(usd("3.00")), 1);
        Order order = once(month, "ONE");
        core.clock.advance(Duration.ofHours(3));
        assertThat(once(month, "ONE")).as("the same order").isEqualTo(order);

        assertThat(begin(order)).isInstanceOf(PayOrder.Outcome.Ready.class);
        core.clock.advance(Duration.ofHours(3));

        assertThat(place(month, buyer + 1, "ONE")).isEqualTo(new Placed.NoCoupon(Refusal.USED_UP, null));
        assertThat(coupons().uses(coupon("ONE"))).isEqualTo(new Coupons.Uses(1, 0));
    }

    @Test
    void ofWhoPaysAtLastAndWhoPicksAtOnceOneHasTheLastUse() throws Exception {
        coupon("ONE", new Off.Amount(usd("3.00")), 1);
        Order looks = once(month, "ONE");
        core.clock.advance(Duration.ofMinutes(31));
        AtomicLong turn = new AtomicLong();

        List<Boolean> has = atOnce(
                20,
                () -> turn.incrementAndGet() == 1
                        ? Awaitility.await()
                                .ignoreException(CannotCreateTransactionException.class)
                                .until(() -> begin(looks) instanceof PayOrder.Outcome.Ready, _ -> true)
                        : patiently(month, buyers.incrementAndGet(), "ONE") instanceof Placed.Made);

        assertThat(has).filteredOn(one -> one).hasSize(1);
    }

    @Test
    void ofTwoWhoBeginLateAtOnceOneHasTheLastUse() throws Exception {
        coupon("ONE", new Off.Amount(usd("3.00")), 1);
        Order one = once(month, "ONE");
        core.clock.advance(Duration.ofMinutes(31));
        Order other = picked(core, month, buyers.incrementAndGet(), "ONE");
        core.clock.advance(Duration.ofMinutes(31));
        Queue<PayOrder.Outcome<Payment>> begun = new ConcurrentLinkedQueue<>();

        core.whileUncommitted(
                one.seller(), () -> assertThat(coupons().hold(one, "ONE")).isTrue(), () -> begun.add(begin(other)));

        assertThat(begun)
                .singleElement()
                .isInstanceOfSatisfying(
                        PayOrder.Outcome.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo("coupon_gone"));
    }

    @Test
    void latePaymentHasTheReducedPriceWhileTheUseIsFree() {
        coupon("ONE", new Off.Amount(usd("3.00")), 1);
        Order order = made(month, buyer, "ONE");
        core.clock.advance(Duration.ofHours(25));

        String late = pay(order);

        assertThat(core.cases(late)).containsExactly("paid_late");
        assertThat(core.grantOf(order)).isNotNull();
        assertThat(coupons().uses(coupon("ONE"))).isEqualTo(new Coupons.Uses(0, 1));
    }

    @Test
    void latePaymentWaitsForAPersonWhereOthersHaveTheLastUse() {
        coupon("ONE", new Off.Amount(usd("3.00")), 1);
        Order first = made(month, buyer, "ONE");
        core.clock.advance(Duration.ofHours(25));
        pay(made(month, buyer + 1, "ONE"));

        String late = pay(first);

        assertHeld(late, first);
        assertThat(coupons().uses(coupon("ONE"))).isEqualTo(new Coupons.Uses(0, 1));
        decide(late, "grant");
        assertThat(core.grantOf(first)).isNotNull();
    }

    @Test
    void whoCollectsOrdersForDaysAndPaysThemAllHasTheReducedPriceOnce() {
        coupon("MINE", new Off.Amount(usd("3.00")), null);
        List<Order> collected = new ArrayList<>();
        for (int day = 0; day < 3; day++) {
            collected.add(made(month, buyer, "MINE"));
            core.clock.advance(Duration.ofHours(25));
        }
        Order open = made(month, buyer, "MINE");

        collected.forEach(order -> assertHeld(pay(order), order)); // the last one may still be paid in time
        pay(open);

        assertThat(found(open).paidBy()).isNotNull();
        assertThat(coupons().uses(coupon("MINE"))).isEqualTo(new Coupons.Uses(0, 1));
    }

    @Test
    void ofTwoLatePaymentsAtOnceOneHasTheLastUse() throws Exception {
        coupon("LAST", new Off.Amount(usd("3.00")), 1);
        Queue<Order> late = new ConcurrentLinkedQueue<>();
        for (int person = 0; person < 8; person++) {
            late.add(made(month, buyers.incrementAndGet(), "LAST"));
            core.clock.advance(Duration.ofHours(25));
        }
        AtomicLong ids = new AtomicLong(payments);
        payments += 8;

        atOnce(8, () -> {
            Order order = late.remove();
            return core.hear(Ipn.finished(Long.toString(ids.incrementAndGet()), order.id())
                    .with("price_amount", order.price().amount()));
        });

        assertThat(coupons().uses(coupon("LAST"))).isEqualTo(new Coupons.Uses(0, 1));
    }

    /** Whose order with the last use is not committed yet: the late payment waits for it, or is decided again. */
    @Test
    void latePaymentIsDecidedAfterWhoTakesTheLastUseAtThatMoment() throws Exception {
        coupon("ONE", new Off.Amount(usd("3.00")), 1);
        Order first = made(month, buyer, "ONE");
        core.clock.advance(Duration.ofHours(25));
        String late = payment();

        core.whileUncommitted(
                shop.seller(),
                () -> core.bean(Ordering.class).place(month, buyer + 1, Optional.of("ONE")),
                () -> core.hear(Ipn.finished(late, first.id())
                        .with("price_amount", first.price().amount())));
        core.startTasks();
        core.wakeTasks();
        core.awaitTasks();

        assertHeld(late, first);
    }

    @Test
    void closedUnknownAndEndedCouponsMakeNoOrder() {
        assertThat(place(month, buyer, "NONE")).isEqualTo(new Placed.NoCoupon(Refusal.UNKNOWN, null));
        coupon("GONE", new Off.Amount(usd("3.00")), null);
        assertThat(core.transactions.run(shop.seller(), () -> coupons().close(shop.channel(), "GONE")))
                .isTrue();

        assertThat(place(month, buyer, "GONE")).isEqualTo(new Placed.NoCoupon(Refusal.OVER, null));
        assertThat(core.transactions.run(shop.seller(), () -> add("GONE", new Off.Amount(usd("1.00")), null, null)))
                .isEmpty();
        assertThat(core.count(
                        "checkout.orders where seller_id = ?", shop.seller().value()))
                .isZero();
    }

    @Test
    void samePlanPickedAgainIsTheSameOrderUnlessItWouldBeCheaper() {
        Order plain = once(month, null);
        assertThat(once(month, null)).isEqualTo(plain);
        coupon("SPRING", new Off.Amount(usd("3.00")), 1);

        Order reduced = once(month, "SPRING");
        assertThat(reduced).isNotEqualTo(plain);
        assertThat(once(month, "SPRING")).isEqualTo(reduced);
        assertThat(once(month, null)).isEqualTo(reduced);
    }

    @ParameterizedTest
    @ValueSource(strings = {"confirming", "partially_paid"})
    void planPickedAgainIsTheOrderForWhichMoneyHasComeOrIsComing(String status) {
        Order begun = once(month, null);
        core.hear(Ipn.of(payment(), begun.id(), status)
                .with("price_amount", begun.price().amount())
                .paid("0.0002"));
        core.clock.advance(Duration.ofHours(20)); // too old to be offered anew
        coupon("SPRING", new Off.Amount(usd("3.00")), 1);

        assertThat(once(month, null).id()).isEqualTo(begun.id());
        assertThat(core.transactions.run(
                        shop.seller(), () -> core.bean(Ordering.class).placeOnce(month, buyer, Optional.of("SPRING"))))
                .as("cheaper, and paid in part: they are told that the coupon is left aside")
                .isEqualTo(new Placed.NoCoupon(Refusal.BEGUN, null));
        assertThat(once(life, null).planId()).isEqualTo(life.id());
    }

    /** Of another price than the order's: a person is asked. */
    @Test
    void planPickedAgainWhileAPersonIsAskedAboutItsMoneyIsThatOrderForAsLongAsItCouldBePaid() {
        Order begun = held();
        assertThat(once(month, null).id()).isEqualTo(begun.id());

        core.clock.advance(Duration.ofHours(25));

        assertThat(once(month, null).id()).as("nobody answers").isNotEqualTo(begun.id());
    }

    @Test
    void planPickedAgainWhileItsMoneyIsGivenBackIsAnOrderOfItsOwn() {
        Order begun = held();
        String payment = core.strings("select payment_id from payments.payment where order_id = ?", begun.id())
                .getFirst();
        core.transactions.run(
                shop.seller(), () -> core.bean(Payments.class).dismiss(shop.seller(), payment)); // as whoever sends it

        assertThat(once(month, null).id()).isNotEqualTo(begun.id());
        assertThat(isUnderWay(begun)).isFalse();
    }

    /** Held since it was first heard of: the hold that it has then does not keep it under way. */
    @Test
    void moneyThatIsGivenBackIsNotUnderWayWhateverItWasHeldFor() {
        Order begun = once(month, null);
        String payment = payment();
        core.hear(Ipn.finished(payment, begun.id()).with("price_amount", new BigDecimal("3.00")));
        assertThat(core.strings("select hold from payments.payment where payment_id = ?", payment))
                .containsExactly("price_mismatch");
        assertThat(isUnderWay(begun)).isTrue();

        core.transactions.run(
                shop.seller(), () -> core.bean(Payments.class).dismiss(shop.seller(), payment)); // as whoever sends it

        assertThat(isUnderWay(begun)).isFalse();
        assertThat(once(month, null).id()).isNotEqualTo(begun.id());
    }

    @Test
    void moneyWhoseCaseWasDismissedIsNotUnderWay() {
        Order begun = held();
        assertThat(isUnderWay(begun)).isTrue();

        var one = core.bean(Cases.class)
                .list(shop.seller(), Optional.of("open"), Optional.empty(), 10)
                .getFirst();
        core.transactions.run(
                shop.seller(),
                () -> core.bean(CaseDecisions.class)
                        .decide(
                                shop.seller(),
                                one.id(),
                                new CaseDecisions.Asked("dismiss", "too little", null, "operator", "operator")));

        assertThat(isUnderWay(begun)).isFalse();
    }

    private boolean isUnderWay(Order order) {
        Purchases purchases = core.bean(Purchases.class);
        return !purchases
                .withMoneyUnderWay(
                        shop.seller(), List.of(purchases.find(order.id()).orElseThrow()))
                .isEmpty();
    }

    private Order held() {
        Order begun = once(month, null);
        String payment = payment();
        core.hear(Ipn.of(payment, begun.id(), "waiting")
                .with("price_amount", begun.price().amount()));
        core.hear(Ipn.finished(payment, begun.id()).with("price_amount", new BigDecimal("3.00")));
        assertThat(core.state(payment)).isEqualTo("held");
        return begun;
    }

    @Test
    void planPickedAgainIsAnOrderOfItsOwnWhereNothingMoreCanBeDoneWithTheOther() {
        Order begun = once(month, null);
        core.hear(Ipn.of(payment(), begun.id(), "partially_paid")
                .with("price_amount", begun.price().amount())
                .paid("0.0002"));
        core.clock.advance(Duration.ofHours(25)); // the rest is not asked for any more

        assertThat(once(month, null).id()).isNotEqualTo(begun.id());
    }

    @Test
    void orderThatHoldsTheCouponIsOfferedForItsPlanAndNamedForAnother() {
        coupon("SPRING", new Off.Amount(usd("3.00")), 1);
        Order reduced = once(month, "SPRING");
        core.clock.advance(Duration.ofHours(20)); // too old to be offered anew without the coupon

        assertThat(once(month, "SPRING")).isEqualTo(reduced);
        assertThat(once(month, null)).isNotEqualTo(reduced);
        core.bean(PayOrder.class).inCoin(reduced, "eth"); // may be paid any time
        assertThat(place(life, buyer, "SPRING")).isEqualTo(new Placed.NoCoupon(Refusal.HELD, reduced.id()));
    }

    @Test
    void useOfACouponMovesToAnotherPlanWhereNoPaymentWasBegun() {
        coupon("SPRING", new Off.Amount(usd("3.00")), 1);
        Order first = once(month, "SPRING");

        Order second = once(life, "SPRING");

        assertThat(orders().reductions(second)).hasSize(1);
        assertThat(found(first).expiresAt()).isEqualTo(core.clock.instant());
        assertThat(coupons().uses(coupon("SPRING"))).isEqualTo(new Coupons.Uses(1, 0));
        assertThat(place(month, buyer + 1, "SPRING")).isEqualTo(new Placed.NoCoupon(Refusal.USED_UP, null));

        core.clock.advance(Duration.ofSeconds(1));
        String late = pay(first);
        assertHeld(late, first); // the use is the other order's
        pay(second);
        assertThat(coupons().uses(coupon("SPRING"))).isEqualTo(new Coupons.Uses(0, 1));
    }

    @Test
    void unusedTimeIsTakenOffAccessForLifeAndNotOffMoreDays() {
        pay(made(month, buyer, null));
        pay(made(month, buyer, null));
        core.clock.advance(Duration.ofDays(15));

        assertThat(made(month, buyer, null).isReduced()).isFalse();
        Order order = made(life, buyer, null);

        assertThat(orders().reductions(order).stream().map(Reduction::amount))
                .containsExactlyInAnyOrder(usd("5.00"), usd("10.00"));
        assertThat(order.price()).isEqualTo(usd("45.00"));
        pay(order);
        core.clock.advance(Duration.ofHours(25));
        assertThat(made(life, buyer, null).isReduced()).isFalse();
    }

    /** Nine tenths off 20 USD would leave 2. */
    @Test
    void noLessIsAskedThanSomeCoinTakes() {
        try (Core poor = Core.start("least_price")) {
            Shop there = poor.shop("sa1e0000000a");
            poor.coinsTakeAtLeast("9.00");
            Plan plan = plan(poor, there, "Month", "20.00", 30);
            ninetyOff(poor, there);

            assertThat(picked(poor, plan, 1, "NINETY").price()).isEqualTo(usd("9.90"));
            assertThat(poor.bean(Coupons.class)
                            .quote(
                                    poor.bean(Coupons.class)
                                            .find(
                                                    there.seller(),
                                                    there.channel().id(),
                                                    "NINETY")
                                            .orElseThrow(),
                                    plan)
                            .orElseThrow()
                            .price())
                    .as("the shop page")
                    .isEqualTo(usd("9.90"));
        }
    }

    /** The unused time took the price down to what some coin took then. */
    @Test
    void planPickedAgainAfterTheLeastPriceRoseIsAnOrderThatCanBePaid() {
        try (Core poor = Core.start("least_price")) {
            Shop there = poor.shop("sa1e0000000a");
            poor.coinsTakeAtLeast("9.00");
            Plan thirty = plan(poor, there, "Month", "55.00", 30);
            Plan ever = plan(poor, there, "For life", "60.00", null);
            ninetyOff(poor, there);
            Order bought = picked(poor, thirty, 1, null);
            poor.hear(Ipn.finished(payment(), bought.id())
                    .with("price_amount", bought.price().amount()));
            Order first = picked(poor, ever, 1, null);
            Order byCoupon = picked(poor, ever, 2, "NINETY");
            Order plain = picked(poor, thirty, 3, null);
            assertThat(List.of(first.price(), byCoupon.price())).containsOnly(usd("9.90"));

            poor.clock.advance(Duration.ofHours(1)); // minimums are asked for again
            poor.coinsTakeAtLeast("9.40");
            assertThat(picked(poor, ever, 1, null)).as("9.87 are enough").isEqualTo(first);
            assertThat(picked(poor, ever, 2, "NINETY")).isEqualTo(byCoupon);

            poor.clock.advance(Duration.ofHours(1));
            poor.coinsTakeAtLeast("9.50");

            Order again = picked(poor, ever, 1, null);
            assertThat(again.price()).isEqualTo(usd("10.45"));
            assertThat(picked(poor, ever, 1, null)).isEqualTo(again);
            assertThat(picked(poor, ever, 2, "NINETY").price()).isEqualTo(usd("10.45"));
            assertThat(picked(poor, thirty, 3, null)).isEqualTo(plain);

            poor.clock.advance(Duration.ofHours(1));
            poor.coinsTakeAtLeast("90.00"); // more than anything costs here
            assertThat(picked(poor, thirty, 3, null))
                    .as("another order is no help")
                    .isEqualTo(plain);
        }
    }

    @Test
    void unusedTimeIsCreditedOnceAtATime() throws Exception {
        pay(made(month, buyer, null));

        List<Placed> placed = atOnce(20, () -> place(life, buyer, null));

        assertThat(placed.stream().filter(one -> one instanceof Placed.Made(Order order) && order.isReduced()))
                .hasSize(1);
    }

    /** Ten of thirty days later the month is worth 6.67, and half a day after that 6.50. */
    @Test
    void accessForLifePickedAgainHasTheUnusedTimeStill() {
        pay(made(month, buyer, null));
        core.clock.advance(Duration.ofDays(10));
        Order first = once(life, null);
        assertThat(first.price()).isEqualTo(usd("53.33"));
        assertThat(once(life, null)).isEqualTo(first);

        core.clock.advance(Duration.ofHours(12)); // too old to be offered anew
        Order second = once(life, null);

        assertThat(second.price()).isEqualTo(usd("53.50"));
        assertThat(found(first).expiresAt()).as("given up").isEqualTo(core.clock.instant());
        core.clock.advance(Duration.ofSeconds(1));
        assertHeld(pay(first), first);
        pay(second);
        assertThat(found(second).paidBy()).isNotNull();
    }

    @Test
    void accessForLifePickedAgainIsTheOrderThatTheyWereAboutToPayWithUnusedTime() {
        pay(made(month, buyer, null));
        core.clock.advance(Duration.ofDays(10));
        Order begun = once(life, null);
        core.bean(PayOrder.class).inCoin(begun, "eth"); // may be paid any time

        core.clock.advance(Duration.ofHours(20));
        Order again = once(life, null);

        assertThat(again).isEqualTo(begun);
        core.clock.advance(Duration.ofHours(5));
        assertThat(once(life, null).price()).as("its time is over").isEqualTo(usd("53.68"));
    }

    @Test
    void couponIsAddedToUnusedTimeThatWasTakenOffBefore() {
        coupon("SPRING", new Off.Amount(usd("3.00")), 1);
        pay(made(month, buyer, null));
        core.clock.advance(Duration.ofDays(10));
        once(life, null);

        assertThat(once(life, "SPRING").price()).isEqualTo(usd("50.33"));
    }

    @Test
    void unusedTimeIsFreeWhenTheOrderItWasTakenOffIsNotPaidInTime() {
        Order bought = made(month, buyer, null);
        String payment = pay(bought);
        Order late = made(life, buyer, null);
        core.clock.advance(Duration.ofHours(25));
        Order next = made(life, buyer, null);
        assertThat(next.isReduced()).isTrue();

        assertHeld(pay(late), late);

        core.clock.advance(Duration.ofHours(25));
        core.hear(Ipn.of(payment, bought.id(), "refunded").with("price_amount", BigDecimal.TEN));
        assertHeld(pay(next), next); // what made it cheaper was given back
    }

    @Test
    void unusedTimeIsFreeWhenWhatWasPaidForTheOrderItWasTakenOffIsGivenBack() {
        pay(made(month, buyer, null));
        Order upgrade = made(life, buyer, null);
        String payment = pay(upgrade);

        core.hear(Ipn.of(payment, upgrade.id(), "refunded")
                .with("price_amount", upgrade.price().amount()));

        assertThat(made(life, buyer, null).price()).isEqualTo(upgrade.price());
    }

    @Test
    void unusedTimeIsWorthWhatWasPaidAndNotWhatAPersonGaveBeside() {
        Order bought = made(month, buyer, null);
        String payment = payment();
        core.hear(Ipn.of(payment, bought.id(), "partially_paid")
                .with("price_amount", BigDecimal.TEN)
                .paid("0.00015"));
        decide(payment, "grant");
        Grant grant = core.bean(Grants.class)
                .active(shop.seller(), shop.channel().id(), buyer)
                .getFirst();
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Giving.class).extend(grant, 60, new Giving.By("operator", "Olga", "a test")));
        core.clock.advance(Duration.ofDays(15));

        Order order = made(life, buyer, null);

        assertThat(orders().reductions(order))
                .containsExactly(new Reduction(Reduction.Kind.UPGRADE, bought.id(), usd("2.50")));
    }

    @Test
    void whoHasAccessForLifeOrTimeThatWasGivenBackIsCreditedNothing() {
        Order bought = made(month, buyer, null);
        String payment = pay(bought);
        core.hear(Ipn.of(payment, bought.id(), "refunded").with("price_amount", BigDecimal.TEN));
        assertThat(made(life, buyer, null).isReduced()).isFalse();

        pay(made(month, buyer + 1, null));
        pay(made(life, buyer + 1, null));
        core.clock.advance(Duration.ofMinutes(1));
        assertThat(made(life, buyer + 1, null).isReduced()).isFalse();
    }

    @Test
    void paymentGivenBackAfterItsUnusedTimeWasCreditedAsksAPerson() {
        Order bought = made(month, buyer, null);
        String payment = pay(bought);
        Order upgrade = made(life, buyer, null);
        pay(upgrade);

        core.hear(Ipn.of(payment, bought.id(), "refunded").with("price_amount", BigDecimal.TEN));

        assertThat(core.cases(payment)).containsExactly("refunded_after_upgrade");
        assertThat(core.strings("select detail ->> 'credited_to_order' from cases.cases where payment_id = ?", payment))
                .containsExactly(upgrade.id());
        assertThat(core.state(payment)).isEqualTo("refunded");
    }

    // what is bought

    private Plan plan(String name, String price, @Nullable Integer days) {
        return plan(core, shop, name, price, days);
    }

    private static Plan plan(Core core, Shop shop, String name, String price, @Nullable Integer days) {
        return core.transactions.run(
                shop.seller(),
                () -> core.bean(Catalog.class).addPlan(shop.channel(), new Catalog.NewPlan(name, usd(price), days)));
    }

    private static void ninetyOff(Core core, Shop shop) {
        var off = new Coupons.Draft("NINETY", new Off.Percent(new BigDecimal("90")), null, null, null, null);
        core.transactions.run(shop.seller(), () -> core.bean(Coupons.class).add(shop.channel(), off));
    }

    private static Order picked(Core core, Plan plan, long user, @Nullable String coupon) {
        Placed placed = core.transactions.run(
                plan.seller(), () -> core.bean(Ordering.class).placeOnce(plan, user, Optional.ofNullable(coupon)));
        return ((Placed.Made) placed).order();
    }

    /** The case is the only one, and nobody is in. */
    private void assertHeld(String payment, Order order) {
        assertThat(core.cases(payment)).containsExactly("reduction_gone");
        assertThat(core.state(payment)).isEqualTo("held");
        assertThat(found(order).paidBy()).isNull();
    }

    private void decide(String payment, String decision) {
        UUID id = UUID.fromString(core.strings("select case_id::text from cases.cases where payment_id = ?", payment)
                .getFirst());
        var asked = new CaseDecisions.Asked(decision, "a test", null, "seller", "Olga");
        assertThat(core.transactions.run(
                        shop.seller(), () -> core.bean(CaseDecisions.class).decide(shop.seller(), id, asked)))
                .isInstanceOf(CaseDecisions.Outcome.Decided.class);
    }

    private void coupon(String code, Off off, @Nullable Integer most) {
        assertThat(core.transactions.run(shop.seller(), () -> add(code, off, most, null)))
                .isPresent();
    }

    private Optional<Coupon> add(String code, Off off, @Nullable Integer most, @Nullable Instant until) {
        return coupons().add(shop.channel(), new Coupons.Draft(code, off, null, most, null, until));
    }

    private Coupon coupon(String code) {
        return coupons().find(shop.seller(), shop.channel().id(), code).orElseThrow();
    }

    private Placed place(Plan plan, long user, @Nullable String coupon) {
        return core.transactions.run(
                shop.seller(), () -> core.bean(Ordering.class).place(plan, user, Optional.ofNullable(coupon)));
    }

    /** As a client that is told to come again, where so many at once find no connection. */
    private Placed patiently(Plan plan, long user, String coupon) {
        return Awaitility.await()
                .ignoreException(CannotCreateTransactionException.class)
                .until(() -> place(plan, user, coupon), _ -> true);
    }

    private Order made(Plan plan, long user, @Nullable String coupon) {
        return ((Placed.Made) place(plan, user, coupon)).order();
    }

    private Order once(Plan plan, @Nullable String coupon) {
        return picked(core, plan, buyer, coupon);
    }

    private String pay(Order order) {
        String payment = payment();
        core.hear(Ipn.finished(payment, order.id())
                .with("price_amount", order.price().amount()));
        return payment;
    }

    private String payment() {
        return Long.toString(++payments);
    }

    private long reduced(String code) {
        return core.count(
                "checkout.reduction where seller_id = ? and reference = ?",
                shop.seller().value(),
                code);
    }

    private Order found(Order order) {
        return orders().find(order.seller(), order.id()).orElseThrow();
    }

    private Orders orders() {
        return core.bean(Orders.class);
    }

    private Coupons coupons() {
        return core.bean(Coupons.class);
    }

    private static Money usd(String amount) {
        return Money.parse(amount, Asset.USD);
    }
}
