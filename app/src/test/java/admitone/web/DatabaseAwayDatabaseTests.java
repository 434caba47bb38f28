package admitone.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.checkout.web.RunningShop;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DatabaseAwayDatabaseTests {
    @Test
    void isToldWithoutDetailsAndWithAWordWhenToComeBack() {
        try (RunningShop shop = RunningShop.start(Map.of(), Map.of("logging.level.com.zaxxer.hikari", "off"))) {
            String order = shop.order().id();
            assertThat(shop.get("/health").statusCode()).isEqualTo(200);

            shop.loseDatabase();

            await().atMost(Duration.ofSeconds(10))
                    .until(() -> shop.get("/health").statusCode() == 503);
            assertThat(shop.get("/health").body()).isEqualTo("{\"status\":\"DOWN\"}");
            HttpResponse<String> status = shop.get("/api/payment-status?order_id=" + order);
            assertThat(status.statusCode()).isEqualTo(503);
            assertThat(status.headers().firstValue("Retry-After")).isPresent();
            assertThat(status.body()).contains("\"code\":\"unavailable\"").doesNotContainIgnoringCase("jdbc", "sql");
            HttpResponse<String> page = shop.get("/success?order_id=" + order, "Accept", "text/html");
            assertThat(page.statusCode()).isEqualTo(503);
            assertThat(page.body()).contains("<h1>Back in a moment</h1>");
        }
    }
}
