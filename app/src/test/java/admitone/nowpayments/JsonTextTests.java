package admitone.nowpayments;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import admitone.nowpayments.JsonText.Reading;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonTextTests {
    @Test
    void keepsTheTextOfNumbersAndTheOrderOfMembers() {
        var body = IpnVectors.parse(
                "{\"z\":1.50,\"a\":[-0,1E+2],\"\\u006d\":{\"t\":true,\"n\":null},\"s\":\"\\ud83d\\u0000é\"}");

        assertThat(body.members().keySet()).containsExactly("z", "a", "m", "s");
        assertThat(body.members())
                .isEqualTo(Map.of(
                        "z", new Json.Num("1.50"),
                        "a", new Json.Arr(List.of(new Json.Num("-0"), new Json.Num("1E+2"))),
                        "m", new Json.Obj(Map.of("t", new Json.Bool(true), "n", new Json.Null())),
                        "s", new Json.Str("\ud83d\u0000é")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "{",
                "}",
                "{]",
                "[]",
                "[{}]",
                "null",
                "1",
                "\"a\"",
                "{}{}",
                "{} x",
                "{},",
                "{}\u0000",
                "\ufeff{}",
                "{}\ufeff",
                "\u00a0{}",
                "\u000b{}",
                "{\"a\"}",
                "{\"a\":}",
                "{\"a\":1,}",
                "{,\"a\":1}",
                "{\"a\":1 \"b\":2}",
                "{\"a\":1;\"b\":2}",
                "{a:1}",
                "{'a':1}",
                "{1:1}",
                "{null:1}",
                "{\"a\":1",
                "{\"a\" 1}",
                "{\"a\":[}",
                "{\"a\":[1,]}",
                "{\"a\":[,1]}",
                "{\"a\":[1 2]}",
                "{\"a\":[1}",
                "{\"a\":[1]",
                "{\"a\":{\"b\":1]}",
                "{\"a\":01}",
                "{\"a\":-01}",
                "{\"a\":+1}",
                "{\"a\":1.}",
                "{\"a\":.1}",
                "{\"a\":-}",
                "{\"a\":1e}",
                "{\"a\":1e+}",
                "{\"a\":1e1.5}",
                "{\"a\":--1}",
                "{\"a\":0x1}",
                "{\"a\":1_0}",
                "{\"a\":1f}",
                "{\"a\":1d}",
                "{\"a\":1n}",
                "{\"a\":NaN}",
                "{\"a\":Infinity}",
                "{\"a\":-Infinity}",
                "{\"a\":\u0661}",
                "{\"a\":True}",
                "{\"a\":tru}",
                "{\"a\":nul}",
                "{\"a\":truefalse}",
                "{\"a\":undefined}",
                "{\"a\":\"}",
                "{\"a\":\"\\\"}",
                "{\"a\":\"\\",
                "{\"a\":\"\\x41\"}",
                "{\"a\":\"\\u12\"}",
                "{\"a\":\"\\u12g4\"}",
                "{\"a\":\"\\u+123\"}",
                "{\"a\":\"\\U0041\"}",
                "{\"a\":\"\\ud83d\\u\"}",
                "{\"a\":\"\n\"}",
                "{\"a\":\"\t\"}",
                "{\"a\":\"\u0000\"}",
                "{\"a\":\"\\\n\"}",
                "{/**/}",
                "{}//",
                "#{}",
                "{\"a\":1,\"a\":1}",
                "{\"a\":1,\"a\":2}",
                "{\"a\":1,\"\\u0061\":2}",
                "{\"\\u0061\":1,\"\\u0061\":2}",
                "{\"b\":{\"a\":1,\"a\":2}}",
                "{\"b\":[{\"a\":1,\"\\u0061\":2}]}",
                "{\"\":1,\"\":2}",
                "{\"/\":1,\"\\/\":2}",
                "{\"é\":1,\"\\u00e9\":2}",
                "{\"\ud83d\ude00\":1,\"\\uD83D\\uDE00\":2}",
                "{\"a\":null,\"a\":null}",
            })
    void refusesWhatIsNoObjectWithSingleNames(String text) {
        assertThat(JsonText.read(text.getBytes(UTF_8))).isInstanceOf(Reading.Fault.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                " {}\r\n",
                "{\"a\":{},\"A\":[]}",
                "{\"a\":1,\"b\":{\"a\":1}}",
                "{\"a\":-0.0e-0}",
                "{\"a\":0}",
                "{\"\u2028\":\"\u007f\"}",
                "{\"a\":\"\\\\\"}",
                "{\"a\":\"\\\"\"}"
            })
    void readsWhatTheGrammarAllows(String text) {
        assertThat(JsonText.read(text.getBytes(UTF_8))).isInstanceOf(Reading.Whole.class);
    }

    @ParameterizedTest
    @MethodSource("withinLimits")
    void readsUpToTheLimit(byte[] body) {
        assertThat(JsonText.read(body)).isInstanceOf(Reading.Whole.class);
    }

    @ParameterizedTest
    @MethodSource("overLimits")
    void stopsAtTheLimit(byte[] body) {
        assertThat(JsonText.read(body)).isInstanceOf(Reading.OverLimit.class);
    }

    static Stream<Named<byte[]>> withinLimits() {
        return Stream.of(
                named("32 arrays and objects", "{\"a\":" + "[".repeat(31) + "]".repeat(31) + "}"),
                named("32 objects", "{\"a\":".repeat(31) + "{}" + "}".repeat(31)),
                named("many shallow values", "{\"a\":[" + "[[]],".repeat(10_000) + "0]}"),
                named("8 KB of text", "{\"a\":\"" + "x".repeat(8192) + "\"}"),
                named("8 KB of two-byte characters", "{\"a\":\"" + "é".repeat(4096) + "\"}"),
                named("8 KB of escapes", "{\"a\":\"" + "\\u0061".repeat(1365) + "\\n\"}"),
                named("a name of 8 KB", "{\"" + "x".repeat(8192) + "\":1}"),
                named("64 digits", "{\"a\":" + "1".repeat(64) + "}"),
                named("64 digits in all parts", "{\"a\":-" + "1".repeat(31) + "." + "1".repeat(31) + "e-10}"));
    }

    static Stream<Named<byte[]>> overLimits() {
        return Stream.of(
                named("33 arrays and objects", "{\"a\":" + "[".repeat(32) + "]".repeat(32) + "}"),
                named("33 objects", "{\"a\":".repeat(32) + "{}" + "}".repeat(32)),
                named("a million arrays, none closed", "{\"a\":" + "[".repeat(1_000_000)),
                named("8 KB + 1", "{\"a\":\"" + "x".repeat(8193) + "\"}"),
                named("8 KB + 1 of two-byte characters", "{\"a\":\"" + "é".repeat(4096) + "x\"}"),
                named("8 KB and an escape", "{\"a\":\"" + "x".repeat(8191) + "\\n\"}"),
                named("8 KB and an escaped quote", "{\"a\":\"" + "x".repeat(8192) + "\\\"\"}"),
                named("a name over 8 KB", "{\"" + "x".repeat(8193) + "\":1}"),
                named("65 digits", "{\"a\":" + "1".repeat(65) + "}"),
                named("65 digits after the point included", "{\"a\":0." + "0".repeat(64) + "}"),
                named("65 digits of the exponent included", "{\"a\":1e" + "0".repeat(64) + "}"),
                named("a million digits", "{\"a\":" + "1".repeat(1_000_000) + "}"),
                bytes("overlong slash", "{\"a\":\"\u00c0\u00af\"}"),
                bytes("overlong NUL", "{\"a\":\"\u00c0\u0080\"}"),
                bytes("overlong quote", "{\"a\":\"\u00e0\u0080\u00a2\"}"),
                bytes("an encoded half pair", "{\"a\":\"\u00ed\u00a0\u0080\"}"),
                bytes("a pair encoded by halves", "{\"a\":\"\u00ed\u00a0\u00bd\u00ed\u00b8\u0080\"}"),
                bytes("beyond U+10FFFF", "{\"a\":\"\u00f4\u0090\u0080\u0080\"}"),
                bytes("five bytes", "{\"a\":\"\u00f8\u0088\u0080\u0080\u0080\"}"),
                bytes("a continuation alone", "{\"a\":\"\u0080\"}"),
                bytes("a character cut by the quote", "{\"a\":\"\u00c3\"}"),
                bytes("a character cut by the end", "{} \u00e2\u0080"),
                bytes("Latin-1", "{\"a\":\"caf\u00e9\"}"),
                Named.of("UTF-16", "{}".getBytes(UTF_16)));
    }

    /** A quadratic reader would need minutes for any of these, a linear one milliseconds. */
    @ParameterizedTest
    @MethodSource("large")
    void readsLargeBodiesInOnePass(byte[] body) {
        assertThat(JsonText.read(body)).isInstanceOf(Reading.Whole.class);
    }

    static Stream<Named<byte[]>> large() {
        return Stream.of(
                named(
                        "names of one hash",
                        IntStream.range(0, 1 << 17)
                                .mapToObj(JsonTextTests::nameOfOneHash)
                                .collect(joining("\":0,\"", "{\"", "\":0}"))),
                named("a million values", "{\"a\":[" + "0,".repeat(1_000_000) + "0]}"),
                named("a million escapes", "{\"a\":[" + ("\"" + "\\n".repeat(4096) + "\",").repeat(250) + "0]}"),
                named("a million spaces", "{" + " ".repeat(1_000_000) + "}"));
    }

    private static String nameOfOneHash(int bits) {
        return IntStream.range(0, 17)
                .mapToObj(i -> (bits >> i & 1) == 0 ? "Aa" : "BB")
                .collect(joining());
    }

    private static Named<byte[]> named(String name, String text) {
        return Named.of(name, text.getBytes(UTF_8));
    }

    /** Each character is one byte. */
    private static Named<byte[]> bytes(String name, String latin1) {
        return Named.of(name, latin1.getBytes(ISO_8859_1));
    }
}
