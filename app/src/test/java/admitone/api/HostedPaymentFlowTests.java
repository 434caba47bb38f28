package admitone.api;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.TestClient;
import admitone.TestClient.Reply;
import admitone.TestService;
import admitone.TestService.Shop;
import admitone.simulators.nowpayments.Fault;
import admitone.simulators.nowpayments.Operation;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** Orders that are paid on a page of the provider's; over HTTP, with the provider's simulator. */
@TestInstance(Lifecycle.PER_CLASS)
class HostedPaymentFlowTests {
    private static final String FORM = "application/x-www-form-urlencoded";

    private final TestService service = TestService.start(
            "hosted",
            Map.of(
                    "ADMITONE_NOWPAYMENTS_EMAIL", "sim@example.com",
                    "ADMITONE_NOWPAYMENTS_PASSWORD", "sim-password",
                    "ADMITONE_SWEEP_FIRST", "2s"));
    private final TestClient api = service.operator();
    private final TestClient buyers = service.anyone();
    private final TestClient provider = new TestClient(service.nowPayments().url(), null, null);

    @SuppressWarnings("NullAway.Init")
    private Shop shop;

    @BeforeAll
    void open() {
        shop = service.newShop("50", 30);
        put("/api/v1/sellers/" + shop.sellerId() + "/payment-page", "{\"payment_page\":\"hosted\"}")
                .must(200);
    }

    @BeforeEach
    void everythingWorks() {
        service.nowPayments().clearFaults();
        service.nowPayments().configure(sim -> sim.ipnSecret = TestService.IPN_SECRET);
    }

    @AfterAll
    void stop() {
        service.close();
    }

    @Test
    void buyerPaysThereByNotificationsAndComesIn() {
        service.nowPayments().fault(Operation.LIST_PAYMENTS, Fault.STATUS_500_BEFORE, 1000);
        long buyer = service.newBuyer();
        String order = service.newOrder(shop, buyer);
        assertThat(buyers.get("/pay/" + order).must(200).body())
                .contains("action=\"/pay/" + order + "/invoice\"", "Pay at NOWPayments")
                .doesNotContain("pay_currency");

        String page = page(order);
        assertThat(page(order)).isEqualTo(page);
        assertThat(page).startsWith(service.nowPayments().url() + "/payment/?iid=");
        long payment = choose(page);
        service.nowPayments().pay(payment);

        assertThat(service.linkSentTo(buyer)).isNotEmpty();
        assertThat(grantedBy(payment)).isEqualTo("ipn");
        assertThat(count("payments.invoice where order_id = ?", order)).isEqualTo(1);
        assertThat(buyers.get("/pay/" + order).body()).doesNotContain("Pay at NOWPayments");
        assertThat(post(order).must(422).body()).contains("is paid already");
    }

    @Test
    void itCompletesWithoutAnyNotification() {
        service.nowPayments().configure(sim -> sim.ipnSecret = null);
        long buyer = service.newBuyer();
        String order = service.newOrder(shop, buyer);
        long payment = choose(page(order));
        service.nowPayments().pay(payment);

        assertThat(service.linkSentTo(buyer)).isNotEmpty();
        assertThat(grantedBy(payment)).isEqualTo("sweep");
    }

    @Test
    void comingBackIsAHintAndEnough() {
        service.nowPayments().configure(sim -> sim.ipnSecret = null);
        service.nowPayments().fault(Operation.LIST_PAYMENTS, Fault.STATUS_500_BEFORE, 1000);
        long buyer = service.newBuyer();
        String order = service.newOrder(shop, buyer);
        String page = page(order);
        long payment = choose(page);
        service.nowPayments().pay(payment);
        String back =
                provider.get("/payment/" + payment).body().replaceAll("(?s).*id=\"back\" href=\"([^\"]*)\".*", "$1");
        URI address = URI.create(back.replace("&amp;", "&"));
        assertThat(address.getQuery()).isEqualTo("order_id=" + order + "&NP_id=" + payment);

        buyers.get(address.getPath() + "?" + address.getQuery()).must(200);

        assertThat(service.linkSentTo(buyer)).isNotEmpty();
        assertThat(grantedBy(payment)).isEqualTo("sweep");
        assertThat(service.timeline(payment).path("events").toString()).contains("the buyer came back");
    }

