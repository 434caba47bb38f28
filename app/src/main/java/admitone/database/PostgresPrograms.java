package admitone.database;

import com.sun.security.auth.module.UnixSystem;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.JarURLConnection;
import java.net.URL;
import java.nio.channels.FileChannel;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.jar.JarEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;
import org.tukaani.xz.XZInputStream;

/** The server's programs ({@code initdb}, {@code pg_ctl}, {@code postgres}) of this platform, unpacked, and how they are run. */
final class PostgresPrograms {

    /** Reads what a program said without failing on a byte that is no UTF-8. */
    private static final Charset ANY_BYTES = StandardCharsets.ISO_8859_1;

    private static final String PARTIAL = "unpacking";
    private static final Duration UNPACKED_WITHIN = Duration.ofMinutes(10);

    private static final Logger log = LoggerFactory.getLogger(PostgresPrograms.class);

    /** What a program said and how it ended. */
    record Outcome(boolean succeeded, String output) {}

    private final Path home;
    private final List<String> prefix;

    private PostgresPrograms(Path home, List<String> prefix) {
        this.home = home;
        this.prefix = prefix;
    }

    /** Unpacks below {@code parent} unless the same archive is there already; versions lie beside each other. */
    static PostgresPrograms unpackedIn(Path parent) throws IOException {
        JarURLConnection archive = archive();
        // absolute, as the listing is that tells older programs from these
        Path home = parent.toAbsolutePath().normalize().resolve(name(archive.getJarEntry()));
        if (!Files.isDirectory(home)) {
            try (InputStream content = archive.getInputStream()) {
                unpack(content, home);
            }
        }
        return new PostgresPrograms(home, unprivileged());
    }

    /** By the names that zonky gives its archives. */
    private static JarURLConnection archive() throws IOException {
        boolean mac = System.getProperty("os.name").startsWith("Mac");
        String system = mac ? "darwin" : System.getProperty("os.name").toLowerCase(Locale.ROOT);
        String architecture = System.getProperty("os.arch").equals("amd64") ? "x86_64" : System.getProperty("os.arch");
        for (String alike : List.of(architecture, architecture.replace("aarch64", "arm_64"))) {
            URL found = PostgresPrograms.class.getResource("/postgres-" + system + "-" + alike + ".txz");
            if (found != null && found.openConnection() instanceof JarURLConnection inJar) {
                return inJar;
            }
        }
        throw new DatabaseUnavailable(
                "This build brings no PostgreSQL for %s on %s: set SPRING_DATASOURCE_URL, _USERNAME and _PASSWORD to a PostgreSQL of your own, or build AdmitOne on this machine."
                        .formatted(system, architecture));
    }

    /** As the jar's list of contents tells it: to read all of the archive at each start would take longer than PostgreSQL's own. */
    private static String name(JarEntry archive) {
        return "%08x-%d".formatted(archive.getCrc(), archive.getSize());
    }

