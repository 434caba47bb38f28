package admitone.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.acceptance.World.Purchase;
import admitone.acceptance.World.Shop;
import admitone.simulators.nowpayments.Delivery;
import admitone.simulators.telegram.Control;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;

/** One payment admits one person, once: repeats, storms, strangers, leavers, silence, outages. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PromiseFlowTests {
    @SuppressWarnings("NullAway.Init")
    private World world;

    @BeforeAll
    void open() {
        world = new World(Map.of("ADMITONE_SWEEP_FIRST", "2s", "ADMITONE_STATUS_LIMIT_PER_MINUTE", "0"));
        world.service.start();
    }

    @AfterAll
    void close() {
        world.close();
    }

    @Test
    void twoHundredConcurrentNotificationsOfEachOfTwentyPaymentsFulfilItOnce() {
        try (World own = new World(Map.of("ADMITONE_SWEEP_FIRST", "24h"))) {
            own.service.start();
            Shop shop = own.openShop();
            List<Purchase> purchases = buy(own, shop, 20);
            purchases.forEach(purchase -> own.settle(purchase.id(), false));
            own.provider.configure(s -> s.ipnTimeoutMs = 30_000); // counted is what is done, not how soon

            List<Delivery> first = storm(own, purchases);

            assertThat(first).hasSize(20 * 200);
            assertThat(first.stream().map(Delivery::httpStatus)).containsOnly(200);
            World.await("all accruals").until(() -> own.accrued(shop).compareTo(new BigDecimal("21.20")) >= 0);
            World.await("all messages")
                    .until(() -> purchases.stream().allMatch(p -> own.messagesWithLink(p.buyer()) == 1));
            assertThat(own.accrued(shop)).isEqualByComparingTo("21.20");
            for (Purchase purchase : purchases) {
                assertThat(own.grants(shop, purchase.buyer())).isEqualTo(1);
                assertThat(own.lines(purchase.paymentId(), "accrual")).isEqualTo(1);
                World.await("every trigger on record")
                        .until(() -> timeline(own, purchase).path("triggers").intValue() >= 200);
            }
            assertThat(purchases.stream()
                            .flatMap(p -> own.links(p.buyer()).stream())
                            .collect(Collectors.toSet()))
                    .hasSize(1);
            World.await("all that must always hold")
                    .untilAsserted(() -> assertThat(own.service.ok(own.service.get("/api/v1/invariants")))
                            .isNotEmpty()
                            .allSatisfy(one -> assertThat(one.path("violations").longValue(-1))
                                    .as(one.toString())
                                    .isZero()));
            assertThat(own.service.ok(own.service.get("/api/v1/queues")))
                    .isNotEmpty()
                    .allSatisfy(queue -> assertThat(queue.path("dead").intValue(-1))
                            .as(queue.toString())
                            .isZero());
        }
    }

    private static List<Delivery> storm(World world, List<Purchase> purchases) {
        List<Delivery> answers = new ArrayList<>();
        for (Purchase purchase : purchases) {
            answers.addAll(world.provider.notify(purchase.id(), 200, true));
        }
        return answers;
    }

    @Test
    void fourThousandNotificationsAtOnceAreConfirmedOrAskedForAgainAndNoneIsLost() {
        try (World own = new World(Map.of("ADMITONE_SWEEP_FIRST", "24h"))) {
            own.service.start();
            Shop shop = own.openShop();
            List<Purchase> purchases = buy(own, shop, 20);
            purchases.forEach(purchase -> own.settle(purchase.id(), false));
            own.provider.configure(s -> s.ipnTimeoutMs = 30_000);

            try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
                purchases.forEach(purchase -> threads.execute(() -> own.provider.notify(purchase.id(), 200, true)));
            }

            World.await("every notification confirmed")
                    .atMost(Duration.ofMinutes(3)) // however slow the machine
                    .until(() -> confirmed(own).size() >= 20 * 200);
            World.await("all accruals").until(() -> own.accrued(shop).compareTo(new BigDecimal("21.20")) >= 0);
            assertThat(own.accrued(shop)).isEqualByComparingTo("21.20");
            purchases.forEach(
                    purchase -> assertThat(own.grants(shop, purchase.buyer())).isEqualTo(1));
            assertThat(own.service.log()).doesNotContain("OutOfMemoryError");
        }
    }

    @Test
    void completesWithoutAnyNotification() {
        Shop shop = world.openShop();
        Purchase purchase = world.buy(shop, world.newBuyer());

        world.settle(purchase.id(), false);

        World.await("the way in").until(() -> world.messagesWithLink(purchase.buyer()) == 1);
        assertThat(causes(world, purchase)).contains("sweep").doesNotContain("ipn");
    }

    @Test
    void aStrangerWithTheLinkStaysOutsideAndThePayerGetsInAlsoAfterLeaving() {
        Shop shop = world.openShop();
        Purchase purchase = world.buy(shop, world.newBuyer());
        world.settle(purchase.id(), true);
        World.await("the way in").until(() -> !world.links(purchase.buyer()).isEmpty());
        String link = world.links(purchase.buyer()).iterator().next();
        long stranger = world.newBuyer();

        world.telegram.openLink(stranger, link);
        world.telegram.openLink(purchase.buyer(), link);

        World.await("the buyer inside").until(() -> world.telegram.isMember(shop.chatId(), purchase.buyer()));
        World.await("the stranger told the plans")
                .until(() -> world.telegram.messages(stranger, World.BOT).stream()
                        .anyMatch(message -> message.text().contains("pick a plan")));
        world.telegram.leave(purchase.buyer(), shop.chatId());
        world.telegram.openLink(purchase.buyer(), link);
        World.await("the buyer inside again").until(() -> world.telegram.isMember(shop.chatId(), purchase.buyer()));
        assertThat(world.telegram.chat(shop.chatId()).admitted())
                .allMatch(admission -> admission.userId() == purchase.buyer());
    }

    /** Each asks twice, half of them before the payers and half after. */
    @Test
    void ofFiveHundredStrangersWithTheLeakedLinkNobodyIsLetIn() {
        Shop shop = world.openShop();
        List<Purchase> purchases = buy(world, shop, 10);
        purchases.forEach(purchase -> world.settle(purchase.id(), true));
        World.await("every way in")
                .until(() ->
                        purchases.stream().noneMatch(p -> world.links(p.buyer()).isEmpty()));
        String link = world.links(purchases.getFirst().buyer()).iterator().next();
        List<Long> strangers =
                IntStream.range(0, 500).mapToObj(_ -> world.newBuyer()).toList();

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            strangers.subList(0, 250).forEach(id -> threads.execute(() -> world.telegram.openLink(id, link)));
            purchases.forEach(one -> threads.execute(() -> world.telegram.openLink(one.buyer(), link)));
            strangers.forEach(id -> threads.execute(() -> world.telegram.openLink(id, link)));
        }

        World.await("every stranger told the plans")
                .until(() -> strangers.stream()
                        .noneMatch(id -> world.telegram.messages(id, World.BOT).isEmpty()));
        World.await("every payer inside")
                .until(() -> purchases.stream().allMatch(p -> world.telegram.isMember(shop.chatId(), p.buyer())));
        assertThat(world.telegram.chat(shop.chatId()).admitted().stream()
                        .map(Control.Admission::userId)
                        .distinct())
                .as("ever admitted")
                .containsExactlyInAnyOrderElementsOf(
                        purchases.stream().map(Purchase::buyer).toList());
    }

    @Test
    void whoAskedBeforePayingIsLetInByThePayment() {
        Shop shop = world.openShop();
        long buyer = world.newBuyer();
        Purchase purchase = world.buy(shop, buyer);
        String link = world.telegram.chat(shop.chatId()).links().getFirst().inviteLink();
        world.telegram.openLink(buyer, link);
        assertThat(world.telegram.isMember(shop.chatId(), buyer)).isFalse();

        world.settle(purchase.id(), true);

        World.await("the buyer inside").until(() -> world.telegram.isMember(shop.chatId(), buyer));
    }

    @Test
    void aLawfulSecondPurchaseHasItsOwnGrantAndAccrual() {
        Shop shop = world.openShop();
        long buyer = world.newBuyer();
        Purchase first = world.buy(shop, buyer);
        world.settle(first.id(), true);
        World.await("the first").until(() -> world.grants(shop, buyer) == 1);
        Purchase second = world.buy(shop, buyer);

        world.settle(second.id(), true);

        World.await("both accruals").until(() -> world.accrued(shop).compareTo(new BigDecimal("2.12")) == 0);
        assertThat(world.grants(shop, buyer)).isEqualTo(2);
        String firstEnds =
                world.payment(first.paymentId()).path("grant").path("ends_at").stringValue();
        assertThat(world.payment(second.paymentId())
                        .path("grant")
                        .path("starts_at")
                        .stringValue())
                .isEqualTo(firstEnds);
        World.await("a message each, with one link")
                .untilAsserted(() -> assertThat(world.messagesWithLink(buyer)).isEqualTo(2));
        assertThat(world.links(buyer)).hasSize(1);
    }

    @Test
    void anotherPaymentOfTheSameOrderIsHeldForAPerson() {
        Shop shop = world.openShop();
        Purchase first = world.buy(shop, world.newBuyer());
        String other = world.service
                .ok(world.service.post("/api/v1/orders/" + first.orderId() + "/payment", Map.of("pay_currency", "btc")))
                .path("payment_id")
                .stringValue();

        world.settle(first.id(), true);
        World.await("the first").until(() -> world.grants(shop, first.buyer()) == 1);
        world.provider.pay(Long.parseLong(other));

        World.await("the case").until(() -> cases(other).contains("paid_twice"));
        assertThat(world.grants(shop, first.buyer())).isEqualTo(1);
        World.await("one accrual").until(() -> world.lines(first.paymentId(), "accrual") == 1);
        assertThat(world.lines(other, "accrual")).isZero();
        assertThat(world.lines(other, "suspense")).isEqualTo(1);
    }

    @Test
    void aBuyerWhoBlockedTheBotIsShownAsSuchAndGetsTheLinkByStart() {
        Shop shop = world.openShop();
        Purchase purchase = world.buy(shop, world.newBuyer());
        world.telegram.block(purchase.buyer(), World.BOT);

        world.settle(purchase.id(), true);

        World.await("the visible state")
                .until(() -> timeline(world, purchase)
                        .path("events")
                        .valueStream()
                        .anyMatch(event -> event.path("kind").stringValue("").equals("buyer_unreachable")));
        assertThat(world.payment(purchase.paymentId())
                        .path("grant")
                        .path("access")
                        .stringValue())
                .isEqualTo("ready");
        world.telegram.unblock(purchase.buyer(), World.BOT);
        world.telegram.start(purchase.buyer(), World.BOT, null);
        World.await("the way in").until(() -> !world.links(purchase.buyer()).isEmpty());
    }

    @Test
    void aNotificationIsNotConfirmedWhileTheDatabaseIsDownAndNothingIsLost() throws Exception {
        try (World own = new World(Map.of("ADMITONE_SWEEP_FIRST", "24h"))) {
            own.service.start();
            Shop shop = own.openShop();
            List<Purchase> purchases = buy(own, shop, 5);

            killDatabase(own);
            purchases.forEach(purchase -> own.settle(purchase.id(), true));
            World.await("a notification that is not taken")
                    .atMost(Duration.ofSeconds(20))
                    .until(() -> {
                        killDatabase(own);
                        return own.provider.deliveries().stream().anyMatch(delivery -> delivery.httpStatus() == 503);
                    });

            World.await("the database again").until(own.service::isReady);
            World.await("all accruals")
                    .ignoreExceptions()
                    .until(() -> own.accrued(shop).compareTo(new BigDecimal("5.30")) == 0);
            for (Purchase purchase : purchases) {
                World.await("the way in")
                        .until(() -> own.links(purchase.buyer()).size() == 1);
                assertThat(causes(own, purchase)).contains("ipn").doesNotContain("sweep");
            }
            assertThat(answers(own)).as("503 while down, 200 otherwise").containsExactlyInAnyOrder(200, 503);
            assertThat(heard(own))
                    .containsAll(confirmed(own).stream().map(Delivery::body).toList());
        }
    }

    private static List<Purchase> buy(World world, Shop shop, int times) {
        List<Purchase> purchases = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            purchases.add(world.buy(shop, world.newBuyer()));
        }
        return purchases;
    }

    /** It is started anew by the service each time. */
    private static void killDatabase(World world) {
        try {
            ProcessHandle.of(world.service.postmasterPid()).ifPresent(ProcessHandle::destroyForcibly);
        } catch (IOException e) {
            // it is between two lives and has no pid
        }
    }

    /** Where no answer came, nothing was confirmed. */
    private static Set<Integer> answers(World world) {
        return world.provider.deliveries().stream()
                .map(Delivery::httpStatus)
                .filter(status -> status != 0)
                .collect(Collectors.toSet());
    }

    private static List<Delivery> confirmed(World world) {
        return world.provider.deliveries().stream()
                .filter(delivery -> delivery.httpStatus() == 200)
                .toList();
    }

    /** The bodies that the database has. */
    private static Set<String> heard(World world) throws Exception {
        Set<String> bodies = new HashSet<>();
        try (Connection database = world.service.database();
                var rows = database.createStatement().executeQuery("select body from payments.notification")) {
            while (rows.next()) {
                bodies.add(new String(rows.getBytes("body"), StandardCharsets.UTF_8));
            }
        }
        return bodies;
    }

    @Test
    void aBodyOf65KibIsRefused() {
        var reply = world.service.ipn(new byte[65 * 1024], "0".repeat(128));

        assertThat(reply.status()).isEqualTo(413);
        assertThat(reply.json().path("code").stringValue()).isEqualTo("too_large");
    }

    @Test
    void aForgedNotificationIsRefusedAndChangesNothing() {
        Shop shop = world.openShop();
        Purchase purchase = world.buy(shop, world.newBuyer());
        String body = "{\"actually_paid\":1,\"order_id\":\"" + purchase.orderId() + "\",\"payment_id\":"
                + purchase.paymentId()
                + ",\"payment_status\":\"finished\",\"price_amount\":1.35,\"price_currency\":\"usd\"}";

        var reply = world.service.ipn(body.getBytes(StandardCharsets.UTF_8), "ab".repeat(64));

        assertThat(reply.status()).isEqualTo(401);
        assertThat(world.payment(purchase.paymentId()).path("status").stringValue())
                .isEqualTo("awaiting_payment");
    }

    @Test
    void aBodyThatWasAcceptedIsRefusedUnderAnotherSignature() {
        Shop shop = world.openShop();
        Purchase purchase = world.buy(shop, world.newBuyer());
        world.settle(purchase.id(), true);
        World.await("accepted").until(() -> !confirmed(world).isEmpty());
        Delivery accepted = confirmed(world).getLast();
        byte[] body = accepted.body().getBytes(StandardCharsets.UTF_8);

        assertThat(world.service.ipn(body, "ab".repeat(64)).status()).isEqualTo(401);

        var repeated = world.service.ipn(body, accepted.signature());
        assertThat(repeated.status()).isEqualTo(200);
        assertThat(repeated.json().path("status").stringValue()).isEqualTo("duplicate");
    }

    @Test
    void lostAnswersOfTheMessengerRepeatTheSameLinkAtMost() {
        Shop shop = world.openShop();
        Purchase purchase = world.buy(shop, world.newBuyer());
        // it is a message too
        World.await("the answer to /start")
                .until(() ->
                        !world.telegram.messages(purchase.buyer(), World.BOT).isEmpty());
        world.telegram.addFault(admitone.simulators.telegram.Control.Fault.of(
                        admitone.simulators.telegram.FaultKind.DROP_AFTER_EFFECT, "sendMessage")
                .times(1)
                .inChat(purchase.buyer()));

        world.settle(purchase.id(), true);

        World.await("delivered")
                .atMost(Duration.ofSeconds(60))
                .until(() -> world.payment(purchase.paymentId())
                        .path("grant")
                        .path("access")
                        .stringValue("")
                        .equals("delivered"));
        assertThat(world.messagesWithLink(purchase.buyer())).isEqualTo(2);
        assertThat(world.links(purchase.buyer())).hasSize(1);
    }

    private static List<String> causes(World world, Purchase purchase) {
        return timeline(world, purchase)
                .path("events")
                .valueStream()
                .filter(event -> event.path("kind").stringValue("").equals("trigger"))
                .map(event -> event.path("cause").stringValue())
                .toList();
    }

    private static JsonNode timeline(World world, Purchase purchase) {
        return world.service.ok(world.service.get("/api/v1/payments/" + purchase.paymentId() + "/timeline"));
    }

    private List<String> cases(String paymentId) {
        return world.payment(paymentId)
                .path("cases")
                .valueStream()
                .map(one -> one.path("kind").stringValue())
                .toList();
    }
}