    @Test
    void lostAnswerOfTheInvoiceIsMadeUpForAtOnce() {
        service.nowPayments().fault(Operation.CREATE_INVOICE, Fault.DROP_AFTER_EFFECT, 1);
        String order = service.newOrder(shop, service.newBuyer());

        assertThat(page(order)).isEqualTo(page(order));
        assertThat(count("payments.invoice where order_id = ?", order)).isEqualTo(1);
        assertThat(service.sql()
                        .sql("select attempt from payments.creation where order_id = ?")
                        .param(order)
                        .query(Integer.class)
                        .single())
                .isEqualTo(2);
    }

    @Test
    void sameInvoiceOverRest() {
        String order = service.newOrder(shop, service.newBuyer());
        String path = "/api/v1/orders/" + order + "/invoice";

        Reply first = api.withKey("invoice of " + order).post(path, null).must(201);

        assertThat(first.text("order_id")).isEqualTo(order);
        assertThat(first.text("price_usd")).isEqualTo("50.00");
        assertThat(first.text("invoice_url")).isEqualTo(page(order));
        assertThat(api.post(path, null).must(201).body()).isEqualTo(first.body());
        assertThat(api.withKey("invoice of " + order).post(path, null).must(201).body())
                .isEqualTo(first.body());
        assertThat(service.as(service.newSeller("Another")).post(path, null).status())
                .isEqualTo(404);
    }

