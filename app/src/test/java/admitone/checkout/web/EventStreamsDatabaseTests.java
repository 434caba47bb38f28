package admitone.checkout.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.checkout.Order;
import admitone.payments.Payment;
import admitone.payments.ProviderStatus;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class EventStreamsDatabaseTests {
    private static final String ELSEWHERE = "https://shop.example";
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Map<String, Object> QUICK = Map.of(
            "admitone.event-streams.look", "60ms",
            "admitone.event-streams.heartbeat", "150ms",
            "admitone.event-streams.most", "7",
            "admitone.event-streams.most-of-network", "6",
            "logging.level.com.zaxxer.hikari", "off");

    private static RunningShop shop;

    private final List<EventReader> readers = new ArrayList<>();

    @BeforeAll
    static void start() {
        shop = RunningShop.start(
                Map.of("ADMITONE_ALLOWED_ORIGINS", ELSEWHERE, "ADMITONE_STATUS_LIMIT_PER_MINUTE", "10"), QUICK);
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @AfterEach
    void closeReaders() {
        readers.forEach(EventReader::close);
        await().atMost(SOON).until(() -> open(shop) == 0);
    }

    @Test
    void tellsAtOnceWhatThePolledAnswerTells() {
        Order order = shop.order();
        HttpResponse<String> polled = shop.get("/api/payment-status?order_id=" + order.id());

        EventReader reader = open(order.id());
        await().atMost(SOON).until(() -> !reader.told().isEmpty());

        assertThat(reader.response().statusCode()).isEqualTo(200);
        assertThat(reader.response().headers().firstValue("Content-Type")).hasValue("text/event-stream");
        assertThat(reader.response().headers().firstValue("X-Accel-Buffering")).hasValue("no");
        assertThat(reader.lines()).element(0).asString().matches("retry: \\d{4}");
        assertThat(reader.lines()).element(2).isEqualTo("event: status");
        assertThat(reader.told()).containsExactly(JsonMapper.shared().readTree(polled.body()));
        assertThat(reader.lastId())
                .isEqualTo(polled.headers().firstValue("ETag").orElseThrow());
    }

    @Test
    void tellsEachChangeOnceAndEndsWithTheFinalOne() {
        Order order = shop.order();
        Payment payment = shop.payment(order);
        EventReader reader = open(order.id());
        await().atMost(SOON).until(() -> reader.told().size() == 1);

        shop.hear(order, payment, ProviderStatus.CONFIRMING, "0");
        await().atMost(SOON).until(() -> reader.told().size() == 2);
        shop.hear(order, payment, ProviderStatus.FINISHED, "0.001");
        await().atMost(SOON).until(() -> reader.told().size() == 3);
        long before = reader.heartbeats();
        await().atMost(SOON).until(() -> reader.heartbeats() > before + 1); // some looks later nothing was said again
        shop.access(order, "admitted");
        await().atMost(SOON).until(reader::isOver);

        assertThat(reader.statuses()).containsExactly("awaiting_payment", "confirming", "confirmed", "confirmed");
        assertThat(reader.told().getLast().get("access").asString()).isEqualTo("admitted");
        assertThat(reader.lines().toString()).doesNotContain("t.me", Long.toString(order.telegramUserId()));
    }

    @Test
    void tellsEachReaderOfOnePurchaseInItsOwnLanguage() {
        Order order = shop.order();
        Payment payment = shop.payment(order);
        EventReader english = open(order.id());
        EventReader spanish = open(order.id(), "Accept-Language", "es");
        await().atMost(SOON)
                .until(() -> english.told().size() == 1 && spanish.told().size() == 1);

        shop.hear(order, payment, ProviderStatus.CONFIRMING, "0");
        await().atMost(SOON)
                .until(() -> english.told().size() == 2 && spanish.told().size() == 2);

        assertThat(english.told().getLast().get("message").asString()).startsWith("Your payment is on the blockchain");
        assertThat(spanish.told().getLast().get("message").asString())
                .startsWith("Tu pago está en la cadena de bloques");
    }

    @Test
    void tellsWhatChangesByTimeAlone() {
        Order order = shop.order(51, Instant.now().plusSeconds(2));
        EventReader reader = open(order.id());

        await().atMost(SOON).until(() -> reader.told().size() == 2);

        assertThat(reader.statuses()).containsExactly("awaiting_payment", "expired");
    }

    @Test
    void tellsNothingAgainThatTheReaderHasSeen() {
        Order order = shop.order();
        Payment payment = shop.payment(order);
        EventReader first = open(order.id());
        await().atMost(SOON).until(() -> !first.told().isEmpty());

        EventReader again = open(order.id(), "Last-Event-ID", first.lastId());
        await().atMost(SOON).until(() -> again.heartbeats() > 1);
        assertThat(again.told()).isEmpty();

        shop.hear(order, payment, ProviderStatus.CONFIRMING, "0");
        await().atMost(SOON).until(() -> !again.told().isEmpty());
        assertThat(again.statuses()).containsExactly("confirming");
    }

    @Test
    void sendsAReaderAwayForGoodWhoHasTheFinalStatus() {
        Order order = shop.paidOrder();
        shop.access(order, "admitted");
        EventReader reader = open(order.id());
        await().atMost(SOON).until(reader::isOver);
        assertThat(reader.told()).hasSize(1);

        assertThat(refused(order.id(), "Last-Event-ID", reader.lastId()).statusCode())
                .isEqualTo(204);
        assertThat(refused(order.id(), "Last-Event-ID", "\"older\"").body()).contains("\"admitted\"");
    }

    @Test
    void watchesByAnOldIdTheNewestPurchaseOfThatPairWithoutIdsOrAmounts() {
        Order order = shop.order(778, Instant.now().plusSeconds(600));
        Payment payment = shop.payment(order);
        String asked = "PGP-778%7C" + RunningShop.OPEN_CHAT;
        EventReader reader = open(asked);
        await().atMost(SOON).until(() -> reader.told().size() == 1);

        shop.hear(order, payment, ProviderStatus.PARTIALLY_PAID, "0.0004");
        await().atMost(SOON).until(() -> reader.told().size() == 2);

        assertThat(reader.statuses()).containsExactly("awaiting_payment", "partially_paid");
        assertThat(reader.told().getLast().get("order_id").asString()).isEqualTo("PGP-778|" + RunningShop.OPEN_CHAT);
        assertThat(reader.lines().toString()).doesNotContain("ao_", "0.0004", "10.00", "t.me");
    }

    @Test
    void refusesWhatThePolledAnswerRefusesInTheSameWords() {
        for (String unknown : List.of("nonsense", "ao_0123456789ab_" + "0".repeat(36), "PGP-1%7C2", "%00", "")) {
            HttpResponse<String> refused = refused(unknown);
            assertThat(refused.statusCode()).as(unknown).isEqualTo(404);
            assertThat(refused.headers().firstValue("Content-Type")).hasValue("application/problem+json");
            assertThat(refused.body().replace("/events", ""))
                    .isEqualTo(
                            shop.get("/api/payment-status?order_id=" + unknown).body());
        }
        HttpResponse<String> missing = shop.get("/api/payment-status/events", "Accept", "text/event-stream");
        assertThat(missing.statusCode()).isEqualTo(400);
        assertThat(missing.body()).contains("\"code\":\"missing_parameter\"");
    }

    @Test
    void countsAnOpeningAsOneQuestion() {
        Order order = shop.order();
        for (int i = 0; i < 9; i++) {
            shop.get("/api/payment-status?order_id=" + order.id());
        }
        EventReader tenth = open(order.id());
        assertThat(tenth.response().statusCode()).isEqualTo(200);

        HttpResponse<String> eleventh = refused(order.id());

        assertThat(eleventh.statusCode()).isEqualTo(429);
        assertThat(eleventh.headers().firstValueAsLong("Retry-After").orElseThrow())
                .isBetween(1L, 6L);
        assertThat(shop.get("/api/payment-status?order_id=" + order.id()).statusCode())
                .isEqualTo(429);
    }

    @Test
    void refusesMoreStreamsThanThereArePlacesAndGivesThemBack() {
        Order order = shop.order();
        for (int i = 0; i < 5; i++) {
            assertThat(open(order.id()).response().statusCode()).isEqualTo(200);
        }
        HttpResponse<String> sixthOfAnOrder = refused(order.id());
        assertThat(sixthOfAnOrder.statusCode()).isEqualTo(503);
        assertThat(sixthOfAnOrder.headers().firstValue("Retry-After")).hasValue("60");
        assertThat(sixthOfAnOrder.body()).contains("\"code\":\"too_many_streams\"");

        assertThat(open(shop.order().id()).response().statusCode()).isEqualTo(200);
        assertThat(refused(shop.order().id()).statusCode()).isEqualTo(503); // the seventh of an address
        assertThat(open(shop)).isEqualTo(6);
        assertThat(shop.bean(MeterRegistry.class)
                        .get("admitone.event.streams.refused")
                        .counter()
                        .count())
                .isGreaterThanOrEqualTo(2);

        closeReaders();
        assertThat(open(order.id()).response().statusCode()).isEqualTo(200);
    }

    @Test
    void letsOnlyTheOriginsOfTheSettingRead() {
        Order order = shop.order();

        assertThat(open(order.id(), "Origin", ELSEWHERE).response().headers().firstValue("Access-Control-Allow-Origin"))
                .hasValue(ELSEWHERE);
        assertThat(open(order.id(), "Origin", "https://evil.example")
                        .response()
                        .headers()
                        .firstValue("Access-Control-Allow-Origin"))
                .isEmpty();
    }

    @Test
    void opensNoStreamForAQuestionAboutTheHeaders() {
        Order order = shop.order();

        HttpResponse<String> answer = shop.send("HEAD", "/api/payment-status/events?order_id=" + order.id());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).hasValue("text/event-stream");
    }

    @Test
    void goesOnWhenTheDatabaseIsBack() {
        Order order = shop.order();
        Payment payment = shop.payment(order);
        EventReader reader = open(order.id());
        await().atMost(SOON).until(() -> reader.told().size() == 1);

        shop.databaseAway();
        try {
            await().atMost(SOON).until(() -> refused(shop, order.id()).statusCode() == 503);
            long before = reader.heartbeats();
            await().atMost(SOON).until(() -> reader.heartbeats() > before + 1);
            assertThat(reader.isOver()).isFalse();
        } finally {
            shop.databaseBack();
        }
        await().atMost(SOON).ignoreExceptions().until(() -> shop.get("/health").statusCode() == 200);
        shop.hear(order, payment, ProviderStatus.CONFIRMING, "0");

        await().atMost(SOON).until(() -> reader.statuses().equals(List.of("awaiting_payment", "confirming")));
    }

    @Test
    void endsAStreamThatIsOld() {
        try (RunningShop other = shop("admitone.event-streams.longest", "400ms")) {
            EventReader reader = EventReader.open(other, other.order().id());
            readers.add(reader);

            await().atMost(SOON).until(reader::isOver);

            assertThat(reader.statuses()).containsExactly("awaiting_payment");
            assertThat(reader.heartbeats()).isPositive();
        }
    }

    @Test
    void refusesMoreThanTheInstanceHasPlacesFor() {
        try (RunningShop other = shop("admitone.event-streams.most", "0")) {
            assertThat(refused(other, other.order().id()).statusCode()).isEqualTo(503);
        }
    }

    @Test
    void doesNotHoldUpAShutdown() {
        RunningShop other = shop("admitone.event-streams.heartbeat", "15s");
        try {
            Order order = other.order();
            List<EventReader> open = new ArrayList<>();
            for (int i = 0; i < 5; i++) {
                open.add(EventReader.open(other, order.id()));
            }
            readers.addAll(open);
            await().atMost(SOON)
                    .until(() -> open.stream().noneMatch(reader -> reader.told().isEmpty()));

            Thread stopping = Thread.ofVirtual().start(other::stop);

            await().atMost(Duration.ofSeconds(2)).until(() -> open.stream().allMatch(EventReader::isOver));
            await().atMost(SOON).until(() -> !stopping.isAlive()); // by itself Tomcat would wait for 30 s
        } finally {
            other.close();
        }
    }

    private static RunningShop shop(String property, String value) {
        Map<String, Object> properties = new HashMap<>(QUICK);
        properties.put(property, value);
        return RunningShop.start(Map.of(), properties);
    }

    private EventReader open(String orderId, String... headers) {
        EventReader reader = EventReader.open(shop, orderId, headers);
        readers.add(reader);
        return reader;
    }

    private static HttpResponse<String> refused(String orderId, String... headers) {
        return refused(shop, orderId, headers);
    }

    private static HttpResponse<String> refused(RunningShop shop, String orderId, String... headers) {
        return shop.get("/api/payment-status/events?order_id=" + orderId, headers);
    }

    private static int open(RunningShop shop) {
        return (int) shop.bean(MeterRegistry.class)
                .get("admitone.event.streams.open")
                .gauge()
                .value();
    }
}
