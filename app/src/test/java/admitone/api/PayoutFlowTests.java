package admitone.api;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.TestClient;
import admitone.TestService;
import admitone.database.Transactions;
import admitone.ledger.Account;
import admitone.ledger.Ledger;
import admitone.ledger.Line;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payouts.Destinations;
import admitone.payouts.Paying;
import admitone.runtime.SellerId;
import admitone.simulators.nowpayments.Fault;
import admitone.simulators.nowpayments.Operation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import tools.jackson.databind.JsonNode;

/** Payouts as an operator sees them, over HTTP, with the provider's simulator. */
@TestInstance(Lifecycle.PER_CLASS)
class PayoutFlowTests {
    private static final String ADDRESS = "TQ5NMqJjhpQGK7YJbESKtNCtGPxYrqHYLp";
    private static final String REASON = "{\"reason\":\"a look first\"}";

    private final TestService service = TestService.start(
            "payouts",
            Map.of(
                    "ADMITONE_NOWPAYMENTS_EMAIL", "sim@example.com",
                    "ADMITONE_NOWPAYMENTS_PASSWORD", "sim-password",
                    "ADMITONE_NOWPAYMENTS_TOTP_SECRET", "JBSWY3DPEHPK3PXP"));
    private final TestClient api = service.operator();

    @AfterAll
    void stop() {
        service.close();
    }

    @Test
    void approvedIsSentAndBookedThoughAnAnswerIsLost() {
        service.nowPayments().configure(sim -> sim.payoutStepMs = 50);
        service.nowPayments().fault(Operation.CREATE_PAYOUT, Fault.STATUS_500_AFTER, 1);
        SellerId seller = sellerWho("Ada", "50.00");
        JsonNode made = api.post("/api/v1/sellers/" + seller + "/payouts", null)
                .must(201)
                .json();
        assertThat(made.path("state").stringValue()).isEqualTo("awaiting_approval");
        assertThat(made.path("amount_usd").stringValue()).isEqualTo("49.00");
        assertThat(made.path("fee_usd").stringValue()).isEqualTo("1.00");
        assertThat(balance(seller)).containsExactly("50.00", "50.00", "0.00", "0.00");
        String payout = "/api/v1/payouts/" + made.path("payout_id").stringValue();

        api.post(payout + "/approve", null).must(200);

        Awaitility.await()
                .atMost(Duration.ofSeconds(60)) // another payout may have the code of these thirty seconds
                .pollInterval(Duration.ofMillis(100))
                .until(() -> state(payout).equals("finished"));
        JsonNode whole = api.get(payout).must(200).json();
        assertThat(whole.path("payout").path("hash").stringValue()).startsWith("0x");
        assertThat(whole.path("attempts").size()).isEqualTo(1);
        assertThat(whole.path("events").size()).isGreaterThan(4);
        assertThat(whole.path("events").toString()).as("what is told is heard").contains("\"cause\":\"ipn\"");
        assertThat(api.get("/api/v1/cases").must(200).body()).doesNotContain("unrecognised");
        assertThat(balance(seller)).containsExactly("50.00", "0.00", "50.00", "0.00");
        assertThat(api.get("/api/v1/payouts?state=finished&seller_id=" + seller)
                        .must(200)
                        .json()
                        .path("items")
                        .size())
                .isEqualTo(1);
    }

    /** The seller asks, the operator approves, and the buyer's access ends when it has arrived. */
    @Test
    void paymentIsGivenBackToItsBuyer() {
        service.nowPayments().configure(sim -> sim.payoutStepMs = 50);
        String seller = service.newSeller("Eve");
        service.sql()
                .sql("update catalog.seller set payout_mode = 'instant' where seller_id = ?")
                .param(seller)
                .update();
        var purchase = service.newPurchase(service.newShop(seller, "500", 30));
        String payment = "/api/v1/payments/" + purchase.paymentId();
        TestService.until(() -> !balance(new SellerId(seller)).getFirst().equals("0.00"));
        Map<String, Object> to =
                Map.of("currency", "eth", "address", "0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed", "reason", "unhappy");
        assertThat(api.post(payment + "/refund/payout", Map.of("currency", "eth", "address", "0x5", "reason", "r"))
                        .must(422)
                        .body())
                .contains("address");

        TestClient theirs = service.as(seller);
        JsonNode made = theirs.withKey("refund-1")
                .post(payment + "/refund/payout", to)
                .must(201)
                .json();
        assertThat(theirs.withKey("refund-1")
                        .post(payment + "/refund/payout", to)
                        .must(201)
                        .json())
                .isEqualTo(made);
        assertThat(made.path("kind").stringValue()).isEqualTo("refund");
        assertThat(made.path("payment_id").stringValue()).isEqualTo("" + purchase.paymentId());
        assertThat(made.path("destination_version").isNull()).isTrue();
        assertThat(api.post(payment + "/refund/payout", to).must(409).code()).isEqualTo("refund_under_way");
        assertThat(post(payment + "/refund").must(409).code()).isEqualTo("refund_under_way");
        String payout = "/api/v1/payouts/" + made.path("payout_id").stringValue();
        theirs.post(payout + "/approve", null).must(404);

        api.post(payout + "/approve", null).must(200);

        Awaitility.await()
                .atMost(Duration.ofSeconds(60)) // another payout may have the code of these thirty seconds
                .pollInterval(Duration.ofMillis(100))
                .until(() -> state(payout).equals("finished"));
        assertThat(api.get(payment).must(200).json().path("state").stringValue())
                .isEqualTo("refunded");
        assertThat(balance(new SellerId(seller))).containsExactly("0.00", "0.00", "0.00", "0.00");
        TestService.until(() -> service.telegram().messages(purchase.buyer(), TestService.BOT).stream()
                .anyMatch(message -> message.text().contains("0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed")));
        assertThat(api.post(payment + "/refund/payout", to).must(409).code()).isEqualTo("nothing_to_give_back");
    }

