package admitone.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import admitone.TestClient;
import admitone.TestService;
import admitone.payouts.Payout;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.web.bind.annotation.RequestMethod;
import org.springframework.web.servlet.mvc.method.annotation.RequestMappingHandlerMapping;

/** Who may call what: the routes are those the application has, so that a new one cannot be forgotten. */
class TokenFlowTests {
    private static final TestService SERVICE = TestService.shared();
    /** Lists that a seller may read: they show what is theirs. */
    private static final Set<String> OWN_LISTS =
            Set.of("/channels", "/orders", "/payments", "/grants", "/cases", "/payouts");

    private static final String REASON = "{\"reason\":\"r\"}";
    private static final String IMPORT = "POST /channels/{channelId}/import";
    private static final Map<String, String> IDS = new java.util.HashMap<>();
    private static final List<Route> ROUTES = new ArrayList<>();

    private record Route(String method, String pattern) {
        String path() {
            String path = pattern;
            for (var id : IDS.entrySet()) {
                path = path.replace("{" + id.getKey() + "}", id.getValue());
            }
            assertThat(path).as("every variable has a value").doesNotContain("{");
            return path;
        }

        String name() {
            return method + " " + shortPattern();
        }

        String shortPattern() {
            return pattern.substring("/api/v1".length());
        }
    }

    /** Another seller's whole estate. */
    @BeforeAll
    static void setUp() {
        TestClient api = SERVICE.operator();
        var shop = SERVICE.newShop("50", 30);
        var purchase = SERVICE.newPurchase(shop);
        long underpaid = SERVICE.newPayment(SERVICE.newOrder(shop, SERVICE.newBuyer()), "eth");
        SERVICE.payHalf(underpaid);
        TestService.until(() ->
                api.get("/api/v1/payments/" + underpaid).json().path("cases").size() == 1);
        var payment = api.get("/api/v1/payments/" + purchase.paymentId()).json();
        IDS.put("sellerId", shop.sellerId());
        IDS.put("channelId", shop.channelId());
        IDS.put("orderId", purchase.orderId());
        IDS.put("paymentId", "" + purchase.paymentId());
        IDS.put("grantId", payment.path("grant").path("grant_id").asString());
        IDS.put(
                "caseId",
                api.get("/api/v1/payments/" + underpaid)
                        .json()
                        .path("cases")
                        .path(0)
                        .path("case_id")
                        .asString());
        IDS.put(
                "tokenId",
                api.post("/api/v1/sellers/" + shop.sellerId() + "/tokens", null).text("token_id"));
        IDS.put(
                "destinationId",
                api.post(
                                "/api/v1/sellers/" + shop.sellerId() + "/destinations",
                                Map.of("currency", "eth", "address", "0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359"))
                        .must(201)
                        .text("destination_id"));
        IDS.put("name", "deliver_access");
        IDS.put(
                "taskId",
                api.get("/api/v1/queues/standing_link/tasks?state=done&subject=" + SERVICE.newestDone("standing_link"))
                        .json()
                        .path("items")
                        .path(0)
                        .path("task_id")
                        .asString());
        IDS.put("planId", shop.planId());
        String channel = "/api/v1/channels/" + shop.channelId();
        IDS.put("telegramUserId", "" + SERVICE.newBuyer());
        api.call("PUT", channel + "/whitelist/" + IDS.get("telegramUserId"), REASON, "application/json")
                .must(200);
        IDS.put(
                "code",
                api.post(channel + "/coupons", Map.of("code", "SPRING-25", "percent", "25"))
                        .must(201)
                        .text("code"));
        api.post(channel + "/gifts", Map.of("days", 1)).must(201);
        IDS.put(
                "giftId",
                api.get(channel + "/gifts")
                        .must(200)
                        .json()
                        .path("items")
                        .path(0)
                        .path("gift_id")
                        .asString());
        IDS.put("payoutId", payoutOf(new SellerId(shop.sellerId())));
        SERVICE.context()
                .getBean("requestMappingHandlerMapping", RequestMappingHandlerMapping.class)
                .getHandlerMethods()
                .keySet()
                .forEach(mapping -> mapping.getPatternValues().stream()
                        .filter(pattern -> pattern.startsWith("/api/v1/") && !pattern.contains("openapi"))
                        .forEach(pattern -> {
                            for (RequestMethod method :
                                    mapping.getMethodsCondition().getMethods()) {
                                ROUTES.add(new Route(method.name(), pattern));
                            }
                        }));
        assertThat(ROUTES).hasSizeGreaterThan(25);
    }

