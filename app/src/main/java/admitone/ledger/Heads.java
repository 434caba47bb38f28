package admitone.ledger;

import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * The newest seal of each seller as it was last verified, in a file beside the database: whoever can delete the end of a chain there cannot
 * delete it here. One line for each seller, replaced as a whole.
 */
@Component
class Heads {
    private static final Logger log = LoggerFactory.getLogger(Heads.class);

    private final Path file;

    Heads(Settings settings) {
        this.file = settings.dataDir().resolve("ledger-heads");
    }

    /** @param digest of the seal, in hexadecimal digits */
    record Head(long seq, String digest, Instant seenAt) {}

    /** The message says what to do. */
    static final class Unreadable extends RuntimeException {
        Unreadable(Path file, Exception cause) {
            super(
                    file
                            + " cannot be read: put it back from a backup, or move it away if you know why; what holds is kept anew"
                            + " the night after",
                    cause);
        }
    }

    /** Empty where none were kept. */
    Map<SellerId, Head> kept() {
        if (!Files.exists(file)) {
            return Map.of();
        }
        Map<SellerId, Head> heads = new HashMap<>();
        try {
            for (String line : Files.readAllLines(file)) {
                String[] words = line.split(" ", -1);
                heads.put(
                        new SellerId(words[0]), new Head(Long.parseLong(words[1]), words[2], Instant.parse(words[3])));
            }
            return heads;
        } catch (IOException | IllegalArgumentException | DateTimeException | ArrayIndexOutOfBoundsException e) {
            throw new Unreadable(file, e);
        }
    }

    /** Instead of those kept before. */
    void keep(Map<SellerId, Head> heads) {
        Map<String, Head> sorted = new TreeMap<>();
        heads.forEach((seller, head) -> sorted.put(seller.value(), head));
        List<String> lines = new ArrayList<>();
        sorted.forEach(
                (seller, head) -> lines.add(seller + " " + head.seq() + " " + head.digest() + " " + head.seenAt()));
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            Path complete = file.resolveSibling("ledger-heads.new");
            Files.deleteIfExists(complete);
            Files.createFile(
                    complete, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(complete, lines);
            Files.move(complete, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            log.warn("{} cannot be written ({}): a chain that loses its end is not noticed", file, e.toString());
        }
    }
}
