package admitone.simulators.nowpayments;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/** JSON as a JavaScript program prints and sorts it. The provider runs on Node, and a signature covers every character. */
final class JsJson {
    private static final int PLAIN_DIGITS = 21;
    private static final int LEADING_ZEROS = 6;
    private static final int MAX_INDEX_DIGITS = 10;
    private static final long MAX_INDEX = 4_294_967_294L;

    /** Reads amounts as written; a name that nobody knows in a control request is an error, not a silent no-op. */
    static final JsonMapper MAPPER = JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .build();

    private JsJson() {}

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    static ArrayNode array() {
        return JsonNodeFactory.instance.arrayNode();
    }

    /** {@code JSON.stringify(value)}: no whitespace, keys in the order they were put. */
    static String stringify(JsonNode value) {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString();
    }

    /** Every object's keys sorted, at every depth; arrays keep their order. */
    static JsonNode sorted(JsonNode value) {
        return switch (value) {
            case ObjectNode object -> {
                ObjectNode result = object();
                keysInOrder(object).forEach(key -> result.set(key, sorted(object.get(key))));
                yield result;
            }
            case ArrayNode array -> {
                ArrayNode result = array();
                array.forEach(item -> result.add(sorted(item)));
                yield result;
            }
            default -> value;
        };
    }

    /** What the sample code in the provider's documents does to an array: {@code [a,b]} becomes {@code {"0":a,"1":b}}. */
    static JsonNode arraysAsObjects(JsonNode value) {
        return switch (value) {
            case ObjectNode object -> {
                ObjectNode result = object();
                object.properties().forEach(entry -> result.set(entry.getKey(), arraysAsObjects(entry.getValue())));
                yield result;
            }
            case ArrayNode array -> {
                ObjectNode result = object();
                for (int i = 0; i < array.size(); i++) {
                    result.set(Integer.toString(i), arraysAsObjects(array.get(i)));
                }
                yield result;
            }
            default -> value;
        };
    }

    /** ECMAScript's Number-to-String of the double nearest to the amount. */
    static String number(BigDecimal amount) {
        return number(amount.doubleValue());
    }

    static String number(double value) {
        if (Double.isNaN(value) || Double.isInfinite(value)) {
            return "null";
        }
        if (value == 0) {
            return "0";
        }
        String sign = value < 0 ? "-" : "";
        double magnitude = Math.abs(value);
        BigDecimal shortest = magnitude == Double.MIN_VALUE
                ? new BigDecimal("5E-324") // the one double whose Java digits are not the shortest
                : new BigDecimal(Double.toString(magnitude)).stripTrailingZeros();
        String digits = shortest.unscaledValue().toString();
        return sign + layOut(digits, digits.length() - shortest.scale());
    }

    /** The digits with the decimal point after the first {@code point} of them. */
    private static String layOut(String digits, int point) {
        int count = digits.length();
        if (count <= point && point <= PLAIN_DIGITS) {
            return digits + "0".repeat(point - count);
        }
        if (0 < point && point <= PLAIN_DIGITS) {
            return digits.substring(0, point) + "." + digits.substring(point);
        }
        if (-LEADING_ZEROS < point && point <= 0) {
            return "0." + "0".repeat(-point) + digits;
        }
        int exponent = point - 1;
        String fraction = count == 1 ? "" : "." + digits.substring(1);
        return digits.charAt(0) + fraction + "e" + (exponent < 0 ? "-" : "+") + Math.abs(exponent);
    }

    private static void write(JsonNode value, StringBuilder out) {
        switch (value) {
            case ObjectNode object -> {
                String separator = "{";
                for (Map.Entry<String, JsonNode> entry : object.properties()) {
                    out.append(separator);
                    quote(entry.getKey(), out);
                    out.append(':');
                    write(entry.getValue(), out);
                    separator = ",";
                }
                out.append(object.isEmpty() ? "{}" : "}");
            }
            case ArrayNode array -> {
                String separator = "[";
                for (JsonNode item : array) {
                    out.append(separator);
                    write(item, out);
                    separator = ",";
                }
                out.append(array.isEmpty() ? "[]" : "]");
            }
            default -> writeScalar(value, out);
        }
    }

    private static void writeScalar(JsonNode value, StringBuilder out) {
        if (value.isString()) {
            quote(value.stringValue(), out);
        } else if (value.isNumber()) {
            out.append(number(value.decimalValue()));
        } else {
            out.append(value); // true, false, null
        }
    }

    private static void quote(String text, StringBuilder out) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            switch (c) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\n' -> out.append("\\n");
                case '\r' -> out.append("\\r");
                case '\t' -> out.append("\\t");
                case '\b' -> out.append("\\b");
                case '\f' -> out.append("\\f");
                default -> {
                    if (c < ' ' || isLoneSurrogate(text, i)) {
                        out.append(String.format("\\u%04x", (int) c));
                    } else {
                        out.append(c);
                    }
                }
            }
        }
        out.append('"');
    }

    private static boolean isLoneSurrogate(String text, int at) {
        char c = text.charAt(at);
        if (Character.isHighSurrogate(c)) {
            return at + 1 == text.length() || !Character.isLowSurrogate(text.charAt(at + 1));
        }
        return Character.isLowSurrogate(c) && (at == 0 || !Character.isHighSurrogate(text.charAt(at - 1)));
    }

    /** A JavaScript object keeps integer-like keys first, by value, whatever order they were put in. */
    private static List<String> keysInOrder(ObjectNode object) {
        List<String> keys = new ArrayList<>(object.propertyNames());
        keys.sort(Comparator.comparingLong(JsJson::index).thenComparing(Comparator.naturalOrder()));
        return keys;
    }

    private static long index(String key) {
        boolean digits = !key.isEmpty()
                && key.length() <= MAX_INDEX_DIGITS
                && key.chars().allMatch(c -> c >= '0' && c <= '9')
                && (key.length() == 1 || key.charAt(0) != '0');
        long value = digits ? Long.parseLong(key) : Long.MAX_VALUE;
        return value <= MAX_INDEX ? value : Long.MAX_VALUE;
    }
}
