package admitone.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON over HTTP, as a person at a terminal would use it: what is refused is told in the service's own words. */
final class Rest {
    private static final Duration WITHIN = Duration.ofSeconds(30);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(3))
            .build();
    private final JsonMapper json = JsonMapper.builder().build();
    private final String base;
    private final Map<String, String> headers;

    Rest(String base, Map<String, String> headers) {
        this.base = base;
        this.headers = headers;
    }

    static Rest of(RunningInstance instance) {
        return new Rest(instance.url(), Map.of("Authorization", "Bearer " + instance.token()));
    }

    JsonNode get(String path) {
        return call("GET", path, HttpRequest.BodyPublishers.noBody());
    }

    JsonNode post(String path, Object body) {
        return call("POST", path, HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body)));
    }

    JsonNode put(String path, Object body) {
        return call("PUT", path, HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body)));
    }

    private JsonNode call(String method, String path, HttpRequest.BodyPublisher body) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(WITHIN)
                .header("Content-Type", "application/json")
                .method(method, body);
        headers.forEach(request::header);
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() >= 300) {
                throw new Failure(
                        method + " " + path + " was refused (" + response.statusCode() + "): " + response.body());
            }
            return json.readTree(response.body().isEmpty() ? "{}" : response.body());
        } catch (IOException e) {
            throw new Failure("no answer from " + base + ": is the service running there? (--url names another)");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted");
        }
    }
}
