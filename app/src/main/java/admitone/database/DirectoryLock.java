package admitone.database;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** At most one process, and in it one instance, owns a directory. The system gives the lock back when the process dies, however it dies. */
final class DirectoryLock implements AutoCloseable {

    /** Asked before the file is opened: closing a second channel on it would give the first one's lock back (POSIX). */
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path file;
    private final FileChannel channel;

    private DirectoryLock(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /** Empty when someone else holds it; {@link #holder} tells who. */
    static Optional<DirectoryLock> tryTake(Path file) throws IOException {
        if (!HELD_HERE.add(file)) {
            return Optional.empty();
        }
        Optional<DirectoryLock> taken = Optional.empty();
        try {
            taken = lock(file);
            return taken;
        } finally {
            if (taken.isEmpty()) {
                HELD_HERE.remove(file);
            }
        }
    }

    @SuppressWarnings("resource") // the channel stays open for as long as the lock is held
    private static Optional<DirectoryLock> lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, CREATE, READ, WRITE);
        try {
            if (channel.tryLock() == null) {
                channel.close();
                return Optional.empty();
            }
            channel.truncate(0);
            String pid = ProcessHandle.current().pid() + "\n";
            channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
            return Optional.of(new DirectoryLock(file, channel));
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    static String holder(Path file) {
        if (HELD_HERE.contains(file)) {
            return "this process, " + ProcessHandle.current().pid();
        }
        try {
            return "process " + Files.readString(file).strip();
        } catch (IOException e) {
            return "an unknown process";
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        HELD_HERE.remove(file);
    }
}
