package admitone.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The service as its users run it: {@code ./admitone serve}, durable, with a data directory of its own. */
final class Service implements AutoCloseable {
    private static final String TOKEN = "bench-token-0123456789-0123456789-0123456789";
    private static final Duration READY_WITHIN = Duration.ofMinutes(10);
    private static final long LOOK_EVERY_NANOS = 5_000_000;

    private final Path launcher;
    private final Path dataDir;
    private final int port = freePort();
    private final Map<String, String> environment = new LinkedHashMap<>();
    private @Nullable Process process;

    Service(Path launcher, Path dataDir, Map<String, String> settings) {
        this.launcher = launcher;
        this.dataDir = dataDir;
        environment.putAll(settings);
        environment.put("SERVER_PORT", Integer.toString(port));
        environment.put("MANAGEMENT_SERVER_PORT", "0");
        environment.put("ADMITONE_PUBLIC_URL", "http://127.0.0.1:" + port);
        environment.put("ADMITONE_DATA_DIR", dataDir.toString());
        environment.put("ADMITONE_API_TOKEN", TOKEN);
        environment.put("ADMITONE_STATUS_LIMIT_PER_MINUTE", "0");
        environment.put("ADMITONE_ADDRESS_LIMIT_PER_MINUTE", "0");
        environment.put("ADMITONE_SWEEP_FIRST", "24h");
        environment.put("ADMITONE_BUILD", "off");
    }

    int port() {
        return port;
    }

    Path dataDir() {
        return dataDir;
    }

    Rest api() {
        return new Rest("http://127.0.0.1:" + port + "/api/v1", Map.of("Authorization", "Bearer " + TOKEN));
    }

    /** The launcher becomes the JVM, so this is the JVM's. */
    long pid() {
        Process running = process;
        if (running == null) {
            throw new IllegalStateException("the service does not run");
        }
        return running.pid();
    }

    /** Starts it; answers how long it took until it said that it is ready. */
    Duration start() {
        ProcessBuilder builder = new ProcessBuilder(launcher.toString(), "serve").redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            Files.createDirectories(dataDir);
            builder.redirectOutput(ProcessBuilder.Redirect.appendTo(logFile().toFile()));
            long began = System.nanoTime();
            Process started = builder.start();
            process = started;
            awaitReady(started, began);
            return Duration.ofNanos(System.nanoTime() - began);
        } catch (IOException e) {
            throw new UncheckedIOException("the service could not be started by " + launcher, e);
        }
    }

    private void awaitReady(Process started, long began) throws IOException {
        while (!isReady()) {
            if (!started.isAlive()) {
                throw new Failure("the service ended while starting:\n" + Files.readString(logFile()));
            }
            if (System.nanoTime() - began > READY_WITHIN.toNanos()) {
                throw new Failure("the service is not ready after " + READY_WITHIN + ", see " + logFile());
            }
            LockSupport.parkNanos(LOOK_EVERY_NANOS);
        }
    }

    private boolean isReady() {
        try (SocketChannel channel =
                SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))) {
            channel.write(ByteBuffer.wrap(Load.get(port, "/health")));
            ByteBuffer answer = ByteBuffer.allocate(64);
            channel.read(answer);
            return new String(answer.array(), StandardCharsets.ISO_8859_1).startsWith("HTTP/1.1 200");
        } catch (IOException e) {
            return false;
        }
    }

    private Path logFile() {
        return dataDir.resolve("service.log");
    }

    /** As an operator stops it, with SIGTERM. */
    void stop() {
        Process running = process;
        if (running == null) {
            return;
        }
        running.destroy();
        try {
            if (!running.waitFor(60, TimeUnit.SECONDS)) {
                throw new Failure("the service does not stop, see " + logFile());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        process = null;
    }

    /** Stands still from here on, while its PostgreSQL works; {@link #goOn} lets it go on. */
    void stand() {
        signal("STOP");
    }

    void goOn() {
        signal("CONT");
    }

    private void signal(String name) {
        try {
            new ProcessBuilder("kill", "-" + name, Long.toString(pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Settings for the embedded PostgreSQL, from its next start on; of the same name the last counts. */
    void configureDatabase(List<String> lines) {
        try {
            Files.writeString(databaseSettings(), block(lines), java.nio.file.StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes back what {@link #configureDatabase} set: what it is by default counts again. */
    void unconfigureDatabase(List<String> lines) {
        try {
            String settings = Files.readString(databaseSettings());
            Files.writeString(databaseSettings(), settings.replace(block(lines), ""));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path databaseSettings() {
        return dataDir.resolve("postgres/data/postgresql.conf");
    }

    private static String block(List<String> lines) {
        return "\n" + String.join("\n", lines) + "\n";
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        stop();
    }
}
