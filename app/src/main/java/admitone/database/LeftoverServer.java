package admitone.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A server that outlived its AdmitOne (killed with -9) still holds the data. Its pid file tells where it is; the file may lie. */
final class LeftoverServer {

    private static final Logger log = LoggerFactory.getLogger(LeftoverServer.class);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    private LeftoverServer() {}

    /** To be called with the directory's lock held: whatever runs there has no owner any more. */
    static void stop(Path data, PostgresPrograms programs) throws IOException {
        Path pidFile = data.resolve("postmaster.pid");
        if (!Files.exists(pidFile)) {
            return;
        }
        Optional<Long> pid = pidIn(pidFile);
        Optional<ProcessHandle> process = pid.flatMap(ProcessHandle::of).filter(ProcessHandle::isAlive);
        if (pid.isPresent() && process.isEmpty()) {
            return; // it died with its file in place: the next server checks for orphaned backends itself and recovers
        }
        if (process.isPresent() && mayServe(process.get(), data)) {
            stop(process.get(), data, programs);
        } else {
            log.warn(
                    "stale {}: process {} is not a PostgreSQL of this directory; file removed",
                    pidFile,
                    pid.orElse(0L));
            Files.delete(pidFile);
        }
    }

    private static Optional<Long> pidIn(Path pidFile) throws IOException {
        List<String> lines = Files.readAllLines(pidFile);
        try {
            return lines.isEmpty()
                    ? Optional.empty()
                    : Optional.of(Math.abs(Long.parseLong(lines.getFirst().strip())));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static boolean mayServe(ProcessHandle process, Path data) {
        Optional<String> command = process.info().command();
        if (command.isEmpty()) {
            throw new DatabaseUnavailable(
                    "The database in %s may still be served by process %d, which belongs to another user, so AdmitOne cannot look. Stop that process if it is a PostgreSQL; otherwise delete %s. Then start again."
                            .formatted(data, process.pid(), data.resolve("postmaster.pid")));
        }
        boolean isPostgres = command.get().replace(" (deleted)", "").endsWith("/postgres");
        return isPostgres
                && process.info()
                        .arguments()
                        .map(arguments -> names(arguments, data))
                        .orElse(true);
    }

    private static boolean names(String[] arguments, Path data) {
        int option = Arrays.asList(arguments).indexOf("-D");
        return option >= 0
                && option + 1 < arguments.length
                && Path.of(arguments[option + 1]).equals(data);
    }

    private static void stop(ProcessHandle server, Path data, PostgresPrograms programs) throws IOException {
        log.warn(
                "a PostgreSQL left over by a killed AdmitOne (process {}) still serves {}: stopping it",
                server.pid(),
                data);
        for (String mode : List.of("fast", "immediate")) {
            var stopped = programs.run(
                    STOP_LIMIT.plusSeconds(5),
                    List.of(
                            "pg_ctl",
                            "stop",
                            "-D",
                            data.toString(),
                            "-m",
                            mode,
                            "-w",
                            "-t",
                            "" + STOP_LIMIT.toSeconds()));
            if (stopped.succeeded() || !server.isAlive()) {
                return;
            }
        }
        throw new DatabaseUnavailable(
                "A PostgreSQL left over by a killed AdmitOne (process %d) still serves %s and does not stop. Wait for it or end it (kill -INT %d), then start again."
                        .formatted(server.pid(), data, server.pid()));
    }
}
