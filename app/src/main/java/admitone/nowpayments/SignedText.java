package admitone.nowpayments;

import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The text NOWPayments signs: JavaScript's {@code JSON.stringify} of the value with the names sorted at every depth.
 *
 * <p>Every member stays in the text, so nothing can be added to a body without changing it. JavaScript itself may lose a member
 * named {@code __proto__} while sorting; a body with one, rewritten on its way, is then refused.
 */
final class SignedText {
    private static final long NO_INDEX = -1;
    private static final long LAST_INDEX = (1L << 32) - 2;

    /** JavaScript keeps members whose names are array indexes before the others and in the order of the numbers. */
    private static final Comparator<String> PROPERTY_ORDER = Comparator.comparing(
                    (String name) -> index(name) == NO_INDEX)
            .thenComparingLong(SignedText::index)
            .thenComparing(Comparator.naturalOrder());

    private final StringBuilder text = new StringBuilder();
    private final boolean arraysAsObjects;

    private SignedText(boolean arraysAsObjects) {
        this.arraysAsObjects = arraysAsObjects;
    }

    static String of(Json value) {
        return new SignedText(false).append(value).text.toString();
    }

    /** As the sample code of the documentation does it: its sorting makes {@code {"0":a,"1":b}} of {@code [a,b]}. */
    static String withArraysAsObjects(Json value) {
        return new SignedText(true).append(value).text.toString();
    }

    private SignedText append(Json value) {
        switch (value) {
            case Json.Obj(var members) -> object(members);
            case Json.Arr(var items) when arraysAsObjects -> numbered(items);
            case Json.Arr(var items) -> array(items);
            case Json.Str(var string) -> string(string);
            case Json.Num(var number) -> number(number);
            case Json.Bool(var bool) -> text.append(bool);
            case Json.Null() -> text.append("null");
        }
        return this;
    }

    private void object(Map<String, Json> members) {
        var sorted = new TreeMap<String, Json>(PROPERTY_ORDER);
        sorted.putAll(members);
        text.append('{');
        String separator = "";
        for (var member : sorted.entrySet()) {
            text.append(separator);
            string(member.getKey());
            text.append(':');
            append(member.getValue());
            separator = ",";
        }
        text.append('}');
    }

    private void numbered(List<Json> items) {
        text.append('{');
        for (int i = 0; i < items.size(); i++) {
            text.append(i == 0 ? "\"" : ",\"").append(i).append("\":");
            append(items.get(i));
        }
        text.append('}');
    }

    private void array(List<Json> items) {
        text.append('[');
        for (int i = 0; i < items.size(); i++) {
            text.append(i == 0 ? "" : ",");
            append(items.get(i));
        }
        text.append(']');
    }

    private void string(String string) {
        text.append('"');
        for (int i = 0; i < string.length(); i++) {
            char c = string.charAt(i);
            switch (c) {
                case '"', '\\' -> text.append('\\').append(c);
                case '\b' -> text.append("\\b");
                case '\f' -> text.append("\\f");
                case '\n' -> text.append("\\n");
                case '\r' -> text.append("\\r");
                case '\t' -> text.append("\\t");
                default -> {
                    if (c < ' ' || isUnpaired(string, i)) {
                        text.append('\\').append('u').append(HexFormat.of().toHexDigits(c));
                    } else {
                        text.append(c);
                    }
                }
            }
        }
        text.append('"');
    }

    private static boolean isUnpaired(String string, int i) {
        char c = string.charAt(i);
        if (Character.isHighSurrogate(c)) {
            return i + 1 == string.length() || !Character.isLowSurrogate(string.charAt(i + 1));
        }
        return Character.isLowSurrogate(c) && (i == 0 || !Character.isHighSurrogate(string.charAt(i - 1)));
    }

    /** What the signer saw: the nearest double. One too large for a double is infinite, and JavaScript writes that as null. */
    private void number(String number) {
        double value = Double.parseDouble(number);
        text.append(Double.isFinite(value) ? JsNumber.text(value) : "null");
    }

    /** Of a whole number up to 2^32-2, written the one way JavaScript writes it. */
    private static long index(String name) {
        boolean digits = !name.isEmpty() && name.length() <= 10 && name.chars().allMatch(c -> c >= '0' && c <= '9');
        if (!digits || (name.startsWith("0") && name.length() > 1)) {
            return NO_INDEX;
        }
        long index = Long.parseLong(name);
        return index <= LAST_INDEX ? index : NO_INDEX;
    }
}
