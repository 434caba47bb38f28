package admitone.nowpayments;

import static admitone.nowpayments.IpnVectors.SECRET;
import static admitone.nowpayments.IpnVectors.mac;
import static admitone.nowpayments.IpnVectors.named;
import static admitone.nowpayments.IpnVectors.parse;
import static admitone.nowpayments.IpnVectors.sign;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import admitone.nowpayments.IpnSignature.Verdict.Genuine;
import admitone.nowpayments.IpnSignature.Verdict.Refused;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Everything here is sent by somebody without the secret. One acceptance is a gift of channel access. */
class IpnForgeryTests {
    private static final String BODY = named("payment-finished-as-sent").body();
    private static final String SIGNATURE = named("payment-finished-as-sent").signature();

    /** Vectors of every form, and of every way in which a canonical body differs from the signed text. */
    private static final List<String> FLIPPED = List.of(
            "payment-finished-as-sent",
            "whitespace-body-still-valid",
            "number-spellings-normalised",
            "big-id-number-over-2^53-js-signer",
            "big-id-number-over-2^53-raw-signer",
            "unicode-escaped-on-wire",
            "payment-extra-ids-array-doc-sample",
            "key-order-ascii-and-integer-keys");

    private final IpnSignature signature = new IpnSignature(SECRET);

    @SuppressWarnings("ArrayRecordComponent") // told apart by name, never by equals
    record Forgery(String name, byte[] body, @Nullable String header) {
        @Override
        public String toString() {
            return name;
        }
    }

    @Test
    void startsFromABodyThatHolds() {
        assertThat(signature.verify(bytes(BODY), SIGNATURE)).isInstanceOf(Genuine.class);
    }

    @ParameterizedTest
    @MethodSource("all")
    void refuses(Forgery forgery) {
        assertThat(signature.verify(forgery.body(), forgery.header())).isInstanceOf(Refused.class);
    }

    @Test
    void triesEachForgeryOnce() {
        assertThat(all().map(Forgery::name)).doesNotHaveDuplicates().hasSizeGreaterThanOrEqualTo(150);
    }

    static Stream<Forgery> all() {
        return Stream.of(headers(), macs(), bodies(), rewritings()).flatMap(List::stream);
    }

