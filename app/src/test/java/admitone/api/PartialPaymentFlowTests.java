package admitone.api;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.TestClient;
import admitone.TestService;
import admitone.TestService.Shop;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** Less than the price, more than it, and what a person decides; over HTTP, with the provider's simulator. */
class PartialPaymentFlowTests {
    private static final TestService SERVICE = TestService.shared();

    private final TestClient api = SERVICE.operator();

    @Test
    void restIsPaidByANewPaymentOfTheSameOrder() {
        long buyer = SERVICE.newBuyer();
        String order = SERVICE.newOrder(SERVICE.newShop("50", 30), buyer);
        long first = SERVICE.newPayment(order, "eth");
        SERVICE.payHalf(first);
        TestService.until(() -> state(first).equals("partially_paid"));

        assertThat(SERVICE.anyone().get("/pay/" + order).must(200).body()).contains("pay the rest here");
        long second = SERVICE.newPayment(order, "eth");
        assertThat(second).isNotEqualTo(first);
        assertThat(SERVICE.newPayment(order, "eth")).isEqualTo(second);
        assertThat(SERVICE.anyone().get("/pay/" + order + "?coin=eth").must(200).body())
                .contains(address(second))
                .doesNotContain(address(first));
        SERVICE.nowPayments().pay(second);

        assertThat(SERVICE.linkSentTo(buyer)).isNotEmpty();
        for (long payment : List.of(first, second)) {
            JsonNode timeline = SERVICE.timeline(payment);
            assertThat(timeline.path("verdict").asString()).startsWith("Fulfilled once");
            assertThat(timeline.path("effects").path("accruals").asInt()).isEqualTo(1);
        }
        assertThat(caseOf(first).path("decided").path("decision").asString()).isEqualTo("completed");
        assertThat(caseOf(first).path("decisions")).isEmpty();
    }

    @Test
    void personGrantsWhatIsShortAndOnlyOnceHoweverOftenAndByWhomItIsPressed() throws Exception {
        long buyer = SERVICE.newBuyer();
        Shop shop = SERVICE.newShop("50", 30);
        String order = SERVICE.newOrder(shop, buyer);
        long payment = SERVICE.newPayment(order, "eth");
        SERVICE.payHalf(payment);
        TestService.until(() -> state(payment).equals("partially_paid"));
        JsonNode one = caseOf(payment);
        assertThat(one.path("decisions")
                        .valueStream()
                        .map(it -> it.path("decision").asString()))
                .containsExactly("grant", "refunded", "dismiss");
        String path = "/api/v1/cases/" + one.path("case_id").asString() + "/decide";
        Map<String, String> grant = Map.of("decision", "grant", "reason", "a loyal buyer");
        TestClient seller = SERVICE.as(shop.sellerId());

        List<TestClient.Reply> replies = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<TestClient.Reply>> all = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                all.add(threads.submit(() -> api.withKey("grant-" + payment).post(path, grant)));
                all.add(threads.submit(() -> seller.post(path, grant)));
            }
            for (Future<TestClient.Reply> reply : all) {
                replies.add(reply.get());
            }
        }

        assertThat(replies)
                .allMatch(reply -> reply.status() == 200 || reply.code().equals("already_decided"));
        assertThat(replies).anyMatch(reply -> reply.status() == 200);
        assertThat(SERVICE.linkSentTo(buyer)).isNotEmpty();
        assertThat(SERVICE.timeline(payment)
                        .path("events")
                        .valueStream()
                        .filter(event -> event.path("kind").asString().equals("case_decided")))
                .hasSize(1);
        assertThat(SERVICE.timeline(payment).path("effects").path("grants").asInt())
                .isEqualTo(1);
        assertThat(api.get("/api/v1/orders/" + order).must(200).text("status")).isEqualTo("confirmed");
    }

    @Test
    void reasonIsNeededAndOtherWordsAreRefused() {
        long payment = SERVICE.newPayment(SERVICE.newOrder(SERVICE.newShop("50", 30), SERVICE.newBuyer()), "eth");
        SERVICE.payHalf(payment);
        TestService.until(() -> state(payment).equals("partially_paid"));
        String path = "/api/v1/cases/" + caseOf(payment).path("case_id").asString() + "/decide";

        assertThat(api.post(path, Map.of("decision", "grant")).status()).isEqualTo(422);
        assertThat(api.post(path, Map.of("decision", "extend", "reason", "r")).code())
                .isEqualTo("not_possible");
        assertThat(state(payment)).isEqualTo("partially_paid");
    }

    @Test
    void channelSaysWhatBecomesOfMoreThanWasAsked() {
        Map<String, Object> body = new java.util.HashMap<>(
                TestService.channelBody(SERVICE.newSeller("Seller"), SERVICE.newChat(), "50", 30));
        body.put("overpayment", "extend");

        TestClient.Reply channel = api.post("/api/v1/channels", body).must(201);
        assertThat(channel.text("overpayment")).isEqualTo("extend");
        Shop shop = new Shop(
                "",
                channel.text("channel_id"),
                channel.json().path("plans").path(0).path("plan_id").asString(),
                "",
                0);
        TestService.until(() -> api.get("/api/v1/channels/" + shop.channelId())
                .json()
                .path("link_ready")
                .asBoolean());
        long payment = SERVICE.newPayment(SERVICE.newOrder(shop, SERVICE.newBuyer()), "eth");
        BigDecimal asked = SERVICE.nowPayments().payment(payment).payAmount();
        SERVICE.nowPayments().pay(payment, asked.multiply(new BigDecimal("1.2")).toPlainString());
        TestService.until(() -> state(payment).equals("paid"));

        JsonNode paid = api.get("/api/v1/payments/" + payment).json();
        assertThat(paid.path("cases")).isEmpty();
        assertThat(java.time.Duration.between(
                                java.time.Instant.parse(
                                        paid.path("grant").path("starts_at").asString()),
                                java.time.Instant.parse(
                                        paid.path("grant").path("ends_at").asString()))
                        .toDays())
                .isEqualTo(36);
    }

    private String state(long payment) {
        return api.get("/api/v1/payments/" + payment).json().path("state").asString();
    }

    private String address(long payment) {
        return api.get("/api/v1/payments/" + payment).json().path("pay_address").asString();
    }

    private JsonNode caseOf(long payment) {
        return api.get("/api/v1/payments/" + payment).json().path("cases").path(0);
    }
}
