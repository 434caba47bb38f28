package admitone.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** PostgreSQL's own benchmark with the same insert, where it is installed: told beside the baseline, not instead of it. */
final class PgBench {
    private static final Pattern TPS = Pattern.compile("tps = ([0-9.]+)");
    private static final String SCRIPT =
            "insert into " + Baseline.TABLE + " (id, word) values (uuidv7(), 'a few words of text');\n";

    private final Path program;
    private final Server server;
    private final Duration time;

    private PgBench(Path program, Server server, Duration time) {
        this.program = program;
        this.server = server;
        this.time = time;
    }

    static Optional<PgBench> find(Server server, Duration time) {
        Stream<Path> onPath = Arrays.stream(
                        System.getenv().getOrDefault("PATH", "").split(":", -1))
                .map(Path::of);
        return Stream.concat(onPath, debian().stream())
                .map(directory -> directory.resolve("pgbench"))
                .filter(Files::isExecutable)
                .findFirst()
                .map(program -> new PgBench(program, server, time));
    }

    private static List<Path> debian() {
        Path all = Path.of("/usr/lib/postgresql");
        if (!Files.isDirectory(all)) {
            return List.of();
        }
        try (Stream<Path> versions = Files.list(all)) {
            return versions.map(version -> version.resolve("bin")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The best over all numbers of connections. */
    double measure() {
        return Baseline.CONNECTIONS.stream().mapToDouble(this::measure).max().orElseThrow();
    }

    private double measure(int connections) {
        try {
            Path script = Files.createTempFile("bench", ".sql");
            try {
                Files.writeString(script, SCRIPT);
                return run(connections, script);
            } finally {
                Files.delete(script);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private double run(int connections, Path script) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(
                        program.toString(),
                        "--no-vacuum",
                        "--protocol=prepared",
                        "--jobs=2",
                        "--client=" + connections,
                        "--time=" + Math.max(1, time.toSeconds()),
                        "--file=" + script,
                        "--host=127.0.0.1",
                        "--port=" + server.port(),
                        "--username=" + Server.USER,
                        Server.BASELINE_DATABASE)
                .redirectErrorStream(true);
        builder.environment().put("PGPASSWORD", server.password());
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
        var tps = TPS.matcher(said);
        if (tps.find()) {
            return Double.parseDouble(tps.group(1));
        }
        if (said.contains("actually processed: 0")) {
            return 0; // on a machine that is busy with something else
        }
        throw new IllegalStateException("pgbench said no rate: " + said);
    }
}
