package admitone.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The whole benchmark with next to nothing to do: its checks of what was measured hold. Its figures mean nothing. */
class BenchFlowTests {
    private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    @Test
    void measuresEverythingAndFindsEveryEffectOnce(@TempDir Path out) throws Exception {
        System.setProperty("admitone.launcher", ROOT.resolve("admitone").toString());
        System.setProperty(
                "admitone.simulators",
                ROOT.resolve("simulators/target/simulators-0.1.0-exec.jar").toString());

        var said = new StringWriter();
        int code = new CommandLine(new BenchCommand())
                .setErr(new PrintWriter(said))
                .execute(
                        "--quick",
                        "--payments=100",
                        "--connections=8",
                        "--seconds=0.2",
                        "--rest=0",
                        "--old=300",
                        "--out=" + out);

        assertThat(code).as("what it said: %s", said).isZero();
        JsonNode results = JsonMapper.builder().build().readTree(Files.readString(out.resolve("latest.json")));
        assertThat(results.path("results")
                        .valueStream()
                        .map(result -> result.path("measure").stringValue()))
                .contains("settle", "messages", "repeats", "status", "latency_p50", "latency_p99", "ready", "with_old");
        assertThat(Files.readString(out.resolve("latest.svg"))).startsWith("<svg");
        assertThat(out.resolve("old")).doesNotExist();
    }
}
