package admitone.checkout.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.checkout.Order;
import admitone.payments.Payment;
import admitone.payments.ProviderStatus;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The page that listens to the event stream: it would ask the status API only after an hour. */
class LivePageBrowserTests {
    private static final Duration SOON = Duration.ofSeconds(15);

    private static RunningShop shop;
    private static Browser browser;

    @BeforeAll
    static void start() {
        shop = RunningShop.start(
                Map.of("ADMITONE_STATUS_LIMIT_PER_MINUTE", "0"),
                Map.of(
                        "admitone.success-page.poll-milliseconds", "3600000",
                        "admitone.event-streams.look", "100ms",
                        "admitone.event-streams.heartbeat", "500ms"));
        browser = Browser.open(shop.url());
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (shop != null) {
            shop.close();
        }
    }

    @Test
    void goesFromWaitingToInWithoutAsking() {
        Order order = shop.order();
        Payment payment = shop.payment(order);
        browser.visit("/success?order_id=" + order.id());
        assertThat(browser.text("h1")).isEqualTo("Waiting for your payment");
        browser.script("window.sameDocument = true");

        shop.hear(order, payment, ProviderStatus.CONFIRMING, "0");
        await().atMost(SOON).until(() -> browser.text("h1").equals("Payment seen"));
        assertThat(browser.isShown("watching")).isTrue();
        shop.hear(order, payment, ProviderStatus.FINISHED, "0.001");
        await().atMost(SOON).until(() -> browser.text("h1").equals("Your way in is ready"));
        assertThat(browser.element("#way-in").getDomAttribute("href")).isEqualTo(RunningShop.WAY_IN);
        shop.access(order, "admitted");
        await().atMost(SOON).until(() -> browser.text("h1").equals("You are in"));

        await().atMost(SOON).until(() -> !browser.isShown("watching"));
        assertThat(browser.isShown("again")).isFalse();
        assertThat(browser.script("return window.sameDocument")).isEqualTo(true);
        assertThat(browser.questions()).isZero();
        await().atMost(SOON).until(() -> open(shop) == 0);
        browser.assertNothingWasBlocked();
    }

    /** A stop of the only instance, which is away for longer than a browser takes to come back. */
    @Test
    void comesBackToTheStreamOnceTheServiceIsBack() throws IOException {
        Map<String, Object> properties = Map.of(
                "admitone.success-page.poll-milliseconds", "1000",
                "admitone.event-streams.look", "100ms",
                "admitone.event-streams.heartbeat", "500ms");
        try (RunningShop other = RunningShop.start(Map.of("ADMITONE_STATUS_LIMIT_PER_MINUTE", "0"), properties);
                Line line = Line.to(other)) {
            Order order = other.order();
            Payment payment = other.payment(order);
            browser.driver().get(line.url() + "/success?order_id=" + order.id());
            other.hear(order, payment, ProviderStatus.CONFIRMING, "0");
            await().atMost(SOON).until(() -> browser.text("h1").equals("Payment seen"));

            line.cut();
            await().atMost(SOON.multipliedBy(2)).until(() -> open(other) == 0 && browser.questions() > 0);
            line.join();

            await().atMost(SOON).until(() -> open(other) == 1);
            other.hear(order, payment, ProviderStatus.FINISHED, "0.001");
            await().atMost(SOON).until(() -> browser.text("h1").equals("Your way in is ready"));
            assertThat(browser.isShown("watching")).isTrue();
        }
    }

    /** By which a page notices a stream that is dead. */
    @Test
    void heartbeatReachesAScript() {
        Order order = shop.order();
        browser.visit("/success?order_id=" + order.id());

        browser.script("""
                window.beats = 0;
                window.stream = new EventSource("/api/payment-status/events?order_id=" + arguments[0]);
                window.stream.addEventListener("beat", () => window.beats++);
                """, order.id());

        await().atMost(SOON).until(() -> Boolean.TRUE.equals(browser.script("return window.beats > 1")));
    }

    @Test
    void opensNoStreamForAFinalStatus() {
        Order order = shop.paidOrder();
        shop.access(order, "admitted");

        browser.visit("/success?order_id=" + order.id());

        await().atMost(SOON).until(() -> !browser.isShown("watching"));
        assertThat(browser.script("return performance.getEntriesByType('resource').map(e => e.name).join()"))
                .asString()
                .contains("live.js")
                .doesNotContain("/events");
    }

    @Test
    void whoComesBackFromTelegramReadsThatTheyAreIn() {
        Order order = shop.paidOrder();
        shop.access(order, "delivered");
        browser.visit("/success?order_id=" + order.id());
        await().atMost(SOON).until(() -> !browser.isShown("watching"));
        assertThat(browser.text("h1")).isEqualTo("Your way in was sent to you");
        assertThat(browser.isShown("again")).isTrue();

        shop.access(order, "admitted");
        browser.script("document.dispatchEvent(new Event('visibilitychange'))");

        await().atMost(SOON).until(() -> browser.text("h1").equals("You are in"));
        await().atMost(SOON).until(() -> !browser.isShown("again"));
        assertThat(browser.questions()).isOne();
    }

    private static int open(RunningShop shop) {
        return (int) shop.bean(MeterRegistry.class)
                .get("admitone.event.streams.open")
                .gauge()
                .value();
    }
}
