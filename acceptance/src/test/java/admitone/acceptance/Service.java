package admitone.acceptance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The service as its users run it: a process with settings in its environment, its data in a directory, a port. */
final class Service implements AutoCloseable {
    private static final String TOKEN = "acceptance-token-0123456789-0123456789";
    private static final JsonMapper JSON = JsonMapper.builder().build();

    private final Map<String, String> environment;
    private final Path dataDir;
    private final int port;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(2))
            .build();
    private @Nullable Process process;

    record Reply(int status, String body, java.net.http.HttpHeaders headers) {
        JsonNode json() {
            return JSON.readTree(body);
        }
    }

    Service(Map<String, String> settings, Path dataDir) {
        this.dataDir = dataDir;
        this.port = freePort();
        this.environment = new LinkedHashMap<>(settings);
        environment.put("SERVER_PORT", Integer.toString(port));
        environment.put("MANAGEMENT_SERVER_PORT", "0");
        environment.putIfAbsent("ADMITONE_PUBLIC_URL", url());
        environment.put("ADMITONE_DATA_DIR", dataDir.toString());
        environment.put("ADMITONE_API_TOKEN", TOKEN);
    }

    /** From its next start on. */
    void set(String setting, String value) {
        environment.put(setting, value);
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    Path dataDir() {
        return dataDir;
    }

    Service startIfDown() {
        return process != null && process.isAlive() ? this : start();
    }

    /** Starts it and waits until it says that it is ready. {@code options} are for its JVM, after those it is given anyway. */
    Service start(String... options) {
        return startBy(Distribution.launcher(), inTests(options));
    }

    /** Starts it to go on with what it finds, until it dies at this point. */
    void startAndDieAt(String point) {
        dieAt(point);
        launch(Distribution.launcher(), inTests());
        awaitDeath();
    }

    private List<String> inTests(String... options) {
        List<String> all = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-Dadmitone.halt-file=" + haltFile()));
        all.addAll(List.of(options));
        return all;
    }

    /** Starts it by this launcher. */
    Service startBy(Path launcher) {
        return startBy(launcher, List.of());
    }

    private Service startBy(Path launcher, List<String> options) {
        Process started = launch(launcher, options);
        Awaitility.await("service ready")
                .atMost(Duration.ofMinutes(3))
                .pollInterval(Duration.ofMillis(100))
                .until(() -> {
                    if (!started.isAlive()) {
                        throw new IllegalStateException("the service ended while starting: " + log());
                    }
                    return isReady();
                });
        return this;
    }

    private Process launch(Path launcher, List<String> options) {
        ProcessBuilder builder = Distribution.process(launcher, "serve");
        builder.environment().putAll(environment);
        if (!options.isEmpty()) {
            String quoted = options.stream().map(one -> '"' + one + '"').collect(Collectors.joining(" "));
            builder.environment().merge("JDK_JAVA_OPTIONS", quoted, (given, ours) -> given + " " + ours);
        }
        Process started;
        try {
            Files.createDirectories(dataDir);
            builder.redirectOutput(ProcessBuilder.Redirect.appendTo(
                    dataDir.resolve("service.log").toFile()));
            started = builder.start();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        process = started;
        return started;
    }

    boolean isReady() {
        try {
            return get("/health").status() == 200;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** From now on it dies at this point, as by kill -9. */
    void dieAt(String point) {
        try {
            Path written = Files.writeString(dataDir.resolve("halt.tmp"), point);
            Files.move(written, haltFile(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Waits until it has died at the point it was to die at; its next start lives. */
    void awaitDeath() {
        awaitEnd();
        if (exitCode() != 137) {
            throw new IllegalStateException("the service ended with " + exitCode() + ": " + log());
        }
        try {
            Files.delete(haltFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path haltFile() {
        return dataDir.resolve("halt");
    }

    /** kill -9. */
    void kill() {
        process().destroyForcibly();
        awaitEnd();
    }

    /** As a machine that sleeps, or a collection of garbage that takes long: it does nothing until {@link #goOn}. */
    void pause() {
        signal("STOP");
    }

    void goOn() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            Process kill = new ProcessBuilder(
                            "kill", "-" + name, Long.toString(process().pid()))
                    .start();
            if (!kill.waitFor(10, TimeUnit.SECONDS) || kill.exitValue() != 0) {
                throw new IllegalStateException("kill -" + name + " did not work");
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    void awaitEnd() {
        try {
            if (!process().waitFor(120, TimeUnit.SECONDS)) {
                throw new IllegalStateException("the service goes on: " + log());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    int exitCode() {
        return process().exitValue();
    }

    private Process process() {
        if (process == null) {
            throw new IllegalStateException("the service was not started");
        }
        return process;
    }

    String log() {
        try {
            return Files.readString(dataDir.resolve("service.log"));
        } catch (IOException e) {
            return "(no log: " + e.getMessage() + ")";
        }
    }

    record Ended(int code, String out) {}

    /** A command as its operator types it, without a terminal. */
    Ended command(String... arguments) {
        ProcessBuilder builder = Distribution.process(Distribution.launcher(), arguments);
        builder.environment().putAll(environment);
        builder.environment().remove("JDK_JAVA_OPTIONS");
        try {
            Process typed = builder.start();
            typed.getOutputStream().close();
            String out = new String(typed.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return new Ended(typed.waitFor(), out);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    Reply get(String path) {
        return send(request(path).GET());
    }

    Reply post(String path, Object body) {
        return send(request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body))));
    }

    /** A notification as a stranger would send it. */
    Reply ipn(byte[] body, String signature) {
        return send(HttpRequest.newBuilder(URI.create(url() + "/ipn"))
                .timeout(Duration.ofSeconds(20))
                .header("x-nowpayments-sig", signature)
                .POST(HttpRequest.BodyPublishers.ofByteArray(body)));
    }

    /** An update as a stranger would send it; without a secret where it is empty. */
    Reply update(String body, String secret) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + "/telegram/updates"))
                .timeout(Duration.ofSeconds(20))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body));
        return send(secret.isEmpty() ? request : request.header("X-Telegram-Bot-Api-Secret-Token", secret));
    }

    /** What must succeed. */
    JsonNode ok(Reply reply) {
        if (reply.status() >= 300) {
            throw new AssertionError("HTTP " + reply.status() + ": " + reply.body());
        }
        return reply.json();
    }

    /** Whether no queue has anything to do, apart from those that are paused. */
    boolean nothingIsOwed() {
        return ok(get("/api/v1/queues"))
                .valueStream()
                .allMatch(queue -> queue.path("paused").asBoolean()
                        || queue.path("ready").intValue()
                                        + queue.path("running").intValue()
                                == 0);
    }

    /** Its embedded database, as the owner. */
    java.sql.Connection database() throws IOException, java.sql.SQLException {
        List<String> postmaster = Files.readAllLines(dataDir.resolve("postgres/data/postmaster.pid"));
        String password = Files.readString(dataDir.resolve("postgres/password")).strip();
        return java.sql.DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + postmaster.get(3).strip() + "/admitone", "admitone", password);
    }

    long postmasterPid() throws IOException {
        return Long.parseLong(Files.readAllLines(dataDir.resolve("postgres/data/postmaster.pid"))
                .getFirst()
                .strip());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(url() + path))
                .timeout(Duration.ofSeconds(30))
                .header("Authorization", "Bearer " + TOKEN);
    }

    private Reply send(HttpRequest.Builder request) {
        try {
            var response = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            return new Reply(response.statusCode(), response.body(), response.headers());
        } catch (IOException e) {
            throw new IllegalStateException("no answer from the service", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Asks it to end, and waits. */
    @Override
    public void close() {
        process().destroy();
        awaitEnd();
    }
}