    /** The genuine body under something that is not its signature but looks, or once was, like it. */
    private static List<Forgery> headers() {
        List<Forgery> all = new ArrayList<>();
        BiConsumer<String, @Nullable String> add =
                (name, header) -> all.add(new Forgery("header: " + name, bytes(BODY), header));
        byte[] decoded = HexFormat.of().parseHex(SIGNATURE);
        add.accept("none", null);
        add.accept("empty", "");
        add.accept("blank", " \t");
        add.accept("upper-case", SIGNATURE.toUpperCase(Locale.ROOT));
        add.accept("one letter upper-case", SIGNATURE.replaceFirst("f", "F"));
        add.accept("first digit missing", SIGNATURE.substring(1));
        add.accept("last digit missing", SIGNATURE.substring(0, 127));
        add.accept("last byte missing", SIGNATURE.substring(0, 126));
        add.accept("first half", SIGNATURE.substring(0, 64));
        add.accept("second half", SIGNATURE.substring(64));
        add.accept("one digit", SIGNATURE.substring(0, 1));
        add.accept("a digit more", SIGNATURE + "0");
        add.accept("a byte more", SIGNATURE + "00");
        add.accept("a zero before", "0" + SIGNATURE);
        add.accept("twice in a row", SIGNATURE + SIGNATURE);
        add.accept("two in one header", SIGNATURE + "," + SIGNATURE);
        add.accept("two in one header, a wrong one first", "0".repeat(128) + ", " + SIGNATURE);
        add.accept("two in one header, by space", SIGNATURE + " " + SIGNATURE);
        add.accept("two in one header, by newline", SIGNATURE + "\n" + SIGNATURE);
        add.accept("comma after", SIGNATURE + ",");
        add.accept("parameter after", SIGNATURE + ";v=1");
        add.accept("space inside", SIGNATURE.substring(0, 64) + " " + SIGNATURE.substring(64));
        add.accept("space for a digit", SIGNATURE.substring(0, 64) + " " + SIGNATURE.substring(65));
        add.accept("newline inside", SIGNATURE.substring(0, 64) + "\r\n" + SIGNATURE.substring(64));
        add.accept("tab inside", SIGNATURE.substring(0, 64) + "\t" + SIGNATURE.substring(64));
        add.accept("NUL after", SIGNATURE + "\u0000");
        add.accept("NUL for the last digit", SIGNATURE.substring(0, 127) + "\u0000");
        add.accept("zero width space after", SIGNATURE + "\u200b");
        add.accept("byte order mark before", "\ufeff" + SIGNATURE);
        add.accept("sha512= before", "sha512=" + SIGNATURE);
        add.accept("0x before", "0x" + SIGNATURE);
        add.accept("minus before", "-" + SIGNATURE);
        add.accept("in quotes", "\"" + SIGNATURE + "\"");
        add.accept("bytes by colon", HexFormat.ofDelimiter(":").formatHex(decoded));
        add.accept("percent-encoded", HexFormat.of().withPrefix("%").formatHex(decoded));
        add.accept("base64", Base64.getEncoder().encodeToString(decoded));
        add.accept("base64url", Base64.getUrlEncoder().encodeToString(decoded));
        add.accept("raw bytes", new String(decoded, ISO_8859_1));
        add.accept("full-width digits", SIGNATURE.replace('1', '\uff11'));
        add.accept("Arabic digits", SIGNATURE.replace('1', '\u0661'));
        add.accept("Cyrillic letters", SIGNATURE.replace('a', '\u0430'));
        add.accept("high byte for a digit", SIGNATURE.replace('1', '\u0131'));
        add.accept("letter beyond f", SIGNATURE.replace('f', 'g'));
        add.accept("all zeros", "0".repeat(128));
        add.accept("all f", "f".repeat(128));
        add.accept("null", "null");
        add.accept("undefined", "undefined");
        add.accept("none by name", "none");
        add.accept("reversed", new StringBuilder(SIGNATURE).reverse().toString());
        add.accept("bits inverted", inverted(decoded));
        add.accept("first byte wrong", "00" + SIGNATURE.substring(2));
        add.accept("last byte wrong", SIGNATURE.substring(0, 126) + "00");
        add.accept("only the first half right", SIGNATURE.substring(0, 64) + "0".repeat(64));
        add.accept("of another body", named("tiny-numbers-exponent").signature());
        return all;
    }

