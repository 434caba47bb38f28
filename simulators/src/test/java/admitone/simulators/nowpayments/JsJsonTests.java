package admitone.simulators.nowpayments;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsJsonTests {
    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, 0",
        "15.0, 15",
        "0.000349, 0.000349",
        "0.00001, 0.00001",
        "0.000001, 0.000001",
        "0.0000001, 1e-7",
        "0.00000012, 1.2e-7",
        "123456789.123, 123456789.123",
        "100000000000000000000, 100000000000000000000",
        "1e21, 1e+21",
        "1.5e300, 1.5e+300",
        "1e23, 1e+23",
        "9007199254740993, 9007199254740992",
        "4.9e-324, 5e-324",
        "-2.50, -2.5",
        "1.7976931348623157e308, 1.7976931348623157e+308",
        "1e999, null",
        "5996609246, 5996609246"
    })
    void printsNumbersAsJavaScript(BigDecimal amount, String printed) {
        assertThat(JsJson.number(amount)).isEqualTo(printed);
    }

    @Test
    void escapesOnlyWhatJavaScriptEscapes() {
        String text = "\"\\/&<\n\u0001\u2028é\uD83D\uDE00\uD800";

        String json = JsJson.stringify(JsJson.object().put("t", text));

        assertThat(json).isEqualTo("{\"t\":\"\\\"\\\\/&<\\n\\u0001\u2028é\uD83D\uDE00\\ud800\"}");
    }

    @Test
    void keepsIntegerLikeKeysFirst() {
        var object = JsJson.MAPPER.readTree("{\"b\":1,\"10\":2,\"B\":3,\"9\":4,\"09\":5,\"4294967295\":6}");

        assertThat(JsJson.stringify(JsJson.sorted(object)))
                .isEqualTo("{\"9\":4,\"10\":2,\"09\":5,\"4294967295\":6,\"B\":3,\"b\":1}");
    }
}
