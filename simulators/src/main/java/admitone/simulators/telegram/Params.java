package admitone.simulators.telegram;

import admitone.simulators.http.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** Parameters of a call, from the query and from a JSON, form or multipart body. Numbers and booleans are read as leniently as the official server reads them. */
final class Params {
    private final Map<String, JsonNode> values;

    private Params(Map<String, JsonNode> values) {
        this.values = values;
    }

    static Params of(Exchange exchange) {
        Map<String, JsonNode> values = new LinkedHashMap<>();
        exchange.query().forEach((name, text) -> values.put(name, StringNode.valueOf(text)));
        String type = exchange.header("Content-Type").orElse("").toLowerCase(Locale.ROOT);
        if (exchange.body().length == 0) {
            return new Params(values);
        }
        if (type.startsWith("application/json")) {
            readJson(exchange.text(), values);
        } else if (type.startsWith("multipart/form-data")) {
            String boundary = boundary(exchange.header("Content-Type").orElse(""));
            readMultipart(exchange.body(), boundary, values);
        } else {
            exchange.formFields().forEach((name, text) -> values.put(name, StringNode.valueOf(text)));
        }
        return new Params(values);
    }

    private static void readJson(String text, Map<String, JsonNode> values) {
        try {
            if (Json.MAPPER.readTree(text) instanceof ObjectNode body) {
                body.properties().forEach(field -> values.put(field.getKey(), field.getValue()));
                return;
            }
        } catch (JacksonException e) {
            throw ApiError.badRequest("can't parse JSON request");
        }
        throw ApiError.badRequest("can't parse JSON request: expected an Object");
    }

    private static String boundary(String contentType) {
        int at = contentType.indexOf("boundary=");
        if (at < 0) {
            throw ApiError.badRequest("boundary not found");
        }
        String rest = contentType.substring(at + "boundary=".length());
        int end = rest.indexOf(';');
        return (end < 0 ? rest : rest.substring(0, end)).replace("\"", "").strip();
    }

    /** Plain fields only: a part with a file name is passed over, since no method here takes a file. */
    private static void readMultipart(byte[] body, String boundary, Map<String, JsonNode> values) {
        String text = new String(body, StandardCharsets.ISO_8859_1);
        int at = text.indexOf("--" + boundary);
        while (at >= 0) {
            int next = text.indexOf("--" + boundary, at + boundary.length() + 2);
            if (next < 0) {
                return;
            }
            readPart(text.substring(at + boundary.length() + 2, next), values);
            at = next;
        }
    }

    private static void readPart(String part, Map<String, JsonNode> values) {
        int end = part.indexOf("\r\n\r\n");
        if (end < 0) {
            return;
        }
        String head = part.substring(0, end);
        int name = head.indexOf("name=\"");
        if (name < 0 || head.contains("filename=")) {
            return;
        }
        String field = head.substring(name + 6, head.indexOf('"', name + 6));
        String raw = part.substring(end + 4, part.endsWith("\r\n") ? part.length() - 2 : part.length());
        values.put(
                field,
                StringNode.valueOf(new String(raw.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8)));
    }

    boolean has(String name) {
        JsonNode value = values.get(name);
        return value != null && !value.isNull();
    }

    String text(String name) {
        JsonNode value = values.get(name);
        if (value == null || value.isNull()) {
            return "";
        }
        return value.isContainer() ? value.toString() : value.asString();
    }

    /** Leading digits count, the rest is ignored, the result is clamped: a number is never refused. */
    long number(String name, long absent, long min, long max) {
        String text = text(name).strip();
        return text.isEmpty() ? absent : Math.clamp(leadingNumber(text), min, max);
    }

    static long leadingNumber(String text) {
        int end = text.startsWith("-") || text.startsWith("+") ? 1 : 0;
        int start = end;
        while (end < text.length() && end - start < 18 && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end == start ? 0 : Long.parseLong(text.substring(0, end));
    }

    boolean flag(String name) {
        String text = text(name).strip().toLowerCase(Locale.ROOT);
        return text.equals("true") || text.equals("yes") || text.equals("1");
    }

    /** An object or array, given as such or as JSON text in one field; empty when absent or not JSON. */
    Optional<JsonNode> structure(String name) {
        JsonNode value = values.get(name);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (value.isContainer()) {
            return Optional.of(value);
        }
        try {
            JsonNode parsed = Json.MAPPER.readTree(value.asString());
            return parsed.isContainer() ? Optional.of(parsed) : Optional.empty();
        } catch (JacksonException e) {
            return Optional.empty();
        }
    }

    /** For the log. */
    ObjectNode all() {
        ObjectNode all = Json.object();
        values.forEach(all::set);
        return all;
    }
}
