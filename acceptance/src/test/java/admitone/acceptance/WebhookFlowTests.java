package admitone.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.acceptance.World.Purchase;
import admitone.acceptance.World.Shop;
import admitone.simulators.telegram.Control.UpdateSwitches;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/** Updates that Telegram sends, instead of updates that are fetched. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
class WebhookFlowTests {
    private static final String SECRET = "acceptance-webhook-secret_0123";
    private static final Map<String, String> BY_WEBHOOK =
            Map.of("ADMITONE_TELEGRAM_UPDATES", "webhook", "ADMITONE_TELEGRAM_WEBHOOK_SECRET", SECRET);

    private final World world = new World(BY_WEBHOOK);

    @BeforeAll
    void start() {
        world.service.start();
    }

    @AfterAll
    void close() {
        world.close();
    }

    /** The first, since each start sets the webhook. */
    @Test
    @Order(1)
    void fromPurchaseToInsideByWebhookAlone() {
        Shop shop = world.openShop();

        Purchase purchase = buyAndOpenTheLink(world, shop);

        becomesInside(world, shop, purchase);
        assertThat(calls(world, "getUpdates")).isZero();
        assertThat(calls(world, "setWebhook")).isEqualTo(1);
    }

    @Test
    void forgedUpdatesChangeNothing() throws Exception {
        Shop shop = world.openShop();
        long stranger = world.newBuyer();
        World.await("the stranger's start is read")
                .until(() -> count("messaging.update_inbox where state = 'new'") == 0);
        World.await("quiet queues").until(world.service::nothingIsOwed);
        long before = count("messaging.update_inbox");
        long tasksBefore = count("tasks.task");

        for (String secret : new String[] {"", "wrong", SECRET + "x", SECRET.toUpperCase(java.util.Locale.ROOT)}) {
            for (int i = 0; i < 25; i++) {
                String forged = """
                        {"update_id":%d,"chat_join_request":{"chat":{"id":%d,"type":"channel"},"from":{"id":%d},"user_chat_id":%d,"date":1790000000}}
                        """.formatted(1_000_000 + i, shop.chatId(), stranger, stranger);
                assertThat(world.service.update(forged, secret).status()).isEqualTo(401);
            }
        }

        assertThat(count("messaging.update_inbox")).isEqualTo(before);
        assertThat(count("tasks.task")).isEqualTo(tasksBefore);
    }

    /** Each update twice, and the newest first. */
    @Test
    void repeatedAndReorderedUpdatesAdmitOnce() {
        Shop shop = world.openShop();
        Purchase purchase = paid(world, shop);
        world.telegram.setUpdates(new UpdateSwitches(null, true, "reversed", true));
        IntStream.range(0, 5).forEach(i -> world.telegram.say(purchase.buyer(), World.BOT, "let me in, " + i));
        open(world, purchase);

        world.telegram.setUpdates(new UpdateSwitches(null, null, null, false));

        becomesInside(world, shop, purchase);
        World.await("all updates are read").until(() -> count("messaging.update_inbox where state <> 'read'") == 0);
        assertThat(world.telegram.chat(shop.chatId()).admitted()).hasSize(1);
        assertThat(world.grants(shop, purchase.buyer())).isEqualTo(1);
        world.telegram.setUpdates(new UpdateSwitches(null, false, "as_sent", null));
    }

    /** Another holder of the office keeps this instance from acting, so that it dies with an update confirmed and nothing done. */
    @Test
    void killedAfterAnUpdateWasConfirmedAndBeforeItWasActedOn() throws Exception {
        Shop shop = world.openShop();
        Purchase purchase = paid(world, shop);
        write("update messaging.office set holder = 'another', until = '2100-01-01'");
        // the holder of before notices when it renews its term
        World.await("the office is lost").pollInterval(Duration.ofSeconds(1)).until(() -> {
            world.telegram.say(purchase.buyer(), World.BOT, "still there?");
            return count(
                            "messaging.update_inbox where state = 'new' and received_at < clock_timestamp() - interval '2 seconds'")
                    > 0;
        });
        long before = count("messaging.update_inbox");

        open(world, purchase);
        World.await("the request is stored").until(() -> count("messaging.update_inbox") > before);
        world.service.kill();

        assertThat(world.telegram.isMember(shop.chatId(), purchase.buyer())).isFalse();
        world.service.start();
        write("delete from messaging.office");
        becomesInside(world, shop, purchase);
    }

    @Test
    void pollingThenWebhookThenPollingLosesNothing() {
        try (World own = new World(BY_WEBHOOK)) {
            own.service.set("ADMITONE_TELEGRAM_UPDATES", "polling");
            own.service.start();
            Shop shop = own.openShop();
            becomesInside(own, shop, buyAndOpenTheLink(own, shop));
            assertThat(calls(own, "setWebhook")).isZero();

            Purchase second = paid(own, shop);
            own.service.close();
            open(own, second); // while nobody listens
            own.service.set("ADMITONE_TELEGRAM_UPDATES", "webhook");
            own.service.start();
            becomesInside(own, shop, second);
            becomesInside(own, shop, buyAndOpenTheLink(own, shop));
            assertThat(calls(own, "setWebhook")).isEqualTo(1);

            Purchase last = paid(own, shop);
            own.service.close();
            open(own, last);
            own.service.set("ADMITONE_TELEGRAM_UPDATES", "polling");
            own.service.start();
            becomesInside(own, shop, last);
            becomesInside(own, shop, buyAndOpenTheLink(own, shop));
            assertThat(calls(own, "deleteWebhook")).isEqualTo(1);
        }
    }

    private static Purchase buyAndOpenTheLink(World world, Shop shop) {
        Purchase purchase = paid(world, shop);
        open(world, purchase);
        return purchase;
    }

    private static Purchase paid(World world, Shop shop) {
        Purchase purchase = world.buy(shop, world.newBuyer());
        world.settle(purchase.id(), true);
        World.await("the way in").until(() -> !world.links(purchase.buyer()).isEmpty());
        return purchase;
    }

    private static void open(World world, Purchase purchase) {
        world.telegram.openLink(
                purchase.buyer(), world.links(purchase.buyer()).iterator().next());
    }

    private static void becomesInside(World world, Shop shop, Purchase purchase) {
        World.await("the buyer inside").until(() -> world.telegram.isMember(shop.chatId(), purchase.buyer()));
        World.await("the admission on record")
                .until(() -> world.payment(purchase.paymentId())
                        .path("grant")
                        .path("access")
                        .stringValue("")
                        .equals("admitted"));
    }

    private static long calls(World world, String method) {
        return world.telegram.log().counts().getOrDefault(method, 0L);
    }

    private long count(String fromWhere) throws Exception {
        try (Connection database = world.database();
                var rows = database.createStatement().executeQuery("select count(*) from " + fromWhere)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    private void write(String sql) throws Exception {
        try (Connection database = world.database()) {
            database.createStatement().executeUpdate(sql);
        }
    }
}