    @Test
    void heldGoesOnAndIsCancelled() {
        SellerId seller = sellerWho("Bea", "50.00");
        String payout = "/api/v1/payouts/"
                + api.post("/api/v1/sellers/" + seller + "/payouts", null)
                        .must(201)
                        .text("payout_id");

        assertThat(post(payout + "/hold").must(200).text("state")).isEqualTo("held");
        assertThat(post(payout + "/resume").must(200).text("state")).isEqualTo("awaiting_approval");
        post(payout + "/hold").must(200);
        assertThat(post(payout + "/release").must(200).text("state")).isEqualTo("awaiting_approval");
        assertThat(post(payout + "/release").must(409).code())
                .as("nothing has failed")
                .isEqualTo("not_possible");
        assertThat(post(payout + "/resume").must(409).code()).isEqualTo("not_possible");
        assertThat(post(payout + "/cancel").must(200).text("state")).isEqualTo("cancelled");
        assertThat(balance(seller)).containsExactly("50.00", "0.00", "0.00", "50.00");
    }

    @Test
    void switchStopsASellersPayouts() {
        SellerId seller = sellerWho("Cleo", "50.00");
        String path = "/api/v1/sellers/" + seller + "/payouts";
        put(path + "/switch", "{\"on\":false,\"reason\":\"a look first\"}").must(200);

        assertThat(api.post(path, null).must(409).code()).isEqualTo("held");
        assertThat(api.get(path + "/limits")
                        .must(200)
                        .json()
                        .path("payouts")
                        .path("on")
                        .booleanValue())
                .isFalse();

        put(path + "/switch", "{\"on\":true,\"reason\":\"looked\"}").must(200);
        put(
                        path + "/limits",
                        "{\"approval\":\"auto\",\"each_usd\":\"100\",\"day_usd\":\"100\",\"destination_usd\":\"100\"}")
                .must(200);
        assertThat(api.post(path, null).must(201).text("state")).isEqualTo("approved");
    }

    @Test
    void nothingPayableIsSaid() {
        assertThat(api.post("/api/v1/sellers/" + sellerWho("Dora", "0.01") + "/payouts", null)
                        .must(409)
                        .code())
                .isEqualTo("fee_too_high");
    }

    private TestClient.Reply post(String path) {
        return api.call("POST", path, REASON, "application/json");
    }

    private TestClient.Reply put(String path, String body) {
        return api.call("PUT", path, body, "application/json");
    }

    private String state(String payout) {
        return api.get(payout).json().path("payout").path("state").stringValue();
    }

    private List<String> balance(SellerId seller) {
        JsonNode balance =
                api.get("/api/v1/sellers/" + seller + "/balance").must(200).json();
        return List.of(
                balance.path("accrued_usd").stringValue(),
                balance.path("reserved_usd").stringValue(),
                balance.path("paid_out_usd").stringValue(),
                balance.path("available_usd").stringValue());
    }

    /** With a destination that counts already. */
    private SellerId sellerWho(String name, String earned) {
        SellerId seller = new SellerId(service.newSeller(name));
        service.context().getBean(Transactions.class).run(seller, () -> {
            Paying.destination(service.context().getBean(Destinations.class), seller, ADDRESS, Instant.EPOCH);
            service.context()
                    .getBean(Ledger.class)
                    .book(
                            seller,
                            "payment:" + name,
                            List.of(new Line(
                                    Line.Kind.ACCRUAL,
                                    Account.EXCHANGE,
                                    Account.SELLER_PAYABLE,
                                    Money.parse(earned, Asset.USD),
                                    null)));
        });
        return seller;
    }
}
