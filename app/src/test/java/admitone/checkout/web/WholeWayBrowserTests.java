package admitone.checkout.web;

import static org.awaitility.Awaitility.await;

import admitone.TestService;
import admitone.TestService.Shop;
import admitone.checkout.web.Browser.Screen;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebDriverException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.WindowType;

/**
 * From the link to being in as a person goes: by clicks and typing in Chromium alone, through the pages of the service and of both simulators.
 * Pictures land in {@code target/screenshots}.
 */
class WholeWayBrowserTests {
    private static final Duration SOON = Duration.ofSeconds(60);

    private static TestService service;
    private static Browser browser;

    @BeforeAll
    static void start() {
        service = TestService.startForPerson("whole-way");
        browser = Browser.open("");
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.close();
        }
        if (service != null) {
            service.close();
        }
    }

    @ParameterizedTest
    @EnumSource(Screen.class)
    void fromTheLinkToYouAreIn(Screen screen) {
        Shop shop = service.newShop("10.00", 30);
        String person = "Person " + service.newPerson();
        browser.on(screen);

        browser.visit(service.url() + "/c/" + shop.slug());
        until("the bot's name", () -> isThere(".plans a"));
        click(".plans a");
        clickWords("button", person);
        browser.picture("way-1-start", screen);
        clickWords(".bar button", "Start");
        until("the offer", () -> isThere("a.key[href*='/pay/']"));
        browser.picture("way-2-offer", screen);
        String chat = browser.driver().getWindowHandle();
        Set<String> before = browser.driver().getWindowHandles();
        click("a.key[href*='/pay/']");
        String page = newTab(before);

        browser.on(screen);
        pick(screen == Screen.PHONE ? "xrp" : "ltc"); // one needs a memo
        String address = browser.text("#address");
        String memo = browser.text("#memo");
        String amount = browser.text("#amount");
        browser.picture("way-3-address", screen);

        browser.driver().switchTo().newWindow(WindowType.TAB);
        browser.visit(service.nowPayments().url() + "/wallet");
        browser.element("[name=address]").sendKeys(address);
        browser.element("[name=memo]").sendKeys(memo);
        browser.element("[name=amount]").sendKeys(amount);
        browser.picture("way-4-wallet", screen);
        clickWords("button", "Send");
        until("the coins sent", () -> browser.text("[role=status]").startsWith("Sent: " + amount));
        browser.driver().close();

        browser.driver().switchTo().window(page);
        until("the page to say so", () -> browser.text("h1").equals("Your way in was sent to you"));
        browser.picture("way-5-paid", screen);

        browser.driver().switchTo().window(chat);
        browser.on(screen);
        until("the way in", () -> isThere(".msg form[action$='/open'] button, .keys form[action$='/open'] button"));
        browser.picture("way-6-link", screen);
        click(".msg form[action$='/open'] button, .keys form[action$='/open'] button");
        browser.picture("way-7-invitation", screen);
        clickWords("#invitation button", "Request to join");
        until("the chat to say that they are in", () -> browser.text("#live").contains("In Chat " + shop.chat()));
        browser.picture("way-8-in", screen);

        browser.driver().switchTo().window(page);
        until(
                "the page to say that they are in, by itself",
                () -> browser.text("h1").equals("You are in"));
        browser.picture("way-9-in", screen);
        browser.assertNothingWasBlocked();
        browser.driver().close();
        browser.driver().switchTo().window(chat);
    }

    private static void pick(String coin) {
        if (isThere("button[value=" + coin + "]")) {
            click("button[value=" + coin + "]");
        } else {
            browser.element("#pay_currency").sendKeys(coin + Keys.ENTER);
        }
        until("the address", () -> !browser.text("#address").isEmpty());
    }

    private static String newTab(Set<String> before) {
        until("a tab", () -> browser.driver().getWindowHandles().size() > before.size());
        String tab = browser.driver().getWindowHandles().stream()
                .filter(one -> !before.contains(one))
                .findFirst()
                .orElseThrow();
        browser.driver().switchTo().window(tab);
        return tab;
    }

    private static boolean isThere(String selector) {
        return !browser.driver().findElements(By.cssSelector(selector)).isEmpty();
    }

    private static void click(String selector) {
        click(browser.element(selector));
    }

    /** As a person does who scrolls first: a bar lies over the foot of the chat. */
    private static void click(WebElement element) {
        browser.script("arguments[0].scrollIntoView({block: 'center'})", element);
        element.click();
    }

    private static void clickWords(String selector, String words) {
        until(words, () -> !withWords(selector, words).isEmpty());
        click(withWords(selector, words).getFirst());
    }

    private static List<WebElement> withWords(String selector, String words) {
        return browser.driver().findElements(By.cssSelector(selector)).stream()
                .filter(one -> Objects.equals(one.getText(), words))
                .toList();
    }

    /** What is drawn anew meanwhile is looked for again. */
    private static void until(String what, Callable<Boolean> holds) {
        await(what)
                .atMost(SOON)
                .ignoreExceptionsInstanceOf(WebDriverException.class)
                .until(holds);
    }
}
