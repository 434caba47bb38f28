package admitone.hold;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.SYNC;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The memory of an instance in its data directory, replaced as a whole. Without it an instance is a new one. */
final class WitnessFile {
    private static final Logger log = LoggerFactory.getLogger(WitnessFile.class);

    private final Path file;
    private boolean failing;

    WitnessFile(Path dataDir) {
        this.file = dataDir.resolve("witness");
    }

    Optional<Witness> read() {
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            Properties read = new Properties();
            read.load(new StringReader(Files.readString(file)));
            return Optional.of(new Witness(
                    UUID.fromString(read.getProperty("instance", "")),
                    read.getProperty("system", ""),
                    UUID.fromString(read.getProperty("epoch", "")),
                    Long.parseLong(read.getProperty("beat", "")),
                    Instant.parse(read.getProperty("at", ""))));
        } catch (IOException | IllegalArgumentException | DateTimeException e) {
            log.warn("{} cannot be read ({}): a restored database is told by its server alone", file, e.toString());
            return Optional.empty();
        }
    }

    /** What cannot be written is told once; the instance's own memory goes on. */
    void write(Witness seen) {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path complete = file.resolveSibling("witness.new");
            String text = """
                    # what this instance last saw committed; tells a database that was restored to an earlier time
                    instance=%s
                    system=%s
                    epoch=%s
                    beat=%d
                    at=%s
                    """.formatted(seen.instance(), seen.system(), seen.epoch(), seen.beat(), seen.at());
            // on the disk before it takes the old one's place: the power cut that leads to a restore must not leave an
            // empty one
            Files.writeString(complete, text, CREATE, TRUNCATE_EXISTING, WRITE, SYNC);
            Files.move(complete, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            failing = false;
        } catch (IOException e) {
            if (!failing) {
                log.warn("{} cannot be written ({}): a restore may go unnoticed by the next start", file, e.toString());
            }
            failing = true;
        }
    }
}