    /** The genuine body under a digest that somebody could compute wrongly, without the secret, or with another. */
    private static List<Forgery> macs() {
        List<Forgery> all = new ArrayList<>();
        BiConsumer<String, String> add = (name, header) -> all.add(new Forgery("mac: " + name, bytes(BODY), header));
        byte[] key = bytes(SECRET);
        for (String algorithm :
                List.of("HmacMD5", "HmacSHA1", "HmacSHA256", "HmacSHA384", "HmacSHA512/256", "HmacSHA3-512")) {
            add.accept(algorithm, mac(algorithm, key, bytes(BODY)));
            add.accept(
                    algorithm + ", filled up", (mac(algorithm, key, bytes(BODY)) + "0".repeat(128)).substring(0, 128));
        }
        add.accept(
                "HmacSHA256 of each half", mac("HmacSHA256", key, bytes(BODY)).repeat(2));
        add.accept("SHA-512 without a key", sha512(BODY));
        add.accept("SHA-512 of secret and body", sha512(SECRET + BODY));
        add.accept("SHA-512 of body and secret", sha512(BODY + SECRET));
        add.accept("SHA-512 of the signature", sha512(SIGNATURE));
        add.accept("key and message exchanged", mac("HmacSHA512", bytes(BODY), key));
        add.accept("empty secret", mac("HmacSHA512", new byte[1], bytes(BODY)));
        Map<String, String> secrets = new LinkedHashMap<>();
        secrets.put("other secret", "sim-ipn-secret-0002");
        secrets.put("secret in upper case", SECRET.toUpperCase(Locale.ROOT));
        secrets.put("secret with newline", SECRET + "\n");
        secrets.put("secret with space before", " " + SECRET);
        secrets.put("secret in quotes", "\"" + SECRET + "\"");
        secrets.put("secret without its last character", SECRET.substring(0, SECRET.length() - 1));
        secrets.put("secret twice", SECRET + SECRET);
        secrets.put("secret in hex", HexFormat.of().formatHex(key));
        secrets.put("secret in base64", Base64.getEncoder().encodeToString(key));
        secrets.put("null for a secret", "null");
        secrets.put("undefined for a secret", "undefined");
        secrets.put("header name for a secret", "x-nowpayments-sig");
        secrets.forEach((name, secret) -> add.accept(name, mac("HmacSHA512", bytes(secret), bytes(BODY))));
        Map<String, byte[]> messages = new LinkedHashMap<>();
        messages.put("nothing", new byte[0]);
        messages.put("an empty object", bytes("{}"));
        messages.put("body and newline", bytes(BODY + "\n"));
        messages.put("body after a byte order mark", bytes("\ufeff" + BODY));
        messages.put("body in UTF-16", BODY.getBytes(UTF_16LE));
        messages.put("body in base64", bytes(Base64.getEncoder().encodeToString(bytes(BODY))));
        messages.put("body as a JSON string", bytes("\"" + BODY.replace("\"", "\\\"") + "\""));
        messages.put("body in lower case", bytes(BODY.toLowerCase(Locale.ROOT)));
        messages.put("body with spaces", bytes(BODY.replace(",", ", ").replace(":", ": ")));
        messages.put("digest of the body", bytes(sha512(BODY)));
        messages.put("body without fee", bytes(BODY.replaceFirst("\"fee\":\\{.*?},", "")));
        messages.put("body with an empty fee", bytes(BODY.replaceFirst("\"fee\":\\{.*?}", "\"fee\":{}")));
        messages.put(
                "small numbers as Python writes them",
                bytes(BODY.replace("0.000002", "2e-06").replace("0.000003", "3e-06")));
        messages.put(
                "small numbers as Java writes them",
                bytes(BODY.replace("0.000002", "2.0E-6").replace("0.000003", "3.0E-6")));
        messages.put(
                "whole numbers as Java writes them",
                bytes(BODY.replace("\"price_amount\":20", "\"price_amount\":20.0")));
        messages.put("nulls left out", bytes(BODY.replaceAll("\"[a-z_]+\":null,", "")));
        messages.put("fields as a form", bytes("payment_id=5800567260&payment_status=finished"));
        messages.put("first 64 bytes", bytes(BODY.substring(0, 64)));
        messages.forEach((name, message) -> add.accept("of " + name, sign(message)));
        return all;
    }

