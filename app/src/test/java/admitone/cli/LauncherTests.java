package admitone.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.util.FileSystemUtils;

/** What the launcher has Java do, told by a Java that says what it was asked for. */
class LauncherTests {
    private static final String JAVA = """
            #!/bin/sh
            case "$*" in
                *" extract --destination "*)
                    [ "$EXTRACTING" != fails ] || exit 1
                    for last; do :; done
                    mkdir -p "$last" && cp -p "$(dirname "$0")/../../admitone.jar" "$last"
                    ;;
                *-XX:AOTCacheOutput=*)
                    case $TRAINING in
                        fails) exit 1 ;;
                        cut-off) kill -9 $PPID ;;
                    esac
                    for word; do case $word in -XX:AOTCacheOutput=*) echo cache >"${word#*=}" ;; esac; done
                    ;;
                *) echo "java $*" ;;
            esac
            """;

    @TempDir
    private Path distribution;

    @BeforeEach
    void unpack() throws IOException {
        Path bin = Files.createDirectories(distribution.resolve("jdk/bin"));
        script(bin.resolve("java"), JAVA);
        Files.writeString(
                distribution.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\nJAVA_RUNTIME_VERSION=\"25.0.1+8\"\n");
        script(distribution.resolve("admitone"), Files.readString(Path.of("..", "admitone")));
        Files.writeString(distribution.resolve("admitone.jar"), "a jar");
        Files.writeString(distribution.resolve("simulators-0.1.0-exec.jar"), "a jar");
    }

    @ParameterizedTest
    @CsvSource({
        "-XX:+UseG1GC,                UseSerialGC",
        "-Da=b -XX:+UseZGC,           UseSerialGC",
        "-XX:MaxRAMPercentage=40,     -Xmx272m",
        "-XX:MaxHeapSize=64m,         -Xmx272m",
        "-Xmx64m,                     -Xms128m"
    })
    void whatTheOperatorSetsTakesThePlaceOfOurs(String options, String ours) throws Exception {
        assertThat(run(Map.of(), "--version")).contains(ours);

        assertThat(run(Map.of("ADMITONE_JAVA_OPTS", options), "--version"))
                .contains(options)
                .doesNotContain(ours);
    }

    @Test
    void anOptionThatOnlySoundsLikeACollectorLeavesOurs() throws Exception {
        assertThat(run(Map.of("ADMITONE_JAVA_OPTS", "-XX:+UseNUMA -XX:ParallelGCThreads=2"), "--version"))
                .contains("UseSerialGC", "-Xmx272m");
    }

    @Test
    void aServiceThatLacksMemoryEndsToBeStartedAgain() throws Exception {
        assertThat(run(Map.of(), "serve")).contains("-XX:+ExitOnOutOfMemoryError");
    }

    @Test
    void startsFromTheJarWhereWhatWasUnpackedIsGoneAndCannotBeUnpackedAgain() throws Exception {
        run(Map.of(), "--version");
        FileSystemUtils.deleteRecursively(home());

        assertThat(run(Map.of("EXTRACTING", "fails"), "serve"))
                .contains(
                        "could not be unpacked",
                        "-jar " + distribution.toRealPath().resolve("admitone.jar serve"));
    }

    @Test
    void trainingLeavesTheCachesOfOtherOptions() throws Exception {
        run(Map.of(), "train");
        run(Map.of("ADMITONE_JAVA_OPTS", "-Da=b"), "train");

        assertThat(caches(".aot")).hasSize(2);
        assertThat(run(Map.of(), "serve")).contains("-XX:AOTCache=").doesNotContain("-Dadmitone.train");
    }

    @Test
    void aTrainingThatWasCutOffIsTriedOnceMoreByItself() throws Exception {
        run(Map.of("TRAINING", "cut-off"), "train");
        assertThat(run(Map.of(), "serve")).contains("-Dadmitone.train");

        run(Map.of("TRAINING", "cut-off"), "train");
        assertThat(run(Map.of(), "serve")).doesNotContain("-Dadmitone.train");

        run(Map.of(), "train");
        assertThat(run(Map.of(), "serve")).contains("-XX:AOTCache=");
        assertThat(caches(".failed")).isEmpty();
    }

    @Test
    void aTrainingThatFailedIsNotTriedAgainAndLeavesNoPostgres() throws Exception {
        run(Map.of(), "--version");
        Path home = home();
        Path pidFile =
                Files.createDirectories(home.resolve("training/postgres/data")).resolve("postmaster.pid");
        Files.createFile(pidFile);
        Process postgres = new ProcessBuilder("tail", "-f", pidFile.toString()).start();
        try {
            Files.writeString(pidFile, postgres.pid() + "\n" + pidFile.getParent() + "\n");

            run(Map.of("TRAINING", "fails"), "train");

            assertThat(postgres.waitFor(30, TimeUnit.SECONDS)).isTrue();
            assertThat(home.resolve("training")).doesNotExist();
            assertThat(run(Map.of(), "serve")).doesNotContain("-Dadmitone.train");
            assertThat(caches(".failed")).hasSize(1);
        } finally {
            postgres.destroyForcibly();
        }
    }

    @Test
    void nothingIsTrainedBesideAServiceWhereMemoryIsShort() throws Exception {
        assertThat(run(Map.of("ADMITONE_TRAIN_MB", "1"), "serve")).contains("-Dadmitone.train");

        assertThat(run(Map.of("ADMITONE_TRAIN_MB", "1000000000"), "serve"))
                .contains("not built by itself", "java ")
                .doesNotContain("-Dadmitone.train");
    }

    /** Where the jar was unpacked to. */
    private Path home() throws IOException {
        return distribution
                .resolve("run")
                .resolve(Files.readString(distribution.resolve("run/current")).strip())
                .toRealPath();
    }

    private List<Path> caches(String ending) throws IOException {
        try (var files = Files.walk(distribution.resolve("run"), 2)) {
            return files.filter(file -> file.toString().endsWith(ending)).toList();
        }
    }

    private static void script(Path file, String text) throws IOException {
        Files.writeString(file, text);
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    private String run(Map<String, String> environment, String command) throws Exception {
        ProcessBuilder builder =
                new ProcessBuilder(distribution.resolve("admitone").toString(), command).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("ADMITONE_"));
        builder.environment().put("JAVA_HOME", distribution.resolve("jdk").toString());
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return out;
    }
}
