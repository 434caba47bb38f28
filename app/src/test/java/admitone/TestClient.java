package admitone;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Calls the service over HTTP. Immutable: each {@code with…} answers a client of its own. */
public record TestClient(
        String url, @Nullable String token, @Nullable String idempotencyKey) {
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .connectTimeout(Duration.ofSeconds(5))
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
    private static final JsonMapper JSON = JsonMapper.shared();

    /** An answer, whatever its status. */
    public record Reply(int status, String body, HttpHeaders headers) {
        public JsonNode json() {
            return JSON.readTree(body);
        }

        /** A field of the answer as text. */
        public String text(String name) {
            return json().path(name).asString();
        }

        /** Of a problem. */
        public String code() {
            return text("code");
        }

        /** Fails with the body where the status is another one. */
        public Reply must(int expected) {
            if (status != expected) {
                throw new AssertionError("expected HTTP " + expected + ", got " + status + ": " + body);
            }
            return this;
        }
    }

    public TestClient withToken(@Nullable String other) {
        return new TestClient(url, other, idempotencyKey);
    }

    public TestClient withKey(@Nullable String key) {
        return new TestClient(url, token, key);
    }

    public Reply get(String path) {
        return call("GET", path, null, null);
    }

    /** {@code body}: null, raw JSON as a String, or anything Jackson can write. */
    public Reply post(String path, @Nullable Object body) {
        String text = body == null || body instanceof String ? (String) body : JSON.writeValueAsString(body);
        return call("POST", path, text, "application/json");
    }

    public Reply delete(String path) {
        return call("DELETE", path, null, null);
    }

    /** Any call; extra headers as name, value, name, value. */
    public Reply call(
            String method, String path, @Nullable String body, @Nullable String contentType, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(40))
                .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (token != null) {
            request.header("Authorization", "Bearer " + token);
        }
        if (idempotencyKey != null) {
            request.header("Idempotency-Key", idempotencyKey);
        }
        if (body != null && contentType != null) {
            request.header("Content-Type", contentType);
        }
        if (headers.length > 0) {
            request.headers(headers);
        }
        try {
            var response = HTTP.send(request.build(), BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body(), response.headers());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
