package admitone.simulators.nowpayments;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ControlTests {
    private final NowPaymentsSimulator simulator = NowPaymentsSimulator.start(0);
    private final Merchant merchant = new Merchant();
    private final Caller control = new Caller(simulator.url() + "/control");
    private final Caller pages = new Caller(simulator.url());

    @AfterEach
    void close() {
        control.close();
        pages.close();
        simulator.close();
        merchant.close();
    }

    @Test
    void playsAPaymentOverHttp() throws Exception {
        control.put("/settings", "{'ipn_secret':'sim-ipn-secret-0001','ipn_retries':1}");
        control.put("/rates", "{'eth':'4000'}");
        long id = create("order-1");

        JsonNode told = control.post(
                        "/payments/" + id + "/status",
                        "{'status':'finished','actually_paid':'0.0005','outcome_amount':'0.0004','outcome_currency':'eth','times':2,'concurrent':true}")
                .json();

        assertThat(told.get("deliveries")).hasSize(2);
        assertThat(told.get("deliveries").get(0).get("http_status").intValue()).isEqualTo(200);
        assertThat(told.get("deliveries").get(0).get("signature").stringValue())
                .isEqualTo(merchant.heard.getFirst().signature());
        assertThat(told.get("payment").get("outcome_amount").stringValue()).isEqualTo("0.0004");
        assertThat(control.get("/payments/" + id).json().get("payment_status").stringValue())
                .isEqualTo("finished");
        assertThat(control.get("/payments?order_id=order-1").json().get("payments"))
                .hasSize(1);
        assertThat(control.post("/payments/" + id + "/notify", "{'times':9,'concurrent':true}")
                        .json()
                        .get("deliveries"))
                .hasSize(9);
        assertThat(control.get("/deliveries?payment_id=" + id).json().get("deliveries"))
                .hasSize(11);
    }

    @Test
    void playsTheArcOverHttp() throws Exception {
        control.put("/settings", "{'ipn_secret':'sim-ipn-secret-0001'}");
        long id = create("order-1");

        JsonNode told = control.post("/payments/" + id + "/pay", "").json();

        assertThat(told.get("deliveries")).hasSize(4);
        assertThat(told.get("payment").get("payment_status").stringValue()).isEqualTo("finished");
    }

    @Test
    void changesNothingWhenNotificationIsOff() throws Exception {
        control.put("/settings", "{'ipn_secret':'sim-ipn-secret-0001'}");
        long id = create("order-1");

        control.post("/payments/" + id + "/status", "{'status':'confirming','notify':false}");

        assertThat(merchant.heard).isEmpty();
        assertThat(simulator.payment(id).status()).isEqualTo("confirming");
    }

    @Test
    void refusesANameItDoesNotKnow() throws Exception {
        assertThat(control.put("/settings", "{'ipn_secre':'x'}").status()).isEqualTo(400);
        assertThat(control.post("/payments/1/status", "{'state':'finished'}").status())
                .isEqualTo(400);
        assertThat(control.post("/faults", "{'operation':'nothing','kind':'slow'}")
                        .status())
                .isEqualTo(400);
        assertThat(control.post("/faults", "{'operation':'any','kind':'nothing'}")
                        .status())
                .isEqualTo(400);
        assertThat(control.get("/nothing").status()).isEqualTo(400);
        assertThat(control.get("/payments/4711").status()).isEqualTo(404);
    }

    @Test
    void keepsOtherSettingsAndShowsNoSecret() throws Exception {
        control.put("/settings", "{'ipn_secret':'sim-ipn-secret-0001','ipn_arrays':'object'}");

        Caller.Reply shown = control.put("/settings", "{'min_amounts':{'eth':'0.1'}}");

        assertThat(shown.json().get("ipn_arrays").stringValue()).isEqualTo("OBJECT");
        assertThat(shown.text()).doesNotContain("sim-ipn-secret-0001");
        assertThat(simulator.settings().ipnSecret).isEqualTo("sim-ipn-secret-0001");
    }

    @Test
    void plansFaultsAndLogsCallsWithoutTheKey() throws Exception {
        control.post("/faults", "{'operation':'get_payment','kind':'html_429','times':1}");

        Caller.Reply reply = pages.get("/v1/payment/1");
        pages.get("/v1/status");

        Caller.Reply log = control.get("/log");
        assertThat(reply.status()).isEqualTo(429);
        assertThat(log.json().get("counts").get("get_payment").intValue()).isEqualTo(1);
        assertThat(log.json().get("last").get(0).get("path").stringValue()).isEqualTo("/v1/payment/1");
        assertThat(log.json().get("last").get(0).get("status").intValue()).isEqualTo(429);
        assertThat(log.text()).doesNotContain("sim-api-key");
        assertThat(control.send("DELETE", "/faults", "").status()).isEqualTo(200);
    }

    @Test
    void movesTheClock() throws Exception {
        control.put("/clock", "{'now':'2025-11-02T16:22:19Z','frozen':true}");

        JsonNode clock = control.put("/clock", "{'advance_ms':1500}").json();

        assertThat(clock.get("now").stringValue()).isEqualTo("2025-11-02T16:22:20.500Z");
        assertThat(clock.get("frozen").booleanValue()).isTrue();
        assertThat(control.put("/clock", "{'base':true}").json().get("frozen").booleanValue())
                .isFalse();
    }

    @Test
    void forgetsEverythingOnReset() throws Exception {
        create("order-1");
        control.put("/settings", "{'api_key':'other'}");

        control.post("/reset", "");

        assertThat(simulator.payments()).isEmpty();
        assertThat(simulator.settings().apiKey).isEqualTo("sim-api-key");
    }

    @Test
    void playsTheSandboxCaseByItself() throws Exception {
        control.put("/settings", "{'sandbox':true,'case_step_ms':1}");

        String id = pages.post(
                        "/v1/payment",
                        "{'price_amount':5,'price_currency':'usd','pay_currency':'eth','case':'partially_paid'}")
                .json()
                .get("payment_id")
                .stringValue();

        Waiting.until(
                "the case is played",
                () -> simulator.payment(Long.parseLong(id)).status().equals("partially_paid"));
    }

    @Test
    void showsPagesWithButtonsThatWork() throws Exception {
        control.put("/settings", "{'ipn_secret':'sim-ipn-secret-0001'}");
        long id = create("<b>order</b>");

        assertThat(pages.get("/").text())
                .contains(Long.toString(id), "&lt;b&gt;order")
                .doesNotContain("<b>order");
        assertThat(pages.get("/payment/" + id).text()).contains("pay in full", "let it expire");
        assertThat(pages.post("/payment/" + id + "/double", "").status()).isEqualTo(303);
        assertThat(simulator.payment(id).status()).isEqualTo("finished");
        pages.post("/payment/" + id + "/again", "");
        assertThat(merchant.heard).hasSize(13);
    }

    @Test
    void walletSendsWhatIsTypedToTheAddressThatIsTyped() throws Exception {
        long id = create("order-1");
        String address = simulator.payment(id).terms().payAddress();

        assertThat(pages.get("/wallet").text()).contains("name=\"address\"", "name=\"memo\"", "name=\"amount\"");
        assertThat(pages.post("/wallet", "address=" + address + "&memo=7&amount=0.000349")
                        .text())
                .contains("nobody has that address with that memo");
        assertThat(pages.post("/wallet", "address=" + address + "&memo=&amount=-1")
                        .text())
                .contains("that is no amount");
        assertThat(simulator.payment(id).status()).isEqualTo("waiting");

        assertThat(pages.post("/wallet", "address=" + address + "&memo=&amount=0.000349")
                        .text())
                .contains("Sent: 0.000349 ETH", "/payment/" + id);
        assertThat(simulator.payment(id).status()).isEqualTo("finished");
    }

    @Test
    void letsAPersonPayAnInvoice() throws Exception {
        String iid = pages.post("/v1/invoice", "{'price_amount':5,'price_currency':'usd','order_id':'inv-1'}")
                .json()
                .get("id")
                .stringValue();

        assertThat(pages.get("/payment/?iid=" + iid).text()).contains("<option>trx</option>");
        assertThat(pages.post("/payment/?iid=" + iid, "coin=trx").status()).isEqualTo(303);

        assertThat(simulator.paymentsOfOrder("inv-1")).hasSize(1);
    }

    @Test
    void keepsItsCountUnderManyCallersAtOnce() throws Exception {
        int callers = 200;
        CountDownLatch done = new CountDownLatch(callers);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            IntStream.range(0, callers)
                    .forEach(i -> threads.execute(() -> {
                        try {
                            pages.post(
                                    "/v1/payment",
                                    "{'price_amount':5,'price_currency':'usd','pay_currency':'eth','order_id':'o" + i
                                            + "'}");
                            done.countDown();
                        } catch (java.io.IOException | InterruptedException e) {
                            throw new AssertionError(e);
                        }
                    }));
            done.await();
        }

        assertThat(simulator.payments()).hasSize(callers);
        assertThat(simulator.calls().count(Operation.CREATE_PAYMENT)).isEqualTo(callers);
    }

    private long create(String order) throws Exception {
        Caller.Reply reply = control.post(
                "/payments",
                "{'order_id':'" + order
                        + "','price_amount':'1.35','price_currency':'usd','pay_currency':'eth','pay_amount':'0.000349','ipn_callback_url':'"
                        + merchant.url() + "'}");
        assertThat(reply.status()).as(reply.text()).isEqualTo(201);
        return reply.json().get("payment_id").longValue();
    }
}
