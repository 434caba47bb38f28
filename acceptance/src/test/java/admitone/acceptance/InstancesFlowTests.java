package admitone.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.acceptance.World.Purchase;
import admitone.acceptance.World.Shop;
import java.math.BigDecimal;
import java.sql.Connection;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

/**
 * Two instances on one database, one of which dies at a named point and is not started again, or both of which are restarted in
 * turn. See {@link CrashRounds}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class InstancesFlowTests {
    private static final List<String> POINTS = List.of(
            "CP01_HEARD",
            "CP02_BEFORE_ANSWER",
            "CP04_BEFORE_COMMIT",
            "CP05_AFTER_COMMIT",
            "CP06_BEFORE_CLAIM",
            "CP07_BEFORE_CALL",
            "CP09_BEFORE_RECORD",
            "CP12_BEFORE_MESSAGE",
            "CP14_AFTER_MESSAGE");
    private static final int AT_ONCE = 8;
    private static final int PURCHASES = 300;
    private static final List<String> FEW = List.of("CP04_BEFORE_COMMIT", "CP14_AFTER_MESSAGE");

    private final Balancer balancer = new Balancer();
    private final World world =
            World.sharing(2, Map.of("ADMITONE_PUBLIC_URL", balancer.url(), "ADMITONE_SWEEP_FIRST", "24h"));
    private final Service survivor = world.instance(1);
    private final Service victim = world.instance(2);

    @BeforeEach
    void start() {
        balancer.targets.clear();
        balancer.targets.addAll(List.of(victim, survivor));
        balancer.takesTurns = false;
        survivor.startIfDown();
        victim.startIfDown();
        // what sellers are told comes some seconds later, and would reach a point before its time
        survivor.ok(survivor.post("/api/v1/queues/tell_seller/pause", Map.of()));
        balancer.answers.clear();
    }

    @AfterAll
    void close() {
        world.close();
        balancer.close();
    }

    static Stream<Arguments> fulfilling() {
        return cases(CrashRounds.areAskedFor() ? POINTS : FEW, List.of(), List.of("CP36_EXPIRY_SET"));
    }

    static Stream<Arguments> joining() {
        return CrashRounds.areAskedFor()
                ? cases(List.of("CP16_UPDATE_FETCHED"), List.of("CP18_AFTER_APPROVE"), List.of("CP37_LINK_REVOKED"))
                : cases(List.of(), List.of("CP18_AFTER_APPROVE"), List.of());
    }

    private static Stream<Arguments> cases(List<String> both, List<String> joinRequest, List<String> oneTimeLink) {
        return CrashRounds.rounds()
                .boxed()
                .flatMap(round -> Stream.of(
                                of("join_request", both, round),
                                of("join_request", joinRequest, round),
                                of("one_time_link", both, round),
                                of("one_time_link", oneTimeLink, round))
                        .flatMap(all -> all));
    }

    private static Stream<Arguments> of(String admission, List<String> points, int round) {
        return points.stream().map(point -> Arguments.of(admission, point, round));
    }

    static Stream<Arguments> keptForLater() {
        return CrashRounds.areAskedFor()
                ? cases(List.of("CP03_KEPT_FOR_LATER"), List.of(), List.of())
                : cases(List.of(), List.of(), List.of("CP03_KEPT_FOR_LATER"));
    }

    @ParameterizedTest
    @MethodSource("fulfilling")
    void theOtherGoesOnWhereOneDiedFulfilling(String admission, String point, int round) {
        Shop shop = world.openShop(admission);
        Purchase purchase = world.buy(shop, world.newBuyer());
        World.await("quiet queues").until(survivor::nothingIsOwed);
        victim.dieAt(point);

        world.settle(purchase.id(), true);
        victim.awaitDeath();

        World.await("the way in").until(() -> !world.links(purchase.buyer()).isEmpty());
        world.telegram.openLink(purchase.buyer(), world.newestLink(purchase.buyer()));
        isInsideExactlyOnce(shop, purchase);
    }

    @ParameterizedTest
    @MethodSource("joining")
    void theOtherGoesOnWhereOneDiedAdmitting(String admission, String point, int round) {
        Shop shop = world.openShop(admission);
        Purchase purchase = world.buy(shop, world.newBuyer());
        String link = world.linkOf(purchase);
        World.await("delivered").until(() -> world.access(purchase).equals("delivered"));
        World.await("quiet queues").until(survivor::nothingIsOwed);
        // who is left listens
        survivor.close();
        World.await("the victim listens").until(() -> holders() == 1);
        survivor.start();
        victim.dieAt(point);

        world.telegram.openLink(purchase.buyer(), link);
        victim.awaitDeath();

        isInsideExactlyOnce(shop, purchase);
    }

    /** It was kept since somebody else held the payment, and who kept it is dead. */
    @ParameterizedTest
    @MethodSource("keptForLater")
    void theOtherTakesUpWhatOneKeptForLater(String admission, String point, int round) throws Exception {
        Shop shop = world.openShop(admission);
        Purchase purchase = world.buy(shop, world.newBuyer());
        World.await("quiet queues").until(survivor::nothingIsOwed);
        victim.dieAt(point);
        try (Connection database = world.database();
                var lock =
                        database.prepareStatement("select 1 from payments.payment where payment_id = ? for update")) {
            database.setAutoCommit(false);
            lock.setString(1, purchase.paymentId());
            assertThat(lock.executeQuery().next()).isTrue();
            world.settle(purchase.id(), true);
            victim.awaitDeath();
            database.rollback();
        }

        World.await("the way in").until(() -> !world.links(purchase.buyer()).isEmpty());
        world.telegram.openLink(purchase.buyer(), world.newestLink(purchase.buyer()));
        isInsideExactlyOnce(shop, purchase);
    }

    /** Those who paid come in meanwhile, by both ways, and the provider tells of each payment again and again, nine times at once. */
    @Test
    void restartedInTurnUnderLoadNoNotificationFailsAndNothingHappensTwice() {
        List<Shop> shops = List.of(world.openShop("join_request"), world.openShop("one_time_link"));
        Queue<Sold> waiting = sold(shops);
        balancer.takesTurns = true;
        AtomicBoolean restarted = new AtomicBoolean();
        List<Sold> told = new CopyOnWriteArrayList<>();
        List<Thread> load = Stream.generate(() -> Thread.ofVirtual().start(() -> {
                    for (Sold one = waiting.poll(); one != null && !restarted.get(); one = waiting.poll()) {
                        buysAndComesIn(one);
                        told.add(one);
                    }
                }))
                .limit(AT_ONCE)
                .toList();
        ScheduledExecutorService repeats = Executors.newSingleThreadScheduledExecutor();
        AtomicInteger next = new AtomicInteger();
        var running = repeats.scheduleAtFixedRate(
                () -> {
                    if (!told.isEmpty()) {
                        Sold one = told.get(next.getAndIncrement() % told.size());
                        world.provider.notify(one.purchase().id(), 9, true);
                    }
                },
                0,
                150, // 60 a second
                TimeUnit.MILLISECONDS);
        try (repeats) {
            restartInTurn(told);
            assertThat(running.isDone()).as("the load has ended").isFalse();
        } finally {
            restarted.set(true);
            load.forEach(InstancesFlowTests::join);
        }
        System.out.println(balancer.answers.size() + " notifications of " + told.size() + " payments, "
                + balancer.passedOn + " of them answered by the second instance that was asked");
        World.await("quiet queues").until(survivor::nothingIsOwed);

        assertThat(balancer.passedOn).as("met an instance that was away").hasPositiveValue();
        assertThat(balancer.answers).hasSizeGreaterThanOrEqualTo(told.size()).containsOnly(200);
        for (Sold one : told) {
            Purchase purchase = one.purchase();
            World.await("inside").until(() -> world.telegram.isMember(one.shop().chatId(), purchase.buyer()));
            assertThat(world.messagesWithLink(purchase.buyer())).isEqualTo(1);
            assertThat(world.grants(one.shop(), purchase.buyer())).isEqualTo(1);
            assertThat(world.lines(purchase.paymentId(), "accrual")).isEqualTo(1);
        }
        for (Shop shop : shops) {
            long sold = told.stream().filter(one -> one.shop().equals(shop)).count();
            assertThat(sold).isPositive();
            assertThat(world.accrued(shop))
                    .isEqualByComparingTo(new BigDecimal("1.06").multiply(BigDecimal.valueOf(sold)));
        }
        invariantsHold();
    }

    /** By both at once: it is their own limit of payments made per second that takes the time. */
    private Queue<Sold> sold(List<Shop> shops) {
        Queue<Sold> sold = new ConcurrentLinkedQueue<>();
        try (var both = Executors.newVirtualThreadPerTaskExecutor()) {
            for (Service by : List.of(survivor, victim)) {
                both.execute(() -> {
                    for (int i = 0; i < PURCHASES / 2; i++) {
                        Shop shop = shops.get(i % 2);
                        sold.add(new Sold(shop, World.buy(by, shop, world.newBuyer())));
                    }
                });
            }
        }
        assertThat(sold).hasSize(PURCHASES);
        return sold;
    }

    private void restartInTurn(List<Sold> told) {
        for (Service one : List.of(victim, survivor)) {
            awaitMore(told);
            int before = balancer.answers.size();
            one.close();
            one.start();
            int meanwhile = balancer.answers.size() - before;
            System.out.println(meanwhile + " notifications while an instance was restarted");
            assertThat(meanwhile).as("a load").isGreaterThan(50);
        }
        awaitMore(told);
    }

    private record Sold(Shop shop, Purchase purchase) {}

    private void buysAndComesIn(Sold one) {
        long buyer = one.purchase().buyer();
        world.settle(one.purchase().id(), true);
        World.await("the message")
                .pollDelay(Duration.ofSeconds(1)) // so that there are enough for as long as restarts take
                .until(() -> world.messagesWithLink(buyer) >= 1);
        world.telegram.openLink(buyer, world.newestLink(buyer));
    }

    private static void awaitMore(List<Sold> told) {
        int before = told.size();
        World.await("more payments under way").until(() -> told.size() >= before + 10);
    }

    /** The schedulers of both look at the balance all the while. */
    @Test
    void schedulersAndButtonsOfBothPayEachLineOnce() {
        Shop shop = world.openShopPaidOut();
        AtomicBoolean over = new AtomicBoolean();
        List<Thread> buttons = Stream.of(survivor, victim, survivor, victim)
                .map(one -> Thread.ofVirtual().start(() -> {
                    while (!over.get()) {
                        one.post("/api/v1/sellers/" + shop.sellerId() + "/payouts", Map.of());
                    }
                }))
                .toList();
        for (int i = 1; i <= 5; i++) {
            Purchase purchase = world.buy(shop, world.newBuyer());
            world.provider.pay(purchase.id());
            World.await("its accrual").until(() -> world.lines(purchase.paymentId(), "accrual") == 1);
            World.await("a payout of it")
                    .until(() -> world.balance(shop, "available_usd").signum() == 0);
        }
        over.set(true);
        buttons.forEach(InstancesFlowTests::join);

        List<JsonNode> payouts = survivor.ok(survivor.get("/api/v1/payouts?seller_id=" + shop.sellerId()))
                .path("items")
                .valueStream()
                .toList();
        assertThat(payouts).hasSize(5);
        assertThat(payouts.stream()
                        .map(one -> usd(one, "amount_usd").add(usd(one, "fee_usd")))
                        .reduce(BigDecimal.ZERO, BigDecimal::add))
                .isEqualByComparingTo(world.accrued(shop))
                .isEqualByComparingTo(world.balance(shop, "reserved_usd"));
        invariantsHold();
    }

    private static BigDecimal usd(JsonNode of, String part) {
        return new BigDecimal(of.path(part).stringValue());
    }

    private void isInsideExactlyOnce(Shop shop, Purchase purchase) {
        World.await("the admission on record")
                .until(() -> world.access(purchase).equals("admitted"));
        World.await("quiet queues").until(survivor::nothingIsOwed);
        assertThat(world.telegram.isMember(shop.chatId(), purchase.buyer())).isTrue();
        assertThat(world.telegram.chat(shop.chatId()).admitted()).hasSize(1);
        assertThat(world.links(purchase.buyer())).hasSize(1);
        assertThat(world.messagesWithLink(purchase.buyer())).isBetween(1L, 2L);
        assertThat(world.grants(shop, purchase.buyer())).isEqualTo(1);
        assertThat(world.lines(purchase.paymentId(), "accrual")).isEqualTo(1);
        invariantsHold();
    }

    private void invariantsHold() {
        for (var invariant : survivor.ok(survivor.get("/api/v1/invariants"))) {
            assertThat(invariant.path("violations").intValue())
                    .as(invariant.path("title").stringValue())
                    .isZero();
        }
    }

    private long holders() {
        try (var database = world.database();
                var rows = database.createStatement()
                        .executeQuery("select count(*) from messaging.office where until > now() + interval '3 s'")) {
            rows.next();
            return rows.getLong(1);
        } catch (java.io.IOException | java.sql.SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
