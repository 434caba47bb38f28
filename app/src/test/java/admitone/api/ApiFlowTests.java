package admitone.api;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.TestService;
import admitone.simulators.telegram.OpenResult;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** From a seller to a buyer inside, by the API alone. */
class ApiFlowTests {
    private static TestService service;

    @BeforeAll
    static void start() {
        service = TestService.start("api flow");
    }

    @AfterAll
    static void stop() {
        service.close();
    }

    @Test
    void sellsOneAdmission() {
        var shop = service.newShop("9.99", 30);
        long buyer = service.newBuyer();

        String order = service.newOrder(shop, buyer);
        long payment = service.newPayment(order, "eth");
        service.nowPayments().pay(payment);
        String link = service.linkSentTo(buyer);
        assertThat(service.telegram().openLink(buyer, link)).isEqualTo(OpenResult.REQUEST_SENT);
        TestService.until(() -> service.telegram().isMember(shop.chat(), buyer));

        var shown = service.operator().get("/api/v1/orders/" + order).must(200);
        assertThat(shown.text("status")).isEqualTo("confirmed");
        var paid =
                service.operator().get("/api/v1/payments/" + payment).must(200).json();
        assertThat(paid.path("price_usd").asString()).isEqualTo("9.99");
        assertThat(paid.path("journal")).hasSizeGreaterThanOrEqualTo(1);
        TestService.until(
                () -> service.timeline(payment).path("verdict").asString().contains("buyer inside"));
        var timeline = service.timeline(payment);
        assertThat(timeline.path("verdict").asString()).startsWith("Fulfilled once: ");
        assertThat(timeline.path("effects").path("grants").asInt()).isOne();
    }

    @Test
    void givesTheSameAnswerToARepeatedKey() {
        var shop = service.newShop("5", 30);
        long buyer = service.newPerson();
        var body = Map.of("channel_id", shop.channelId(), "plan_id", shop.planId(), "telegram_user_id", buyer);
        var client = service.operator().withKey("order-1");

        var first = client.post("/api/v1/orders", body).must(201);
        var again = client.post("/api/v1/orders", body).must(201);

        assertThat(again.body()).isEqualTo(first.body());
        var other = Map.of("channel_id", shop.channelId(), "plan_id", shop.planId(), "telegram_user_id", buyer + 1);
        assertThat(client.post("/api/v1/orders", other).must(422).code()).isEqualTo("idempotency_key_reused");
    }
}
