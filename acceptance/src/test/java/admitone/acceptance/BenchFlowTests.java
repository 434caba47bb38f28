package admitone.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole benchmark, as typed, with next to nothing to do: its checks of what was measured hold. Its figures mean nothing. */
class BenchFlowTests {
    private static final Path JAR = Path.of("..", "bench", "target", "bench.jar");

    @Test
    void measuresEverythingAndFindsEveryEffectOnce(@TempDir Path out) throws Exception {
        Path launcher = Distribution.launcher();
        Files.copy(JAR, launcher.resolveSibling("bench.jar"), StandardCopyOption.REPLACE_EXISTING);
        Path said = out.resolve("said.txt");

        Process bench = Distribution.process(
                        launcher,
                        "bench",
                        "--quick",
                        "--payments=100",
                        "--connections=8",
                        "--seconds=0.2",
                        "--rest=0",
                        "--old=300",
                        "--out=" + out)
                .redirectOutput(said.toFile())
                .start();
        if (!bench.waitFor(15, TimeUnit.MINUTES)) {
            bench.destroy(); // it ends its services
            if (!bench.waitFor(2, TimeUnit.MINUTES)) {
                bench.destroyForcibly();
            }
            throw new AssertionError("no end: " + Files.readString(said));
        }

        assertThat(bench.exitValue())
                .as("what it said: %s", Files.readString(said))
                .isZero();
        JsonNode results = JsonMapper.builder().build().readTree(Files.readString(out.resolve("latest.json")));
        assertThat(results.path("results")
                        .valueStream()
                        .map(result -> result.path("measure").stringValue()))
                .contains("settle", "messages", "repeats", "status", "latency_p50", "latency_p99", "ready", "with_old");
        assertThat(Files.readString(out.resolve("latest.svg"))).startsWith("<svg");
        assertThat(out.resolve("empty")).doesNotExist();
        assertThat(out.resolve("old")).doesNotExist();
    }
}
