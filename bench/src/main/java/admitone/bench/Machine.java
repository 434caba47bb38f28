package admitone.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What the figures were measured on; they mean nothing without it. */
final class Machine {
    private static final int WRITES = 200;
    private static final int PAGE = 8192;

    private Machine() {}

    static Map<String, String> facts(Path dataDir, Connection database) throws SQLException {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("cores", Integer.toString(Runtime.getRuntime().availableProcessors()));
        facts.put("processor", line("/proc/cpuinfo", "model name"));
        facts.put("memory", line("/proc/meminfo", "MemTotal"));
        facts.put("system", System.getProperty("os.name") + " " + System.getProperty("os.version"));
        facts.put("java", System.getProperty("java.vendor.version", "") + " " + Runtime.version());
        try (var statement = database.createStatement();
                var row = statement.executeQuery(
                        "select current_setting('server_version') || ', fsync ' || current_setting('fsync')"
                                + " || ', shared_buffers ' || current_setting('shared_buffers')")) {
            row.next();
            facts.put("postgresql", row.getString(1));
        }
        facts.put("fsync", "%.0f µs (median of %d)".formatted(fsyncMicros(dataDir), WRITES));
        return facts;
    }

    /** A page written and forced, as a commit does. */
    private static double fsyncMicros(Path directory) {
        Path file = directory.resolve("fsync.tmp");
        List<Double> micros = new ArrayList<>();
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE)) {
            for (int i = 0; i < WRITES; i++) {
                long began = System.nanoTime();
                channel.write(ByteBuffer.allocate(PAGE), 0);
                channel.force(false);
                micros.add((System.nanoTime() - began) / 1e3);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Statistics.median(micros);
    }

    private static String line(String file, String name) {
        try (Stream<String> lines = Files.lines(Path.of(file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> line.substring(line.indexOf(':') + 1).strip())
                    .findFirst()
                    .orElse("unknown");
        } catch (IOException e) {
            return "unknown";
        }
    }
}
