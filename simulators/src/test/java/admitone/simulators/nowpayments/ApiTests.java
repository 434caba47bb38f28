package admitone.simulators.nowpayments;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

class ApiTests {
    private static final String ORDER =
            "{'price_amount':1.35,'price_currency':'usd','pay_currency':'eth','order_id':'PGP-1|-100','ipn_callback_url':'http://127.0.0.1:9/ipn'}";

    private final NowPaymentsSimulator simulator = NowPaymentsSimulator.start(0);
    private final Caller api = new Caller(simulator.url() + "/v1");

    @AfterEach
    void close() {
        api.close();
        simulator.close();
    }

    @Test
    void tellsItIsUpWithoutAKey() throws Exception {
        Caller.Reply reply = api.with("X-Api-Key", "wrong").get("/status");

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.text()).isEqualTo("{\"message\":\"OK\"}");
    }

    @Test
    void refusesAWrongKeyInTheEnvelope() throws Exception {
        Caller.Reply reply = api.with("X-Api-Key", "wrong").get("/payment/1");

        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.text())
                .isEqualTo(
                        "{\"status\":false,\"statusCode\":403,\"code\":\"INVALID_API_KEY\",\"message\":\"Invalid api key\"}");
    }

    @Test
    void takesAnyKeyWhenTold() throws Exception {
        simulator.configure(settings -> settings.anyKey = true);

        assertThat(api.with("X-Api-Key", "whatever").get("/currencies").status())
                .isEqualTo(200);
    }

    @Test
    void createsAPaymentWithIdsAsStrings() throws Exception {
        Caller.Reply reply = api.post("/payment", ORDER);

        JsonNode json = reply.json();
        assertThat(reply.status()).as(reply.text()).isEqualTo(201);
        assertThat(json.get("payment_id").isString()).isTrue();
        assertThat(json.get("payment_id").stringValue()).matches("[0-9]{10}");
        assertThat(json.get("purchase_id").isString()).isTrue();
        assertThat(json.get("price_amount").isNumber()).isTrue();
        assertThat(json.get("pay_amount").decimalValue()).isEqualByComparingTo("0.00034884");
        assertThat(json.get("payment_status").stringValue()).isEqualTo("waiting");
        assertThat(json.get("created_at").stringValue()).matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z");
        assertThat(json.get("burning_percent").isNull()).isTrue();
        assertThat(json.get("amount_received").isNull()).isTrue();
        assertThat(json.get("smart_contract").stringValue()).isEmpty();
        assertThat(json.get("type").stringValue()).isEqualTo("crypto2crypto");
    }

    @Test
    void readsAPaymentWithIdsAsNumbers() throws Exception {
        String id = api.post("/payment", ORDER).json().get("payment_id").stringValue();

        JsonNode json = api.get("/payment/" + id).json();

        assertThat(json.get("payment_id").isNumber()).isTrue();
        assertThat(json.get("payment_id").asString()).isEqualTo(id);
        assertThat(json.get("purchase_id").isNumber()).isTrue();
        assertThat(json.get("invoice_id").isNull()).isTrue();
        assertThat(json.get("burning_percent").stringValue()).isEqualTo("null");
        assertThat(json.get("order_id").stringValue()).isEqualTo("PGP-1|-100");
        assertThat(json.has("payment_extra_ids")).isFalse();
        assertThat(json.has("parent_payment_id")).isFalse();
    }

    @Test
    void makesASecondPaymentOfARepeatedRequest() throws Exception {
        JsonNode first = api.post("/payment", ORDER).json();
        JsonNode second = api.post("/payment", ORDER).json();

        assertThat(Long.parseLong(second.get("payment_id").stringValue()))
                .isGreaterThan(Long.parseLong(first.get("payment_id").stringValue()));
        assertThat(simulator.paymentsOfOrder("PGP-1|-100")).hasSize(2);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "{'price_currency':'usd','pay_currency':'eth'}; price_amount is required",
                "{'price_amount':'x','price_currency':'usd','pay_currency':'eth'}; price_amount must be a number",
                "{'price_amount':-1,'price_currency':'usd','pay_currency':'eth'}; price_amount must be greater than 0",
                "{'price_amount':1,'price_currency':'usd'}; pay_currency is required",
                "{'price_amount':1,'price_currency':'usd','pay_currency':'nocoin'}; Currency NOCOIN was not found",
                "{'price_amount':5,'price_currency':'usd','pay_currency':'eth','payout_address':'0x1'}; payout_currency is required",
                "{'price_amount':5,'price_currency':'usd','pay_currency':'eth','ipn_callback_url':'x'}; ipn_callback_url must be a valid uri with a scheme matching the http|https pattern",
                "[1]; request body must be a JSON object",
                "{; request body must be a JSON object"
            })
    void refusesAMalformedCreate(String body, String message) throws Exception {
        Caller.Reply reply = api.post("/payment", body);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().get("code").stringValue()).isEqualTo("INVALID_REQUEST_PARAMS");
        assertThat(reply.json().get("message").stringValue()).isEqualTo(message);
    }

    @Test
    void takesAmountsAsText() throws Exception {
        Caller.Reply reply = api.post("/payment", ORDER.replace("1.35", "'1.35'"));

        assertThat(reply.status()).as(reply.text()).isEqualTo(201);
        assertThat(reply.text()).contains("\"price_amount\":1.35,");
    }

    @Test
    void refusesLessThanTheMinimum() throws Exception {
        simulator.configure(settings -> settings.minAmounts.put("eth", new BigDecimal("0.001")));

        Caller.Reply reply = api.post("/payment", ORDER);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().get("code").stringValue()).isEqualTo("AMOUNT_MINIMAL_ERROR");
        assertThat(reply.json().get("message").stringValue())
                .isEqualTo("Crypto amount 0.00034884 is less than minimal");
        assertThat(simulator.payments()).isEmpty();
    }

    @Test
    void givesAMemoToACoinThatNeedsOne() throws Exception {
        JsonNode ripple = api.post("/payment", ORDER.replace("eth", "xrp")).json();
        JsonNode other = api.post("/payment", ORDER).json();

        assertThat(ripple.get("payin_extra_id").stringValue()).matches("[0-9]+");
        assertThat(other.get("payin_extra_id").isNull()).isTrue();
    }

    @Test
    void givesAddressesThatMatchTheCoinsOwnPattern() throws Exception {
        for (JsonNode coin : api.get("/full-currencies").json().get("currencies")) {
            String code = coin.get("code").stringValue();
            Payment payment = simulator.createPayment(request -> {
                request.priceAmount = BigDecimal.TEN;
                request.payCurrency = code;
            });

            assertThat(payment.terms().payAddress())
                    .as(code)
                    .matches(coin.get("wallet_regex").stringValue());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "abc,400,Payment id must be a number",
        "1.5,400,Payment id must be a number",
        "4711,404,Payment not found"
    })
    void refusesToReadWhatIsNot(String id, int status, String message) throws Exception {
        Caller.Reply reply = api.get("/payment/" + id);

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.json().get("message").stringValue()).isEqualTo(message);
    }

    @Test
    void hidesAPaymentFromAnotherKey() throws Exception {
        simulator.configure(settings -> settings.anyKey = true);
        String id = api.post("/payment", ORDER).json().get("payment_id").stringValue();

        assertThat(api.with("X-Api-Key", "rotated").get("/payment/" + id).status())
                .isEqualTo(404);
        assertThat(api.get("/payment/" + id).status()).isEqualTo(200);
    }

    @Test
    void estimatesAndTellsTheMinimum() throws Exception {
        assertThat(api.get("/estimate?amount=3870&currency_from=usd&currency_to=eth")
                        .text())
                .isEqualTo(
                        "{\"currency_from\":\"usd\",\"amount_from\":3870,\"currency_to\":\"eth\",\"estimated_amount\":1}");
        assertThat(api.get("/min-amount?currency_from=trx&currency_to=eth").text())
                .isEqualTo("{\"currency_from\":\"trx\",\"currency_to\":\"eth\",\"min_amount\":1.72413794}");
        assertThat(api.get("/min-amount?currency_from=trx&currency_to=eth&fiat_equivalent=usd&is_fixed_rate=true")
                        .text())
                .isEqualTo(
                        "{\"currency_from\":\"trx\",\"currency_to\":\"eth\",\"min_amount\":3.44827588,\"fiat_equivalent\":1.00000001}");
        assertThat(api.get("/estimate?amount=1&currency_from=usd")
                        .json()
                        .get("message")
                        .stringValue())
                .isEqualTo("currency_to is required");
    }

    @Test
    void tellsTheMerchantsCoinsInBothShapes() throws Exception {
        JsonNode live = api.get("/merchant/coins").json();
        simulator.configure(settings -> settings.merchantCoins = Settings.CoinsShape.DOCUMENTED);
        JsonNode documented = api.get("/merchant/coins").json();

        assertThat(live.get("selectedCurrencies").valueStream().map(JsonNode::stringValue))
                .contains("USDTTRC20");
        assertThat(documented.get("currencies").valueStream().map(JsonNode::stringValue))
                .contains("usdttrc20");
        assertThat(api.get("/currencies").json().get("currencies").valueStream().map(JsonNode::stringValue))
                .contains("eth");
    }

    @Test
    void listsOnlyWithATokenThatIsStillGood() throws Exception {
        simulator.setClock(simulator.now(), true);
        for (int i = 0; i < 3; i++) {
            api.post("/payment", ORDER);
        }
        Caller.Reply refused = api.get("/payment/");
        String token = api.post("/auth", "{'email':'sim@example.com','password':'sim-password'}")
                .json()
                .get("token")
                .stringValue();
        Caller known = api.with("Authorization", "Bearer " + token);

        assertThat(refused.status()).isEqualTo(401);
        assertThat(refused.json().get("code").stringValue()).isEqualTo("AUTH_REQUIRED");
        assertThat(refused.json().get("message").stringValue())
                .isEqualTo("Authorization header is empty (Bearer JWTtoken is required)");
        JsonNode page = known.get("/payment/?limit=2&page=1&orderBy=desc").json();
        assertThat(page.get("data")).hasSize(1);
        assertThat(page.get("data").get(0).get("payment_id").isNumber()).isTrue();
        assertThat(page.get("pagesCount").intValue()).isEqualTo(2);
        assertThat(page.get("total").intValue()).isEqualTo(3);
        assertThat(known.get("/payment?limit=500").json().get("data")).hasSize(3);
        assertThat(known.get("/payment?limit=501").status()).isEqualTo(400);
        assertThat(known.get("/payment?orderBy=created_at").status()).isEqualTo(500);
        simulator.advance(Duration.ofMinutes(5));
        assertThat(known.get("/payment/").status()).isEqualTo(401);
        assertThat(api.with("Authorization", "Bearer undefined").get("/payment").status())
                .isEqualTo(401);
    }

    @Test
    void refusesAnUnknownLogin() throws Exception {
        assertThat(api.post("/auth", "{'email':'a@b.c','password':'x'}").status())
                .isEqualTo(403);
    }

    @Test
    void makesAnInvoiceWithAmountsAsText() throws Exception {
        Caller.Reply reply = api.post(
                "/invoice", "{'price_amount':12.990,'price_currency':'USD','success_url':'https://s.example/'}");

        JsonNode json = reply.json();
        assertThat(reply.status()).as(reply.text()).isEqualTo(201);
        assertThat(json.get("id").stringValue()).matches("[0-9]{10}");
        assertThat(json.get("price_amount").stringValue()).isEqualTo("12.99");
        assertThat(json.get("price_currency").stringValue()).isEqualTo("USD");
        assertThat(json.get("invoice_url").stringValue())
                .isEqualTo(simulator.url() + "/payment/?iid=" + json.get("id").stringValue());
        assertThat(json.get("success_url").stringValue()).isEqualTo("https://s.example/");
        assertThat(json.get("pay_currency").isNull()).isTrue();
    }

    @Test
    void makesAPaymentOfAnInvoice() throws Exception {
        String iid = api.post("/invoice", "{'price_amount':5,'price_currency':'usd','order_id':'o-7'}")
                .json()
                .get("id")
                .stringValue();

        JsonNode made = api.post("/invoice-payment", "{'iid':'" + iid + "','pay_currency':'trx'}")
                .json();

        JsonNode read =
                api.get("/payment/" + made.get("payment_id").stringValue()).json();
        assertThat(read.get("invoice_id").isNumber()).isTrue();
        assertThat(read.get("invoice_id").asString()).isEqualTo(iid);
        assertThat(read.get("order_id").stringValue()).isEqualTo("o-7");
    }

    @Test
    void pageOfAnInvoiceLeadsBackToTheMerchantWithThePaymentsId() throws Exception {
        String iid = api.post(
                        "/invoice",
                        "{'price_amount':5,'price_currency':'usd','success_url':'https://s.example/ok?order_id=o&x=1',"
                                + "'partially_paid_url':'https://s.example/part','cancel_url':'https://s.example/no'}")
                .json()
                .get("id")
                .stringValue();
        Caller pages = new Caller(simulator.url());
        long id = Long.parseLong(api.post("/invoice-payment", "{'iid':'" + iid + "','pay_currency':'trx'}")
                .json()
                .get("payment_id")
                .stringValue());

        assertThat(pages.get("/payment/?iid=" + iid).text()).contains("<option>trx</option>");
        assertThat(pages.get("/payment/" + id).text()).contains("href=\"https://s.example/no\"");
        simulator.status(id, "partially_paid");
        assertThat(pages.get("/payment/" + id).text()).contains("href=\"https://s.example/part?NP_id=" + id + "\"");
        simulator.status(id, "finished");
        assertThat(pages.get("/payment/" + id).text())
                .contains("href=\"https://s.example/ok?order_id=o&amp;x=1&amp;NP_id=" + id + "\"");
    }

    @Test
    void listsThePaymentsOfOneInvoice() throws Exception {
        String token = api.post("/auth", "{'email':'sim@example.com','password':'sim-password'}")
                .json()
                .get("token")
                .stringValue();
        String iid = api.post("/invoice", "{'price_amount':5,'price_currency':'usd'}")
                .json()
                .get("id")
                .stringValue();
        api.post("/payment", ORDER);
        api.post("/invoice-payment", "{'iid':'" + iid + "','pay_currency':'trx'}");
        api.post("/invoice-payment", "{'iid':'" + iid + "','pay_currency':'eth'}");

        JsonNode page = api.with("Authorization", "Bearer " + token)
                .get("/payment/?invoiceId=" + iid + "&sortBy=created_at&orderBy=desc")
                .json();

        assertThat(page.get("total").intValue()).isEqualTo(2);
        assertThat(page.get("data").values())
                .allSatisfy(row -> assertThat(row.get("invoice_id").asString()).isEqualTo(iid));
        assertThat(page.get("data").get(0).get("pay_currency").stringValue()).isEqualTo("eth");
    }

    @Test
    void keepsAnEstimateUntilItIsStale() throws Exception {
        simulator.setClock(simulator.now(), true);
        String id = api.post("/payment", ORDER).json().get("payment_id").stringValue();
        simulator.rate("eth", "2000");

        JsonNode same =
                api.post("/payment/" + id + "/update-merchant-estimate", "").json();
        simulator.advance(Duration.ofMinutes(20));
        JsonNode renewed =
                api.post("/payment/" + id + "/update-merchant-estimate", "").json();

        assertThat(same.get("id").isString()).isTrue();
        assertThat(same.get("pay_amount").decimalValue()).isEqualByComparingTo("0.00034884");
        assertThat(renewed.get("pay_amount").decimalValue()).isEqualByComparingTo("0.000675");
        assertThat(renewed.get("expiration_estimate_date")).isNotEqualTo(same.get("expiration_estimate_date"));
    }

    @Test
    void limitsCallsPerSecondBeforeTheKeyIsLookedAt() throws Exception {
        simulator.setClock(simulator.now(), true);
        simulator.configure(settings -> settings.rateLimits = true);
        Caller stranger = api.with("X-Api-Key", "wrong");

        List<Integer> statuses = List.of(
                stranger.post("/payment", ORDER).status(),
                stranger.post("/payment", ORDER).status(),
                stranger.post("/payment", ORDER).status());
        Caller.Reply limited = stranger.post("/payment", ORDER);

        assertThat(statuses).containsOnly(403);
        assertThat(limited.status()).isEqualTo(429);
        assertThat(limited.type()).startsWith("text/html");
        assertThat(limited.text()).startsWith("<html>");
        assertThat(limited.headers()).doesNotContainKey("retry-after");
        simulator.advance(Duration.ofSeconds(1));
        assertThat(api.post("/payment", ORDER).status()).isEqualTo(201);
    }
}
