package admitone.api;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.TestClient;
import admitone.TestService;
import admitone.TestService.Shop;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CouponFlowTests {
    private static final TestService SERVICE = TestService.shared();

    private final TestClient api = SERVICE.operator();
    private final Shop shop = SERVICE.newShop("10.00", 30);
    private final String coupons = "/api/v1/channels/" + shop.channelId() + "/coupons";

    @Test
    void couponIsAddedListedUsedAndClosed() {
        var added = api.post(coupons, "{\"code\":\"spring-20\",\"percent\":\"20\",\"most_uses\":2}");
        assertThat(added.must(201).body())
                .contains("\"code\":\"SPRING-20\"", "\"percent\":\"20\"", "?coupon=SPRING-20", "\"reserved\":0");
        assertThat(api.post(coupons, "{\"code\":\"SPRING-20\",\"percent\":\"10\"}")
                        .status())
                .isEqualTo(409);
        long buyer = SERVICE.newBuyer();

        var order = api.post("/api/v1/orders", order(buyer, "Spring-20")).must(201);
        assertThat(order.body())
                .contains(
                        "\"price_usd\":\"8.00\"",
                        "\"list_price_usd\":\"10.00\"",
                        "{\"kind\":\"coupon\",\"reference\":\"SPRING-20\",\"amount_usd\":\"2.00\"}");
        String id = order.json().path("order_id").asString();
        assertThat(SERVICE.anyone().get("/pay/" + id).must(200).body()).contains("8.00 USD", "10.00 USD", "SPRING-20");
        var again = api.post("/api/v1/orders", order(buyer, "SPRING-20"));
        assertThat(again.status()).isEqualTo(409);
        assertThat(again.body()).contains("coupon_held", id);
        assertThat(api.get(coupons).must(200).body()).contains("\"reserved\":1", "\"used\":0");

        api.call("DELETE", coupons + "/spring-20", "", "application/json").must(204);
        assertThat(api.post("/api/v1/orders", order(buyer + 1, "SPRING-20")).body())
                .contains("coupon_over");
        assertThat(api.call("DELETE", coupons + "/NONE", "", "application/json").status())
                .isEqualTo(404);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "code       | {'code':'x y z','percent':'20'}",
                "percent    | {'code':'ABC'}",
                "percent    | {'code':'ABC','percent':'20','amount_usd':'1.00'}",
                "percent    | {'code':'ABC','percent':'100'}",
                "percent    | {'code':'ABC','percent':'0'}",
                "most_uses  | {'code':'ABC','percent':'20','most_uses':0}",
                "from       | {'code':'ABC','percent':'20','from':'tomorrow'}",
                "until      | {'code':'ABC','percent':'20','from':'2026-12-02T00:00:00Z','until':'2026-12-01T00:00:00Z'}",
                "plan_id    | {'code':'ABC','percent':'20','plan_id':'pl_x'}",
            })
    void whatCannotBeACouponIsRefusedByItsField(String field, String body) {
        var refused = api.post(coupons, body.replace('\'', '"'));

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.body()).contains("\"field\":\"" + field + "\"");
    }

    @Test
    void shopPageShowsWhatACouponTakesOffAndSaysWhereItTakesNothing() {
        String page = "/c/" + shop.slug();
        assertThat(SERVICE.anyone().get(page).must(200).body()).doesNotContain("Coupon");
        api.post(coupons, "{\"code\":\"FIVE\",\"amount_usd\":\"5.00\"}").must(201);

        assertThat(SERVICE.anyone().get(page).must(200).body())
                .contains("10.00 USD", "Coupon")
                .doesNotContain("<del", "fault", "taken off");
        TestService.until(() -> SERVICE.anyone().get(page).body().contains("?start=pl_"));
        assertThat(SERVICE.anyone().get(page + "?coupon=five").must(200).body())
                .contains("5.00 USD", "<del", "?start=pl_", "taken off")
                .containsPattern("\\?start=pl_[0-9a-z]{12}_[0-9a-z]{26}-[0-9a-z]{8}\"")
                .doesNotContain("fault");
        assertThat(SERVICE.anyone().get(page + "?coupon=%3Cb%3Enone").must(200).body())
                .contains("10.00 USD", "takes nothing off", "&lt;b&gt;none")
                .doesNotContain("<b>none");
    }

    @Test
    void whatAChannelOffersIsToldAsItWasWritten() {
        String offers = "/api/v1/channels/" + shop.channelId() + "/offers";
        String body = "{\"trial_days\":3,\"referral_percent\":\"10\"}";

        assertThat(api.call("PUT", offers, body, "application/json").must(200).body())
                .isEqualTo(body);
        assertThat(api.get(offers).must(200).body()).isEqualTo(body);
    }

    private Map<String, Object> order(long buyer, String coupon) {
        Map<String, Object> body = new HashMap<>();
        body.put("channel_id", shop.channelId());
        body.put("plan_id", shop.planId());
        body.put("telegram_user_id", buyer);
        body.put("coupon", coupon);
        return body;
    }
}
