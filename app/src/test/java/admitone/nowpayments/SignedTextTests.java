package admitone.nowpayments;

import static admitone.nowpayments.IpnVectors.parse;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SignedTextTests {
    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void isWhatJavaScriptWrites(String rule, String body, String text) {
        assertThat(SignedText.of(parse(body))).isEqualTo(text);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("rules")
    void isItsOwnSignedText(String rule, String body, String text) {
        assertThat(SignedText.of(parse(text))).isEqualTo(text);
    }

    static Stream<Arguments> rules() {
        return Stream.of(
                        arguments("no space", " {\t\"a\" :\n1 ,\r\"b\": [ 1 , 2 ] } ", "{\"a\":1,\"b\":[1,2]}"),
                        arguments(
                                "sorted at every depth",
                                "{\"b\":{\"d\":1,\"c\":2},\"a\":[{\"z\":1,\"y\":2}]}",
                                "{\"a\":[{\"y\":2,\"z\":1}],\"b\":{\"c\":2,\"d\":1}}"),
                        arguments(
                                "sorted by code unit",
                                "{\"b\":1,\"_\":2,\"B\":3,\"é\":4,\"aa\":5,\"a\":6,\"\":7}",
                                "{\"\":7,\"B\":3,\"_\":2,\"a\":6,\"aa\":5,\"b\":1,\"é\":4}"),
                        arguments(
                                "a surrogate sorts before U+FFFF",
                                "{\"\uffff\":1,\"\ud83d\ude00\":2}",
                                "{\"\ud83d\ude00\":2,\"\uffff\":1}"),
                        arguments(
                                "indexes first, as numbers",
                                "{\"-\":0,\"10\":1,\"9\":2,\"0\":3}",
                                "{\"0\":3,\"9\":2,\"10\":1,\"-\":0}"),
                        arguments(
                                "the last index is 2^32-2",
                                "{\"4294967295\":1,\"4294967294\":2,\"-1\":3}",
                                "{\"4294967294\":2,\"-1\":3,\"4294967295\":1}"),
                        arguments(
                                "01, 1.0 and 1e1 are no indexes",
                                "{\"1e1\":1,\"1.0\":2,\"01\":3,\"2\":4}",
                                "{\"2\":4,\"01\":3,\"1.0\":2,\"1e1\":1}"),
                        arguments("other digits are no indexes", "{\"\u0661\":1,\"A\":2}", "{\"A\":2,\"\u0661\":1}"),
                        arguments(
                                "literals and empty values",
                                "{\"a\":null,\"b\":true,\"c\":false,\"d\":[],\"e\":{},\"f\":\"\"}",
                                "{\"a\":null,\"b\":true,\"c\":false,\"d\":[],\"e\":{},\"f\":\"\"}"),
                        arguments(
                                "spellings of a number",
                                "[15.0,1.50,0e0,1.5E+1,100.00,-0,1e-7,0.000001,1E21]",
                                "[15,1.5,0,15,100,0,1e-7,0.000001,1e+21]"),
                        arguments(
                                "the nearest double",
                                "[9007199254740993,0.1000000000000000055511151231257827,1e-400]",
                                "[9007199254740992,0.1,0]"),
                        arguments("too large for a double", "[1e400,-1e400]", "[null,null]"),
                        arguments(
                                "short escapes",
                                "\"\\u0008\\u000c\\u000a\\u000d\\u0009\\u0022\\u005c\"",
                                "\"\\b\\f\\n\\r\\t\\\"\\\\\""),
                        arguments("other controls, in lower case", "\"\\u0000\\u001F\"", "\"\\u0000\\u001f\""),
                        arguments(
                                "nothing else is escaped",
                                "\"\\/ & < > ' \\u007f \\u00e9 \\u2028\"",
                                "\"/ & < > ' \u007f é \u2028\""),
                        arguments("a pair is a character", "\"\\ud83d\\uDE00\"", "\"\ud83d\ude00\""),
                        arguments("a half pair is escaped", "\"\\uD83D \\uDE00\\uD83D\"", "\"\\ud83d \\ude00\\ud83d\""),
                        arguments(
                                "the second of two first halves pairs",
                                "\"\\ud83d\\ud83d\\ude00\\ude00\"",
                                "\"\\ud83d\ud83d\ude00\\ude00\""))
                .map(Arguments::get)
                .map(rule -> arguments(rule[0], object((String) rule[1]), object((String) rule[2])));
    }

    /** Only objects are read; what is none becomes the member of one. */
    private static String object(String json) {
        return json.strip().startsWith("{") ? json : "{\"v\":" + json + "}";
    }

    @ParameterizedTest
    @MethodSource("arrays")
    void mayWriteArraysAsObjects(String body, String text) {
        assertThat(SignedText.withArraysAsObjects(parse(body))).isEqualTo(text);
    }

    static Stream<Arguments> arrays() {
        return Stream.of(
                arguments("{\"a\":[]}", "{\"a\":{}}"),
                arguments("{\"b\":[7,[8]],\"a\":1}", "{\"a\":1,\"b\":{\"0\":7,\"1\":{\"0\":8}}}"),
                arguments(
                        "{\"a\":[0,1,2,3,4,5,6,7,8,9,10]}",
                        "{\"a\":{\"0\":0,\"1\":1,\"2\":2,\"3\":3,\"4\":4,\"5\":5,\"6\":6,\"7\":7,\"8\":8,\"9\":9,\"10\":10}}"),
                arguments("{\"a\":[{\"c\":1,\"b\":null}]}", "{\"a\":{\"0\":{\"b\":null,\"c\":1}}}"));
    }
}
