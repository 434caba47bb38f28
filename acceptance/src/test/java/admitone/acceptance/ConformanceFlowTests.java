package admitone.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.simulators.telegram.TelegramSimulator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Bot frameworks made by others work against the Telegram simulator, so that what it teaches us holds. Needs Node and npm. */
class ConformanceFlowTests {
    private static final Path SOURCES = Path.of("..", "simulators", "conformance");

    @Test
    void grammyTelegrafAndNodeTelegramBotApiDriveTheTelegramSimulator() throws Exception {
        Path dir = Files.createDirectories(Path.of("target", "conformance"));
        for (String file : List.of("package.json", "conformance.mjs")) {
            Files.copy(SOURCES.resolve(file), dir.resolve(file), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        }
        run(dir, "npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts");

        try (TelegramSimulator telegram = TelegramSimulator.start(0)) {
            String out = run(dir, "node", "conformance.mjs", telegram.url());

            assertThat(out.lines().filter(line -> line.startsWith("ok"))).hasSizeGreaterThanOrEqualTo(30);
        }
    }

    private static String run(Path dir, String... command) throws IOException, InterruptedException {
        Path out = Files.createTempFile(dir, "out", ".txt");
        Process process;
        try {
            process = new ProcessBuilder(command)
                    .directory(dir.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
        } catch (IOException e) {
            throw new AssertionError(command[0] + " is needed for this test: apt-get install nodejs npm", e);
        }
        if (!process.waitFor(4, TimeUnit.MINUTES)) {
            process.destroyForcibly();
            throw new AssertionError(String.join(" ", command) + " did not end: " + Files.readString(out));
        }
        String text = Files.readString(out);
        assertThat(process.exitValue()).as(text).isZero();
        return text;
    }
}
