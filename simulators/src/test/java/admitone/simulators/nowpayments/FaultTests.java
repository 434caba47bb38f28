package admitone.simulators.nowpayments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FaultTests {
    private static final String ORDER = "{'price_amount':5,'price_currency':'usd','pay_currency':'trx','order_id':'o'}";

    private final NowPaymentsSimulator simulator = NowPaymentsSimulator.start(0);
    private final Caller api = new Caller(simulator.url() + "/v1");

    @AfterEach
    void close() {
        api.close();
        simulator.close();
    }

    @ParameterizedTest
    @CsvSource({"DROP_BEFORE_EFFECT,0", "DROP_AFTER_EFFECT,1"})
    void dropsTheConnection(Fault kind, int made) throws Exception {
        simulator.fault(Operation.CREATE_PAYMENT, kind, 1);

        assertThatThrownBy(() -> api.post("/payment", ORDER)).isInstanceOf(IOException.class);

        assertThat(simulator.paymentsOfOrder("o")).hasSize(made);
        assertThat(simulator.calls().last().getLast().status()).isZero();
        assertThat(api.post("/payment", ORDER).status()).isEqualTo(201);
    }

    @ParameterizedTest
    @CsvSource({
        "STATUS_500_BEFORE,0,500,application/json",
        "STATUS_500_AFTER,1,500,application/json",
        "STATUS_400,0,400,application/json",
        "HTML_429,0,429,text/html",
        "HTML_403,0,403,text/html",
        "SLOW,1,201,application/json"
    })
    void answersOtherwise(Fault kind, int made, int status, String type) throws Exception {
        simulator.fault(null, kind, 1, Duration.ofMillis(30));

        Caller.Reply reply = api.post("/payment", ORDER);

        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.type()).startsWith(type);
        assertThat(simulator.paymentsOfOrder("o")).hasSize(made);
    }

    @Test
    void concernsOnlyTheNamedOperationAndOnlySoOften() throws Exception {
        simulator.fault(Operation.GET_PAYMENT, Fault.STATUS_500_BEFORE, 2);

        assertThat(api.get("/currencies").status()).isEqualTo(200);
        assertThat(api.get("/payment/1").status()).isEqualTo(500);
        assertThat(api.get("/payment/1").status()).isEqualTo(500);
        assertThat(api.get("/payment/1").status()).isEqualTo(404);
    }

    @Test
    void isForgottenWhenCleared() throws Exception {
        simulator.fault(null, Fault.STATUS_500_BEFORE, 100);

        simulator.clearFaults();

        assertThat(api.get("/status").status()).isEqualTo(200);
    }
}
