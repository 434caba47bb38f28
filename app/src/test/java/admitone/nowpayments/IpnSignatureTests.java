package admitone.nowpayments;

import static admitone.nowpayments.IpnVectors.SECRET;
import static admitone.nowpayments.IpnVectors.named;
import static admitone.nowpayments.IpnVectors.sign;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import admitone.nowpayments.IpnSignature.Form;
import admitone.nowpayments.IpnSignature.Verdict;
import admitone.nowpayments.IpnSignature.Verdict.Genuine;
import admitone.nowpayments.IpnSignature.Verdict.Malformed;
import admitone.nowpayments.IpnSignature.Verdict.Refused;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class IpnSignatureTests {
    private final IpnSignature signature = new IpnSignature(SECRET);

    @Test
    void knowsAllVectors() {
        assertThat(IpnVectors.all()).hasSize(34);
        assertThat(IpnVectors.valid()).hasSize(21);
        assertThat(IpnVectors.invalid()).hasSize(13);
    }

    @ParameterizedTest
    @MethodSource("admitone.nowpayments.IpnVectors#all")
    void judgesVector(IpnVectors.Vector vector) {
        Verdict verdict = new IpnSignature(vector.secret()).verify(vector.bytes(), vector.signature());

        assertThat(verdict).isInstanceOf(vector.valid() ? Genuine.class : Refused.class);
    }

    @Test
    void acceptsAnArrayInEitherForm() {
        var kept = named("payment-extra-ids-array");
        var empty = named("empty-array-and-nulls");

        assertThat(form(kept.body(), kept.signature())).isEqualTo(Form.CANONICAL);
        assertThat(form(kept.body(), kept.objectsSignature())).isEqualTo(Form.CANONICAL_ARRAYS_AS_OBJECTS);
        assertThat(form(empty.body(), empty.objectsSignature())).isEqualTo(Form.CANONICAL_ARRAYS_AS_OBJECTS);
    }

    @Test
    void keepsTheArrayThatWasSignedAsAnObject() {
        var body = genuine("{\"ids\":[2, 9007199254740993]}", sign("{\"ids\":{\"0\":2,\"1\":9007199254740992}}"))
                .body();

        assertThat(body).isEqualTo(IpnVectors.parse("{\"ids\":[2,9007199254740992]}"));
    }

    @ParameterizedTest(name = "{0} signed as {1} reads {2}")
    @MethodSource("signedTexts")
    void handsOutWhatWasSigned(String sent, String signed, String read) {
        assertThat(genuine(sent, sign(signed)).body()).isEqualTo(IpnVectors.parse(read));
    }

    static Stream<Arguments> signedTexts() {
        return Stream.of(
                arguments("{\"n\":9007199254740993}", "{\"n\":9007199254740993}", "{\"n\":9007199254740993}"),
                arguments("{\"n\":9007199254740993}", "{\"n\":9007199254740992}", "{\"n\":9007199254740992}"),
                arguments("{\"n\":15.0}", "{\"n\":15.0}", "{\"n\":15.0}"),
                arguments("{\"n\":15.0}", "{\"n\":15}", "{\"n\":15}"),
                arguments("{\"n\":0.10000000000000000001}", "{\"n\":0.1}", "{\"n\":0.1}"),
                arguments("{\"n\":1e0}", "{\"n\":1}", "{\"n\":1}"),
                arguments("{\"n\":1.00}", "{\"n\":1}", "{\"n\":1}"),
                arguments("{\"n\":1e400}", "{\"n\":null}", "{\"n\":null}"),
                arguments("{\"s\":\"\\u0061\\/\"}", "{\"s\":\"a/\"}", "{\"s\":\"a/\"}"),
                arguments(
                        "{\"b\":1,\"a\":{\"d\":1, \"c\":2}}",
                        "{\"a\":{\"c\":2,\"d\":1},\"b\":1}",
                        "{\"b\":1,\"a\":{\"d\":1,\"c\":2}}"),
                arguments("{\"s\":\"\\uD800\\u0000\"}", "{\"s\":\"\\ud800\\u0000\"}", "{\"s\":\"\\ud800\\u0000\"}"));
    }

    @Test
    void trimsTheHeader() {
        assertThat(signature.verify(bytes("{}"), " \t" + sign("{}") + "\r\n")).isInstanceOf(Genuine.class);
    }

    @ParameterizedTest
    @MethodSource("admitone.nowpayments.JsonTextTests#overLimits")
    void saysMalformedOverALimitOnlyIfSignedAsSent(byte[] body) {
        assertThat(signature.verify(body, sign(body))).isInstanceOf(Malformed.class);
        assertThat(signature.verify(body, sign("{}"))).isInstanceOf(Refused.class);
        assertThat(signature.verify(body, null)).isInstanceOf(Refused.class);
    }

    @ParameterizedTest
    @MethodSource("admitone.nowpayments.JsonTextTests#withinLimits")
    void readsUpToTheLimits(byte[] body) {
        String text = SignedText.of(IpnVectors.parse(body));

        assertThat(signature.verify(body, sign(body))).isInstanceOf(Genuine.class);
        assertThat(signature.verify(body, sign(text))).isInstanceOf(Genuine.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "null",
                "[]",
                "{} {}",
                "\ufeff{}",
                "payment_id=1",
                "{\"a\":1,\"a\":1}",
                "{\"a\":{\"b\":1,\"\\u0062\":2}}"
            })
    void refusesWhatIsNoObjectWithSingleNamesEvenIfSigned(String body) {
        assertThat(signature.verify(bytes(body), sign(body))).isInstanceOf(Refused.class);
    }

    @Test
    void takesAnyOfTheActiveSecrets() {
        var rotating = new IpnSignature("the-new-secret-0002", SECRET);
        var rotated = new IpnSignature("the-new-secret-0002");

        assertThat(rotating.verify(bytes("{}"), sign("{}"))).isInstanceOf(Genuine.class);
        assertThat(rotating.verify(bytes("{ }"), sign("{}"))).isInstanceOf(Genuine.class);
        assertThat(rotating.verify(
                        bytes("{}"), IpnVectors.mac("HmacSHA512", bytes("the-new-secret-0002"), bytes("{}"))))
                .isInstanceOf(Genuine.class);
        assertThat(rotated.verify(bytes("{}"), sign("{}"))).isInstanceOf(Refused.class);
    }

    @Test
    void trimsTheSecretAsTheSignerDoes() {
        assertThat(new IpnSignature(" " + SECRET + "\r\n").verify(bytes("{}"), sign("{}")))
                .isInstanceOf(Genuine.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "hunter2", "fifteen-letters", "  fifteen-letters  "})
    void refusesAShortSecretWithoutTellingIt(String secret) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IpnSignature(SECRET, secret))
                .withMessageContaining("copy the whole secret")
                .satisfies(
                        e -> assertThat(List.of(SECRET, "hunter2", "fifteen")).noneMatch(e.toString()::contains));
    }

    @Test
    void refusesToStartWithoutASecret() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new IpnSignature())
                .withMessageContaining("make one in the dashboard");
    }

    @Test
    void neverShowsItsSecrets() {
        assertThat(signature.toString()).isEqualTo("IpnSignature[secrets=1]");
    }

    private Form form(String body, String header) {
        return genuine(body, header).form();
    }

    private Genuine genuine(String body, String header) {
        return (Genuine) signature.verify(bytes(body), header);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