    /** Or the browser would not follow the answer of the form. */
    @Test
    void policyOfThePageLetsItsFormLeadToTheProviderOnly() {
        String order = service.newOrder(shop, service.newBuyer());

        assertThat(buyers.get("/pay/" + order).headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy)
                        .contains("default-src 'none'", "frame-ancestors 'none'")
                        .contains("form-action 'self' " + service.nowPayments().url()
                                + " https://*.nowpayments.io https://nowpayments.io;"));
        assertThat(buyers.get("/success?order_id=" + order).headers().firstValue("Content-Security-Policy"))
                .hasValueSatisfying(policy -> assertThat(policy).contains("form-action 'self';"));
    }

    @Test
    void formIsTakenFromItsOwnPageOnly() {
        String order = service.newOrder(shop, service.newBuyer());

        assertThat(buyers.call("POST", "/pay/" + order + "/invoice", "", FORM, "Sec-Fetch-Site", "cross-site")
                        .status())
                .isEqualTo(403);
        assertThat(count("payments.creation where order_id = ?", order)).isZero();
        assertThat(buyers.call("POST", "/pay/ao_0123456789ab_" + "0".repeat(36) + "/invoice", "", FORM)
                        .status())
                .isEqualTo(404);
    }

    @Test
    void sellerOfTheOwnPageHasNoInvoices() {
        Shop own = service.newShop("50", 30);
        String order = service.newOrder(own, service.newBuyer());

        assertThat(api.get("/api/v1/sellers/" + own.sellerId()).text("payment_page"))
                .isEqualTo("own");
        assertThat(api.post("/api/v1/orders/" + order + "/invoice", null)
                        .must(409)
                        .code())
                .isEqualTo("not_hosted");
        assertThat(post(order).must(422).body()).contains("Please choose a coin", "name=\"pay_currency\"");
    }

    @Test
    void withoutTheLoginHostedIsRefusedInWords() {
        TestService other = TestService.shared();
        String seller = other.newSeller("Hopeful");
        TestClient operator = other.operator();

        Reply refused = operator.call(
                "PUT",
                "/api/v1/sellers/" + seller + "/payment-page",
                "{\"payment_page\":\"hosted\"}",
                "application/json");

        assertThat(refused.must(422).code()).isEqualTo("hosted_needs_login");
        assertThat(refused.body()).contains("ADMITONE_NOWPAYMENTS_EMAIL", "ADMITONE_NOWPAYMENTS_PASSWORD");
        assertThat(operator.post(
                                "/api/v1/sellers", Map.of("name", "N", "telegram_user_id", 7, "payment_page", "hosted"))
                        .must(422)
                        .code())
                .isEqualTo("hosted_needs_login");
        assertThat(operator.get("/api/v1/sellers/" + seller).text("payment_page"))
                .isEqualTo("own");
    }

    @Test
    void declinedPageLeadsToTheCoinsOfOurOwn() {
        String order = service.newOrder(shop, service.newBuyer());
        service.nowPayments().fault(Operation.CREATE_INVOICE, Fault.STATUS_400, 2);

        Reply declined = post(order).must(422);
        assertThat(declined.body())
                .contains("cannot show its page", "name=\"pay_currency\"", "own=1")
                .doesNotContain("this coin", "Pay at NOWPayments");
        assertThat(buyers.get("/pay/" + order + "/state?own=1").must(200).body())
                .contains("data-offers=\"coins\"");
        assertThat(api.post("/api/v1/orders/" + order + "/invoice", null)
                        .must(422)
                        .code())
                .isEqualTo("page_declined");

        assertThat(coin(order, "eth")).isEqualTo("/pay/" + order + "?coin=eth");
        coin(order, "btc");
        assertThat(buyers.get("/pay/" + order + "?coin=btc").must(200).body())
                .as("both addresses may be paid to, beside the page")
                .contains("Pay at NOWPayments", "href=\"/pay/" + order + "?coin=eth\"")
                .doesNotContain("name=\"pay_currency\"");
    }

    @Test
    void refusedLoginOrNoAnswerAboutItRefusesHostedInWords() {
        try (TestService other = TestService.start(
                "hosted refused",
                Map.of(
                        "ADMITONE_NOWPAYMENTS_EMAIL", "sim@example.com",
                        "ADMITONE_NOWPAYMENTS_PASSWORD", "canary"),
                sim -> sim.fault(Operation.AUTH, Fault.STATUS_500_BEFORE, 1000))) {
            TestClient operator = other.operator();
            String seller = other.newSeller("Hopeful");
            String path = "/api/v1/sellers/" + seller + "/payment-page";
            String hosted = "{\"payment_page\":\"hosted\"}";

            Reply unheard = operator.call("PUT", path, hosted, "application/json");
            assertThat(unheard.must(503).code()).isEqualTo("hosted_login_not_tried");
            assertThat(unheard.headers().firstValue("Retry-After")).isPresent();

            other.nowPayments().clearFaults();
            Reply refused = operator.call("PUT", path, hosted, "application/json");
            assertThat(refused.must(422).code()).isEqualTo("hosted_login_refused");
            assertThat(refused.body()).contains("ADMITONE_NOWPAYMENTS_PASSWORD").doesNotContain("canary");
            assertThat(operator.post(
                                    "/api/v1/sellers",
                                    Map.of("name", "N", "telegram_user_id", 7, "payment_page", "hosted"))
                            .must(422)
                            .code())
                    .isEqualTo("hosted_login_refused");
            assertThat(operator.get("/api/v1/sellers/" + seller).text("payment_page"))
                    .isEqualTo("own");
        }
    }

    /** Where the choice of a coin leads to. */
    private String coin(String order, String coin) {
        return buyers.call("POST", "/pay/" + order + "?own=1", "pay_currency=" + coin, FORM)
                .must(303)
                .headers()
                .firstValue("Location")
                .orElseThrow();
    }

    private Reply put(String path, String body) {
        return api.call("PUT", path, body, "application/json");
    }

    private Reply post(String order) {
        return buyers.call("POST", "/pay/" + order + "/invoice", "", FORM);
    }

    /** Where the one button leads to. */
    private String page(String order) {
        return post(order).must(303).headers().firstValue("Location").orElseThrow();
    }

    /** As a buyer does there, with a press of a button; answers the payment. */
    private long choose(String page) {
        URI address = URI.create(page);
        String payment = provider.call("POST", address.getPath() + "?" + address.getQuery(), "coin=eth", FORM)
                .must(303)
                .headers()
                .firstValue("Location")
                .orElseThrow();
        return Long.parseLong(payment.replaceAll("\\D", ""));
    }

    private String grantedBy(long payment) {
        return service.timeline(payment)
                .path("events")
                .valueStream()
                .filter(event -> event.path("kind").asString().equals("granted"))
                .findFirst()
                .orElseThrow()
                .path("cause")
                .asString();
    }

    private long count(String fromWhere, Object... parameters) {
        return service.sql()
                .sql("select count(*) from " + fromWhere)
                .params(parameters)
                .query(Long.class)
                .single();
    }
}
