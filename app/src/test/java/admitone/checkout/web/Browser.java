package admitone.checkout.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.logging.Level;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** A buyer's browser: Debian's Chromium, without a window. */
final class Browser implements AutoCloseable {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");
    private static final Path DRIVER = Path.of("/usr/bin/chromedriver");

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