    /** Another body under the genuine signature. */
    private static List<Forgery> bodies() {
        List<Forgery> all = new ArrayList<>();
        BiConsumer<String, byte[]> raw = (name, body) -> all.add(new Forgery("body: " + name, body, SIGNATURE));
        BiConsumer<String, String> add = (name, body) -> {
            assertThat(body).as(name).isNotEqualTo(BODY);
            raw.accept(name, bytes(body));
        };
        add.accept("amount", BODY.replace("\"price_amount\":20", "\"price_amount\":2000"));
        add.accept("amount, next double", BODY.replace("\"price_amount\":20", "\"price_amount\":20.000000000000004"));
        add.accept("amount, negative", BODY.replace("\"price_amount\":20", "\"price_amount\":-20"));
        add.accept("amount as a string", BODY.replace("\"price_amount\":20", "\"price_amount\":\"20\""));
        add.accept("amount in an array", BODY.replace("\"price_amount\":20", "\"price_amount\":[20]"));
        add.accept("amount beyond a double", BODY.replace("\"price_amount\":20", "\"price_amount\":1e400"));
        add.accept("order", BODY.replace("ORDER-1001", "ORDER-1002"));
        add.accept("order in lower case", BODY.replace("ORDER-1001", "order-1001"));
        add.accept("order with a space", BODY.replace("ORDER-1001", "ORDER-1001 "));
        add.accept("order with a NUL", BODY.replace("ORDER-1001", "ORDER-1001\\u0000"));
        add.accept("order with an invisible character", BODY.replace("ORDER-1001", "ORDER-1001\u200b"));
        add.accept("order with a Cyrillic letter", BODY.replace("ORDER", "\u041eRDER"));
        add.accept("status", BODY.replace("\"finished\"", "\"refunded\""));
        add.accept("payment", BODY.replace("5800567260", "5800567261"));
        add.accept("payment as a string", BODY.replace("5800567260", "\"5800567260\""));
        add.accept("purchase as a number", BODY.replace("\"5172103429\"", "5172103429"));
        add.accept("nested fee", BODY.replace("\"serviceFee\":0.000003", "\"serviceFee\":0.3"));
        add.accept("nested fee emptied", BODY.replaceFirst("\"fee\":\\{.*?}", "\"fee\":{}"));
        add.accept("nested fee null", BODY.replaceFirst("\"fee\":\\{.*?}", "\"fee\":null"));
        add.accept("nested fee as an array", BODY.replaceFirst("(\"fee\":)(\\{.*?})", "$1[$2]"));
        add.accept("nested fee pulled up", BODY.replaceFirst("\"fee\":\\{(.*?)}", "$1"));
        add.accept("nested fee with a member more", BODY.replace("\"withdrawalFee\":0", "\"withdrawalFee\":0,\"z\":0"));
        add.accept("member more, first", BODY.replaceFirst("\\{", "{\"_\":0,"));
        add.accept("member more, last", BODY.replaceFirst("}$", ",\"z\":0}"));
        add.accept("member more, index", BODY.replaceFirst("\\{", "{\"0\":0,"));
        add.accept(
                "member more, __proto__",
                BODY.replaceFirst("\\{", "{\"__proto__\":{\"payment_status\":\"finished\"},"));
        add.accept("member more, empty name", BODY.replaceFirst("\\{", "{\"\":null,"));
        add.accept("member more, name in other case", BODY.replaceFirst("}$", ",\"Price_amount\":1}"));
        add.accept("member more, name with a NUL", BODY.replaceFirst("}$", ",\"price_amount\\\\u0000\":1}"));
        add.accept("member less", BODY.replace("\"invoice_id\":null,", ""));
        add.accept(
                "values exchanged",
                BODY.replace("\"eth\"", "\"?\"").replace("\"usd\"", "\"eth\"").replace("\"?\"", "\"usd\""));
        add.accept("null as a string", BODY.replace("\"invoice_id\":null", "\"invoice_id\":\"null\""));
        add.accept("null as zero", BODY.replace("\"invoice_id\":null", "\"invoice_id\":0"));
        add.accept("null as false", BODY.replace("\"invoice_id\":null", "\"invoice_id\":false"));
        add.accept("null as an empty string", BODY.replace("\"invoice_id\":null", "\"invoice_id\":\"\""));
        add.accept("null as an empty object", BODY.replace("\"invoice_id\":null", "\"invoice_id\":{}"));
        add.accept("zero as null", BODY.replace("\"withdrawalFee\":0", "\"withdrawalFee\":null"));
        add.accept("zero as one", BODY.replace("\"withdrawalFee\":0", "\"withdrawalFee\":1"));
        add.accept("zero as the least double", BODY.replace("\"withdrawalFee\":0", "\"withdrawalFee\":5e-324"));
        add.accept(
                "name twice, first one changed",
                BODY.replace("\"price_amount\":20", "\"price_amount\":2000,\"price_amount\":20"));
        add.accept(
                "name twice, last one changed",
                BODY.replace("\"price_amount\":20", "\"price_amount\":20,\"price_amount\":2000"));
        add.accept(
                "name twice, both the same",
                BODY.replace("\"price_amount\":20", "\"price_amount\":20,\"price_amount\":20"));
        add.accept(
                "name twice, one escaped",
                BODY.replace("\"price_amount\":20", "\"\\u0070rice_amount\":2000,\"price_amount\":20"));
        add.accept(
                "name twice, both escaped",
                BODY.replace("\"price_amount\":20", "\"\\u0070rice_amount\":2000,\"pr\\u0069ce_amount\":20"));
        add.accept("name twice, far apart", BODY.replaceFirst("\\{", "{\"price_amount\":2000,"));
        add.accept(
                "name twice, nested",
                BODY.replace("\"serviceFee\":0.000003", "\"serviceFee\":1,\"serviceFee\":0.000003"));
        add.accept(
                "name twice, nested and escaped",
                BODY.replace("\"serviceFee\":0.000003", "\"serviceFee\":0.000003,\"service\\u0046ee\":1"));
        add.accept("whole fee twice", BODY.replaceFirst("(\"fee\":\\{.*?},)", "\"fee\":{},$1"));
        add.accept("nothing", "");
        add.accept("space", " ");
        add.accept("empty object", "{}");
        add.accept("null", "null");
        add.accept("in an array", "[" + BODY + "]");
        add.accept("in an object", "{\"body\":" + BODY + "}");
        add.accept("in a string", "\"" + BODY.replace("\"", "\\\"") + "\"");
        add.accept("twice", BODY + BODY);
        add.accept("then an empty object", BODY + "{}");
        add.accept("then another by newline", BODY + "\n" + BODY.replace("1001", "1002"));
        add.accept("then a brace", BODY + "}");
        add.accept("then a comma", BODY + ",");
        add.accept("then a NUL", BODY + "\u0000");
        add.accept("then a comment", BODY + "//");
        add.accept("then a word", BODY + " null");
        add.accept("after a prefix", ")]}',\n" + BODY);
        add.accept("after a byte order mark", "\ufeff" + BODY);
        add.accept("after a no-break space", "\u00a0" + BODY);
        add.accept("without the last brace", BODY.substring(0, BODY.length() - 1));
        add.accept("cut in the middle", BODY.substring(0, 300));
        add.accept("comma at the end", BODY.replaceFirst("}$", ",}"));
        add.accept("comment inside", BODY.replaceFirst("\\{", "{/**/"));
        add.accept("single quotes", BODY.replace('"', '\''));
        add.accept("names without quotes", BODY.replace("\"price_amount\"", "price_amount"));
        for (String number : List.of(
                "+20", "020", "20.", "0x14", "2_0", "20n", "NaN", "Infinity", "2e", "20f", "\uff12\uff10", "- 20")) {
            add.accept("amount " + number, BODY.replace("\"price_amount\":20", "\"price_amount\":" + number));
        }
        add.accept("null in upper case", BODY.replaceFirst("null", "NULL"));
        add.accept("tab in a string", BODY.replace("ORDER-1001", "ORDER-1001\t"));
        add.accept("unknown escape", BODY.replace("ORDER-1001", "\\ORDER-1001"));
        add.accept("hex escape of JavaScript", BODY.replace("ORDER-1001", "\\x4fRDER-1001"));
        add.accept("as a form", "payment_id=5800567260&order_id=ORDER-1001&payment_status=finished");
        add.accept("as XML", "<payment><order_id>ORDER-1001</order_id></payment>");
        add.accept("in base64", Base64.getEncoder().encodeToString(bytes(BODY)));
        raw.accept("gzip", gzip(bytes(BODY)));
        raw.accept("UTF-16", BODY.getBytes(UTF_16));
        raw.accept("UTF-16 without a mark", BODY.getBytes(UTF_16LE));
        raw.accept(
                "overlong character", BODY.replace("ORDER", "\u00c1\u008fRDER").getBytes(ISO_8859_1));
        raw.accept("broken character", BODY.replace("ORDER", "\u00ffORDER").getBytes(ISO_8859_1));
        raw.accept(
                "depth over the limit",
                bytes(BODY.replaceFirst("}$", ",\"z\":" + "[".repeat(40) + "]".repeat(40) + "}")));
        raw.accept("string over the limit", bytes(BODY.replace("ORDER-1001", "ORDER-1001".repeat(1000))));
        raw.accept(
                "number over the limit, same double",
                bytes(BODY.replace("\"price_amount\":20", "\"price_amount\":20." + "0".repeat(70))));
        return all;
    }

