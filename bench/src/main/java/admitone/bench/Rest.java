package admitone.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON over HTTP, for everything that is not measured. */
final class Rest {
    static {
        // less than what is served waits for: a connection that is closed as it is used again must not look like a lost
        // answer
        System.setProperty("jdk.httpclient.keepalive.timeout", "5");
    }

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final String base;
    private final Map<String, String> headers;

    Rest(String base, Map<String, String> headers) {
        this.base = base;
        this.headers = headers;
    }

    JsonNode get(String path) {
        return ok(request(path).GET(), path);
    }

    /** The answer as it comes; nothing of it is kept. */
    InputStream stream(String path) {
        try {
            var response = HTTP.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofInputStream());
            if (response.statusCode() != 200) {
                throw new IllegalStateException(path + " answers " + response.statusCode());
            }
            return response.body();
        } catch (IOException e) {
            throw new IllegalStateException("no answer to " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    JsonNode post(String path, Map<String, ?> body) {
        return ok(request(path).POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))), path);
    }

    JsonNode put(String path, Map<String, ?> body) {
        return ok(request(path).PUT(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))), path);
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json");
        headers.forEach(request::header);
        return request;
    }

    private static JsonNode ok(HttpRequest.Builder request, String path) {
        try {
            var response = HTTP.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw new IllegalStateException(path + " answers " + response.statusCode() + ": " + response.body());
            }
            return JSON.readTree(response.body());
        } catch (IOException e) {
            throw new IllegalStateException("no answer to " + path, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
