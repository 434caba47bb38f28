package admitone.checkout.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A buyer's browser: Debian's Chromium, without a window. */
final class Browser implements AutoCloseable {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Duration PAGE_WITHIN = Duration.ofSeconds(30);
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

    private static final Path PICTURES = Path.of("target", "screenshots");

    private static final String FAINT_TEXTS = """
            const parse = (text) => (text.match(/[\\d.]+/g) ?? []).map(Number);
            const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
                .map((c) => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
                .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
            const ground = (element) => {
              for (let e = element; e; e = e.parentElement) {
                const color = parse(getComputedStyle(e).backgroundColor);
                if (color.length === 3 || color[3] === 1) return color;
              }
              return [255, 255, 255];
            };
            return [...document.querySelectorAll("body *")]
              .filter((e) => e.checkVisibility() && [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()))
              .filter((e) => {
                const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))];
                return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05) < 4.5;
              })
              .map((e) => e.textContent.trim().slice(0, 60));
            """;

    private final ChromeDriver driver;
    private final String url;

    private Browser(String url, boolean scripts) {
        this.driver = start(scripts);
        this.url = url;
    }

    /** On the pages below {@code url}. */
    static Browser open(String url) {
        return new Browser(url, true);
    }

    static Browser openWithoutScripts(String url) {
        return new Browser(url, false);
    }

    private static ChromeDriver start(boolean scripts) {
        assertThat(List.of(CHROMIUM, DRIVER))
                .as("the browser tests need Chromium; install it with: apt-get install -y chromium chromium-driver")
                .allMatch(Files::isExecutable);
        ChromeOptions options = new ChromeOptions();
        options.setBinary(CHROMIUM.toString());
        options.addArguments("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--hide-scrollbars");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        if (!scripts) {
            options.setExperimentalOption("prefs", Map.of("profile.managed_default_content_settings.javascript", 2));
        }
        options.setPageLoadTimeout(PAGE_WITHIN);
        return new ChromeDriver(
                new ChromeDriverService.Builder()
                        .usingDriverExecutable(DRIVER.toFile())
                        .usingAnyFreePort()
                        .build(),
                options);
    }

    ChromeDriver driver() {
        return driver;
    }

    void visit(String path) {
        driver.get(url + path);
    }

    WebElement element(String selector) {
        return driver.findElement(By.cssSelector(selector));
    }

    /** Read in one step, since the element may be replaced at any moment. */
    String text(String selector) {
        return (String) Objects.requireNonNull(
                script("return document.querySelector(arguments[0])?.textContent ?? ''", selector));
    }

    boolean isShown(String id) {
        return driver.findElement(By.id(id)).isDisplayed();
    }

    /** How often this page has asked the status API. */
    long questions() {
        return (Long)
                Objects.requireNonNull(
                        script(
                                "return performance.getEntriesByType('resource').filter(e => e.name.includes('/api/payment-status?')).length"));
    }

    @Nullable
    Object script(String text, Object... arguments) {
        return driver.executeScript(text, arguments);
    }

    /** As wide and high as a screen of this kind. */
    void on(Screen screen) {
        metrics(screen, screen.height);
    }

    private void metrics(Screen screen, long height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", screen.width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    private void scheme(String scheme) {
        driver.executeCdpCommand(
                "Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
    }

    enum Screen {
        DESKTOP(1100, 760),
        PHONE(375, 667);

        private final int width;
        private final int height;

        Screen(int width, int height) {
            this.width = width;
            this.height = height;
        }

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * Pictures of the whole page, light and dark, to be looked at by a person: {@code target/screenshots}. Asserts that nothing is wider than
     * the screen and that every text stands out from its ground as WCAG AA demands.
     */
    void picture(String name, Screen... screens) {
        for (Screen screen : screens) {
            for (String scheme : List.of("light", "dark")) {
                scheme(scheme);
                on(screen);
                metrics(screen, Math.max(screen.height, (Long)
                        Objects.requireNonNull(script("return document.documentElement.scrollHeight"))));
                String file = name + "-" + screen.word() + "-" + scheme + ".png";
                try {
                    Files.createDirectories(PICTURES);
                    Files.write(PICTURES.resolve(file), driver.getScreenshotAs(OutputType.BYTES));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
                assertThat(script("return document.documentElement.scrollWidth > window.innerWidth"))
                        .as("%s is too wide", file)
                        .isEqualTo(false);
                assertThat(script(FAINT_TEXTS))
                        .as("texts of too little contrast in %s", file)
                        .isEqualTo(List.of());
            }
            on(screen);
        }
        scheme("light");
    }

    void assertNothingWasBlocked() {
        assertThat(driver.manage().logs().get(LogType.BROWSER).getAll())
                .as("the console, where a breach of the content policy is told")
                .noneMatch(entry -> entry.getMessage().contains("Content Security Policy"));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
