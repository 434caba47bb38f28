package admitone.api;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.TestClient;
import admitone.TestService;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class IdempotencyFlowTests {
    private final TestService service = TestService.shared();
    private final TestClient api = service.operator();

    @Test
    void answersTheSameToARepeat() {
        var shop = service.newShop("5", 30);
        TestClient client = api.withKey("repeat " + shop.channelId());
        Map<String, Object> order = order(shop, 77);

        var first = client.post("/api/v1/orders", order).must(201);
        var again = client.post("/api/v1/orders", order).must(201);

        assertThat(again.body()).isEqualTo(first.body());
        assertThat(orders(shop)).isOne();
    }

    @Test
    void refusesTheKeyForAnotherRequest() {
        var shop = service.newShop("5", 30);
        TestClient client = api.withKey("other " + shop.channelId());
        var first = client.post("/api/v1/orders", order(shop, 77)).must(201);

        var body = client.post("/api/v1/orders", order(shop, 78)).must(422);
        var path = client.post("/api/v1/orders/" + first.text("order_id") + "/payment", Map.of("pay_currency", "eth"))
                .must(422);
        var seller = client.post("/api/v1/orders", order(service.newShop("5", 30), 77))
                .must(422);

        assertThat(List.of(body.code(), path.code(), seller.code())).containsOnly("idempotency_key_reused");
        assertThat(orders(shop)).isOne();
    }

    @Test
    void makesOneEffectOfManyRequestsAtOnce() throws Exception {
        var shop = service.newShop("5", 30);
        String seller = service.newSeller("At once");
        long chat = service.newChat();
        Map<String, Object> channel = TestService.channelBody(seller, chat, "5", 30);
        Map<String, Object> newSeller = Map.of("name", "Many", "telegram_user_id", chat * -1);

        var orders = atOnce(() -> api.withKey("o" + chat).post("/api/v1/orders", order(shop, 99)));
        var channels = atOnce(() -> api.withKey("c" + chat).post("/api/v1/channels", channel));
        var sellers = atOnce(() -> api.withKey("s" + chat).post("/api/v1/sellers", newSeller));

        assertThat(orders)
                .allSatisfy(one -> assertThat(one.must(201).body())
                        .isEqualTo(orders.getFirst().body()));
        assertThat(channels)
                .allSatisfy(one -> assertThat(one.must(201).body())
                        .isEqualTo(channels.getFirst().body()));
        assertThat(sellers)
                .allSatisfy(one -> assertThat(one.must(201).body())
                        .isEqualTo(sellers.getFirst().body()));
        assertThat(orders(shop)).isOne();
        assertThat(count("select count(*) from catalog.channel where seller_id = ?", seller))
                .isOne();
        assertThat(count("select count(*) from catalog.seller where telegram_user_id = ?::bigint", "" + chat * -1))
                .isOne();
        assertThat(count(
                        "select count(*) from tasks.task where kind = 'ask_seller' and payload ->> 'user' = ?",
                        "" + chat * -1))
                .as("asked about the chats in which they made the bot an administrator before")
                .isOne();
    }

    @Test
    void makesOnePaymentOfManyRequestsAtOnce() throws Exception {
        try (TestService own = TestService.start("payment at once")) {
            String order = own.newOrder(own.newShop("20", 30), own.newPerson());

            var answers = atOnce(
                    () -> own.operator().post("/api/v1/orders/" + order + "/payment", Map.of("pay_currency", "eth")));

            assertThat(answers)
                    .allSatisfy(one -> assertThat(one.must(201).body())
                            .isEqualTo(answers.getFirst().body()));
            assertThat(own.nowPayments().paymentsOfOrder(order)).hasSize(1);
        }
    }

    @Test
    void answersTheSameToARepeatedRequestForAPayment() {
        String order = service.newOrder(service.newShop("20", 30), service.newPerson());
        String path = "/api/v1/orders/" + order + "/payment";
        TestClient client = api.withKey("payment of " + order);
        service.newPayment(order, "eth");
        var first = client.post(path, Map.of("pay_currency", "eth")).must(201);
        service.sql()
                .sql("update payments.payment set expires_at = now() where order_id = ?")
                .param(order)
                .update();

        var again = client.post(path, Map.of("pay_currency", "eth")).must(201);

        assertThat(again.body()).isEqualTo(first.body());
        assertThat(client.post(path, Map.of("pay_currency", "btc")).must(422).code())
                .isEqualTo("idempotency_key_reused");
    }

    @Test
    void judgesARefusedRequestAnew() {
        var shop = service.newShop("5", 30);
        TestClient client = api.withKey("refused " + shop.channelId());
        Map<String, Object> body = TestService.channelBody(shop.sellerId(), shop.chat(), "5", 30);
        client.post("/api/v1/channels", body).must(409);
        service.sql()
                .sql("update catalog.channel set closed_chat_id = closed_chat_id - 500000000 where seller_id = ?")
                .param(shop.sellerId())
                .update();

        client.post("/api/v1/channels", body).must(201);
    }

    @Test
    void keepsTheKeysOfCallersApart() {
        var shop = service.newShop("5", 30);
        TestClient seller = service.as(shop.sellerId());

        var byOperator = api.withKey("same").post("/api/v1/orders", order(shop, 5));
        var bySeller =
                seller.withKey("same").post("/api/v1/orders", order(shop, 6)).must(201);

        assertThat(byOperator.must(201).text("order_id")).isNotEqualTo(bySeller.text("order_id"));
    }

    @Test
    void showsATokenOnceAndKeepsItNowhere() {
        String seller = service.newSeller("Token");
        TestClient client = api.withKey("token " + seller);
        var made = client.post("/api/v1/sellers/" + seller + "/tokens", null).must(201);

        var again = client.post("/api/v1/sellers/" + seller + "/tokens", null).must(409);

        assertThat(again.code()).isEqualTo("token_shown_once");
        assertThat(again.text("token_id")).isEqualTo(made.text("token_id"));
        assertThat(count("select count(*) from api.idempotency where strpos(body, ?) > 0", made.text("token")))
                .isZero();
    }

    @Test
    void refusesAKeyThatIsTooLongOrGivenTwice() {
        String body = "{\"name\":\"x\",\"telegram_user_id\":1}";

        assertThat(api.withKey("x".repeat(200)).post("/api/v1/sellers", body).status())
                .isEqualTo(201);
        assertThat(api.withKey("x".repeat(201))
                        .post("/api/v1/sellers", body)
                        .must(400)
                        .code())
                .isEqualTo("idempotency_key_malformed");
        assertThat(api.withKey("a")
                        .call("POST", "/api/v1/sellers", body, "application/json", "Idempotency-Key", "b")
                        .must(400)
                        .code())
                .isEqualTo("idempotency_key_malformed");
    }

    private static Map<String, Object> order(TestService.Shop shop, long buyer) {
        return Map.of("channel_id", shop.channelId(), "plan_id", shop.planId(), "telegram_user_id", buyer);
    }

    private long orders(TestService.Shop shop) {
        return count("select count(*) from checkout.orders where seller_id = ?", shop.sellerId());
    }

    private long count(String sql, String parameter) {
        return service.sql().sql(sql).param(parameter).query(Long.class).single();
    }

    private static List<TestClient.Reply> atOnce(Callable<TestClient.Reply> call) throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<TestClient.Reply>> calls =
                    IntStream.range(0, 10).mapToObj(n -> threads.submit(call)).toList();
            List<TestClient.Reply> answers = new java.util.ArrayList<>();
            for (Future<TestClient.Reply> one : calls) {
                answers.add(one.get());
            }
            return answers;
        }
    }
}
