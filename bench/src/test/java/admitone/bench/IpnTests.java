package admitone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class IpnTests {
    private static final Purchase PURCHASE =
            new Purchase(new Shop("b00000000001", new UUID(1, 1), new UUID(2, 2)), "ao_x", 6_000_000_001L, 41);

    /** RFC 4231, test case 2. */
    @Test
    void signsWithHmacSha512() {
        byte[] message = "what do ya want for nothing?".getBytes(StandardCharsets.US_ASCII);

        assertThat(new Ipn("Jefe", 1).signature(message))
                .isEqualTo("164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554"
                        + "9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
    }

    @Test
    void writesKeysInOrderAsTheyAreSigned() {
        JsonNode body = JsonMapper.builder().build().readTree(Ipn.body(PURCHASE, 1_790_000_000_000L));

        List<String> keys = new ArrayList<>(body.propertyNames());
        assertThat(keys).isSorted().contains("order_id", "payment_id", "updated_at");
        assertThat(new ArrayList<>(body.path("fee").propertyNames())).isSorted();
        assertThat(body.path("payment_id").longValue()).isEqualTo(6_000_000_001L);
        assertThat(body.path("outcome_currency").stringValue()).isEqualTo("usdttrc20");
    }

    @Test
    void tellsTheLengthOfItsBody() {
        String request = new String(new Ipn("secret", 8080).finished(PURCHASE, 1), StandardCharsets.UTF_8);

        int length = Integer.parseInt(request.replaceAll("(?s).*Content-Length: (\\d+).*", "$1"));
        assertThat(request.substring(request.indexOf("\r\n\r\n") + 4)).hasSize(length);
    }
}
