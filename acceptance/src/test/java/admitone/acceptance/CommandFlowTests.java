package admitone.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands, as typed. */
class CommandFlowTests {
    private static final Path INCIDENT = Path.of("..", "app", "src", "main", "resources", "demo", "incident.json")
            .toAbsolutePath()
            .normalize();

    /** For commands that do not live long enough for the better of the JVM's compilers to be worth its time. */
    private static final Map<String, String> QUICK = Map.of("JDK_JAVA_OPTIONS", "-XX:TieredStopAtLevel=1");

    record Ended(int code, String out) {}

    @ParameterizedTest
    @ValueSource(strings = {"mixed", "notifications", "sweep"})
    void replaysTheIncidentAsItMustBe(String by, @TempDir Path dir) throws Exception {
        Ended ended = run(
                QUICK,
                dir,
                "replay",
                INCIDENT.toString(),
                "--by",
                by,
                "--shuffles",
                by.equals("mixed") ? "20" : "2",
                "--seed",
                "20251102");

        assertThat(ended.out()).as(ended.out()).contains("As it must be.").doesNotContain("NOT as it must be");
        assertThat(ended.out())
                .containsPattern("usable invites +9 +1\n")
                .containsPattern("accrued +\\$9.54 +\\$1.06\n")
                .containsPattern("crossed +yes +no\n")
                .contains("buyer inside.");
        assertThat(ended.code()).isZero();
    }

    @ParameterizedTest
    @CsvSource({"accumulated_usd, 1.06, 1.07", "threshold_usd, 2.00, 1.00"})
    void replayOfEffectsThatMustBeOtherwiseFails(String fact, String value, String otherwise, @TempDir Path dir)
            throws Exception {
        Path other = dir.resolve("other.json");
        String told = "\"" + fact + "\": \"";
        Files.writeString(other, Files.readString(INCIDENT).replace(told + value, told + otherwise));

        Ended ended = run(QUICK, dir, "replay", other.toString());

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.out()).contains("NOT as it must be.");
    }

    /** With nothing set, as a newcomer types it: the data directory is a relative path, and a second run finds the first one's. */
    @Test
    void demoIsReadyOnItsDefaultsAndAgainOnOldData(@TempDir Path dir) throws Exception {
        for (int run = 1; run <= 2; run++) {
            Path out = dir.resolve("demo-" + run + ".txt");
            Process demo = process(Map.of("SERVER_PORT", "0"), dir, out.toFile(), "demo");
            try {
                World.await("the demo").atMost(Duration.ofMinutes(2)).until(() -> {
                    assertThat(demo.isAlive()).as(Files.readString(out)).isTrue();
                    return Files.readString(out).contains("AdmitOne is ready on");
                });
            } finally {
                demo.destroy();
                assertThat(demo.waitFor(60, TimeUnit.SECONDS)).isTrue();
            }
            assertThat(Files.readString(out))
                    .containsPattern("usable invites +9 +1\n")
                    .containsPattern("accrued +\\$9.54 +\\$1.06\n")
                    .doesNotContain("Exception", "ERROR");
        }
    }

    @Test
    void serveListsAllMissingSettingsAtOnce(@TempDir Path dir) throws Exception {
        Ended ended = run(Map.of("ADMITONE_ORDER_TTL", "soon", "SERVER_PORT", "99999"), dir, "serve");

        assertThat(ended.code()).isEqualTo(1);
        assertThat(ended.out())
                .contains(
                        "ADMITONE_NOWPAYMENTS_IPN_SECRET is missing",
                        "ADMITONE_NOWPAYMENTS_API_KEY is missing",
                        "ADMITONE_TELEGRAM_BOT_TOKEN is missing",
                        "ADMITONE_ORDER_TTL must be",
                        "SERVER_PORT must be")
                .doesNotContain("Exception");
    }

    @Test
    void anUnknownCommandSaysWhatThereIs(@TempDir Path dir) throws Exception {
        Ended ended = run(Map.of(), dir, "frobnicate");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.out()).contains("Unmatched argument", "demo", "serve");
    }

    private static Ended run(Map<String, String> environment, Path dir, String... arguments)
            throws IOException, InterruptedException {
        File out = Files.createTempFile(dir, "out", ".txt").toFile();
        Process process = process(environment, dir, out, arguments);
        if (!process.waitFor(5, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError("not ended in 5 minutes: " + Files.readString(out.toPath()));
        }
        return new Ended(process.exitValue(), Files.readString(out.toPath(), StandardCharsets.UTF_8));
    }

    private static Process process(Map<String, String> environment, Path dir, File out, String... arguments)
            throws IOException {
        ProcessBuilder builder = Distribution.process(Distribution.launcher(), arguments)
                .redirectOutput(out)
                .directory(dir.toFile());
        builder.environment()
                .keySet()
                .removeIf(name ->
                        name.startsWith("ADMITONE_") || name.startsWith("SPRING_") || name.startsWith("SERVER_"));
        builder.environment().putAll(environment);
        return builder.start();
    }
}