    /** Bodies whose signed text was another one than they now have, although some reader would call them equal. */
    private static List<Forgery> rewritings() {
        List<Forgery> all = new ArrayList<>();
        record Pair(String signed, String sent) {}
        Map<String, Pair> pairs = new LinkedHashMap<>();
        pairs.put("1.00 sent as 1.0", new Pair("{\"a\":1.00}", "{\"a\":1.0}"));
        pairs.put("1.0 sent as 1", new Pair("{\"a\":1.0}", "{\"a\":1}"));
        pairs.put("1e0 sent as 1", new Pair("{\"a\":1e0}", "{\"a\":1}"));
        pairs.put("1E-7 sent as 1e-7", new Pair("{\"a\":1E-7}", "{\"a\":1e-7}"));
        pairs.put("0.0000001 sent as 1e-7", new Pair("{\"a\":0.0000001}", "{\"a\":1e-7}"));
        pairs.put("-0 sent as 0", new Pair("{\"a\":-0}", "{\"a\":0}"));
        pairs.put("1e21 sent as 1e+21", new Pair("{\"a\":1e21}", "{\"a\":1e+21}"));
        pairs.put("2^53+1 sent as 2^53", new Pair("{\"a\":9007199254740993}", "{\"a\":9007199254740992}"));
        pairs.put("escaped letter sent plain", new Pair("{\"a\":\"\\u0062\"}", "{\"a\":\"b\"}"));
        pairs.put("escaped slash sent plain", new Pair("{\"a\":\"\\/\"}", "{\"a\":\"/\"}"));
        pairs.put("escaped accent sent plain", new Pair("{\"a\":\"\\u00e9\"}", "{\"a\":\"é\"}"));
        pairs.put("upper-case escape sent in lower case", new Pair("{\"a\":\"\\u001F\"}", "{\"a\":\"\\u001f\"}"));
        pairs.put("composed letter sent decomposed", new Pair("{\"a\":\"é\"}", "{\"a\":\"e\u0301\"}"));
        pairs.put("decomposed letter sent composed", new Pair("{\"a\":\"e\u0301\"}", "{\"a\":\"é\"}"));
        pairs.put(
                "half a pair sent as the replacement character", new Pair("{\"a\":\"\\ud800\"}", "{\"a\":\"\ufffd\"}"));
        pairs.put("half a pair sent as a question mark", new Pair("{\"a\":\"\\ud800\"}", "{\"a\":\"?\"}"));
        pairs.put(
                "unsorted text sent in another order",
                new Pair("{\"b\":1,\"a\":2,\"c\":3}", "{\"c\":3,\"b\":1,\"a\":2}"));
        pairs.put("unsorted text sent sorted", new Pair("{\"b\":1,\"a\":2}", "{\"a\":2,\"b\":1}"));
        pairs.put(
                "nested unsorted text sent sorted", new Pair("{\"a\":{\"c\":1,\"b\":2}}", "{\"a\":{\"b\":2,\"c\":1}}"));
        pairs.put("indexes signed as text", new Pair("{\"10\":1,\"9\":2}", "{\"9\":2,\"10\":1}"));
        pairs.put("spaced text sent compact", new Pair("{\"a\": 1}", "{\"a\":1}"));
        pairs.put("names in reverse", new Pair("{\"b\":1,\"a\":2}", "{ \"b\":1,\"a\":2}"));
        pairs.put("array in another order", new Pair("{\"a\":[1,2]}", "{\"a\":[2,1]}"));
        pairs.put("array with an item more", new Pair("{\"a\":[1,2]}", "{\"a\":[1,2,null]}"));
        pairs.put("array sent flat", new Pair("{\"a\":[[1],[2]]}", "{\"a\":[1,2]}"));
        pairs.put("array sent as an object", new Pair("{\"a\":[1,2]}", "{\"a\":{\"0\":1,\"1\":2}}"));
        pairs.put("empty array sent as an object", new Pair("{\"a\":[]}", "{\"a\":{}}"));
        pairs.put("one item sent without its array", new Pair("{\"a\":[1]}", "{\"a\":1}"));
        pairs.put("object counted from one sent as an array", new Pair("{\"a\":{\"1\":1,\"2\":2}}", "{\"a\":[1,2]}"));
        pairs.put("object with a gap sent as an array", new Pair("{\"a\":{\"0\":1,\"2\":2}}", "{\"a\":[1,2]}"));
        pairs.put(
                "only some arrays signed as objects", new Pair("{\"a\":{\"0\":1},\"b\":[1]}", "{\"a\":[1],\"b\":[1]}"));
        pairs.put("one name signed, sent twice", new Pair("{\"a\":2}", "{\"a\":1,\"a\":2}"));
        pairs.put("member lost by the signer", new Pair("{\"a\":1}", "{\"a\":1,\"__proto__\":{}}"));
        pairs.put("undefined left out", new Pair("{\"a\":1}", "{\"a\":1,\"b\":null}"));
        pairs.put("nothing signed", new Pair("", "{}"));
        pairs.put("array signed", new Pair("[]", "{}"));
        pairs.put("string signed", new Pair("\"{}\"", "{}"));
        pairs.forEach(
                (name, pair) -> all.add(new Forgery("rewritten: " + name, bytes(pair.sent()), sign(pair.signed()))));
        return all;
    }

