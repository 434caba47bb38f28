package admitone.nowpayments;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads the bytes of one JSON object, once and forward, by the letter of RFC 8259 and no further: no byte order mark, no comments,
 * no second value, and no name twice in an object, since two readers may differ on which of them counts.
 */
final class JsonText {
    /** Objects and arrays open at once, the outermost included. */
    static final int MAX_DEPTH = 32;
    /** Bytes between the quotes, as they were sent: an escape counts in full, and names count like values. */
    static final int MAX_STRING_BYTES = 8 * 1024;
    /** Digits of a number, those after the point and of the exponent included. */
    static final int MAX_NUMBER_DIGITS = 64;

    private static final Json NULL = new Json.Null();
    private static final Json TRUE = new Json.Bool(true);
    private static final Json FALSE = new Json.Bool(false);
    private static final int END = -1;

    sealed interface Reading {
        record Whole(Json.Obj body) implements Reading {}

        /** Not JSON, not an object, or an object with a name twice. Tells the place, never the content. */
        record Fault(String reason) implements Reading {}

        /** More than we are willing to read, or not UTF-8: it was not looked at far enough to say what it is. */
        record OverLimit(String reason) implements Reading {}
    }

    private final byte[] bytes;
    private int at;

    private JsonText(byte[] bytes) {
        this.bytes = bytes;
    }

    static Reading read(byte[] bytes) {
        if (!isUtf8(bytes)) {
            return new Reading.OverLimit("not UTF-8");
        }
        try {
            return new Reading.Whole(new JsonText(bytes).document());
        } catch (Stop stop) {
            return stop.reading;
        }
    }

    /** Decoding replaces what is not UTF-8 (overlong forms and encoded surrogates too), so only UTF-8 comes back as it was. */
    private static boolean isUtf8(byte[] bytes) {
        return Arrays.equals(bytes, new String(bytes, UTF_8).getBytes(UTF_8));
    }

    private Json.Obj document() {
        skipSpace();
        if (peek() != '{') {
            throw fault("no JSON object");
        }
        Json.Obj body = object(1);
        skipSpace();
        if (peek() != END) {
            throw fault("more text after the object");
        }
        return body;
    }

    private Json value(int depth) {
        return switch (peek()) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> new Json.Str(string());
            case '-', '0', '1', '2', '3', '4', '5', '6', '7', '8', '9' -> number();
            case 't' -> literal("true", TRUE);
            case 'f' -> literal("false", FALSE);
            case 'n' -> literal("null", NULL);
            default -> throw fault("no JSON value");
        };
    }

    private Json.Obj object(int depth) {
        Map<String, Json> members = new LinkedHashMap<>();
        open(depth);
        if (accept('}')) {
            return new Json.Obj(members);
        }
        do {
            if (peek() != '"') {
                throw fault("no name");
            }
            String name = string();
            skipSpace();
            expect(':');
            skipSpace();
            if (members.putIfAbsent(name, value(depth + 1)) != null) {
                throw fault("a name twice in one object");
            }
            skipSpace();
        } while (acceptComma());
        expect('}');
        return new Json.Obj(members);
    }

    private Json.Arr array(int depth) {
        List<Json> items = new ArrayList<>();
        open(depth);
        if (accept(']')) {
            return new Json.Arr(items);
        }
        do {
            items.add(value(depth + 1));
            skipSpace();
        } while (acceptComma());
        expect(']');
        return new Json.Arr(items);
    }

    private void open(int depth) {
        if (depth > MAX_DEPTH) {
            throw overLimit("deeper than " + MAX_DEPTH);
        }
        at++;
        skipSpace();
    }

    private String string() {
        int start = at + 1;
        int end = closingQuote(start);
        var raw = new String(bytes, start, end - start, UTF_8);
        String text = raw.indexOf('\\') < 0 ? raw : unescape(raw);
        at = end + 1;
        return text;
    }

    private int closingQuote(int start) {
        for (int i = start; i < bytes.length; i++) {
            if (i - start > MAX_STRING_BYTES) {
                throw overLimit("a string over " + MAX_STRING_BYTES + " bytes");
            }
            if (bytes[i] == '"') {
                return i;
            }
            if (bytes[i] >= 0 && bytes[i] < ' ') {
                throw fault("a control character in a string");
            }
            if (bytes[i] == '\\') {
                i++;
            }
        }
        throw fault("a string without end");
    }

    private String unescape(String raw) {
        var text = new StringBuilder(raw.length());
        int plain = 0;
        for (int slash = raw.indexOf('\\'); slash >= 0; slash = raw.indexOf('\\', plain)) {
            text.append(raw, plain, slash);
            char escape = raw.charAt(slash + 1); // is there: a closing quote has no open backslash before it
            text.append(escape == 'u' ? utf16Unit(raw, slash + 2) : escaped(escape));
            plain = slash + (escape == 'u' ? 6 : 2);
        }
        return text.append(raw, plain, raw.length()).toString();
    }

    private char escaped(char escape) {
        return switch (escape) {
            case '"', '\\', '/' -> escape;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            default -> throw fault("an unknown escape in a string");
        };
    }

    private char utf16Unit(String raw, int from) {
        boolean hex = from + 4 <= raw.length()
                && raw.substring(from, from + 4).chars().allMatch(HexFormat::isHexDigit);
        if (!hex) {
            throw fault("no four hex digits after \\u");
        }
        return (char) HexFormat.fromHexDigits(raw, from, from + 4);
    }

    private Json number() {
        int start = at;
        accept('-');
        int digits = accept('0') ? 1 : digits(0);
        if (accept('.')) {
            digits = digits(digits);
        }
        if (accept('e') || accept('E')) {
            if (!accept('+')) {
                accept('-');
            }
            digits(digits);
        }
        return new Json.Num(new String(bytes, start, at - start, ISO_8859_1));
    }

    /** At least one digit; returns how many the number has by now. */
    private int digits(int before) {
        int total = before;
        for (int c = peek(); c >= '0' && c <= '9'; c = peek()) {
            at++;
            if (++total > MAX_NUMBER_DIGITS) {
                throw overLimit("a number over " + MAX_NUMBER_DIGITS + " digits");
            }
        }
        if (total == before) {
            throw fault("no digit");
        }
        return total;
    }

    private Json literal(String word, Json value) {
        for (int i = 0; i < word.length(); i++) {
            expect(word.charAt(i));
        }
        return value;
    }

    private void skipSpace() {
        while (peek() == ' ' || peek() == '\n' || peek() == '\r' || peek() == '\t') {
            at++;
        }
    }

    private int peek() {
        return at < bytes.length ? Byte.toUnsignedInt(bytes[at]) : END;
    }

    private boolean accept(char wanted) {
        if (peek() != wanted) {
            return false;
        }
        at++;
        return true;
    }

    private boolean acceptComma() {
        boolean more = accept(',');
        skipSpace();
        return more;
    }

    private void expect(char wanted) {
        if (!accept(wanted)) {
            throw fault("no '" + wanted + "'");
        }
    }

    private Stop fault(String what) {
        return new Stop(new Reading.Fault(what + " at byte " + at));
    }

    private Stop overLimit(String what) {
        return new Stop(new Reading.OverLimit(what + " at byte " + at));
    }

    /** Leaves the recursion with its result; never leaves this class, and has no stack trace since anybody can cause it. */
    private static final class Stop extends RuntimeException {
        private final transient Reading reading;

        Stop(Reading reading) {
            super(null, null, false, false);
            this.reading = reading;
        }
    }
}
