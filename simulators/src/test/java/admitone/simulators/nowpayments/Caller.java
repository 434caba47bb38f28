package admitone.simulators.nowpayments;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/** A client of the simulator that sends what it is told and hides nothing. */
final class Caller implements AutoCloseable {
    record Reply(int status, String type, String text, Map<String, ?> headers) {
        JsonNode json() {
            return JsJson.MAPPER.readTree(text);
        }
    }

    private final HttpClient http = HttpClient.newHttpClient();
    private final String base;
    private final Map<String, String> headers = new HashMap<>(Map.of("X-Api-Key", "sim-api-key"));

    Caller(String base) {
        this.base = base;
    }

    Caller with(String name, String value) {
        Caller other = new Caller(base);
        other.headers.putAll(headers);
        other.headers.put(name, value);
        return other;
    }

    Reply get(String path) throws IOException, InterruptedException {
        return send("GET", path, "");
    }

    Reply post(String path, String body) throws IOException, InterruptedException {
        return send("POST", path, body);
    }

    Reply put(String path, String body) throws IOException, InterruptedException {
        return send("PUT", path, body);
    }

    Reply send(String method, String path, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .method(method, HttpRequest.BodyPublishers.ofString(body.replace('\'', '"')));
        headers.forEach(request::header);
        HttpResponse<String> response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        return new Reply(
                response.statusCode(),
                response.headers().firstValue("Content-Type").orElse(""),
                response.body(),
                response.headers().map());
    }

    @Override
    public void close() {
        http.close();
    }
}