    /** One that waits for its approval. */
    private static String payoutOf(SellerId seller) {
        UUID destination = UUID.fromString("01890000-0000-7000-8000-000000000001");
        UUID payout = UUID.fromString("01890000-0000-7000-8000-000000000002");
        SERVICE.sql().sql("""
                insert into payouts.destination (seller_id, destination_id, version, currency, address, requested_at, usable_from, mac)
                values (?, ?, 900, 'trx', 'T', '2026-01-01Z', '2026-01-01Z', '')
                """).params(seller.value(), destination).update();
        SERVICE.sql().sql("""
                insert into payouts.payout (seller_id, payout_id, state, amount_units, fee_units, coin, coin_units, rate_usd, rate_at,
                  rate_source, destination_id, made_by, made_at)
                values (?, ?, 'awaiting_approval', 1, 0, 'trx', 1, 1, '2026-01-01Z', 'test', ?, 'test', '2026-01-01Z')
                """).params(seller.value(), payout, destination).update();
        return new Handle(Payout.HANDLE, seller, payout).toString();
    }

    private static @Nullable String bodyOf(Route route) {
        return switch (route.name()) {
            case "POST /sellers" -> "{\"name\":\"x\",\"telegram_user_id\":1}";
            case "POST /sellers/{sellerId}/destinations" ->
                "{\"currency\":\"eth\",\"address\":\"0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed\"}";
            case "POST /channels" ->
                "{\"seller_id\":\"" + IDS.get("sellerId")
                        + "\",\"chat_id\":-5,\"title\":\"t\",\"plans\":[{\"name\":\"p\",\"price_usd\":1}]}";
            case "POST /channels/{channelId}/plans" -> "{\"name\":\"p\",\"price_usd\":1}";
            case "PUT /channels/{channelId}/plans/{planId}" -> "{\"name\":\"p\",\"price_usd\":\"1\"}";
            case "POST /orders" ->
                "{\"channel_id\":\"" + IDS.get("channelId") + "\",\"plan_id\":\"" + IDS.get("planId")
                        + "\",\"telegram_user_id\":1}";
            case "POST /orders/{orderId}/payment" -> "{\"pay_currency\":\"eth\"}";
            case "PUT /channels/{channelId}/time",
                    "PUT /channels/{channelId}/texts",
                    "PUT /channels/{channelId}/offers",
                    "PUT /sellers/{sellerId}/notice" -> "{}";
            case "PUT /sellers/{sellerId}/payout" -> "{\"mode\":\"instant\"}";
            case "PUT /sellers/{sellerId}/contact" -> "{\"telegram_user_id\":1}";
            case "PUT /sellers/{sellerId}/payment-page" -> "{\"payment_page\":\"own\"}";
            case "PUT /channels/{channelId}/members" -> "{\"observe\":false}";
            case "PUT /channels/{channelId}/post" -> "{\"on\":false}";
            case "PUT /channels/{channelId}/whitelist/{telegramUserId}",
                    "PUT /channels/{channelId}/bans/{telegramUserId}",
                    "POST /payments/{paymentId}/refund",
                    "POST /payouts/{payoutId}/hold",
                    "POST /payouts/{payoutId}/resume",
                    "POST /payouts/{payoutId}/release",
                    "POST /payouts/{payoutId}/cancel",
                    "POST /grants/{grantId}/revoke" -> REASON;
            case "POST /payments/{paymentId}/refund/payout" ->
                "{\"currency\":\"eth\",\"address\":\"0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed\",\"reason\":\"r\"}";
            case "PUT /payouts/switch", "PUT /sellers/{sellerId}/payouts/switch" -> "{\"on\":true,\"reason\":\"r\"}";
            case "PUT /sellers/{sellerId}/payouts/limits" ->
                "{\"approval\":\"manual\",\"each_usd\":\"1\",\"day_usd\":\"1\",\"destination_usd\":\"1\"}";
            case "POST /channels/{channelId}/announcements" -> "{\"text\":\"t\",\"audience\":\"expired\"}";
            case "POST /channels/{channelId}/coupons" -> "{\"code\":\"SUMMER\",\"percent\":\"10\"}";
            case "POST /sellers/{sellerId}/referrals/{telegramUserId}/paid" ->
                "{\"amount_usd\":\"1\",\"reference\":\"r\"}";
            case "POST /conversions" ->
                "{\"seller_id\":\"" + IDS.get("sellerId")
                        + "\",\"reference\":\"r\",\"from_currency\":\"eth\",\"from_amount\":\"1\",\"to_currency\":\"usdttrc20\",\"to_amount\":\"1\"}";
            case "POST /channels/{channelId}/gifts" -> "{\"days\":1}";
            case "POST /grants" ->
                "{\"channel_id\":\"" + IDS.get("channelId") + "\",\"telegram_user_id\":1,\"reason\":\"r\"}";
            case "POST /grants/{grantId}/extend" -> "{\"days\":1,\"reason\":\"r\"}";
            case IMPORT -> "telegram_user_id,days\n1,1\n";
            case "POST /cases/{caseId}/decide" -> "{\"decision\":\"dismiss\",\"reason\":\"r\"}";
            case "POST /hold/resume" -> "{\"hold_id\":\"ho_000000000000_00000000000000000000000000\"}";
            default -> null;
        };
    }

