package admitone.runtime;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A secret of at least 32 characters in a file of the data directory that only its owner may read; made where there is none. */
public final class KeptSecret {
    private static final Logger log = LoggerFactory.getLogger(KeptSecret.class);

    private KeptSecret() {}

    /** {@code name} is the file's, {@code what} says in words what is kept there. */
    public static String read(Path dataDir, String name, String what, Supplier<String> fresh) {
        Path file = dataDir.resolve(name).toAbsolutePath();
        try {
            Files.createDirectories(file.getParent());
            if (!Files.exists(file)) {
                make(file, fresh.get());
            }
            String secret = Files.readString(file).strip();
            if (secret.length() < 32) {
                throw new IllegalStateException(what + " in " + file
                        + " has under 32 characters: delete the file and start again, then a new one is made");
            }
            log.info("{} is in {}", what, file);
            return secret;
        } catch (IOException e) {
            throw new UncheckedIOException(what + " cannot be kept in " + file, e);
        }
    }

    /** Never seen half written, and by whichever instance comes first. */
    private static void make(Path file, String secret) throws IOException {
        Path draft = file.resolveSibling(
                file.getFileName() + "." + ProcessHandle.current().pid());
        Files.deleteIfExists(draft);
        var onlyOwner = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        try (var out = Files.newByteChannel(
                draft, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), onlyOwner)) {
            out.write(ByteBuffer.wrap((secret + "\n").getBytes(StandardCharsets.UTF_8)));
        }
        try {
            Files.createLink(file, draft);
        } catch (FileAlreadyExistsException e) {
            log.info("another instance made {} first", file);
        } finally {
            Files.deleteIfExists(draft);
        }
    }
}
