package admitone.acceptance;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.zip.CRC32;

/** What an operator unpacks: the launcher beside the two jars, and the cache of classes that it keeps there. */
final class Distribution {
    private static final Path SCRIPT =
            Path.of("..", "admitone").toAbsolutePath().normalize();
    private static final Path JAR =
            Path.of("..", "app", "target", "admitone.jar").toAbsolutePath().normalize();
    private static final Path SIMULATORS = Path.of("..", "simulators", "target", "simulators-0.1.0-exec.jar")
            .toAbsolutePath()
            .normalize();
    private static final int TRAINING_MINUTES = 10; // its own limit; on an idle machine it takes some ten seconds

    private Distribution() {}

    /** Of the one that these tests share, trained. */
    static Path launcher() {
        return Shared.LAUNCHER;
    }

    private static final class Shared {
        static final Path LAUNCHER = trainedOnce(Path.of("target", "distribution"));
    }

    /** The shared one with the times of its files, for a test that changes something in it. */
    static void copyTo(Path directory) {
        try {
            Process copy = new ProcessBuilder("cp", "-a", launcher().getParent() + "/.", directory.toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(copy.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (copy.waitFor() != 0) {
                throw new IllegalStateException("not copied: " + said);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Answers the launcher. */
    static Path unpack(Path directory) {
        try {
            Files.createDirectories(directory);
            for (Path file : List.of(SCRIPT, JAR, SIMULATORS)) {
                Files.copy(
                        file,
                        directory.resolve(file.getFileName()),
                        StandardCopyOption.COPY_ATTRIBUTES,
                        StandardCopyOption.REPLACE_EXISTING);
            }
            // every build has the same age, by which the launcher would take what it unpacked of an older one for this
            // one's
            Files.setLastModifiedTime(directory.resolve(JAR.getFileName()), FileTime.from(Instant.now()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return launcherIn(directory);
    }

    private static Path launcherIn(Path directory) {
        return directory.resolve(SCRIPT.getFileName()).toAbsolutePath();
    }

    /** One of its commands, on the Java that runs the tests: each Java has a cache of its own. */
    static ProcessBuilder process(Path launcher, String... arguments) {
        List<String> command = new ArrayList<>(List.of(launcher.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        return builder;
    }

    /** By the first of the processes that run these tests; the others wait for it. */
    private static Path trainedOnce(Path directory) {
        try {
            Files.createDirectories(directory);
            try (FileChannel turn = FileChannel.open(directory.resolve("turn"), CREATE, WRITE);
                    FileLock _ = turn.lock()) {
                Path of = directory.resolve("of");
                String built = sum(JAR) + " " + sum(SCRIPT);
                if (Files.exists(of) && Files.readString(of).equals(built)) {
                    return launcherIn(directory);
                }
                Path launcher = trained(directory);
                Files.writeString(of, built);
                return launcher;
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long sum(Path file) throws IOException {
        CRC32 sum = new CRC32();
        sum.update(Files.readAllBytes(file));
        return sum.getValue();
    }

    private static Path trained(Path directory) {
        Path launcher = unpack(directory);
        Path log = directory.resolve("training.log");
        try {
            Process training =
                    process(launcher, "train").redirectOutput(log.toFile()).start();
            try {
                if (!training.waitFor(TRAINING_MINUTES, TimeUnit.MINUTES)) {
                    throw new IllegalStateException("no end of training: " + Files.readString(log));
                }
            } finally {
                // its JVM too, which would go on without it; not forcibly, so that it ends its database
                training.descendants().forEach(ProcessHandle::destroy);
                training.destroy();
            }
            if (training.exitValue() != 0) {
                throw new IllegalStateException("no cache of classes: " + Files.readString(log));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
        return launcher;
    }
}