    private static TestClient.Reply call(TestClient client, Route route) {
        String type = route.name().equals(IMPORT) ? "text/csv" : "application/json";
        return client.call(route.method(), route.path(), bodyOf(route), type);
    }

    @Test
    void demandsATokenOnEveryRoute() {
        String seller = SERVICE.newSeller("Revoked");
        var made = SERVICE.operator()
                .post("/api/v1/sellers/" + seller + "/tokens", null)
                .must(201);
        TestClient revoked = SERVICE.operator().withToken(made.text("token"));
        revoked.get("/api/v1/sellers/" + seller).must(200);
        SERVICE.operator()
                .delete("/api/v1/sellers/" + seller + "/tokens/" + made.text("token_id"))
                .must(204);

        for (Route route : ROUTES) {
            var without = call(SERVICE.anyone(), route);
            var wrong = call(SERVICE.operator().withToken("wrong"), route);
            var former = call(revoked, route);

            assertThat(List.of(without.status(), wrong.status(), former.status()))
                    .as(route.toString())
                    .containsOnly(401);
            assertThat(without.code()).isEqualTo("unauthorized");
            assertThat(without.headers().firstValue("WWW-Authenticate").orElseThrow())
                    .startsWith("Bearer");
            assertThat(former.headers().firstValue("WWW-Authenticate").orElseThrow())
                    .contains("invalid_token");
        }
    }

    @Test
    void hidesEveryOtherSellersThings() {
        TestClient stranger = SERVICE.as(SERVICE.newSeller("Stranger"));
        Set<String> lists = new TreeSet<>();
        for (Route route : ROUTES) {
            var answer = call(stranger, route);
            if (route.method().equals("GET") && OWN_LISTS.contains(route.shortPattern())) {
                lists.add(route.shortPattern());
                assertThat(answer.must(200).json().path("items"))
                        .as(route.toString())
                        .isEmpty();
                var asked = stranger.get(route.path() + "?seller_id=" + IDS.get("sellerId"));
                assertThat(asked.status()).as(route + " asked for another's").isEqualTo(404);
            } else {
                if (answer.status() != 404) {
                    fail(route + " answered " + answer.status() + " " + answer.body());
                }
                assertThat(answer.code()).as(route.toString()).isEqualTo("not_found");
            }
            IDS.values().stream()
                    .filter(id -> !id.equals(IDS.get("name")))
                    .forEach(id -> assertThat(answer.body()).doesNotContain(id));
        }
        assertThat(lists).isEqualTo(new TreeSet<>(OWN_LISTS));
        assertThat(stranger.get("/api/v1/grants?channel_id=" + IDS.get("channelId"))
                        .status())
                .isEqualTo(404);
    }

    @Test
    void showsASellerTheirOwn() {
        TestClient own = SERVICE.as(String.valueOf(IDS.get("sellerId")));
        Set<String> operatorOnly = Set.of(
                "POST /sellers",
                "POST /sellers/{sellerId}/tokens",
                "POST /sellers/{sellerId}/payouts",
                "POST /payouts/{payoutId}/approve",
                "POST /payouts/{payoutId}/hold",
                "POST /payouts/{payoutId}/resume",
                "POST /payouts/{payoutId}/release",
                "POST /payouts/{payoutId}/cancel",
                "PUT /sellers/{sellerId}/payout",
                "PUT /sellers/{sellerId}/contact",
                "PUT /sellers/{sellerId}/payouts/switch",
                "PUT /sellers/{sellerId}/payouts/limits");
        String banned = "GET /channels/{channelId}/bans/{telegramUserId}"; // nobody is: MembersFlowTests shows one

        for (Route route : ROUTES) {
            if (!route.method().equals("GET")
                    || isForTheOperator(route)
                    || route.name().equals(banned)) {
                continue;
            }
            assertThat(call(own, route).status()).as(route.toString()).isEqualTo(200);
        }
        for (Route route : ROUTES) {
            String name = route.name();
            if (operatorOnly.contains(name) || isForTheOperator(route)) {
                assertThat(call(own, route).status()).as(name).isEqualTo(404);
            }
        }
    }