    @Test
    void refusesEveryChangeOfOneValueOrName() {
        List<Forgery> forgeries =
                IpnVectors.valid().stream().flatMap(IpnForgeryTests::changed).toList();

        List<Forgery> accepted = forgeries.stream()
                .filter(forgery -> !(signature.verify(forgery.body(), forgery.header()) instanceof Refused))
                .toList();

        assertThat(accepted).isEmpty();
        assertThat(forgeries).hasSizeGreaterThanOrEqualTo(1_000);
        assertThat(forgeries.stream().map(Forgery::name)).doesNotHaveDuplicates();
    }

    private static Stream<Forgery> changed(IpnVectors.Vector vector) {
        Map<String, Json> bodies = new LinkedHashMap<>();
        change(parse(vector.body()), "", bodies::put);
        return bodies.entrySet().stream()
                .map(changed -> new Forgery(
                        vector + changed.getKey(), bytes(SignedText.of(changed.getValue())), vector.signature()));
    }

    /** Says every copy of the value that differs from it in one place, with the place. */
    private static void change(Json value, String path, BiConsumer<String, Json> say) {
        switch (value) {
            case Json.Obj(var members) -> {
                say.accept(path + " one more", with(members, copy -> copy.put("one more", value)));
                members.forEach((name, member) -> {
                    say.accept(path + "/" + name + " removed", with(members, copy -> copy.remove(name)));
                    say.accept(
                            path + "/" + name + " renamed",
                            with(members, copy -> copy.put(name + "_", orNull(copy.remove(name)))));
                    change(
                            member,
                            path + "/" + name,
                            (where, changed) -> say.accept(where, with(members, copy -> copy.put(name, changed))));
                });
            }
            case Json.Arr(var items) -> {
                say.accept(
                        path + " one more",
                        new Json.Arr(
                                Stream.concat(items.stream(), Stream.of(value)).toList()));
                say.accept(path + " not there", new Json.Null());
            }
            case Json.Str(var text) -> {
                say.accept(path + " longer", new Json.Str(text + "0"));
                say.accept(path + " not there", new Json.Null());
            }
            case Json.Num(var number) -> {
                say.accept(path + " twice as much", new Json.Num(Double.toString(Double.parseDouble(number) * 2 + 1)));
                say.accept(path + " as a string", new Json.Str(number));
            }
            case Json.Bool(var bool) -> say.accept(path + " negated", new Json.Bool(!bool));
            case Json.Null() -> say.accept(path + " there", new Json.Num("0"));
        }
    }

