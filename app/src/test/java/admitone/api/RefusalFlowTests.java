package admitone.api;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.TestClient;
import admitone.TestService;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is refused, with which status and code, and in words that say what to do. */
class RefusalFlowTests {
    private final TestService service = TestService.shared();
    private final TestClient api = service.operator();

    @Test
    void listsEveryFaultOfABodyAtOnce() {
        var refused = api.post("/api/v1/sellers", """
                {"name": "", "telegram_user_id": -5, "fee_percent": "101", "is_admin": true,
                 "payout": {"mode": "threshold", "adress": "x"}}
                """).must(422);

        assertThat(refused.code()).isEqualTo("invalid");
        assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(refused.json()
                        .path("errors")
                        .valueStream()
                        .map(fault -> fault.path("field").asString()))
                .containsExactlyInAnyOrder(
                        "name", "telegram_user_id", "fee_percent", "is_admin", "payout.threshold_usd", "payout.adress");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"0", "-1", "1.001", "1e99", "\"abc\"", "\"1e3\"", "\"\"", "1000000.01", "null", "[]", "true"})
    void refusesAPriceThatIsNone(String price) {
        assertThat(plan("\"Plan\"", price, "30")
                        .must(422)
                        .json()
                        .path("errors")
                        .path(0)
                        .path("field")
                        .asString())
                .isEqualTo("price_usd");
    }

    @ParameterizedTest
    @CsvSource({"9.99,9.99", "9.9,9.90", "'\"9.9\"',9.90", "0.01,0.01", "1e2,100.00", "1000000,1000000.00"})
    void readsAPriceExactly(String written, String meant) {
        assertThat(plan("\"Plan\"", written, "null").must(201).text("price_usd"))
                .isEqualTo(meant);
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "-3", "1.5", "\"many\"", "36501", "99999999999999999999999999"})
    void refusesDaysThatAreNone(String days) {
        assertThat(plan("\"Plan\"", "5", days)
                        .must(422)
                        .json()
                        .path("errors")
                        .path(0)
                        .path("field")
                        .asString())
                .isEqualTo("days");
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"\"", "\" \"", "\"a\\u0000b\"", "\"two\\nlines\"", "\"\\ud800\"", "5", "null"})
    void refusesATextThatCannotBeShown(String name) {
        assertThat(plan(name, "5", "30")
                        .must(422)
                        .json()
                        .path("errors")
                        .path(0)
                        .path("field")
                        .asString())
                .isEqualTo("name");
    }

    private TestClient.Reply plan(String name, String price, String days) {
        if (channel.isEmpty()) {
            channel = service.newShop("5", 30).channelId();
        }
        return api.post(
                "/api/v1/channels/" + channel + "/plans",
                "{\"name\": " + name + ", \"price_usd\": " + price + ", \"days\": " + days + "}");
    }

    private static String channel = "";

    @ParameterizedTest
    @ValueSource(strings = {"{", "nonsense", "[]", "\"text\"", "{\"a\":1,\"a\":2}", "{} {}", "", "{\"name\":NaN}"})
    void refusesWhatIsNoJsonObject(String body) {
        assertThat(api.post("/api/v1/sellers", body).must(400).code()).isEqualTo("malformed");
    }

    @Test
    void refusesABodyThatIsMissing() {
        assertThat(api.post("/api/v1/sellers", null).must(400).code()).isEqualTo("malformed");
    }

    @Test
    void refusesABodyOverTheLimit() {
        assertThat(api.post("/api/v1/sellers", "{\"name\":\"" + "x".repeat(64 * 1024) + "\"}")
                        .must(413)
                        .code())
                .isEqualTo("too_large");
    }

    @Test
    void refusesAnotherContentType() {
        assertThat(api.call("POST", "/api/v1/sellers", "a=b", "application/x-www-form-urlencoded")
                        .must(415)
                        .code())
                .isEqualTo("unsupported_media_type");
    }

    @Test
    void namesTheMethodsOfAPath() {
        var refused =
                api.call("PUT", "/api/v1/sellers", "{}", "application/json").must(405);

        assertThat(refused.code()).isEqualTo("method_not_allowed");
        assertThat(refused.headers().firstValue("Allow")).hasValue("POST");
    }

    @Test
    void tellsInWhichFormAFileIsSent() {
        assertThat(api.call("POST", "/api/v1/channels/ch_x/import", "{}", "application/json")
                        .must(415)
                        .body())
                .contains("Content-Type: text/csv");
    }

    @Test
    void knowsNoOtherPath() {
        assertThat(api.get("/api/v1/nonsense").must(404).code()).isEqualTo("not_found");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "orders/ao_nonsense",
                "orders/ao_00000000000a_000000000000000000000000000000000000",
                "payments/1",
                "payments/1/timeline",
                "channels/ch_x",
                "sellers/x",
                "sellers/00000000000a",
                "sellers/00000000000a/balance",
                "sellers/00000000000a/ledger",
                "cases/cs_000000000000_00000000000000000000000000",
                "queues/nonsense/tasks"
            })
    void answersTheSameToEveryUnknownId(String path) {
        assertThat(api.get("/api/v1/" + path).must(404).code()).isEqualTo("not_found");
    }

    @ParameterizedTest
    @CsvSource({
        "orders,seller_id",
        "orders?seller_id=x,seller_id",
        "channels?limit=0,limit",
        "channels?limit=201,limit",
        "channels?limit=x,limit",
        "channels?cursor=x,cursor",
        "payments?status=paid,status",
        "payments?cursor=Zm9v,cursor",
        "cases?state=x,state",
        "grants?telegram_user_id=x,telegram_user_id",
        "queues/look/tasks?state=x,state"
    })
    void refusesAParameterThatIsNone(String path, String field) {
        var refused = api.get("/api/v1/" + path).must(422);

        assertThat(refused.json().path("errors").path(0).path("field").asString())
                .isEqualTo(field);
    }

    @Test
    void refusesAChatTwice() {
        var shop = service.newShop("5", 30);

        var again = api.post("/api/v1/channels", TestService.channelBody(shop.sellerId(), shop.chat(), "5", 30));
        var other =
                api.post("/api/v1/channels", TestService.channelBody(service.newSeller("Other"), shop.chat(), "5", 30));

        assertThat(again.must(409).code()).isEqualTo("channel_exists");
        assertThat(again.text("channel_id")).isEqualTo(shop.channelId());
        assertThat(other.must(409).code()).isEqualTo("chat_taken");
        assertThat(other.body()).doesNotContain(shop.sellerId());
    }

    @Test
    void makesOneChannelOfAChatThatIsRegisteredTwiceAtOnce() throws Exception {
        Map<String, Object> body = TestService.channelBody(service.newSeller("At once"), service.newChat(), "5", 30);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var calls = IntStream.range(0, 6)
                    .mapToObj(n -> threads.submit(
                            () -> api.post("/api/v1/channels", body).status()))
                    .toList();
            List<Integer> statuses = new ArrayList<>();
            for (var call : calls) {
                statuses.add(call.get());
            }

            assertThat(statuses).containsOnlyOnce(201).containsOnly(201, 409);
        }
    }

    @Test
    void refusesAnOpenChatOfAnotherSellerAndClaimsNothing() {
        long open = service.newChat();
        Map<String, Object> first =
                new HashMap<>(TestService.channelBody(service.newSeller("A"), service.newChat(), "5", 30));
        first.put("open_chat_id", open);
        api.post("/api/v1/channels", first).must(201);
        long wanted = service.newChat();
        Map<String, Object> second = new HashMap<>(TestService.channelBody(service.newSeller("B"), wanted, "5", 30));
        second.put("open_chat_id", open);

        assertThat(api.post("/api/v1/channels", second).must(409).code()).isEqualTo("chat_taken");

        api.post("/api/v1/channels", TestService.channelBody(service.newSeller("C"), wanted, "5", 30))
                .must(201);
    }

    @Test
    void refusesAPlanOfAnotherChannel() {
        var one = service.newShop("5", 30);
        var other = service.newShop(one.sellerId(), "7", 30);

        var refused = api.post(
                "/api/v1/orders",
                Map.of("channel_id", one.channelId(), "plan_id", other.planId(), "telegram_user_id", 5));

        assertThat(refused.must(422).json().path("errors").path(0).path("field").asString())
                .isEqualTo("plan_id");
    }

    @Test
    void refusesToPayAnOrderTwice() {
        var purchase = service.newPurchase(service.newShop("5", 30));

        var refused = api.post("/api/v1/orders/" + purchase.orderId() + "/payment", Map.of("pay_currency", "btc"));

        assertThat(refused.must(409).code()).isEqualTo("already_paid");
    }

    @Test
    void refusesToPayAnOrderThatExpired() {
        String order = service.newOrder(service.newShop("5", 30), service.newPerson());
        service.sql()
                .sql("update checkout.orders set expires_at = created_at where order_id = ?")
                .param(order)
                .update();

        var refused = api.post("/api/v1/orders/" + order + "/payment", Map.of("pay_currency", "btc"));

        assertThat(refused.must(409).code()).isEqualTo("order_expired");
        assertThat(api.get("/api/v1/orders/" + order).text("status")).isEqualTo("expired");
    }

    @Test
    void tellsWhatTheProviderDeclined() {
        String small = service.newOrder(service.newShop("0.10", 30), service.newPerson());
        String order = service.newOrder(service.newShop("5", 30), service.newPerson());

        assertThat(declined(small, "eth").code()).isEqualTo("below_minimum");
        assertThat(declined(order, "nosuchcoin").code()).isEqualTo("coin_unavailable");
        assertThat(api.post("/api/v1/orders/" + order + "/payment", Map.of("pay_currency", "no coin!"))
                        .must(422)
                        .code())
                .isEqualTo("invalid");
    }

    /** The limit of calls to the provider may ask to try again first. */
    private TestClient.Reply declined(String order, String coin) {
        List<TestClient.Reply> answers = new ArrayList<>();
        TestService.until(() -> {
            answers.add(api.post("/api/v1/orders/" + order + "/payment", Map.of("pay_currency", coin)));
            return answers.getLast().status() != 503;
        });
        return answers.getLast().must(422);
    }

    @Test
    void tellsOfAFailureWithoutItsInside() {
        try (TestService own = TestService.start("broken")) {
            own.sql().sql("drop table cases.cases cascade").update();

            var failed = own.operator().get("/api/v1/cases").must(500);

            assertThat(failed.code()).isEqualTo("internal");
            assertThat(failed.body()).doesNotContain("cases.cases", "Exception", "\tat ");
        }
    }
}
