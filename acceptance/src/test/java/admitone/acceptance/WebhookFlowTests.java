package admitone.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.acceptance.World.Purchase;
import admitone.acceptance.World.Shop;
import admitone.simulators.telegram.Control.UpdateSwitches;
import java.sql.Connection;
import java.time.Duration;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Updates that Telegram sends, instead of updates that are fetched. */
class WebhookFlowTests {
    private static final String SECRET = "acceptance-webhook-secret_0123";

    private final World world =
            new World(Map.of("ADMITONE_TELEGRAM_UPDATES", "webhook", "ADMITONE_TELEGRAM_WEBHOOK_SECRET", SECRET));

    @AfterEach
    void close() {
        world.close();
    }

    @Test
    void fromPurchaseToInsideByWebhookAlone() {
        world.service.start();
        Shop shop = world.openShop();

        Purchase purchase = buyAndOpenTheLink(shop);

        becomesInside(shop, purchase);
        assertThat(calls("getUpdates")).isZero();
        assertThat(calls("setWebhook")).isEqualTo(1);
    }

    @Test
    void forgedUpdatesChangeNothing() throws Exception {
        world.service.start();
        Shop shop = world.openShop();
        long stranger = world.newBuyer();
        World.await("the stranger's start is read")
                .until(() -> count("messaging.update_inbox where state = 'new'") == 0);
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
        world.service.start();
        Shop shop = world.openShop();
        Purchase purchase = paid(shop);
        world.telegram.setUpdates(new UpdateSwitches(null, true, "reversed", true));
        IntStream.range(0, 5).forEach(i -> world.telegram.say(purchase.buyer(), World.BOT, "let me in, " + i));
        open(purchase);

        world.telegram.setUpdates(new UpdateSwitches(null, null, null, false));

        becomesInside(shop, purchase);
        World.await("all updates are read").until(() -> count("messaging.update_inbox where state <> 'read'") == 0);
        assertThat(world.telegram.chat(shop.chatId()).admitted()).hasSize(1);
        assertThat(world.grants(shop, purchase.buyer())).isEqualTo(1);
    }

    /** Another holder of the office keeps this instance from acting, so that it dies with an update confirmed and nothing done. */
    @Test
    void killedAfterAnUpdateWasConfirmedAndBeforeItWasActedOn() throws Exception {
        world.service.start();
        Shop shop = world.openShop();
        Purchase purchase = paid(shop);
        write("update messaging.office set holder = 'another', until = '2100-01-01'");
        // the holder of before notices when it renews its term
        World.await("the office is lost").pollInterval(Duration.ofSeconds(1)).until(() -> {
            world.telegram.say(purchase.buyer(), World.BOT, "still there?");
            return count(
                            "messaging.update_inbox where state = 'new' and received_at < clock_timestamp() - interval '2 seconds'")
                    > 0;
        });
        long before = count("messaging.update_inbox");

        open(purchase);
        World.await("the request is stored").until(() -> count("messaging.update_inbox") > before);
        world.service.kill();

        assertThat(world.telegram.isMember(shop.chatId(), purchase.buyer())).isFalse();
        world.service.start();
        write("delete from messaging.office");
        becomesInside(shop, purchase);
    }

    @Test
    void pollingThenWebhookThenPollingLosesNothing() {
        world.service.set("ADMITONE_TELEGRAM_UPDATES", "polling");
        world.service.start();
        Shop shop = world.openShop();
        becomesInside(shop, buyAndOpenTheLink(shop));
        assertThat(calls("setWebhook")).isZero();

        Purchase second = paid(shop);
        world.service.close();
        open(second); // while nobody listens
        world.service.set("ADMITONE_TELEGRAM_UPDATES", "webhook");
        world.service.start();
        becomesInside(shop, second);
        becomesInside(shop, buyAndOpenTheLink(shop));
        assertThat(calls("setWebhook")).isEqualTo(1);

        Purchase last = paid(shop);
        world.service.close();
        open(last);
        world.service.set("ADMITONE_TELEGRAM_UPDATES", "polling");
        world.service.start();
        becomesInside(shop, last);
        becomesInside(shop, buyAndOpenTheLink(shop));
        assertThat(calls("deleteWebhook")).isEqualTo(1);
    }

    private Purchase buyAndOpenTheLink(Shop shop) {
        Purchase purchase = paid(shop);
        open(purchase);
        return purchase;
    }

    private Purchase paid(Shop shop) {
        Purchase purchase = world.buy(shop, world.newBuyer());
        world.settle(purchase.id(), true);
        World.await("the way in").until(() -> !world.links(purchase.buyer()).isEmpty());
        return purchase;
    }

    private void open(Purchase purchase) {
        world.telegram.openLink(
                purchase.buyer(), world.links(purchase.buyer()).iterator().next());
    }

    private void becomesInside(Shop shop, Purchase purchase) {
        World.await("the buyer inside").until(() -> world.telegram.isMember(shop.chatId(), purchase.buyer()));
        World.await("the admission on record")
                .until(() -> world.payment(purchase.paymentId())
                        .path("grant")
                        .path("access")
                        .stringValue("")
                        .equals("admitted"));
    }

    private long calls(String method) {
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