    /** Unpacked beside its place and then renamed, so that a crash never leaves half of it there. */
    private static void unpack(InputStream archive, Path home) throws IOException {
        Path parent = Files.createDirectories(home.toAbsolutePath().getParent());
        Path partial = Files.createTempDirectory(parent, PARTIAL);
        try {
            try (var tar = new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(archive)))) {
                for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
                    unpack(entry, tar, partial);
                }
            }
            Files.move(partial, home, StandardCopyOption.ATOMIC_MOVE);
            log.info("PostgreSQL unpacked to {}", home);
        } catch (FileSystemException e) { // of which kind differs between systems
            if (!Files.isDirectory(home)) {
                throw e;
            }
            log.debug("another process has unpacked {} meanwhile", home, e);
        } finally {
            FileSystemUtils.deleteRecursively(partial);
        }
    }

    private static void unpack(TarArchiveEntry entry, InputStream content, Path into) throws IOException {
        Path target = into.resolve(entry.getName()).normalize();
        if (!target.startsWith(into)) {
            throw new IOException("the archive names a file outside of it: " + entry.getName());
        }
        if (entry.isDirectory()) {
            Files.createDirectories(target);
            return;
        }
        Files.createDirectories(target.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(target, Path.of(entry.getLinkName()));
        } else {
            Files.copy(content, target);
            force(target);
            boolean executable = (entry.getMode() & 0100) != 0;
            Files.setPosixFilePermissions(
                    target, PosixFilePermissions.fromString(executable ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    /** Makes a file, or the names in a directory, survive a power cut. */
    static void force(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** PostgreSQL refuses to run as root, so root's programs run in a user namespace where they are nobody. */
    private static List<String> unprivileged() throws IOException {
        if (new UnixSystem().getUid() != 0) {
            return List.of();
        }
        String refusal;
        try {
            Process probe = new ProcessBuilder("unshare", "-U", "true")
                    .redirectErrorStream(true)
                    .start();
            probe.getOutputStream().close();
            refusal = new String(probe.getInputStream().readAllBytes(), ANY_BYTES)
                    .strip()
                    .lines()
                    .findFirst()
                    .orElse("it failed");
            if (probe.waitFor() == 0) {
                return List.of("unshare", "-U");
            }
        } catch (IOException e) {
            refusal = String.valueOf(e.getMessage());
        } catch (InterruptedException e) {
            throw interrupted(e);
        }
        throw new DatabaseUnavailable(
                "PostgreSQL does not run as root, and this machine does not let root start it without its rights (unshare -U: %s). Run AdmitOne as an ordinary user that owns the data directory (recommended: useradd --system admitone; chown -R admitone DATA_DIR), allow user namespaces, or set SPRING_DATASOURCE_URL to a PostgreSQL of your own."
                        .formatted(refusal));
    }

    Path home() {
        return home;
    }

    int majorVersion() throws IOException {
        Outcome version = run(Duration.ofSeconds(10), List.of("postgres", "-V"));
        String number = version.output().replaceFirst("(?s).*\\) (\\d+).*", "$1");
        if (!version.succeeded() || !number.matches("\\d+")) {
            throw new DatabaseUnavailable(
                    "The PostgreSQL unpacked to %s does not run here: %s. If the file system forbids programs (noexec), put ADMITONE_DATA_DIR elsewhere, or set SPRING_DATASOURCE_URL to a PostgreSQL of your own."
                            .formatted(home, version.output().strip()));
        }
        return Integer.parseInt(number);
    }

    /** Runs a program to its end and no longer than {@code limit}. Output goes through a file, as a server that stays would hold a pipe open. */
    Outcome run(Duration limit, List<String> command) throws IOException {
        List<String> line = new ArrayList<>(prefix);
        line.add(home.resolve("bin").resolve(command.getFirst()).toString());
        line.addAll(command.subList(1, command.size()));
        Path output = Files.createTempFile("admitone-postgres", ".out");
        try {
            ProcessBuilder builder =
                    new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(output.toFile());
            builder.environment().keySet().removeIf(name -> name.startsWith("PG") || name.startsWith("LC_"));
            builder.environment().put("LC_ALL", "C");
            Process process = builder.start();
            process.getOutputStream().close();
            boolean ended = process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS);
            if (!ended) {
                process.destroyForcibly();
            }
            String said = Files.readString(output, ANY_BYTES);
            return ended
                    ? new Outcome(process.exitValue() == 0, said)
                    : new Outcome(false, said + "no end after " + limit.toSeconds() + " s");
        } catch (InterruptedException e) {
            throw interrupted(e);
        } catch (IOException e) {
            return new Outcome(false, String.valueOf(e.getMessage()));
        } finally {
            Files.delete(output);
        }
    }

    /** Programs of other versions, left by an upgrade of AdmitOne; not what another process may be unpacking right now. */
    void deleteOthers() throws IOException {
        try (var versions = Files.list(home.toAbsolutePath().getParent())) {
            for (Path other : versions.filter(version -> !version.equals(home)).toList()) {
                if (!isBeingUnpacked(other)) {
                    FileSystemUtils.deleteRecursively(other);
                }
            }
        }
    }

    private static boolean isBeingUnpacked(Path directory) throws IOException {
        Instant touched = Files.getLastModifiedTime(directory).toInstant();
        return directory.getFileName().toString().startsWith(PARTIAL)
                && touched.plus(UNPACKED_WITHIN).isAfter(Instant.now());
    }

    static DatabaseUnavailable interrupted(InterruptedException e) {
        Thread.currentThread().interrupt();
        return new DatabaseUnavailable("Interrupted while waiting for PostgreSQL: start again.", e);
    }
}
