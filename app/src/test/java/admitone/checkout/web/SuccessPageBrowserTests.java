package admitone.checkout.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.checkout.Order;
import admitone.payments.Payment;
import admitone.payments.ProviderStatus;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.openqa.selenium.By;
import org.openqa.selenium.Dimension;
import org.openqa.selenium.JavascriptExecutor;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.TakesScreenshot;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** The buyers' pages as a browser shows them: Debian's Chromium, without a window. Pictures land in target/screenshots. */
class SuccessPageBrowserTests {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");
    private static final Path PICTURES = Path.of("target", "screenshots");
    private static final Duration SOON = Duration.ofSeconds(15);
    private static final int LIMIT = 30;

    private static RunningShop shop;
    private static ChromeDriver browser;

    @BeforeAll
    static void start() throws IOException {
        assertThat(List.of(CHROMIUM, DRIVER))
                .as("the browser tests need Chromium; install it with: apt-get install -y chromium chromium-driver")
                .allMatch(Files::isExecutable);
        Files.createDirectories(PICTURES);
        shop = RunningShop.start(
                Map.of("ADMITONE_STATUS_LIMIT_PER_MINUTE", Integer.toString(LIMIT)),
                Map.of("admitone.success-page.poll-milliseconds", "60 80 100 150"));
        browser = open(true);
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.quit();
        }
        if (shop != null) {
            shop.close();
        }
    }

    private static ChromeDriver open(boolean scripts) {
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toString());
        options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        if (!scripts) {
            options.setExperimentalOption("prefs", Map.of("profile.managed_default_content_settings.javascript", 2));
        }
        return new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(DRIVER.toFile())
                        .usingAnyFreePort()
                        .build(),
                options);
    }

    @Test
    void goesFromWaitingToInByItself() {
        Order order = shop.order();
        Payment payment = shop.payment(order);
        visit("/success?order_id=" + order.id());
        assertThat(text("h1")).isEqualTo("Waiting for your payment");
        script("window.sameDocument = true");

        shop.hear(order, payment, ProviderStatus.CONFIRMING, "0");
        await().atMost(SOON).until(() -> text("h1").equals("Payment seen"));
        shop.hear(order, payment, ProviderStatus.FINISHED, "0.001");
        await().atMost(SOON).until(() -> text("h1").equals("Your way in is ready"));
        assertThat(browser.findElement(By.id("way-in")).getDomAttribute("href")).isEqualTo(RunningShop.WAY_IN);
        shop.access(order, "admitted");
        await().atMost(SOON).until(() -> text("h1").equals("You are in"));

        assertThat(text(".message")).startsWith("Your payment arrived, and you were let in.");
        assertThat(script("return window.sameDocument")).isEqualTo(true);
        await().atMost(SOON).until(() -> !isShown("watching"));
        assertThat(isShown("again")).isFalse();
        assertNothingWasBlocked();
    }

    @Test
    void stopsAfterTwelveTriesAndChecksAgainWhenAsked() {
        Order order = shop.order();
        visit("/success?order_id=" + order.id());
        await().atMost(SOON).until(() -> isShown("again"));
        assertThat(questions()).isEqualTo(12);

        Payment payment = shop.payment(order);
        shop.hear(order, payment, ProviderStatus.CONFIRMING, "0");
        assertThat(text("h1")).isEqualTo("Not paid yet");
        browser.findElement(By.id("again")).click();
        await().atMost(SOON).until(() -> text("h1").equals("Payment seen"));
        assertThat(questions()).isGreaterThanOrEqualTo(13);
        assertThat(browser.getCurrentUrl()).endsWith(order.id());
    }

    @Test
    void waitsAsLongAsARefusalSaysAndGoesOn() {
        Order order = shop.order();
        Payment payment = shop.payment(order);
        visit("/success?order_id=nothing-yet");
        for (int i = 0; i < LIMIT; i++) {
            shop.get("/api/payment-status?order_id=" + order.id());
        }
        visit("/success?order_id=" + order.id());
        await().atMost(SOON).until(() -> questions() >= 1);
        shop.hear(order, payment, ProviderStatus.FINISHED, "0.001");
        shop.access(order, "delivered");

        await().atMost(SOON).until(() -> text("h1").equals("Your way in was sent to you"));
        assertThat(questions()).isLessThan(12);
    }

    @Test
    void showsTheStateWithoutScripts() {
        Order order = shop.paidOrder();
        ChromeDriver plain = open(false);
        try {
            plain.get(shop.url() + "/success?order_id=" + order.id());
            assertThat(plain.findElement(By.tagName("h1")).getText()).isEqualTo("Your way in is ready");
            shop.access(order, "delivered");
            plain.findElement(By.id("again")).click();
            assertThat(plain.findElement(By.tagName("h1")).getText()).isEqualTo("Your way in was sent to you");
            assertThat(plain.findElement(By.id("watching")).isDisplayed()).isFalse();
        } finally {
            plain.quit();
        }
    }

    @Test
    void leadsFromTheFormToTheAddress() throws IOException {
        Order order = shop.order();
        visit("/pay/" + order.id());
        picture("pay-choose");
        browser.findElement(By.id("pay_currency")).sendKeys("ltc");
        browser.findElement(By.cssSelector("form button")).click();

        await().atMost(SOON).until(() -> browser.getCurrentUrl().endsWith("?coin=ltc"));
        assertThat(text("#address")).isNotBlank();
        picture("pay-address");
        browser.findElement(By.id("watch")).click();
        await().atMost(SOON).until(() -> browser.getCurrentUrl().contains("/success?order_id=" + order.id()));
        assertNothingWasBlocked();
    }

    /** To be looked at by a person; asserts only that nothing is wider than the phone. */
    @Test
    void fitsADesktopAndAPhone() throws IOException {
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
            visit(page.getValue());
            picture(page.getKey());
        }
    }

    private static void picture(String name) throws IOException {
        for (String scheme : List.of("light", "dark")) {
            browser.executeCdpCommand(
                    "Emulation.setEmulatedMedia",
                    Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
            for (Map.Entry<String, Integer> width :
                    Map.of("desktop", 1100, "phone", 375).entrySet()) {
                browser.executeCdpCommand(
                        "Emulation.setDeviceMetricsOverride",
                        Map.of("width", width.getValue(), "height", 760, "deviceScaleFactor", 1, "mobile", false));
                File shot = ((TakesScreenshot) browser).getScreenshotAs(OutputType.FILE);
                Files.copy(
                        shot.toPath(),
                        PICTURES.resolve(name + "-" + width.getKey() + "-" + scheme + ".png"),
                        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
                Object overflow = script("return document.documentElement.scrollWidth > window.innerWidth");
                assertThat(overflow)
                        .as("%s is too wide for a %s", name, width.getKey())
                        .isEqualTo(false);
            }
        }
        browser.executeCdpCommand("Emulation.clearDeviceMetricsOverride", Map.of());
        browser.manage().window().setSize(new Dimension(1100, 800));
    }

    private static void visit(String path) {
        browser.get(shop.url() + path);
    }

    /** Read in one step, since the element may be replaced at any moment. */
    private static String text(String selector) {
        return (String) Objects.requireNonNull(
                script("return document.querySelector(arguments[0])?.textContent ?? ''", selector));
    }

    private static boolean isShown(String id) {
        return browser.findElement(By.id(id)).isDisplayed();
    }

    /** How often this page has asked the status API. */
    private static long questions() {
        return (Long)
                Objects.requireNonNull(
                        script(
                                "return performance.getEntriesByType('resource').filter(e => e.name.includes('/api/payment-status')).length"));
    }

    private static @org.jspecify.annotations.Nullable Object script(String text, Object... arguments) {
        return ((JavascriptExecutor) browser).executeScript(text, arguments);
    }

    private static void assertNothingWasBlocked() {
        assertThat(browser.manage().logs().get(LogType.BROWSER).getAll())
                .as("the console, where a breach of the content policy is told")
                .noneMatch(entry -> entry.getMessage().contains("Content Security Policy"));
    }
}
