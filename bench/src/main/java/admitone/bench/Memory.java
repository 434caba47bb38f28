package admitone.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What processes hold of the machine's memory, as Linux tells it. */
final class Memory {
    private static final double KB_PER_MIB = 1024;

    private Memory() {}

    /** Resident now, in MiB; empty where there is no {@code /proc}. */
    static Optional<Double> residentMib(long pid) {
        return field(pid, "status", "VmRSS:");
    }

    /** The most that was resident since {@link #forgetPeak}. */
    static Optional<Double> peakMib(long pid) {
        return field(pid, "status", "VmHWM:");
    }

    static void forgetPeak(long pid) {
        Path file = Path.of("/proc", Long.toString(pid), "clear_refs");
        if (Files.isWritable(file)) {
            try {
                Files.writeString(file, "5");
            } catch (IOException e) {
                System.err.println("admitone: the peak of memory counts from the start (" + e.getMessage() + ")");
            }
        }
    }

    /** Of a process and its children; what they share is counted once. */
    static Optional<Double> proportionalMib(long parent) {
        List<Double> parts = Stream.concat(
                        Stream.of(parent),
                        ProcessHandle.of(parent).stream()
                                .flatMap(ProcessHandle::descendants)
                                .map(ProcessHandle::pid))
                .flatMap(pid -> field(pid, "smaps_rollup", "Pss:").stream())
                .toList();
        return parts.isEmpty()
                ? Optional.empty()
                : Optional.of(parts.stream().mapToDouble(Double::doubleValue).sum());
    }

    private static Optional<Double> field(long pid, String file, String name) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), file))) {
            return lines.filter(line -> line.startsWith(name))
                    .map(line -> Long.parseLong(line.replaceAll("\\D", "")) / KB_PER_MIB)
                    .findFirst();
        } catch (IOException e) {
            return Optional.empty(); // another system, or the process has just ended
        }
    }
}
