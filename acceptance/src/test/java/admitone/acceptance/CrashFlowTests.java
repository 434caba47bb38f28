package admitone.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import admitone.acceptance.World.Purchase;
import admitone.acceptance.World.Shop;
import java.math.BigDecimal;
import java.sql.Connection;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The real process dies at each named point, as by kill -9; after a restart everything happened exactly once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class CrashFlowTests {
    private static final BigDecimal ONE_ACCRUAL = new BigDecimal("1.06");

    @SuppressWarnings("NullAway.Init")
    private World world;

    @BeforeAll
    void open() {
        // the provider repeats what is not confirmed; a sweep would reach the point before its time
        world = new World(Map.of("ADMITONE_SWEEP_FIRST", "24h"));
    }

    @BeforeEach
    void start() {
        world.service.startIfDown();
        // what sellers are told comes some seconds later, and would reach a point before its time
        world.service.ok(world.service.post("/api/v1/queues/tell_seller/pause", Map.of()));
    }

    @AfterAll
    void close() {
        world.close();
    }

    static Stream<Arguments> fulfilling() {
        return CrashRounds.of(List.of(
                "CP01_HEARD",
                "CP02_BEFORE_ANSWER",
                "CP04_BEFORE_COMMIT",
                "CP05_AFTER_COMMIT",
                "CP06_BEFORE_CLAIM",
                "CP07_BEFORE_CALL",
                "CP09_BEFORE_RECORD",
                "CP12_BEFORE_MESSAGE",
                "CP14_AFTER_MESSAGE"));
    }

    static Stream<Arguments> admitting() {
        return CrashRounds.of(List.of("CP16_UPDATE_FETCHED", "CP18_AFTER_APPROVE"));
    }

    static IntStream rounds() {
        return CrashRounds.rounds();
    }

    @ParameterizedTest
    @MethodSource("fulfilling")
    void killedWhileFulfilling(String point, int round) {
        Shop shop = world.openShop();
        Purchase purchase = world.buy(shop, world.newBuyer());

        world.service.dieAt(point);
        world.settle(purchase.id(), true);
        world.service.awaitDeath();
        world.service.start();

        becomesInsideExactlyOnce(shop, purchase);
    }

    @ParameterizedTest
    @MethodSource("admitting")
    void killedWhileAdmitting(String point, int round) {
        Shop shop = world.openShop();
        Purchase purchase = world.buy(shop, world.newBuyer());
        world.settle(purchase.id(), true);
        World.await("the way in").until(() -> !world.links(purchase.buyer()).isEmpty());

        world.service.dieAt(point);
        world.telegram.openLink(
                purchase.buyer(), world.links(purchase.buyer()).iterator().next());
        world.service.awaitDeath();
        world.service.start();

        becomesInsideExactlyOnce(shop, purchase);
    }

    @ParameterizedTest
    @MethodSource("rounds")
    void killedWhenTheProviderHasCreatedThePayment(int round) {
        Shop shop = world.openShop();
        long buyer = world.newBuyer();
        String order = world.order(shop, buyer);

        world.service.dieAt("CP00_PAYMENT_CREATED");
        assertThat(catchThrowable(() ->
                        world.service.post("/api/v1/orders/" + order + "/payment", Map.of("pay_currency", "eth"))))
                .isInstanceOf(IllegalStateException.class);
        world.service.awaitDeath();
        world.service.start();
        String lost =
                Long.toString(world.provider.paymentsOfOrder(order).getFirst().id());
        // the intent's lease must end before the payment is made anew; until then the answer is 503
        String made = World.await("the payment made anew")
                .until(
                        () -> world.service.post("/api/v1/orders/" + order + "/payment", Map.of("pay_currency", "eth")),
                        reply -> reply.status() == 201)
                .json()
                .path("payment_id")
                .stringValue();

        assertThat(made).isNotEqualTo(lost);
        assertThat(world.provider.paymentsOfOrder(order)).hasSize(2);
        // money that reaches the forgotten payment all the same is adopted, since the provider signs its id
        Purchase purchase = new Purchase(buyer, order, lost);
        world.settle(purchase.id(), true);
        becomesInsideExactlyOnce(shop, purchase);
    }

    @ParameterizedTest
    @MethodSource("rounds")
    void killedWhenANotificationWasKeptForLater(int round) throws Exception {
        Shop shop = world.openShop();
        Purchase purchase = world.buy(shop, world.newBuyer());

        world.service.dieAt("CP03_KEPT_FOR_LATER");
        try (Connection database = world.service.database();
                var lock =
                        database.prepareStatement("select 1 from payments.payment where payment_id = ? for update")) {
            database.setAutoCommit(false);
            lock.setString(1, purchase.paymentId());
            assertThat(lock.executeQuery().next()).isTrue();
            world.settle(purchase.id(), true);
            world.service.awaitDeath();
            database.rollback();
        }
        world.service.start();

        becomesInsideExactlyOnce(shop, purchase);
    }

    private void becomesInsideExactlyOnce(Shop shop, Purchase purchase) {
        World.await("the way in").until(() -> !world.links(purchase.buyer()).isEmpty());
        World.await("the accrual").until(() -> world.lines(purchase.paymentId(), "accrual") == 1);
        assertThat(world.links(purchase.buyer())).hasSize(1);
        world.telegram.openLink(
                purchase.buyer(), world.links(purchase.buyer()).iterator().next());
        World.await("the buyer inside").until(() -> world.telegram.isMember(shop.chatId(), purchase.buyer()));
        World.await("the admission on record")
                .until(() -> world.payment(purchase.paymentId())
                        .path("grant")
                        .path("access")
                        .stringValue("")
                        .equals("admitted"));
        World.await("quiet queues").until(world.service::nothingIsOwed);

        assertThat(world.grants(shop, purchase.buyer())).isEqualTo(1);
        assertThat(world.lines(purchase.paymentId(), "accrual")).isEqualTo(1);
        assertThat(world.accrued(shop)).isEqualByComparingTo(ONE_ACCRUAL);
        assertThat(world.telegram.chat(shop.chatId()).admitted()).hasSize(1);
        assertThat(world.messagesWithLink(purchase.buyer())).isBetween(1L, 2L);
        for (var invariant : world.service.ok(world.service.get("/api/v1/invariants"))) {
            assertThat(invariant.path("violations").intValue())
                    .as(invariant.path("title").stringValue())
                    .isZero();
        }
    }
}
