package admitone.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.acceptance.World.Purchase;
import admitone.acceptance.World.Shop;
import admitone.simulators.nowpayments.Delivery;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

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
        Shop shop = world.openShop();
        List<Purchase> purchases = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            purchases.add(world.buy(shop, world.newBuyer()));
        }

        List<Integer> answers = new ArrayList<>();
        for (Purchase purchase : purchases) {
            world.settle(purchase.id(), false);
            List<Delivery> deliveries = world.provider.notify(purchase.id(), 200, true);
            deliveries.forEach(delivery -> answers.add(delivery.httpStatus()));
        }

        assertThat(answers).hasSize(20 * 200).containsOnly(200);
        World.await("all accruals").until(() -> world.accrued(shop).compareTo(new BigDecimal("21.20")) >= 0);
        World.await("all messages")
                .until(() -> purchases.stream().allMatch(p -> world.messagesWithLink(p.buyer()) == 1));
        assertThat(world.accrued(shop)).isEqualByComparingTo("21.20");
        for (Purchase purchase : purchases) {
            assertThat(world.grants(shop, purchase.buyer())).isEqualTo(1);
            assertThat(world.lines(purchase.paymentId(), "accrual")).isEqualTo(1);
        }
        assertThat(purchases.stream()
                        .flatMap(p -> world.links(p.buyer()).stream())
                        .collect(Collectors.toSet()))
                .hasSize(1);
        Purchase any = purchases.getFirst();
        World.await("every trigger on record")
                .until(() -> timeline(any).path("triggers").intValue() >= 200);
    }

    @Test
    void completesWithoutAnyNotification() {
        Shop shop = world.openShop();
        Purchase purchase = world.buy(shop, world.newBuyer());

        world.settle(purchase.id(), false);

        World.await("the way in").until(() -> world.messagesWithLink(purchase.buyer()) == 1);
        assertThat(timeline(purchase)
                        .path("events")
                        .valueStream()
                        .filter(event -> event.path("kind").stringValue("").equals("trigger"))
                        .map(event -> event.path("cause").stringValue()))
                .contains("sweep")
                .doesNotContain("ipn");
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
                .until(() -> timeline(purchase)
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
        Shop shop = world.openShop();
        List<Purchase> purchases = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            purchases.add(world.buy(shop, world.newBuyer()));
        }

        for (Purchase purchase : purchases) {
            ProcessHandle.of(world.service.postmasterPid()).ifPresent(ProcessHandle::destroyForcibly);
            world.settle(purchase.id(), true);
            World.await("the database again").ignoreExceptions().until(() -> world.service.isReady());
        }

        World.await("all accruals")
                .ignoreExceptions()
                .until(() -> world.accrued(shop).compareTo(new BigDecimal("5.30")) == 0);
        purchases.forEach(purchase -> World.await("the way in")
                .until(() -> world.links(purchase.buyer()).size() == 1));
        Set<Integer> answers =
                world.provider.deliveries().stream().map(Delivery::httpStatus).collect(Collectors.toSet());
        assertThat(answers).as("503 while down, 200 otherwise").isSubsetOf(200, 503);
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

        var reply = world.service.ipn(body.getBytes(java.nio.charset.StandardCharsets.UTF_8), "ab".repeat(64));

        assertThat(reply.status()).isEqualTo(401);
        assertThat(world.payment(purchase.paymentId()).path("status").stringValue())
                .isEqualTo("awaiting_payment");
    }

    @Test
    void lostAnswersOfTheMessengerRepeatTheSameLinkAtMost() {
        Shop shop = world.openShop();
        Purchase purchase = world.buy(shop, world.newBuyer());
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

    private tools.jackson.databind.JsonNode timeline(Purchase purchase) {
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
