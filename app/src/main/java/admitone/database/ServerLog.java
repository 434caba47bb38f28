package admitone.database;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** What the server has written to its log files since a moment: the reason when a start fails. */
final class ServerLog {

    private static final int MOST_BYTES = 16 * 1024;

    private final Path directory;
    private final Map<Path, Long> lengths = new HashMap<>();

    private ServerLog(Path directory) {
        this.directory = directory;
    }

    static ServerLog from(Path directory) throws IOException {
        ServerLog log = new ServerLog(directory);
        for (Path file : log.files()) {
            log.lengths.put(file, Files.size(file));
        }
        return log;
    }

    String writtenSince() throws IOException {
        StringBuilder text = new StringBuilder();
        for (Path file : files()) {
            try (RandomAccessFile content = new RandomAccessFile(file.toFile(), "r")) {
                long known = lengths.getOrDefault(file, 0L);
                long from = Math.max(known <= content.length() ? known : 0, content.length() - MOST_BYTES);
                byte[] bytes = new byte[(int) (content.length() - from)];
                content.seek(from);
                content.readFully(bytes);
                text.append(new String(bytes, StandardCharsets.UTF_8));
            }
        }
        return text.toString();
    }

    /** The lines that name a fault, at most three of them. */
    static String faults(String text) {
        return text.lines()
                .filter(line -> line.contains("FATAL")
                        || line.contains("PANIC")
                        || line.contains("HINT")
                        || line.contains("ERROR")
                        || line.contains("error:"))
                .limit(3)
                .map(line -> line.replaceFirst("^.*?((FATAL|PANIC|HINT|ERROR|error):)", "$1")
                        .replaceAll("\\s+", " "))
                .collect(Collectors.joining("; "));
    }

    private List<Path> files() throws IOException {
        try (var found = Files.list(directory)) {
            return new ArrayList<>(found.sorted().toList());
        }
    }
}
