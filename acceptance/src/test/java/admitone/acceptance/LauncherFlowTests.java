package admitone.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The launcher as it lies in a distribution: the script beside the two jars. */
class LauncherFlowTests {
    /** With it the JVM does not start at all unless it can use the cache. */
    private static final Map<String, String> ONLY_WITH_CACHE = Map.of("JDK_JAVA_OPTIONS", "-XX:AOTMode=on");

    private static final int WITHIN_SECONDS = 600;

    @TempDir
    static Path distribution;

    /** Each of these tests, and no other, may change something in it. */
    @BeforeAll
    static void copy() throws Exception {
        Distribution.copyTo(distribution);

        assertThat(cache()).isNotEmptyFile();
    }

    @Test
    void servesFromTheCache() throws Exception {
        try (World world = new World(ONLY_WITH_CACHE)) {
            world.service.startBy(launcher());

            assertThat(world.service.get("/health").status()).isEqualTo(200);
        }
    }

    @Test
    void startsWithoutABrokenCache() throws Exception {
        Path cache = cache();
        FileTime before = Files.getLastModifiedTime(cache);
        byte[] whole = Files.readAllBytes(cache);
        try {
            Files.writeString(cache, "no cache");
            Files.setLastModifiedTime(cache, before); // by another time the launcher would know already
            assertThat(run(ONLY_WITH_CACHE, "--version").code())
                    .as("it is not used")
                    .isNotZero();

            try (World world = new World(Map.of())) {
                world.service.startBy(launcher());

                assertThat(world.service.get("/health").status()).isEqualTo(200);
            }
        } finally {
            Files.write(cache, whole);
            Files.setLastModifiedTime(cache, before);
        }
    }

    /** Later, as {@code cp -r} leaves it, or earlier, as what restores times may. */
    @ParameterizedTest
    @ValueSource(ints = {1, -1})
    void aJarOfAnotherTimeUsesNoCache(int secondsLater) throws Exception {
        Path jar = cache().resolveSibling("admitone.jar");
        FileTime before = Files.getLastModifiedTime(jar);
        Files.setLastModifiedTime(jar, FileTime.from(before.toInstant().plusSeconds(secondsLater)));
        try {
            assertThat(run(Map.of("JDK_JAVA_OPTIONS", "-Xlog:aot"), "--version").out())
                    .doesNotContain("AOT cache", "has changed");
        } finally {
            Files.setLastModifiedTime(jar, before);
        }
        assertThat(run(Map.of("JDK_JAVA_OPTIONS", "-Xlog:aot"), "--version").out())
                .contains("AOT cache");
    }

    @Test
    void startsInASmallerHeap() throws Exception {
        Ended ended = run(Map.of("ADMITONE_JAVA_OPTS", "-Xmx96m"), "--version");

        assertThat(ended.code()).as(ended.out()).isZero();
    }

    @Test
    void aNewJarLeavesNothingOfTheOldOne() throws Exception {
        Path copy = distribution.resolve("other");
        Path script = Distribution.unpack(copy);
        Path old = Files.createDirectories(copy.resolve("run/1-2/lib"));

        Ended ended = run(script, Map.of(), "--version");

        assertThat(ended.code()).as(ended.out()).isZero();
        assertThat(old.getParent()).doesNotExist();
        assertThat(copy.resolve("run/current")).exists();
    }

    private record Ended(int code, String out) {}

    private static Path launcher() {
        return distribution.resolve("admitone");
    }

    private static Path cache() throws IOException {
        try (var files = Files.walk(distribution.resolve("run"), 2)) {
            return files.filter(file -> file.toString().endsWith(".aot"))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("there is no cache"));
        }
    }

    private static Ended run(Map<String, String> environment, String... arguments) throws Exception {
        return run(launcher(), environment, arguments);
    }

    private static Ended run(Path script, Map<String, String> environment, String... arguments) throws Exception {
        Path out = Files.createTempFile(distribution, "out", ".txt");
        ProcessBuilder builder = Distribution.process(script, arguments).redirectOutput(out.toFile());
        builder.environment().putAll(environment);
        Process process = builder.start();
        if (!process.waitFor(WITHIN_SECONDS, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new AssertionError("no end: " + Files.readString(out));
        }
        return new Ended(process.exitValue(), Files.readString(out));
    }
}
