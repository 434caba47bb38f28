package admitone.checkout.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.checkout.Order;
import admitone.checkout.web.Browser.Screen;
import admitone.payments.Payment;
import admitone.payments.ProviderStatus;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The buyers' pages as a browser shows them, where no event stream can be had: the page asks instead. Pictures land in
 * {@code target/screenshots}.
 */
class SuccessPageBrowserTests {
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final int LIMIT = 30;

    private static RunningShop shop;
    private static Browser browser;

    @BeforeAll
    static void start() {
        shop = RunningShop.start(
                Map.of("ADMITONE_STATUS_LIMIT_PER_MINUTE", Integer.toString(LIMIT)),
                Map.of(
                        "admitone.success-page.poll-milliseconds", "60 80 100 150",
                        "admitone.event-streams.most", "0"));
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
    void asksWhereThereIsNoPlaceForAStream() {
        Order order = shop.order();
        double refused = refusedStreams();

        browser.visit("/success?order_id=" + order.id());

        await().atMost(SOON).until(() -> browser.questions() > 1);
        assertThat(refusedStreams()).isEqualTo(refused + 1);
    }

    @Test
    void asksWhereSomethingOnTheWayHoldsEventsBack() {
        assertAsksWhenEventSource("close() { window.streamClosed = true; }");
    }

    /** Its seconds are a fiftieth as long. */
    @Test
    void asksWhereAStreamFallsSilent() {
        assertAsksWhenEventSource("""
                constructor() {
                  super();
                  const data = JSON.stringify({ ...document.getElementById("state").dataset, final: false });
                  setTimeout(() => this.dispatchEvent(new MessageEvent("status", { data })), 0);
                }
                close() { window.streamClosed = true; }
                static {
                  const real = window.setTimeout;
                  window.setTimeout = (work, pause) => real(work, pause / 50);
                }
                """);
    }

    @Test
    void asksWhereTheStreamBreaksTwice() {
        assertAsksWhenEventSource("""
                readyState = 0;
                constructor() {
                  super();
                  setTimeout(() => this.dispatchEvent(new Event("error")), 50);
                  setTimeout(() => this.dispatchEvent(new Event("error")), 100);
                }
                close() { window.streamClosed = true; }
                """);
    }

    private static void assertAsksWhenEventSource(String is) {
        Order order = shop.order();
        Map<String, Object> added = browser.driver()
                .executeCdpCommand(
                        "Page.addScriptToEvaluateOnNewDocument",
                        Map.of(
                                "source",
                                "window.EventSource = class extends EventTarget { static CLOSED = 2; " + is + " }"));
        try {
            browser.visit("/success?order_id=" + order.id());
            await().atMost(SOON).until(() -> browser.questions() > 1);
            assertThat(browser.script("return window.streamClosed")).isEqualTo(true);
        } finally {
            browser.driver().executeCdpCommand("Page.removeScriptToEvaluateOnNewDocument", added);
        }
    }

    private static double refusedStreams() {
        return shop.bean(MeterRegistry.class)
                .get("admitone.event.streams.refused")
                .counter()
                .count();
    }

    @Test
    void goesFromWaitingToInByItself() {
        Order order = shop.order();
        Payment payment = shop.payment(order);
        browser.visit("/success?order_id=" + order.id());
        assertThat(browser.text("h1")).isEqualTo("Waiting for your payment");
        browser.script("window.sameDocument = true");

        shop.hear(order, payment, ProviderStatus.CONFIRMING, "0");
        await().atMost(SOON).until(() -> browser.text("h1").equals("Payment seen"));
        shop.hear(order, payment, ProviderStatus.FINISHED, "0.001");
        await().atMost(SOON).until(() -> browser.text("h1").equals("Your way in is ready"));
        assertThat(browser.element("#way-in").getDomAttribute("href")).isEqualTo(RunningShop.WAY_IN);
        shop.access(order, "admitted");
        await().atMost(SOON).until(() -> browser.text("h1").equals("You are in"));

        assertThat(browser.text(".message")).startsWith("Your payment arrived, and you were let in.");
        assertThat(browser.script("return window.sameDocument")).isEqualTo(true);
        await().atMost(SOON).until(() -> !browser.isShown("watching"));
        assertThat(browser.isShown("again")).isFalse();
        browser.assertNothingWasBlocked();
    }

    @Test
    void stopsAfterTwelveTriesAndChecksAgainWhenAsked() {
        Order order = shop.order();
        browser.visit("/success?order_id=" + order.id());
        await().atMost(SOON).until(() -> browser.isShown("again"));
        assertThat(browser.questions()).isEqualTo(12);

        Payment payment = shop.payment(order);
        shop.hear(order, payment, ProviderStatus.CONFIRMING, "0");
        assertThat(browser.text("h1")).isEqualTo("Not paid yet");
        browser.element("#again").click();
        await().atMost(SOON).until(() -> browser.text("h1").equals("Payment seen"));
        assertThat(browser.questions()).isGreaterThanOrEqualTo(13);
        assertThat(browser.driver().getCurrentUrl()).endsWith(order.id());
    }

    @Test
    void whoComesBackAfterTheLastTryReadsWhatHasHappened() {
        Order order = shop.order();
        browser.visit("/success?order_id=" + order.id());
        await().atMost(SOON).until(() -> browser.isShown("again"));
        shop.hear(order, shop.payment(order), ProviderStatus.CONFIRMING, "0");
        assertThat(browser.text("h1")).isEqualTo("Not paid yet");

        browser.script("document.dispatchEvent(new Event('visibilitychange'))");

        await().atMost(SOON).until(() -> browser.text("h1").equals("Payment seen"));
    }

    @Test
    void waitsAsLongAsARefusalSaysAndGoesOn() {
        Order order = shop.order();
        Payment payment = shop.payment(order);
        browser.visit("/success?order_id=nothing-yet");
        for (int i = 0; i < LIMIT; i++) {
            shop.get("/api/payment-status?order_id=" + order.id());
        }
        browser.visit("/success?order_id=" + order.id());
        await().atMost(SOON).until(() -> browser.questions() >= 1);
        shop.hear(order, payment, ProviderStatus.FINISHED, "0.001");
        shop.access(order, "delivered");

        await().atMost(SOON).until(() -> browser.text("h1").equals("Your way in was sent to you"));
        assertThat(browser.questions()).isLessThan(12);
    }

    @Test
    void showsTheStateWithoutScripts() {
        Order order = shop.paidOrder();
        try (Browser plain = Browser.openWithoutScripts(shop.url())) {
            plain.visit("/success?order_id=" + order.id());
            assertThat(plain.element("h1").getText()).isEqualTo("Your way in is ready");
            shop.access(order, "delivered");
            plain.element("#again").click();
            assertThat(plain.element("h1").getText()).isEqualTo("Your way in was sent to you");
            assertThat(plain.isShown("watching")).isFalse();
        }
    }

    @Test
    void fitsADesktopAndAPhone() {
        Order waiting = shop.order();
        shop.payment(waiting);
        Order isShort = shop.order();
        shop.hear(isShort, shop.payment(isShort), ProviderStatus.PARTIALLY_PAID, "0.0004");
        Order admitted = shop.paidOrder();
        shop.access(admitted, "admitted");
        Map<String, String> pages = Map.of(
                "waiting", "/success?order_id=" + waiting.id(),
                "short", "/success?order_id=" + isShort.id(),
                "ready", "/success?order_id=" + shop.paidOrder().id(),
                "in", "/success?order_id=" + admitted.id(),
                "unknown", "/success?order_id=x",
                "shop", "/c/quiet-alpha",
                "error", "/nothing-here");
        for (Map.Entry<String, String> page : pages.entrySet()) {
            browser.visit(page.getValue());
            browser.picture(page.getKey(), Screen.values());
        }
    }
}