    private static boolean isForTheOperator(Route route) {
        return route.shortPattern().startsWith("/queues")
                || route.shortPattern().startsWith("/hold")
                || route.shortPattern().startsWith("/ledger")
                || route.shortPattern().startsWith("/reconciliation")
                || route.shortPattern().startsWith("/conversions")
                || route.shortPattern().equals("/payouts/switch")
                || route.shortPattern().equals("/invariants");
    }

    @Test
    void limitsTheTokensOfASeller() {
        String seller = SERVICE.newSeller("Many tokens");
        for (int i = 0; i < 20; i++) {
            SERVICE.operator()
                    .post("/api/v1/sellers/" + seller + "/tokens", null)
                    .must(201);
        }

        assertThat(SERVICE.operator()
                        .post("/api/v1/sellers/" + seller + "/tokens", null)
                        .must(409)
                        .code())
                .isEqualTo("too_many_tokens");
    }

    /** The one test that looks at the tables: reading must leave no trace. */
    @Test
    void writesNothingWhenReading() {
        try (TestService quiet = TestService.start("quiet reads", Map.of("ADMITONE_SWEEP_FIRST", "24h"))) {
            var purchase = quiet.newPurchase(quiet.newShop("50", 30));
            quiet.linkSentTo(purchase.buyer());
            TestClient api = quiet.operator();
            Map<String, String> ids = Map.of(
                    "sellerId",
                    purchase.shop().sellerId(),
                    "channelId",
                    purchase.shop().channelId(),
                    "orderId",
                    purchase.orderId(),
                    "paymentId",
                    "" + purchase.paymentId(),
                    "name",
                    "deliver_access",
                    "payoutId",
                    "po_000000000000_00000000000000000000000000",
                    "caseId",
                    "cs_000000000000_00000000000000000000000000",
                    "telegramUserId",
                    "" + purchase.buyer(),
                    "grantId",
                    api.get("/api/v1/payments/" + purchase.paymentId())
                            .json()
                            .path("grant")
                            .path("grant_id")
                            .asString());
            TestService.until(() -> quiet.sql()
                            .sql("select count(*) from tasks.task where state in ('ready', 'running')")
                            .query(Long.class)
                            .single()
                    == 0);
            countWrites(quiet);
            long before = settled(quiet);

            for (Route route : ROUTES) {
                if (route.method().equals("GET")) {
                    String path = route.pattern();
                    for (var id : ids.entrySet()) {
                        path = path.replace("{" + id.getKey() + "}", id.getValue());
                    }
                    String query = path.equals("/api/v1/orders")
                            ? "?seller_id=" + purchase.shop().sellerId()
                            : "";
                    assertThat(api.get(path + query).status()).as(path).isIn(200, 404);
                }
            }

            assertThat(settled(quiet)).isEqualTo(before);
            quiet.newOrder(purchase.shop(), purchase.buyer());
            assertThat(written(quiet)).as("a write is counted").isGreaterThan(before);
        }
    }

    /** From now on each row that is written is counted at once, whatever becomes of its transaction; elections and beats go on by themselves. */
    private static void countWrites(TestService service) {
        service.sql().sql("create sequence public.writes minvalue 0").update();
        service.sql().sql("""
                create function public.count_write() returns trigger language plpgsql security definer as
                $$ begin perform nextval('public.writes'); return null; end $$
                """).update();
        service.sql().sql("""
                do $$
                declare counted record;
                begin
                  for counted in select schemaname, relname from pg_stat_user_tables
                    where (schemaname, relname) not in (('messaging', 'office'), ('money', 'rate'), ('hold', 'beat'))
                      and (schemaname, relname) not in (('ledger', 'account'), ('ledger', 'seal'), ('ledger', 'sealed'), ('ledger', 'mark'))
                  loop
                    execute format('create trigger count_write after insert or update or delete on %I.%I for each row execute function public.count_write()',
                      counted.schemaname, counted.relname);
                  end loop;
                end $$
                """).update();
    }

    private static long written(TestService service) {
        return service.sql()
                .sql("select case when is_called then last_value + 1 else 0 end from public.writes")
                .query(Long.class)
                .single();
    }

    /** What was written, once nothing is for a while. */
    private static long settled(TestService service) {
        AtomicLong seen = new AtomicLong(-1);
        AtomicReference<Instant> since = new AtomicReference<>(Instant.now());
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(200))
                .until(() -> {
                    long now = written(service);
                    if (seen.getAndSet(now) != now) {
                        since.set(Instant.now());
                    }
                    return since.get().plusSeconds(2).isBefore(Instant.now());
                });
        return seen.get();
    }
}
