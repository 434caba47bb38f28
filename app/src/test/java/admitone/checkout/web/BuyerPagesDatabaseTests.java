package admitone.checkout.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.catalog.Seller;
import admitone.checkout.Order;
import admitone.messaging.Form;
import admitone.messaging.Language;
import admitone.payments.Coins;
import admitone.payments.Payments;
import admitone.payments.ProviderStatus;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.simple.JdbcClient;

class BuyerPagesDatabaseTests {
    private static final String ESCAPED_TITLE = "Quiet &lt;b&gt;Alpha&lt;/b&gt; &amp; Sons";

    private static RunningShop shop;

    @BeforeAll
    static void start() {
        shop = RunningShop.start(Map.of("ADMITONE_STATUS_LIMIT_PER_MINUTE", "0"), Map.of());
    }

    @AfterAll
    static void stop() {
        shop.close();
    }

    @Test
    void showsTheStateAndAWayToCheckAgainWithoutAScript() {
        Order order = shop.order();

        HttpResponse<String> page = shop.get("/success?order_id=" + order.id() + "&NP_id=5077125051");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body())
                .contains("Not paid yet", ESCAPED_TITLE, "Check again", "/success?order_id=" + order.id())
                .doesNotContain("5077125051", RunningShop.WAY_IN, "<script>", "onclick", "style=");
    }

    @Test
    void showsTheWayInOnceItIsThereAndNoLonger() {
        Order order = shop.paidOrder();
        String link = "href=\"" + RunningShop.WAY_IN + "\"";

        assertThat(shop.get("/success?order_id=" + order.id()).body()).contains(link, "Your way in is ready");
        assertThat(shop.get("/success/state?order_id=" + order.id()).body())
                .contains(link)
                .doesNotContain("<head");
        shop.access(order, "ended");
        assertThat(shop.get("/success?order_id=" + order.id()).body()).doesNotContain("t.me");
    }

    @Test
    void whoIsKeptOutIsShownNoProgressAndNoPlans() {
        Order order = shop.paidOrder();
        shop.access(order, "ended");
        shop.ban(order);

        assertThat(shop.get("/success?order_id=" + order.id()).body())
                .contains("has ended")
                .doesNotContain("class=\"steps\"", "/c/quiet-alpha");
    }

    @Test
    void leadsOnWhereverAPurchaseEnds() {
        Order order = shop.paidOrder();
        String page = "/success?order_id=" + order.id();
        assertThat(shop.get(page).body()).doesNotContain("/c/quiet-alpha");

        shop.access(order, "ended");

        assertThat(shop.get(page).body())
                .contains("pick a plan again", "href=\"/c/quiet-alpha\"")
                .doesNotContain("class=\"steps\"");
        assertThat(shop.get(page, "Accept-Language", "es").body()).contains("elige un plan de nuevo", "Ver los planes");
    }

    @Test
    void showsForAnOldIdTheStatusAndNoLink() {
        Order order = shop.order(4242, Instant.now().plusSeconds(600));
        shop.hear(order, shop.payment(order), ProviderStatus.FINISHED, "0.001");
        String old = URLEncoder.encode("PGP-4242|" + RunningShop.OPEN_CHAT, StandardCharsets.UTF_8);

        assertThat(shop.get("/success?order_id=" + old).body())
                .contains("Your way in is ready")
                .doesNotContain("t.me", "ao_", ESCAPED_TITLE);
    }

    @Test
    void isFriendlyAboutAnUnknownOrder() {
        for (String path : List.of(
                "/success?order_id=nonsense",
                "/success",
                "/success/state?order_id=nonsense",
                "/pay/ao_0123456789ab_" + "0".repeat(36),
                "/pay/nonsense")) {
            HttpResponse<String> page = shop.get(path);
            assertThat(page.statusCode()).as(path).isEqualTo(404);
            assertThat(page.body()).as(path).contains("We cannot find this purchase");
        }
    }

    @Test
    void receiptTellsWhatWasBoughtAndHowItWasPaidOnceItIsPaid() {
        Order open = shop.order();
        HttpResponse<String> none = shop.get("/pay/" + open.id() + "/receipt");
        assertThat(none.statusCode()).isEqualTo(404);
        assertThat(none.body()).contains("There is no receipt yet");
        assertThat(shop.get("/pay/nonsense/receipt").body()).contains("We cannot find this purchase");
        assertThat(shop.get("/pay/" + open.id()).body()).doesNotContain("/receipt");
        Order order = shop.paidOrder();
        String path = "/pay/" + order.id() + "/receipt";
        assertThat(shop.get("/pay/" + order.id()).body()).contains("href=\"" + path + "\"");

        HttpResponse<String> receipt = shop.get(path);

        assertThat(receipt.statusCode()).isEqualTo(200);
        assertThat(receipt.body())
                .contains(
                        "Receipt",
                        "Sam",
                        ESCAPED_TITLE,
                        "One month",
                        "30 days",
                        "10.00 USD",
                        "0.001 BTC",
                        order.id(),
                        "Back to your purchase")
                .doesNotContain("t.me", "given back", "<script", "To pay");
        assertThat(shop.get(path, "Accept-Language", "es").body())
                .contains("Recibo", "Vendedor")
                .doesNotContain("A pagar");
    }

    @Test
    void givesAnAddressInTheCoinChosen() {
        Order order = shop.order();
        assertThat(shop.get("/pay/" + order.id()).body()).contains("10.00 USD", "30 days", "name=\"pay_currency\"");

        HttpResponse<String> chosen = choose(order, "%20ETH%20");
        assertThat(chosen.statusCode()).isEqualTo(303);
        String next = chosen.headers().firstValue("Location").orElseThrow();
        assertThat(next).endsWith("/pay/" + order.id() + "?coin=eth");

        var payments = shop.bean(Payments.class).ofOrder(order.seller(), order.id());
        assertThat(payments).hasSize(1);
        assertThat(shop.get("/pay/" + order.id() + "?coin=eth").body())
                .contains(
                        payments.getFirst().payAddress(),
                        Objects.requireNonNull(payments.getFirst().payAmount()).text(),
                        "Waiting for your payment",
                        "<svg",
                        "Ether (eth)");
    }

    @Test
    void saysToWhoeverRenewsLateFromWhenTheirTimeCounts() {
        Order before = shop.paidOrder();
        Order order = shop.order(before.telegramUserId(), Instant.now().plusSeconds(600));
        assertThat(shop.get("/pay/" + order.id()).body()).doesNotContain("you are still inside");
        JdbcClient jdbc = shop.bean(JdbcClient.class);
        jdbc.sql(
                        "update access.grants set starts_at = now() - interval '30 days', ends_at = now() - interval '20 hours' where telegram_user_id = ?")
                .param(before.telegramUserId())
                .update();
        jdbc.sql("update access.seat set inside = true where telegram_user_id = ?")
                .param(before.telegramUserId())
                .update();
        Instant ended = jdbc.sql("select ends_at from access.grants where telegram_user_id = ?")
                .param(before.telegramUserId())
                .query(OffsetDateTime.class)
                .single()
                .toInstant();

        assertThat(shop.get("/pay/" + order.id()).body())
                .contains(
                        "you are still inside",
                        Form.in(Language.ENGLISH).moment(ended),
                        Form.in(Language.ENGLISH).moment(ended.plus(Duration.ofDays(30))));
        assertThat(shop.get("/pay/" + order.id(), "Accept-Language", "es").body())
                .contains("sigues dentro");
    }

    @Test
    void givesTheSameAddressHoweverOftenACoinIsChosen() {
        Order order = shop.order();
        for (int i = 0; i < 3; i++) {
            assertThat(shop.post("/pay/" + order.id(), "pay_currency=ltc").statusCode())
                    .isEqualTo(303);
        }

        assertThat(shop.bean(Payments.class).ofOrder(order.seller(), order.id()))
                .hasSize(1);
    }

    @Test
    void saysInClearWordsWhyNotInThisCoin() {
        Order order = shop.order();
        for (String coin : List.of("", "two words", "%3Cscript%3E", "x".repeat(40))) {
            HttpResponse<String> answer = shop.post("/pay/" + order.id(), "pay_currency=" + coin.replace(' ', '+'));
            assertThat(answer.statusCode()).isEqualTo(422);
            assertThat(answer.body()).contains("Please choose a coin").doesNotContain("<script>");
        }
        HttpResponse<String> unknown = choose(order, "nosuchcoin");
        assertThat(unknown.statusCode()).isEqualTo(422);
        assertThat(unknown.body()).contains("Please choose another");
    }

    @Test
    void takesNoMorePaymentForAPaidOrder() {
        Order order = shop.paidOrder();

        HttpResponse<String> answer = shop.post("/pay/" + order.id(), "pay_currency=btc");

        assertThat(answer.statusCode()).isEqualTo(422);
        assertThat(answer.body()).contains("is paid already").doesNotContain("<form");
    }

    @Test
    void takesNoNewCoinWhenTheTimeIsOver() {
        Order order = shop.order(31, Instant.now().minusSeconds(5));

        assertThat(shop.get("/pay/" + order.id()).body())
                .contains("No payment arrived in time", "href=\"/c/quiet-alpha\"", "See the plans")
                .doesNotContain("<form");
        assertThat(shop.post("/pay/" + order.id(), "pay_currency=btc").body())
                .contains("The time for this purchase is over");
    }

    @Test
    void takesTheFormFromItsOwnPageOnly() {
        Order order = shop.order();
        String path = "/pay/" + order.id();

        assertThat(shop.post(path, "pay_currency=btc", "Sec-Fetch-Site", "cross-site")
                        .statusCode())
                .isEqualTo(403);
        assertThat(shop.post(path, "pay_currency=btc", "Origin", "https://evil.example")
                        .statusCode())
                .isEqualTo(403);
        assertThat(shop.bean(Payments.class).ofOrder(order.seller(), order.id()))
                .isEmpty();

        assertThat(choose(order, "btc", "Sec-Fetch-Site", "same-origin", "Origin", "null")
                        .statusCode())
                .isEqualTo(303);
        assertThat(choose(order, "btc", "Origin", shop.url()).statusCode()).isEqualTo(303);
    }

    @Test
    void listsThePlansOfAChannel() {
        HttpResponse<String> page = shop.get("/c/quiet-alpha");

        assertThat(page.statusCode()).isEqualTo(200);
        assertThat(page.body())
                .contains(ESCAPED_TITLE, "One month", "30 days", "10.00 USD", "For good", "for life", "99.00 USD")
                .contains("All &lt;calls&gt;, for ever")
                .contains("Telegram", "The bot cannot be reached just now");
        assertThat(shop.get("/c/nobody").statusCode()).isEqualTo(404);
        assertThat(shop.get("/c/%00").statusCode()).isIn(400, 404);
    }

    @Test
    void namesTheSellerAndTheirTerms() {
        assertThat(shop.get("/c/quiet-alpha").body())
                .contains("Seller: ", "Sam")
                .doesNotContain("id=\"terms\"");

        shop.notice(new Seller.Notice("Write to <Sam>", "https://sam.example/terms"));

        assertThat(shop.get("/c/quiet-alpha").body())
                .contains("<a href=\"https://sam.example/terms\" rel=\"noreferrer\">")
                .contains("Write to &lt;Sam&gt;");
        assertThat(spanish("/c/quiet-alpha")).contains("Vendedor: ", "Condiciones: ", "Preguntas: ");
        shop.notice(new Seller.Notice(null, "javascript:alert(1)"));
        assertThat(shop.get("/c/quiet-alpha").body())
                .contains("javascript:alert(1)")
                .doesNotContain("href=\"javascript");
        shop.notice(new Seller.Notice(null, null));
    }

    @Test
    void tellsWhatOneGetsInTheSellersOwnWords() {
        assertThat(shop.get("/c/quiet-alpha").body()).doesNotContain("class=\"about\"");

        shop.describes("Two calls <b>a day</b>,\nwith entry & exit.");

        assertThat(shop.get("/c/quiet-alpha").body())
                .contains("<p class=\"about\">Two calls &lt;b&gt;a day&lt;/b&gt;,\nwith entry &amp; exit.</p>");
        shop.describes(null);
        assertThat(shop.get("/c/quiet-alpha").body()).doesNotContain("class=\"about\"");
    }

    @Test
    void sellsNothingWhereTheBotMayLetInNobody() {
        Order order = shop.order();
        shop.closed(true);
        try {
            assertThat(shop.get("/c/quiet-alpha").body())
                    .contains("is not sold at the moment", "10.00 USD")
                    .doesNotContain("t.me", "The bot cannot be reached");
            HttpResponse<String> refused = shop.post("/pay/" + order.id(), "pay_currency=btc");
            assertThat(refused.statusCode()).isEqualTo(422);
            assertThat(refused.body()).contains("Please do not pay now");
            assertThat(spanish("/c/quiet-alpha")).contains("no se vende en este momento");
        } finally {
            shop.closed(false);
        }
    }

    @Test
    void speaksTheLanguageThatTheBrowserLikesBest() {
        String order = shop.order().id();
        Order chosen = shop.order();
        choose(chosen, "usdttrc20");

        for (String path : List.of("/success?order_id=" + order, "/pay/" + order, "/c/quiet-alpha", "/pay/nonsense")) {
            HttpResponse<String> english = shop.get(path);
            HttpResponse<String> spanish = shop.get(path, "Accept-Language", "de, es-MX;q=0.8, en;q=0.5");
            assertThat(english.body()).as(path).contains("<html lang=\"en\"");
            assertThat(spanish.body()).as(path).contains("<html lang=\"es\"").doesNotContain("??");
            assertThat(spanish.headers().allValues("Vary")).as(path).contains("Accept-Language");
        }
        assertThat(spanish("/success?order_id=" + order)).contains("Aún sin pagar", "Comprobar de nuevo", "Pagado");
        assertThat(spanish("/success/state?order_id=" + order)).contains("Aún sin pagar");
        assertThat(spanish("/c/quiet-alpha")).contains("30 días", "de por vida", "10.00 USD", "<em>Iniciar</em>");
        assertThat(spanish("/pay/" + order)).contains("Pagar en", "USDT en Tron", "por ejemplo, xrp");
        assertThat(spanish("/pay/" + chosen.id()))
                .contains(
                        "Envía exactamente",
                        "USDT en Tron (usdttrc20)",
                        "data-copied=\"Copiado\"",
                        "data-days=\"quedan {days} d {hours} h\"");
        assertThat(spanish("/pay/nonsense")).contains("No encontramos esta compra");
        assertThat(shop.post("/pay/" + order, "pay_currency=x%20y", "Accept-Language", "es")
                        .body())
                .contains("Por favor, elige una moneda");
        assertThat(shop.get("/c/nobody", "Accept-Language", "en;q=0.9, es;q=0.1")
                        .body())
                .contains("There is no such channel here");
    }

    private static String spanish(String path) {
        return shop.get(path, "Accept-Language", "es").body();
    }

    @Test
    void staysSmallAndAsksNobodyElse() {
        Order order = shop.paidOrder();
        Order open = shop.order();
        choose(open, "usdttrc20");
        manyCoins(350);
        String largest = "/pay/" + open.id() + "?coin=usdttrc20";
        assertThat(shop.get(largest).body()).contains("<svg", "(manycoin349)");
        for (String path : List.of(
                "/success?order_id=" + order.id(),
                "/pay/" + order.id(),
                largest,
                "/pay/" + order.id() + "/receipt",
                "/c/quiet-alpha")) {
            String page = shop.get(path).body();
            int size = page.length();
            for (String asset : List.of("/assets/page.css", "/assets/live.js", "/assets/pay.js", "/assets/icon.svg")) {
                size += shop.get(asset).body().length();
            }
            assertThat(size).as(path).isLessThan(60_000);
            assertThat(page.replace(RunningShop.WAY_IN, "")
                            .replace("http://www.thymeleaf.org", "")
                            .replace("http://www.w3.org/2000/svg", ""))
                    .doesNotContain("http://", "https://", "src=\"//");
        }
    }

    /** As many as an account may have enabled, beside those that the provider has. */
    private static void manyCoins(int count) {
        shop.bean(JdbcClient.class).sql("""
                        insert into payments.coin (code, name, network, is_enabled, ask_at)
                        select 'manycoin' || n, 'Coin of a long name ' || n, 'network' || n, true, now() + interval '1 day'
                        from generate_series(1, ?) as n
                        on conflict (code) do nothing
                        """).param(count).update();
        shop.bean(Coins.class).load();
    }

    /** As a buyer does who is asked to try again: the service makes only a few payments a second. */
    private static HttpResponse<String> choose(Order order, String coin, String... headers) {
        return await().pollInterval(Duration.ofMillis(300))
                .until(
                        () -> shop.post("/pay/" + order.id(), "pay_currency=" + coin, headers),
                        answer -> answer.statusCode() != 503);
    }
}