    private static Json with(Map<String, Json> members, Consumer<Map<String, Json>> change) {
        var copy = new LinkedHashMap<>(members);
        change.accept(copy);
        return new Json.Obj(copy);
    }

    private static Json orNull(@Nullable Json value) {
        return value == null ? new Json.Null() : value;
    }

    @Test
    void refusesEveryFlipOfOneBit() {
        int refused = 0;
        int unchanged = 0;
        for (String name : FLIPPED) {
            var vector = named(name);
            for (byte[] body : flips(vector.bytes())) {
                var verdict = signature.verify(body, vector.signature());
                if (isSignedText(vector, body)) {
                    assertThat(verdict).as(new String(body, ISO_8859_1)).isInstanceOf(Genuine.class);
                    unchanged++;
                } else {
                    assertThat(verdict).as(new String(body, ISO_8859_1)).isInstanceOf(Refused.class);
                    refused++;
                }
            }
            for (byte[] header : flips(vector.signature().getBytes(ISO_8859_1))) {
                var flipped = new String(header, ISO_8859_1);
                assertThat(signature.verify(vector.bytes(), flipped))
                        .as(flipped)
                        .isInstanceOf(Refused.class);
                refused++;
            }
        }
        System.out.printf("IPN bit flips: %,d refused, %d left the signed text as it was%n", refused, unchanged);
        assertThat(refused).isGreaterThanOrEqualTo(5_000);
    }

