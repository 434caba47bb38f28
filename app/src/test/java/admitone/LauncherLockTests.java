package admitone;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How launchers take turns where there is no {@code flock}, as on macOS: the script's own function, with what it calls replaced. */
class LauncherLockTests {
    @TempDir
    private Path directory;

    @Test
    void aDeadLaunchersLockIsTakenOver() throws Exception {
        owns("pid-999999");

        assertThat(alone("kill() { return 1; }")).isEqualTo("built");
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aLivingOneIsWaitedFor() throws Exception {
        owns("pid-1");

        assertThat(alone("kill() { return 0; }")).isEqualTo("waits");
        assertThat(owner()).isEqualTo("pid-1");
    }

    /** Both found the owner dead; by the time that this one removes the lock it is the other's. */
    @Test
    void ofTwoWhoFindTheOwnerDeadOneBuilds() throws Exception {
        owns("pid-999999");

        String outcome = alone("""
                kill() {
                    [ "$2" = 999999 ] || return 0
                    rm -f lock.owner
                    ln -s pid-1 lock.owner
                    return 1
                }
                """);

        assertThat(outcome).isEqualTo("waits");
        assertThat(owner()).isEqualTo("pid-1");
    }

    private void owns(String owner) throws IOException {
        Files.createSymbolicLink(directory.resolve("lock.owner"), Path.of(owner));
    }

    private String owner() throws IOException {
        return Files.readSymbolicLink(directory.resolve("lock.owner")).toString();
    }

    private String alone(String others) throws IOException, InterruptedException {
        Path launcher = Path.of("../admitone").toAbsolutePath().normalize();
        String script = """
                set -eu
                command() { return 1; }
                sleep() { echo waits; exit 0; }
                %s
                eval "$(sed -n '/^alone() {/,/^}/p' '%s')"
                alone lock echo built
                """.formatted(others, launcher);
        Process shell = new ProcessBuilder("sh", "-c", script)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .start();
        String out = new String(shell.getInputStream().readAllBytes(), UTF_8);
        assertThat(shell.waitFor(10, TimeUnit.SECONDS)).isTrue();
        return out.strip();
    }
}
