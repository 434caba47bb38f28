package admitone.simulators.nowpayments;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class PayoutTests {
    private static final String SECRET = "sim-ipn-secret-0001";
    private static final String WALLET = "0x" + "a".repeat(40);

    private final NowPaymentsSimulator simulator = NowPaymentsSimulator.start(0);
    private final Merchant merchant = new Merchant();
    private final Caller key = new Caller(simulator.url() + "/v1");
    private Caller token = key;

    @BeforeEach
    void signIn() throws Exception {
        simulator.setClock(Instant.parse("2026-01-01T00:00:00Z"), true);
        simulator.configure(settings -> settings.ipnSecret = SECRET);
        token = signedIn();
    }

    @AfterEach
    void close() {
        token.close();
        key.close();
        simulator.close();
        merchant.close();
    }

    @ParameterizedTest
    @CsvSource({
        "59,287082",
        "1111111109,081804",
        "1111111111,050471",
        "1234567890,005924",
        "2000000000,279037",
        "20000000000,353130"
    })
    void makesTheCodesOfTheRfc(long second, String code) {
        assertThat(Totp.code("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", Instant.ofEpochSecond(second)))
                .isEqualTo(code);
    }

    @Test
    void paysABatchOnceItIsVerified() throws Exception {
        JsonNode batch = create("0.5").json();
        String id = batch.get("id").stringValue();
        JsonNode row = batch.get("withdrawals").get(0);

        Caller.Reply verified = verify(id, code());
        simulator.advance(Duration.ofSeconds(3));
        Waiting.until("all is told", () -> merchant.heard.size() == 4);

        assertThat(row.get("id").isString()).isTrue();
        assertThat(row.get("amount").stringValue()).isEqualTo("0.5");
        assertThat(row.get("batch_withdrawal_id").stringValue()).isEqualTo(id);
        assertThat(verified.text()).isEqualTo("OK");
        assertThat(verified.type()).startsWith("text/plain");
        assertThat(statuses()).containsExactly("WAITING", "PROCESSING", "SENDING", "FINISHED");
        Merchant.Heard last = merchant.heard.getLast();
        assertThat(last.signature()).isEqualTo(Signature.of(SECRET, last.body()));
        assertThat(last.body()).startsWith("{\"address\":").doesNotContain("payment_id");
        assertThat(key.get("/balance").json().get("eth").toString()).isEqualTo("{\"amount\":9.5,\"pendingAmount\":0}");
    }

    @Test
    void tellsABatchInBothShapes() throws Exception {
        String id = create("0.5").json().get("id").stringValue();

        JsonNode array = key.get("/payout/" + id).json();
        simulator.configure(settings -> settings.payoutShape = Settings.PayoutShape.OBJECT);
        JsonNode object = key.get("/payout/" + id).json();

        assertThat(array.get(0).get("status").stringValue()).isEqualTo("CREATING");
        assertThat(object.get("withdrawals").get(0)).isEqualTo(array.get(0));
        assertThat(key.get("/payout?batch_id=" + id).json().get("payouts")).hasSize(1);
        assertThat(key.get("/payout?status=finished").json().get("payouts")).isEmpty();
    }

    @Test
    void takesNoCodeTwiceAndTenTriesAtMost() throws Exception {
        String first = create("0.5").json().get("id").stringValue();
        String second = create("0.5").json().get("id").stringValue();

        assertThat(verify(first, code()).status()).isEqualTo(200);
        assertThat(verify(second, code()).status()).isEqualTo(400);
        for (int i = 0; i < 9; i++) {
            verify(second, "000000");
        }
        simulator.advance(Duration.ofSeconds(30));

        assertThat(verify(second, code()).json().get("message").stringValue())
                .isEqualTo("Verification attempts exceeded");
    }

    @Test
    void rejectsABatchThatIsNotVerifiedWithinTheHour() throws Exception {
        String id = create("0.5").json().get("id").stringValue();

        simulator.advance(Duration.ofHours(1));
        token = signedIn();

        assertThat(simulator.withdrawals()).extracting(Withdrawal::status).containsExactly("REJECTED");
        assertThat(key.get("/balance").json().get("eth").get("amount").decimalValue())
                .isEqualByComparingTo(BigDecimal.TEN);
        assertThat(verify(id, code()).status()).isEqualTo(400);
    }

    @Test
    void keepsTheMoneyOfAFailedOne() throws Exception {
        create("0.5");
        long id = simulator.withdrawals().getFirst().id();

        simulator.withdrawalStatus(id, "FAILED", null, "node is down");
        assertThat(key.get("/balance").json().get("eth").get("pendingAmount").decimalValue())
                .isEqualByComparingTo("0.5");
        simulator.withdrawalStatus(id, "FINISHED", "0xabc", null);

        assertThat(key.get("/balance").json().get("eth").get("pendingAmount").decimalValue())
                .isZero();
    }

    @Test
    void cancelsOnlyWhatIsScheduled() throws Exception {
        create("0.5");
        token.post(
                "/payout",
                "{'execute_at':'2026-01-02T00:00:00.000Z','interval':'ONETIME','withdrawals':[{'address':'" + WALLET
                        + "','currency':'eth','amount':'0.1'}]}");
        List<Withdrawal> made = simulator.withdrawals();

        assertThat(key.post("/payout/" + made.get(0).id() + "/cancel", "").status())
                .isEqualTo(400);
        assertThat(key.post("/payout/" + made.get(1).id() + "/cancel", "").status())
                .isEqualTo(200);
        assertThat(simulator.withdrawals()).extracting(Withdrawal::status).containsExactly("CREATING", "CANCELLED");
    }

    @Test
    void refusesWithItsReason() throws Exception {
        assertThat(create("11").text()).contains("BAD_CREATE_WITHDRAWAL_REQUEST", "Insufficient balance");
        assertThat(create("0.0000001").status()).isEqualTo(400);
        assertThat(key.post("/payout", "{}").status()).isEqualTo(401);
        assertThat(token.post("/payout", "{'withdrawals':[]}").status()).isEqualTo(400);
        assertThat(key.post("/payout/validate-address", "{'address':'x','currency':'eth'}")
                        .text())
                .contains("BAD_CREATE_WITHDRAWAL_REQUEST", "Invalid payout_address: [eth] [x]");
        assertThat(simulator.withdrawals()).isEmpty();
    }

    @Test
    void validatesAnAddressInPlainText() throws Exception {
        Caller.Reply reply =
                key.post("/payout/validate-address", "{'address':'" + WALLET + "','currency':'eth','extra_id':null}");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text()).isEqualTo("OK");
    }

    @Test
    void refusesAnAddressOfTheInternetThatIsNotListed() throws Exception {
        simulator.configure(settings -> settings.payoutIpBlocked = true);

        Caller.Reply reply = key.get("/balance");

        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.text()).contains("ENDPOINT_NOT_ALLOWED", "Invalid IP");
    }

    @Test
    void tellsMinimumAndFee() throws Exception {
        assertThat(key.get("/payout-withdrawal/min-amount/trx").text())
                .isEqualTo("{\"success\":true,\"result\":1.72413794}");
        assertThat(key.get("/payout/fee?currency=usdttrc20&amount=5").text())
                .isEqualTo("{\"currency\":\"USDTTRC20\",\"fee\":1}");
    }

    private Caller signedIn() throws Exception {
        String jwt = key.post("/auth", "{'email':'sim@example.com','password':'sim-password'}")
                .json()
                .get("token")
                .stringValue();
        return key.with("Authorization", "Bearer " + jwt);
    }

    private Caller.Reply create(String amount) throws Exception {
        return token.post(
                "/payout",
                "{'ipn_callback_url':'" + merchant.url() + "','withdrawals':[{'address':'" + WALLET
                        + "','currency':'eth','amount':" + amount + ",'unique_external_id':'u-1'}]}");
    }

    private Caller.Reply verify(String batch, String code) throws Exception {
        return token.post("/payout/" + batch + "/verify", "{'verification_code':'" + code + "'}");
    }

    private String code() {
        return Totp.code(simulator.settings().totpSecret, simulator.now());
    }

    private List<String> statuses() {
        return merchant.heard.stream()
                .map(heard -> JsJson.MAPPER.readTree(heard.body()).get("status").stringValue())
                .toList();
    }
}
