package admitone.simulators.nowpayments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** The vectors of {@code ipn-vectors.json}, made with Node, seen from the signer's side. */
class SignatureTests {
    static Stream<Arguments> vectors() throws IOException {
        try (InputStream file = Objects.requireNonNull(SignatureTests.class.getResourceAsStream("ipn-vectors.json"))) {
            return JsJson.MAPPER
                    .readTree(file)
                    .valueStream()
                    .map(vector -> arguments(vector.get("name").stringValue(), vector));
        }
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vectors")
    void agreesWithTheVector(String name, JsonNode vector) {
        boolean valid = vector.get("valid").booleanValue();
        String signature = vector.get("signature").asString();

        assertThat(signature.equals(signed(vector))).as(name).isEqualTo(valid);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("vectors")
    void signsArraysInTheOtherFormToo(String name, JsonNode vector) {
        String expected = vector.path("signature_if_array_to_object").asString("");
        if (!expected.isEmpty()) {
            assertThat(signed(vector, Settings.Arrays.OBJECT)).as(name).isEqualTo(expected);
        }
    }

    private static String signed(JsonNode vector) {
        return switch (vector.path("mode").asString("")) {
            case "raw" -> Signature.of(secret(vector), vector.get("body").stringValue());
            case "array-to-object" -> signed(vector, Settings.Arrays.OBJECT);
            default -> signed(vector, Settings.Arrays.KEPT);
        };
    }

    private static String signed(JsonNode vector, Settings.Arrays arrays) {
        String body = vector.get("body").stringValue();
        try {
            return Signature.of(secret(vector), Signature.signedText(JsJson.MAPPER.readTree(body), arrays));
        } catch (JacksonException e) {
            return "not JSON";
        }
    }

    private static String secret(JsonNode vector) {
        return vector.get("secret").stringValue();
    }
}
