package admitone.checkout.web;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.TestClient.Reply;
import admitone.TestService;
import admitone.TestService.Shop;
import admitone.checkout.PrivateLinks;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

/** Who is shown a link that lets in whoever opens it first. */
@ExtendWith(OutputCaptureExtension.class)
class PrivateLinkDatabaseTests {
    private static final String ONE_TIME = "https://t.me/+";

    private static TestService service;
    private static Shop shop;

    @BeforeAll
    static void start() {
        service = TestService.start("private");
        shop = oneTimeShop();
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void becomesACookieAndACleanAddress(CapturedOutput output) {
        String order = service.newOrder(shop, service.newBuyer());
        String path = privatePath(order);
        String key = path.substring(path.indexOf("k=") + 2);

        Reply opened = get(path, "").must(303);

        assertThat(opened.headers().firstValue("Location").orElseThrow()).endsWith("/pay/" + order);
        assertThat(opened.headers().firstValue("Referrer-Policy")).contains("no-referrer");
        assertThat(opened.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(opened.headers().firstValue("Set-Cookie").orElseThrow())
                .startsWith("admitone_buyer=" + key)
                .contains("Path=/", "HttpOnly", "SameSite=Lax")
                .doesNotContain("Secure", order);
        assertThat(get("/pay/" + order, cookie(order)).must(200).body()).doesNotContain(key);
        assertThat(output.getAll()).doesNotContain(key);
    }

    @Test
    void aWrongKeyIsWorthNothing() {
        String order = service.newOrder(shop, service.newBuyer());
        String other = service.newOrder(shop, service.newBuyer());
        String foreign = privatePath(other).replace(other, order);

        for (String path : List.of(
                foreign,
                "/pay/" + order + "?k=",
                "/pay/" + order + "?k=%00",
                "/pay/" + order + "?k=" + "0".repeat(40))) {
            Reply opened = get(path, "").must(303);
            assertThat(opened.headers().firstValue("Set-Cookie")).as(path).isEmpty();
            assertThat(opened.headers().firstValue("Location").orElseThrow()).endsWith("/pay/" + order);
        }
        assertThat(get("/pay/nonsense?k=1", "").status()).isEqualTo(404);
    }

    @Test
    void onlyTheBrowserThatOpenedItIsShownTheOneTimeLink() {
        long buyer = service.newBuyer();
        String order = paid(buyer);
        String link = service.linkSentTo(buyer);
        String stranger = cookie(service.newOrder(shop, service.newBuyer()));

        for (String path : List.of(
                "/success?order_id=" + order,
                "/success/state?order_id=" + order,
                "/pay/" + order,
                "/pay/" + order + "/state")) {
            assertThat(get(path, cookie(order)).must(200).body())
                    .as(path)
                    .contains("href=\"" + link + "\"", "Your way in was sent to you");
            for (String cookie : List.of("", stranger, "admitone_buyer=" + "0".repeat(40))) {
                assertThat(get(path, cookie).must(200).body())
                        .as(path)
                        .contains("Your way in was sent to you", "href=\"https://t.me/" + TestService.BOT + "\"")
                        .doesNotContain(ONE_TIME);
            }
        }
        Reply page = get("/success?order_id=" + order, cookie(order));
        assertThat(page.headers().firstValue("Cache-Control")).contains("no-store");
        assertThat(page.headers().firstValue("Referrer-Policy")).contains("no-referrer");
        assertThat(get("/api/payment-status?order_id=" + order, cookie(order)).body())
                .doesNotContain("t.me");

        service.telegram().openLink(buyer, link);
        TestService.until(
                () -> get("/success?order_id=" + order, cookie(order)).body().contains("You are in"));
        assertThat(get("/success?order_id=" + order, cookie(order)).body())
                .as("it is used")
                .doesNotContain(ONE_TIME);
    }

    /** Such a link may still be given up for another. */
    @Test
    void aLinkThatNoMessageToldIsShownToNobody() {
        long buyer = service.newBuyer();
        String queue = "/api/v1/queues/deliver_access/";
        service.operator().post(queue + "pause", Map.of());
        try {
            String order = paid(buyer);
            String page = "/success?order_id=" + order;
            TestService.until(() -> service.sql()
                            .sql("select count(*) from access.pool_link where ready_at is not null and told_at is null")
                            .query(Integer.class)
                            .single()
                    == 1);

            assertThat(get(page, cookie(order)).body())
                    .contains("Your way in is ready")
                    .doesNotContain(ONE_TIME);

            service.operator().post(queue + "resume", Map.of());
            TestService.until(() -> get(page, cookie(order)).body().contains(ONE_TIME));
        } finally {
            service.operator().post(queue + "resume", Map.of());
        }
    }

    private static String paid(long buyer) {
        String order = service.newOrder(shop, buyer);
        service.nowPayments().pay(service.newPayment(order, "eth"));
        TestService.until(() ->
                service.operator().get("/api/v1/orders/" + order).text("status").equals("confirmed"));
        return order;
    }

    private static Shop oneTimeShop() {
        long chat = service.newChat();
        String seller = service.newSeller("Seller");
        Map<String, Object> body = new HashMap<>(TestService.channelBody(seller, chat, "10.00", 30));
        body.put("admission", "one_time_link");
        Reply channel = service.operator().post("/api/v1/channels", body).must(201);
        TestService.until(() -> service.telegram().chat(chat).links().size() >= 20);
        return new Shop(
                seller,
                channel.text("channel_id"),
                channel.json().path("plans").path(0).path("plan_id").asString(),
                channel.text("slug"),
                chat);
    }

    private static String privatePath(String order) {
        return service.context()
                .getBean(PrivateLinks.class)
                .payPage(order)
                .substring(service.url().length());
    }

    /** What a browser sends that has opened the order's private link. */
    private static String cookie(String order) {
        return get(privatePath(order), "")
                .headers()
                .firstValue("Set-Cookie")
                .orElseThrow()
                .split(";", 2)[0];
    }

    private static Reply get(String path, String cookie) {
        return cookie.isEmpty()
                ? service.anyone().get(path)
                : service.anyone().call("GET", path, null, null, "Cookie", cookie);
    }
}
