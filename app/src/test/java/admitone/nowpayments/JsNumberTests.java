package admitone.nowpayments;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsNumberTests {
    @Test
    void writesEveryNumberAsNodeDoes() throws IOException {
        List<String[]> rows = rows();

        List<String> different = rows.stream()
                .filter(row -> !JsNumber.text(fromBits(row[0])).equals(row[1]))
                .map(row -> row[0] + " is " + row[1] + ", not " + JsNumber.text(fromBits(row[0])))
                .toList();

        assertThat(rows).hasSizeGreaterThan(500);
        assertThat(different).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0",
        "-0.0, 0",
        "15.0, 15",
        "100, 100",
        "0.000001, 0.000001",
        "0.0000001, 1e-7",
        "-0.00000012, -1.2e-7",
        "123456789012345678901, 123456789012345680000",
        "1e21, 1e+21",
        "1.5e300, 1.5e+300",
        "9007199254740993, 9007199254740992",
        "4.9E-324, 5e-324",
        "9.9E-324, 1e-323",
        "NaN, NaN",
        "-Infinity, -Infinity",
    })
    void laysOutAsEcmaScriptSays(double value, String text) {
        assertThat(JsNumber.text(value)).isEqualTo(text);
    }

    private static double fromBits(String hex) {
        return Double.longBitsToDouble(Long.parseUnsignedLong(hex, 16));
    }

    private static List<String[]> rows() throws IOException {
        try (InputStream file =
                Objects.requireNonNull(JsNumberTests.class.getResourceAsStream("/nowpayments-js-numbers.txt"))) {
            return new String(file.readAllBytes(), US_ASCII)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split(" ", 2))
                    .toList();
        }
    }
}
