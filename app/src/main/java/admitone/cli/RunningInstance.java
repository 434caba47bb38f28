package admitone.cli;

import admitone.runtime.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Properties;

/** Where the commands find the service that was started last: a file that only its owner can read. */
record RunningInstance(String url, String token) {
    private static final String FILE = "cli.properties";

    static void write(Path dataDir, String url, Settings settings) {
        Properties properties = new Properties();
        properties.setProperty("url", url);
        properties.setProperty("token", token(settings));
        Path file = directory().resolve(FILE);
        try {
            Files.createDirectories(file.getParent());
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            try (var out = Files.newOutputStream(file)) {
                properties.store(out, "the service started last with data in " + dataDir);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file, e);
        }
    }

    /** As given, or from the environment, or from the file. */
    static RunningInstance find(Optional<String> url, Optional<String> token) {
        Properties properties = new Properties();
        Path file = directory().resolve(FILE);
        if (Files.isReadable(file)) {
            try (var in = Files.newInputStream(file)) {
                properties.load(in);
            } catch (IOException e) {
                throw new UncheckedIOException("cannot read " + file, e);
            }
        }
        String foundUrl = url.or(() -> Optional.ofNullable(properties.getProperty("url")))
                .orElse("http://localhost:"
                        + Optional.ofNullable(System.getenv("SERVER_PORT")).orElse("8080"));
        String foundToken = token.or(() -> Optional.ofNullable(System.getenv("ADMITONE_API_TOKEN")))
                .or(() -> Optional.ofNullable(properties.getProperty("token")))
                .orElseThrow(() -> new Failure("no API token: give --token or set ADMITONE_API_TOKEN (a service started"
                        + " here leaves it in " + file + ")"));
        return new RunningInstance(foundUrl, foundToken);
    }

    private static Path directory() {
        return Path.of(Optional.ofNullable(System.getenv("ADMITONE_DATA_DIR")).orElse("data"));
    }

    private static String token(Settings settings) {
        if (settings.apiToken().isPresent()) {
            return settings.apiToken().get().value();
        }
        try {
            return Files.readString(settings.dataDir().resolve("api-token")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read the API token", e);
        }
    }
}
