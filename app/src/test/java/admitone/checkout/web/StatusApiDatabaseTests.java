package admitone.checkout.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.catalog.Catalog;
import admitone.catalog.Seller.PaymentPage;
import admitone.checkout.Order;
import admitone.checkout.PrivateLinks;
import admitone.database.Transactions;
import admitone.payments.Payment;
import admitone.payments.ProviderStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class StatusApiDatabaseTests {
    private static final String ELSEWHERE = "https://shop.example";
    private static final String UNKNOWN = "ao_0123456789ab_" + "0".repeat(36);

    private static RunningShop shop;

    @BeforeAll
    static void start() {
        shop = RunningShop.start(
                Map.of(
                        "ADMITONE_ALLOWED_ORIGINS", ELSEWHERE + ", https://other.example",
                        "ADMITONE_NOWPAYMENTS_EMAIL", "sim@example.com",
                        "ADMITONE_NOWPAYMENTS_PASSWORD", "sim-password"),
                Map.of());
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Test
    void tellsEachStateOfAPurchase() {
        Order order = shop.order();
        assertThat(states(order)).containsExactly("awaiting_payment", "none", "false", "false");

        Payment payment = shop.payment(order);
        shop.hear(order, payment, ProviderStatus.CONFIRMING, "0");
        assertThat(states(order)).containsExactly("confirming", "none", "false", "false");

        shop.hear(order, payment, ProviderStatus.FINISHED, "0.001");
        assertThat(states(order)).containsExactly("confirmed", "ready", "false", "false");

        shop.access(order, "delivered");
        assertThat(states(order)).containsExactly("confirmed", "delivered", "true", "true");

        shop.access(order, "admitted");
        JsonNode admitted = json(ask(order.id()));
        assertThat(admitted.get("access").asString()).isEqualTo("admitted");
        assertThat(admitted.get("price_usd").asString()).isEqualTo("10.00");
        assertThat(Instant.parse(admitted.get("ends_at").asString())).isAfter(Instant.now());
    }

    @Test
    void tellsHowMuchIsMissing() {
        Order order = shop.order();
        shop.hear(order, shop.payment(order), ProviderStatus.PARTIALLY_PAID, "0.0004");

        JsonNode told = json(ask(order.id()));

        assertThat(told.get("status").asString()).isEqualTo("partially_paid");
        assertThat(told.get("pay_currency").asString()).isEqualTo("btc");
        assertThat(told.get("pay_amount").asString()).isEqualTo("0.001");
        assertThat(told.get("received").asString()).isEqualTo("0.0004");
        assertThat(told.get("short_by").asString()).isEqualTo("0.0006");
        assertThat(told.get("message").asString()).contains("the missing 0.0006 BTC");
    }

    @Test
    void tellsTheEndsOfAPurchase() {
        Order failed = shop.order();
        shop.hear(failed, shop.payment(failed), ProviderStatus.FAILED, "0");
        Order expired = shop.order();
        shop.hear(expired, shop.payment(expired), ProviderStatus.EXPIRED, "0");
        Order refunded = shop.order();
        Payment payment = shop.payment(refunded);
        shop.hear(refunded, payment, ProviderStatus.FINISHED, "0.001");
        shop.hear(refunded, payment, ProviderStatus.REFUNDED, "0.001");

        assertThat(states(failed)).containsExactly("failed", "none", "false", "true");
        assertThat(states(expired)).containsExactly("expired", "none", "false", "false");
        assertThat(states(refunded)).containsExactly("refunded", "ended", "false", "true");
    }

    @Test
    void asksToComeBackLaterWhenNothingMoreHappens() {
        Order order = shop.paidOrder();
        assertThat(ask(order.id()).headers().firstValue("Retry-After")).isEmpty();

        shop.access(order, "delivered");
        assertThat(ask(order.id()).headers().firstValue("Retry-After")).hasValue("3600");
    }

    @Test
    void neverTellsTheLinkOrAnotherId() {
        Order order = shop.paidOrder();
        shop.access(order, "delivered");

        assertThat(ask(order.id()).body())
                .doesNotContain("t.me", "gr_", Long.toString(order.telegramUserId()))
                .contains(order.id());
    }

    @Test
    void answersTheSameForEveryUnknownId() {
        Set<String> answers = new HashSet<>();
        for (String id : List.of(
                UNKNOWN,
                shop.order().id().replaceAll("......$", "zzzzzz"),
                "",
                "ao_",
                "PGP-1|-1001234",
                "PGP-99999999999999999|1",
                "\u0000",
                "x".repeat(3000),
                "' or 1=1 --",
                "%F0%9F%98%80")) {
            HttpResponse<String> answer = ask(id);
            assertThat(answer.statusCode()).as(id).isEqualTo(404);
            var headers = new java.util.TreeMap<>(answer.headers().map());
            headers.remove("date");
            answers.add(headers + answer.body());
        }

        assertThat(answers).hasSize(1);
        assertThat(answers.iterator().next()).contains("\"code\":\"order_not_found\"", "application/problem+json");
    }

    @Test
    void wantsAnOrderId() {
        HttpResponse<String> answer = shop.get("/api/payment-status");

        assertThat(answer.statusCode()).isEqualTo(400);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("application/problem+json");
        assertThat(answer.body()).contains("\"code\":\"missing_parameter\"");
    }

    @Test
    void refusesTheSixthQuestionAboutAnOrderAndSaysWhenToAskAgain() {
        Order order = shop.order();
        for (int i = 0; i < 5; i++) {
            assertThat(ask(order.id()).statusCode()).isEqualTo(200);
        }

        HttpResponse<String> refused = ask(order.id());

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValueAsLong("Retry-After").orElseThrow())
                .isBetween(1L, 12L);
        assertThat(refused.body()).contains("\"code\":\"too_many_requests\"").doesNotContain(order.id());
        assertThat(ask(shop.order().id()).statusCode()).isEqualTo(200);
    }

    @Test
    void answersAnUnknownIdTheSameHoweverOftenItIsAsked() {
        for (int i = 0; i < 20; i++) {
            assertThat(ask(UNKNOWN).statusCode()).isEqualTo(404);
        }
    }

    @Test
    void sendsNothingAgainThatTheAskerHas() {
        Order order = shop.order();
        HttpResponse<String> first = ask(order.id());
        String tag = first.headers().firstValue("ETag").orElseThrow();

        HttpResponse<String> same = ask(order.id(), "If-None-Match", tag);
        shop.hear(order, shop.payment(order), ProviderStatus.CONFIRMING, "0");
        HttpResponse<String> changed = ask(order.id(), "If-None-Match", tag);

        assertThat(first.headers().firstValue("Cache-Control")).hasValue("no-cache");
        assertThat(same.statusCode()).isEqualTo(304);
        assertThat(same.body()).isEmpty();
        assertThat(changed.statusCode()).isEqualTo(200);
    }

    @Test
    void tellsTheMessageInTheLanguageAskedForWithATagOfItsOwn() {
        Order order = shop.order();
        HttpResponse<String> english = ask(order.id());
        String tag = english.headers().firstValue("ETag").orElseThrow();

        HttpResponse<String> spanish = ask(order.id(), "Accept-Language", "es-AR, en;q=0.4", "If-None-Match", tag);

        assertThat(json(english).get("message").asString()).startsWith("This purchase waits");
        assertThat(json(spanish).get("message").asString()).startsWith("Esta compra espera");
        assertThat(spanish.headers().allValues("Vary")).contains("Accept-Language", "Origin");
        assertThat(english.headers().allValues("Vary")).contains("Accept-Language", "Origin");
    }

    @Test
    void letsOnlyTheOriginsOfTheSettingRead() {
        Order order = shop.order();

        var allowed = ask(order.id(), "Origin", ELSEWHERE).headers();
        var stranger = ask(order.id(), "Origin", "https://evil.example").headers();
        var unknownOrder = ask(UNKNOWN, "Origin", ELSEWHERE).headers();

        assertThat(allowed.firstValue("Access-Control-Allow-Origin")).hasValue(ELSEWHERE);
        assertThat(allowed.firstValue("Access-Control-Allow-Credentials")).isEmpty();
        assertThat(allowed.firstValue("Access-Control-Expose-Headers")).hasValue("ETag, Retry-After");
        assertThat(allowed.allValues("Vary")).contains("Origin");
        assertThat(stranger.firstValue("Access-Control-Allow-Origin")).isEmpty();
        assertThat(unknownOrder.firstValue("Access-Control-Allow-Origin")).hasValue(ELSEWHERE);
    }

    @Test
    void answersThePreflightOfAConditionalQuestion() {
        String[] preflight = {"Origin", ELSEWHERE, "Access-Control-Request-Method", "GET"};
        var status = shop.send("OPTIONS", "/api/payment-status?order_id=x", preflight);
        var elsewhere = shop.send("OPTIONS", "/success", preflight);

        assertThat(status.statusCode()).isEqualTo(204);
        assertThat(status.headers().firstValue("Access-Control-Allow-Methods")).hasValue("GET");
        assertThat(elsewhere.headers().firstValue("Access-Control-Allow-Origin"))
                .isEmpty();
    }

    @Test
    void answersAnOldIdForTheNewestPurchaseOfThatPairWithoutIdsOrAmounts() {
        Order first = shop.order(777, Instant.now().plusSeconds(600));
        shop.hear(first, shop.payment(first), ProviderStatus.FINISHED, "0.001");
        Instant ordered = Instant.now();
        await().until(() -> Instant.now().isAfter(ordered.plusMillis(1))); // an order id holds its millisecond
        Order newest = shop.order(777, Instant.now().plusSeconds(600));
        shop.hear(newest, shop.payment(newest), ProviderStatus.PARTIALLY_PAID, "0.0004");

        String asked = "PGP-777|" + RunningShop.OPEN_CHAT;
        String body = ask(asked).body();

        assertThat(body)
                .contains("\"partially_paid\"", "\"order_id\":\"" + asked + "\"")
                .doesNotContain("ao_", "0.0004", "0.0006", "10.00", "t.me");
        assertThat(ask("PGP-778|" + RunningShop.OPEN_CHAT).statusCode()).isEqualTo(404);
    }

    @ParameterizedTest
    @EnumSource(PaymentPage.class)
    void writesNothing(PaymentPage payment) {
        Order paid = shop.paidOrder();
        Order open = shop.order();
        shop.bean(Transactions.class).run(open.seller(), () -> {
            shop.bean(Catalog.class).paymentPage(open.seller(), payment);
            shop.bean(JdbcClient.class) // so that nobody's time is due meanwhile
                    .sql("update access.grants set look_at = null")
                    .update();
            shop.bean(JdbcClient.class) // or it is counted when its connection has been idle for long
                    .sql("select pg_stat_force_next_flush()::text")
                    .query((row, n) -> "")
                    .list();
        });
        await().during(Duration.ofMillis(1500))
                .atMost(Duration.ofSeconds(20))
                .until(this::written, new Unchanged()::sinceLast);
        String before = written();

        for (Order order : List.of(paid, open)) {
            for (String path : List.of(
                    "/api/payment-status?order_id=",
                    "/success?order_id=",
                    "/success?NP_id=5077125051&order_id=", // which the provider does not know
                    "/success/state?order_id=",
                    "/pay/")) {
                assertThat(shop.get(path + order.id()).statusCode()).isEqualTo(200);
            }
            assertThat(shop.get("/pay/" + order.id() + "/state").statusCode()).isEqualTo(200);
            listenBriefly("/api/payment-status/events?order_id=" + order.id());
            assertThat(shop.get(privatePath(order)).statusCode()).isEqualTo(303);
        }
        assertThat(shop.get("/pay/" + paid.id() + "/receipt").statusCode()).isEqualTo(200);
        assertThat(shop.get("/c/quiet-alpha").statusCode()).isEqualTo(200);
        assertThat(shop.get("/c/quiet-alpha?coupon=SPRING-20").statusCode()).isEqualTo(200);
        ask("PGP-777|" + RunningShop.OPEN_CHAT);

        await().during(Duration.ofMillis(1500))
                .atMost(Duration.ofSeconds(5))
                .untilAsserted(() -> assertThat(written()).isEqualTo(before));
    }

    /** Until the first event has come. */
    private static void listenBriefly(String path) {
        try (HttpClient http = HttpClient.newHttpClient();
                InputStream events = http.send(
                                HttpRequest.newBuilder(URI.create(shop.url() + path))
                                        .build(),
                                HttpResponse.BodyHandlers.ofInputStream())
                        .body()) {
            assertThat(events.read()).isNotNegative();
            http.shutdownNow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static final class Unchanged {
        private String last = "";

        boolean sinceLast(String now) {
            boolean same = now.equals(last);
            last = now;
            return same;
        }
    }

    /**
     * Rows written so far in all tables but those in which background work keeps its turn; of tasks those that were owed, and of the timeline what no
     * task told.
     */
    private String written() {
        return shop.bean(JdbcClient.class).sql("""
                        select string_agg(name || ' ' || rows, ', ' order by name) from (
                          select schemaname || '.' || relname as name,
                            case schemaname when 'tasks' then n_tup_ins else n_tup_ins + n_tup_upd + n_tup_del end as rows
                          from pg_stat_user_tables
                          where schemaname in ('checkout', 'payments', 'access', 'catalog', 'ledger', 'cases', 'api', 'tasks', 'messaging', 'bot',
                              'announcements', 'payouts')
                            and relname not in ('coin', 'office', 'pace', 'sending', 'turn')
                          union all select 'timeline', count(*) from timeline.event where cause <> 'task') as counted
                        where rows > 0
                        """).query(String.class).single();
    }

    private static String privatePath(Order order) {
        return URI.create(shop.bean(PrivateLinks.class).payPage(order.id())).getPath() + "?"
                + URI.create(shop.bean(PrivateLinks.class).payPage(order.id())).getQuery();
    }

    private static List<String> states(Order order) {
        JsonNode told = json(ask(order.id()));
        assertThat(told.get("order_id").asString()).isEqualTo(order.id());
        assertThat(told.get("message").asString()).isNotBlank();
        return List.of(
                told.get("status").asString(),
                told.get("access").asString(),
                told.get("invite_sent").toString(),
                told.get("final").toString());
    }

    private static JsonNode json(HttpResponse<String> response) {
        assertThat(response.statusCode()).isEqualTo(200);
        return JsonMapper.shared().readTree(response.body());
    }

    private static HttpResponse<String> ask(String orderId, String... headers) {
        return shop.get("/api/payment-status?order_id=" + URLEncoder.encode(orderId, StandardCharsets.UTF_8), headers);
    }
}
