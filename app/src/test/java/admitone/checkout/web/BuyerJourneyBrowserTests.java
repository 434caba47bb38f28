package admitone.checkout.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.TestService;
import admitone.TestService.Shop;
import admitone.checkout.web.Browser.Screen;
import admitone.simulators.nowpayments.Payment;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WindowType;

/** From the shop page to being inside, in a real browser and with both simulators. Pictures land in {@code target/screenshots}. */
class BuyerJourneyBrowserTests {
    private static final Duration SOON = Duration.ofSeconds(20);

    private static TestService service;
    private static Browser browser;

    @BeforeAll
    static void start() {
        service = TestService.start(
                "journey",
                Map.of(
                        "ADMITONE_NOWPAYMENTS_EMAIL", "sim@example.com",
                        "ADMITONE_NOWPAYMENTS_PASSWORD", "sim-password"));
        service.nowPayments().rate("ada", "0.8");
        service.nowPayments().rate("doge", "0.2");
        service.nowPayments().configure(settings -> settings.minAmounts.put("btc", new BigDecimal("0.001")));
        browser = Browser.open(service.url());
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
    void fromTheShopToBeingIn(Screen screen) {
        Shop shop = service.newShop("10.00", 30);
        long buyer = service.newPerson();
        browser.on(screen);
        browser.visit("/c/" + shop.slug());
        browser.picture("journey-1-shop", screen);

        open(payLink(buyer));
        assertThat(currentUrl()).doesNotContain("?k=").contains("/pay/ao_");
        assertThat(browser.text("h1")).isEqualTo("Not paid yet");
        browser.picture("journey-2-coins", screen);
        browser.element("button[value=ltc]").click();

        await().atMost(SOON).until(() -> currentUrl().endsWith("?coin=ltc"));
        assertThat(browser.text("h1")).isEqualTo("Waiting for your payment");
        Payment payment = payments(order()).getFirst();
        assertThat(browser.text("#amount")).isEqualTo(payment.payAmount().toPlainString());
        assertThat(browser.text("#address")).isEqualTo(payment.terms().payAddress());
        assertThat(browser.element("#wallet").getDomAttribute("href")).startsWith("litecoin:");
        await().atMost(SOON).until(() -> browser.text(".left").matches(" \\(23 h 59 min left\\)"));
        assertThat(browser.text(".copy button")).isEqualTo("Copy");
        browser.picture("journey-3-address", screen);
        browser.script("window.sameDocument = true");

        service.nowPayments().status(payment.id(), "confirming");
        await().atMost(SOON).until(() -> browser.text("h1").equals("Payment seen"));
        assertThat(browser.text("#offer").strip()).as("nothing more to be sent").isEmpty();
        browser.picture("journey-4-seen", screen);
        service.nowPayments().status(payment.id(), "finished");
        await().atMost(SOON).until(() -> browser.text("h1").equals("Your way in was sent to you"));
        browser.picture("journey-5-sent", screen);
        String wayIn = Objects.requireNonNull(browser.element("#way-in").getDomAttribute("href"));
        assertThat(service.linkSentTo(buyer)).isEqualTo(wayIn);

        service.telegram().openLink(buyer, wayIn);
        TestService.until(() -> service.telegram().isMember(shop.chat(), buyer));
        assertThat(browser.script("return window.sameDocument")).isEqualTo(true);
        browser.driver().navigate().refresh();
        await().atMost(SOON).until(() -> {
            browser.driver().navigate().refresh();
            return browser.text("h1").equals("You are in");
        });
        browser.picture("journey-6-in", screen);
        browser.assertNothingWasBlocked();
    }

    /** The browser follows the form's answer to another host only as far as the page's policy lets it. */
    @Test
    void toTheProvidersPageAndBack() {
        Shop shop = service.newShop("10.00", 30);
        service.operator()
                .call(
                        "PUT",
                        "/api/v1/sellers/" + shop.sellerId() + "/payment-page",
                        "{\"payment_page\":\"hosted\"}",
                        "application/json")
                .must(200);
        long buyer = service.newBuyer();
        String order = service.newOrder(shop, buyer);
        browser.on(Screen.PHONE);
        browser.visit("/pay/" + order);
        browser.picture("hosted-1-button", Screen.DESKTOP, Screen.PHONE);

        browser.element("#hosted button").click();
        await().atMost(SOON).until(() -> currentUrl().contains("/payment/?iid="));
        browser.element("button").click();
        await().atMost(SOON).until(() -> currentUrl().matches(".*/payment/[0-9]+"));
        browser.element("form[action$='/full'] button").click();
        await().atMost(SOON).until(() -> browser.text("#back").startsWith("back"));
        browser.element("#back").click();

        await().atMost(SOON)
                .until(() -> currentUrl().startsWith(service.url() + "/success?order_id=" + order + "&NP_id="));
        await().atMost(SOON).until(() -> browser.text("h1").equals("Your way in was sent to you"));
        assertThat(service.linkSentTo(buyer))
                .isEqualTo(browser.element("#way-in").getDomAttribute("href"));
        browser.assertNothingWasBlocked();
    }

    @Test
    void offersOnlyWhatCanBePaidIn() {
        String order = newOrder("10.00");
        TestService.until(
                () -> !service.anyone().get("/pay/" + order).body().contains("value=\"btc\"")); // 98 USD at least
        browser.on(Screen.DESKTOP);

        browser.visit("/pay/" + order);

        assertThat(browser.text(".coins"))
                .contains("USDT on Tron", "(usdttrc20)")
                .doesNotContain("Bitcoin");
        assertThat(browser.script("return [...document.querySelectorAll('#coins option')].map(o => o.value).join()"))
                .asString()
                .contains("Ripple (xrp)")
                .doesNotContain("btc");
    }

    @Test
    void aCoinWithAMemoSaysSoBeforeTheAddress() {
        String order = newOrder("10.00");
        browser.on(Screen.PHONE);
        browser.visit("/pay/" + order);
        browser.element("#pay_currency").sendKeys("xrp" + Keys.ENTER);

        await().atMost(SOON).until(() -> currentUrl().endsWith("?coin=xrp"));

        assertThat(browser.text("#memo"))
                .isEqualTo(payments(order).getFirst().terms().payinExtraId());
        assertThat(
                        browser.script(
                                "return document.querySelector('#memo').compareDocumentPosition(document.querySelector('#address')) & 4"))
                .isEqualTo(4L);
        assertThat(browser.text(".memo")).contains("Do not send without it.");
        browser.picture("memo", Screen.PHONE, Screen.DESKTOP);
    }

    @Test
    void whoPressesStartAndComesBackIsNotAskedToOnceMore() {
        long buyer = service.newPerson();
        String order = service.newOrder(service.newShop("10.00", 30), buyer);
        browser.on(Screen.PHONE);
        await().atMost(SOON).until(() -> {
            browser.visit("/pay/" + order);
            return browser.text("#start-bot").contains("press Start");
        });
        browser.picture("start-first", Screen.PHONE);
        String page = browser.driver().getWindowHandle();
        browser.driver().switchTo().newWindow(WindowType.TAB);

        service.telegram().start(buyer, TestService.BOT, null);
        TestService.until(() -> !service.anyone().get("/pay/" + order).body().contains("id=\"start-bot\""));
        browser.driver().close();
        browser.driver().switchTo().window(page);

        await().atMost(SOON).until(() -> browser.text("#start-bot").isEmpty());
        assertThat(browser.element("button[value=trx]").isDisplayed()).isTrue();
    }

    /** No dead end: another coin here while the order is open, and a way to the seller. */
    @Test
    void aPaymentThatFailedSaysWhatCanBeDone() {
        String order = newOrder("10.00");
        browser.on(Screen.PHONE);
        browser.visit("/pay/" + order);
        browser.element("button[value=trx]").click();
        await().atMost(SOON).until(() -> currentUrl().endsWith("?coin=trx"));

        service.nowPayments().status(payments(order).getFirst().id(), "failed");

        await().atMost(SOON).until(() -> browser.text("h1").equals("The payment did not go through"));
        assertThat(browser.element("#ask-seller").getDomAttribute("href")).isEqualTo("https://t.me/" + TestService.BOT);
        browser.picture("failed", Screen.PHONE, Screen.DESKTOP);
        browser.element("button[value=ltc]").click();
        await().atMost(SOON).until(() -> browser.text("h1").equals("Waiting for your payment"));
    }

    @Test
    void fiveTabsFiftyReloadsAndTheBackButtonAreOnePaymentAndOneWayIn() {
        String order = newOrder("10.00");
        browser.on(Screen.DESKTOP);
        Set<String> addresses = new HashSet<>();
        String first = browser.driver().getWindowHandle();
        open("about:blank");
        List<String> tabs = new ArrayList<>();
        for (int tab = 0; tab < 5; tab++) {
            tabs.add(browser.driver().switchTo().newWindow(WindowType.TAB).getWindowHandle());
            browser.visit("/pay/" + order);
        }
        for (String tab : tabs) { // those opened before the first choice too
            browser.driver().switchTo().window(tab);
            browser.element("button[value=trx]").click();
            await().atMost(SOON).until(() -> currentUrl().endsWith("?coin=trx"));
            addresses.add(browser.text("#address"));
        }
        for (int i = 0; i < 50; i++) {
            browser.driver().navigate().refresh();
        }
        browser.driver().navigate().back();
        browser.driver().navigate().forward();
        browser.driver().navigate().back();
        addresses.add(browser.text("#address"));
        assertThat(payments(order)).hasSize(1);

        service.nowPayments().pay(payments(order).getFirst().id());
        Set<String> waysIn = new HashSet<>();
        for (String tab : tabs) {
            browser.driver().switchTo().window(tab);
            await().atMost(SOON).until(() -> {
                browser.driver().navigate().refresh();
                return browser.text("h1").equals("Your way in was sent to you");
            });
            waysIn.add(browser.element("#way-in").getDomAttribute("href"));
            browser.driver().close();
        }
        browser.driver().switchTo().window(first);

        assertThat(addresses).hasSize(1);
        assertThat(waysIn).hasSize(1);
        assertThat(payments(order)).hasSize(1);
        assertThat(service.sql()
                        .sql("select count(*) from access.grants where order_id = ?")
                        .param(order)
                        .query(Long.class)
                        .single())
                .isEqualTo(1);
    }

    @Test
    void tellsAllWithoutAScript() {
        long buyer = service.newBuyer();
        String order = service.newOrder(service.newShop("10.00", 30), buyer);
        try (Browser plain = Browser.openWithoutScripts(service.url())) {
            plain.on(Screen.PHONE);
            plain.visit("/pay/" + order);
            plain.element("#pay_currency").sendKeys("Ripple (xrp)");
            plain.element(".row button").click();
            assertThat(plain.element("#memo").isDisplayed()).isTrue();
            assertThat(plain.element("time").getText()).contains("UTC");
            assertThat(plain.element(".qr svg").isDisplayed()).isTrue();

            service.nowPayments().pay(payments(order).getFirst().id());
            await().atMost(SOON).until(() -> {
                plain.element("#again").click();
                return plain.element("h1").getText().equals("Your way in was sent to you");
            });
            assertThat(plain.driver().getPageSource()).doesNotContain("id=\"address\"");

            service.telegram()
                    .openLink(
                            buyer,
                            Objects.requireNonNull(plain.element("#way-in").getDomAttribute("href")));
            await().atMost(SOON).until(() -> {
                plain.element("#again").click();
                return plain.element("h1").getText().equals("You are in");
            });
        }
    }

    @Test
    void needsNoMouse() {
        String order = newOrder("10.00");
        browser.on(Screen.DESKTOP);
        browser.visit("/pay/" + order);

        tabTo("document.activeElement.value === 'trx'");
        browser.driver().switchTo().activeElement().sendKeys(Keys.ENTER);
        await().atMost(SOON).until(() -> currentUrl().endsWith("?coin=trx"));

        tabTo("document.activeElement.getAttribute('aria-label') === 'Copy the amount'");
        tabTo("document.activeElement.getAttribute('aria-label') === 'Copy the address'");
        tabTo("document.activeElement.tagName === 'SUMMARY'");
        browser.driver().switchTo().activeElement().sendKeys(Keys.ENTER);
        tabTo("document.activeElement.value === 'ltc'");
        assertAllControlsHaveNames();

        service.nowPayments().pay(payments(order).getFirst().id());
        await().atMost(SOON).until(() -> browser.text("h1").equals("Your way in was sent to you"));
        tabTo("document.activeElement.id === 'way-in'");
        tabTo("document.activeElement.href?.endsWith('/receipt')");
        browser.driver().switchTo().activeElement().sendKeys(Keys.ENTER);
        await().atMost(SOON).until(() -> currentUrl().endsWith("/receipt"));
        assertAllControlsHaveNames();
        tabTo("document.activeElement.pathname === '/pay/" + order + "'");
    }

    @Test
    void shopNeedsNoMouseEither() {
        Shop shop = service.newShop("10.00", 30);
        String channel = "/api/v1/channels/" + shop.channelId();
        service.operator()
                .post(channel + "/coupons", "{\"code\":\"SPRING-20\",\"percent\":\"20\"}")
                .must(201);
        service.operator()
                .call("PUT", channel + "/offers", "{\"trial_days\":3}", "application/json")
                .must(200);
        browser.on(Screen.DESKTOP);
        TestService.until(() -> {
            browser.visit("/c/" + shop.slug());
            return !browser.text(".plans a").isEmpty();
        });

        assertAllControlsHaveNames();
        tabTo("document.activeElement.matches('.plans a')");
        tabTo("document.activeElement.id === 'trial'");
        tabTo("document.activeElement.tagName === 'SUMMARY'");
        browser.driver().switchTo().activeElement().sendKeys(Keys.ENTER);
        tabTo("document.activeElement.id === 'coupon'");
        assertAllControlsHaveNames();
        browser.driver().switchTo().activeElement().sendKeys("SPRING-20" + Keys.ENTER);

        await().atMost(SOON).until(() -> browser.text(".plans").contains("8.00 USD"));
    }

    private static void assertAllControlsHaveNames() {
        assertThat(browser.script("return [...document.querySelectorAll('button, a, input, svg')].filter(e =>"
                        + " !(e.textContent.trim() || e.getAttribute('aria-label') || e.labels?.length)).length"))
                .as("controls that say nothing to a screen reader")
                .isEqualTo(0L);
    }

    private static void tabTo(String isThere) {
        for (int i = 0; i < 40; i++) {
            browser.driver().switchTo().activeElement().sendKeys(Keys.TAB);
            if (Boolean.TRUE.equals(browser.script("return " + isThere))) {
                return;
            }
        }
        throw new AssertionError("not reached by the Tab key: " + isThere);
    }

    private static String newOrder(String priceUsd) {
        return service.newOrder(service.newShop(priceUsd, 30), service.newBuyer());
    }

    /** The pay link that the bot sends to somebody who picks the only plan of the shop page that is open. */
    private static String payLink(long buyer) {
        TestService.until(() -> !browser.text(".plans a").isEmpty() || refreshed());
        service.telegram()
                .openLink(
                        buyer,
                        Objects.requireNonNull(browser.element(".plans a").getDomAttribute("href")));
        TestService.until(() -> payLinks(buyer).size() == 1);
        return payLinks(buyer).getFirst();
    }

    private static boolean refreshed() {
        browser.driver().navigate().refresh();
        return false;
    }

    private static List<String> payLinks(long buyer) {
        return service.telegram().messages(buyer, TestService.BOT).stream()
                .flatMap(message -> message.keyboard().stream())
                .flatMap(List::stream)
                .map(button -> String.valueOf(button.url()))
                .filter(url -> url.contains("/pay/"))
                .toList();
    }

    private static void open(String url) {
        browser.driver().get(url);
    }

    private static String currentUrl() {
        return Objects.requireNonNull(browser.driver().getCurrentUrl());
    }

    private static String order() {
        return currentUrl().replaceAll(".*/pay/([a-z0-9_]+).*", "$1");
    }

    private static List<Payment> payments(String order) {
        return service.nowPayments().paymentsOfOrder(order);
    }
}
