package admitone.cli;

import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON over HTTP, as a person at a terminal would use it: what is refused is told in the service's own words. */
final class Rest {
    private static final Duration WITHIN = Duration.ofSeconds(30);
    private static final Duration FILE_WITHIN = Duration.ofMinutes(5);
    private static final Duration CHECK_WITHIN = Duration.ofHours(1);

    private final HttpClient client = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(3))
            .build();
    private final JsonMapper json = JsonMapper.builder().build();
    private final String base;
    private final Map<String, String> headers;

    Rest(String base, Map<String, String> headers) {
        this.base = base.replaceFirst("/+$", "");
        this.headers = headers;
    }

    static Rest of(RunningInstance instance) {
        if (!instance.url().matches("https?://[^/\\s]+.*")) {
            throw new Failure("--url must be the address of the service, such as http://localhost:8080");
        }
        if (!instance.token().matches("[\\x21-\\x7e]+")) {
            throw new Failure(
                    "the API token has characters that no token has: give --token or set ADMITONE_API_TOKEN anew");
        }
        return new Rest(instance.url(), Map.of("Authorization", "Bearer " + instance.token()));
    }

    JsonNode get(String path) {
        return call("GET", path, request(path).GET());
    }

    /** What looks at everything there is. */
    JsonNode getLong(String path) {
        return call("GET", path, request(path).timeout(CHECK_WITHIN).GET());
    }

    JsonNode postLong(String path) {
        return call("POST", path, request(path).timeout(CHECK_WITHIN).POST(HttpRequest.BodyPublishers.noBody()));
    }

    JsonNode post(String path, Object body) {
        return call("POST", path, request(path).POST(json(body)));
    }

    JsonNode put(String path, Object body) {
        return call("PUT", path, request(path).PUT(json(body)));
    }

    JsonNode postFile(String path, String type, byte[] file) {
        return call(
                "POST",
                path,
                HttpRequest.newBuilder(address(path))
                        .timeout(FILE_WITHIN)
                        .header("Content-Type", type)
                        .POST(HttpRequest.BodyPublishers.ofByteArray(file)));
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(address(path)).timeout(WITHIN).header("Content-Type", "application/json");
    }

    private HttpRequest.BodyPublisher json(Object body) {
        return HttpRequest.BodyPublishers.ofString(json.writeValueAsString(body));
    }

    private JsonNode call(String method, String path, HttpRequest.Builder request) {
        headers.forEach(request::header);
        try {
            HttpResponse<String> response = client.send(request.build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() == 401 && headers.containsKey("Authorization")) {
                throw new Failure(
                        "the service at " + base + " does not take this API token: give --token or set"
                                + " ADMITONE_API_TOKEN (the operator's is in the file api-token of the service's data directory)");
            }
            if (response.statusCode() >= 300) {
                throw new Failure(refusal(method + " " + path, response));
            }
            return json.readTree(response.body().isEmpty() ? "{}" : response.body());
        } catch (JacksonException e) {
            throw new Failure(
                    base + " answers, but not as AdmitOne does: is it the right address? (--url names another)");
        } catch (IOException e) {
            throw new Failure("no answer from " + base + ": is the service running there? (--url names another)");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failure("interrupted");
        }
    }

    private URI address(String path) {
        try {
            return URI.create(base + path);
        } catch (IllegalArgumentException e) {
            throw new Failure(base + " is no address of a service (--url names another)");
        }
    }

    /** A value as it stands in a path or a query. */
    static String encoded(String value) {
        return URLEncoder.encode(value, StandardCharsets.UTF_8).replace("+", "%20");
    }

    /** The problem's own words, or the whole answer when it is not the service that answers. */
    private String refusal(String what, HttpResponse<String> response) {
        StringBuilder text = new StringBuilder(what + " was refused (" + response.statusCode() + "): ");
        try {
            JsonNode problem = json.readTree(response.body());
            if (problem.path("detail").isString()) {
                text.append(problem.path("detail").stringValue());
                problem.path("errors")
                        .forEach(error -> text.append("\n  - ")
                                .append(error.path("field").stringValue(""))
                                .append(' ')
                                .append(error.path("message").stringValue("")));
                return text.toString();
            }
        } catch (JacksonException e) {
            // a proxy's page, say: as it is
        }
        return text.append(response.body()).toString();
    }
}