    private static List<byte[]> flips(byte[] original) {
        List<byte[]> flips = new ArrayList<>();
        for (int bit = 0; bit < original.length * 8; bit++) {
            byte[] flipped = original.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            flips.add(flipped);
        }
        return flips;
    }

    /** Said by the texts alone, without a signature: 1E-7 for 1e-7, a newline for a tab between members. */
    private static boolean isSignedText(IpnVectors.Vector vector, byte[] body) {
        if (vector.mode().equals("raw") || !(JsonText.read(body) instanceof JsonText.Reading.Whole(var changed))) {
            return false;
        }
        var signed = parse(vector.body());
        return vector.mode().equals("array-to-object")
                ? SignedText.withArraysAsObjects(changed).equals(SignedText.withArraysAsObjects(signed))
                : SignedText.of(changed).equals(SignedText.of(signed));
    }

    private static String inverted(byte[] decoded) {
        byte[] inverted = decoded.clone();
        for (int i = 0; i < inverted.length; i++) {
            inverted[i] = (byte) ~inverted[i];
        }
        return HexFormat.of().formatHex(inverted);
    }

    private static String sha512(String text) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-512").digest(bytes(text)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] gzip(byte[] body) {
        var zipped = new ByteArrayOutputStream();
        try (var gzip = new GZIPOutputStream(zipped)) {
            gzip.write(body);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return zipped.toByteArray();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }
}
