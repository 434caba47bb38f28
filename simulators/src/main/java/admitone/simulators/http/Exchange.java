package admitone.simulators.http;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One request and the answer to it. The body is read once and kept, so that a handler and the log see the same bytes. */
public final class Exchange {
    private static final int MAX_BODY_BYTES = 1 << 20;

    private final HttpExchange http;
    private final byte[] body;
    private boolean answered;

    Exchange(HttpExchange http) throws IOException {
        this.http = http;
        this.body = http.getRequestBody().readNBytes(MAX_BODY_BYTES);
    }

    public String method() {
        return http.getRequestMethod();
    }

    /** The path, still percent-encoded. */
    public String path() {
        return http.getRequestURI().getRawPath();
    }

    /** The path's parts, decoded; the empty part before the first slash is left out. */
    public List<String> segments() {
        return Arrays.stream(path().split("/", -1))
                .skip(1)
                .map(Exchange::decode)
                .toList();
    }

    public Map<String, String> query() {
        return form(http.getRequestURI().getRawQuery());
    }

    public Optional<String> header(String name) {
        return Optional.ofNullable(http.getRequestHeaders().getFirst(name));
    }

    public byte[] body() {
        return body;
    }

    public String text() {
        return new String(body, StandardCharsets.UTF_8);
    }

    /** The fields of a form-encoded body. */
    public Map<String, String> formFields() {
        return form(text());
    }

    public boolean isAnswered() {
        return answered;
    }

    public Exchange withHeader(String name, String value) {
        http.getResponseHeaders().set(name, value);
        return this;
    }

    public void json(int status, String json) throws IOException {
        answer(status, "application/json; charset=utf-8", json);
    }

    public void html(int status, String html) throws IOException {
        answer(status, "text/html; charset=utf-8", html);
    }

    public void plain(int status, String text) throws IOException {
        answer(status, "text/plain; charset=utf-8", text);
    }

    public void redirect(String location) throws IOException {
        withHeader("Location", location);
        answer(303, "text/plain; charset=utf-8", "");
    }

    /** Closes the connection without an answer: the caller cannot know whether its request had an effect. */
    public void drop() {
        answered = true;
        http.close();
    }

    private void answer(int status, String type, String text) throws IOException {
        answered = true;
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        http.getResponseHeaders().set("Content-Type", type);
        http.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
        if (bytes.length > 0) {
            http.getResponseBody().write(bytes);
        }
        http.close();
    }

    static Map<String, String> form(@org.jspecify.annotations.Nullable String encoded) {
        Map<String, String> fields = new LinkedHashMap<>();
        if (encoded == null || encoded.isBlank()) {
            return fields;
        }
        for (String pair : encoded.split("&", -1)) {
            int eq = pair.indexOf('=');
            String name = decode(eq < 0 ? pair : pair.substring(0, eq));
            fields.put(name, eq < 0 ? "" : decode(pair.substring(eq + 1)));
        }
        return fields;
    }

    private static String decode(String text) {
        return URLDecoder.decode(text, StandardCharsets.UTF_8);
    }
}
