package admitone.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.checkout.web.RunningShop;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AddressLimitDatabaseTests {
    private static RunningShop shop;

    @BeforeAll
    static void start() {
        shop = RunningShop.start(
                Map.of("ADMITONE_ADDRESS_LIMIT_PER_MINUTE", "10", "ADMITONE_ALLOWED_ORIGINS", "https://shop.example"),
                Map.of());
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Test
    void limitsPublicPagesOnlyAndSaysWhenToComeBack() {
        for (int i = 0; i < 10; i++) {
            shop.get("/c/quiet-alpha");
        }

        HttpResponse<String> page = shop.get("/c/quiet-alpha", "Accept", "text/html");
        assertThat(page.statusCode()).isEqualTo(429);
        assertThat(page.headers().firstValueAsLong("Retry-After").orElseThrow()).isBetween(1L, 6L);
        assertThat(page.body()).contains("<h1>One moment, please</h1>");
        assertThat(page.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");

        HttpResponse<String> api = shop.get("/api/payment-status?order_id=x", "Origin", "https://shop.example");
        assertThat(api.statusCode()).isEqualTo(429);
        assertThat(api.body()).contains("\"code\":\"too_many_requests\"");
        assertThat(api.headers().firstValue("Access-Control-Allow-Origin")).hasValue("https://shop.example");

        for (int i = 0; i < 30; i++) {
            assertThat(shop.send("POST", "/ipn").statusCode()).isEqualTo(401);
            assertThat(shop.get("/health").statusCode()).isEqualTo(200);
            assertThat(shop.get("/api/v1/orders/x").statusCode()).isNotEqualTo(429);
            assertThat(shop.send("POST", "/telegram/updates").statusCode()).isNotEqualTo(429);
        }
        await().untilAsserted(() ->
                assertThat(shop.get("/c/quiet-alpha").statusCode()).isEqualTo(200));
    }
}
