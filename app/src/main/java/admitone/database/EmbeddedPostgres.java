package admitone.database;

import admitone.runtime.Settings.Datasource;
import admitone.runtime.Settings.Secret;
import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.util.FileSystemUtils;

/**
 * A durable PostgreSQL below the data directory, for this process alone: {@code postgres/{data,bin,log,lock,password}}.
 *
 * <p>It listens on the loopback address only and asks for a password. It is started again when it dies, and a server
 * left over by a killed process is stopped first. Only what the promise stands on is forced; the sizes in
 * {@code data/admitone.conf} are ours, and what an operator sets after them wins.
 */
public final class EmbeddedPostgres implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EmbeddedPostgres.class);

    private static final String SUPERUSER = "admitone";
    private static final String DATABASE = "admitone";

    /** Recovery after a crash reads the log since the last checkpoint; on a slow disk that takes minutes. */
    private static final Duration START_LIMIT = Duration.ofMinutes(5);

    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
    /** Tasks have 15 s to end, and what follows them takes a moment. */
    private static final Duration CLIENTS_LEAVE_LIMIT = Duration.ofSeconds(25);

    private static final Duration CLIENTS_LEAVE_LOOK = Duration.ofMillis(50);
    /** Of a server that hangs. */
    private static final Map<String, String> CLIENTS_LOOK_LIMITS = Map.of("loginTimeout", "5", "socketTimeout", "5");

    private static final Duration WATCH_EVERY = Duration.ofMillis(500);
    private static final Duration REVIVE_AGAIN_AFTER = Duration.ofSeconds(5);
    private static final int START_ATTEMPTS = 50;
    private static final Duration START_AGAIN_AFTER = Duration.ofMillis(200);

    /** An acknowledged payment must survive a power cut. Given on the command line, which no file overrides. */
    static final List<String> DURABLE = List.of("fsync", "synchronous_commit", "full_page_writes");

    /** For a small server with many small commits. Written to {@link #OWN_SETTINGS} at each start, so that an upgrade brings better ones. */
    private static final Map<String, String> SETTINGS = new TreeMap<>(Map.ofEntries(
            Map.entry("max_connections", "60"),
            Map.entry("shared_buffers", "128MB"),
            Map.entry("maintenance_work_mem", "32MB"),
            Map.entry("effective_cache_size", "512MB"),
            // after a checkpoint the first change of each page writes all of it to the log: rare ones cost least; a
            // crash
            // is made good from at most this much log
            Map.entry("checkpoint_timeout", "15min"),
            Map.entry("max_wal_size", "1GB"),
            Map.entry("min_wal_size", "128MB"),
            Map.entry("wal_buffers", "8MB"),
            // queues change the same few rows again and again
            Map.entry("autovacuum_max_workers", "2"),
            Map.entry("autovacuum_naptime", "20s"),
            // two cores: a query that takes both delays a notification
            Map.entry("max_parallel_workers_per_gather", "0"),
            Map.entry("random_page_cost", "1.1"),
            Map.entry("io_method", "sync"),
            Map.entry("jit", "off"),
            Map.entry("timezone", "UTC"),
            Map.entry("log_timezone", "UTC"),
            Map.entry("log_checkpoints", "off"),
            // a file for each day of the week, overwritten a week later
            Map.entry("logging_collector", "on"),
            Map.entry("log_directory", "../log"),
            Map.entry("log_filename", "postgres-%a.log"),
            Map.entry("log_truncate_on_rotation", "on"),
            Map.entry("log_rotation_age", "1d"),
            Map.entry("log_rotation_size", "0")));

    /** Beside postgresql.conf, which includes it. */
    private static final String OWN_SETTINGS = "admitone.conf";

    /** The password has 192 random bits: to hash it thousands of times for each connection guards nothing. */
    private static final String SCRAM_ROUNDS = "scram_iterations=64";

    private final Path home;
    private final DirectoryLock lock;
    private final PostgresPrograms programs;
    private final String password;
    private final Thread stopper = new Thread(this::stopAfterClients, "postgres-stopper");
    private int port;
    private volatile long pid;
    private volatile boolean closed;

    private EmbeddedPostgres(Path home, DirectoryLock lock, PostgresPrograms programs, String password, int port) {
        this.home = home;
        this.lock = lock;
        this.programs = programs;
        this.password = password;
        this.port = port;
    }

    /** Starts on a free port; see {@link #start(Path, int)}. */
    public static EmbeddedPostgres start(Path dataDir) {
        return start(dataDir, 0);
    }

    /**
     * Returns when the database answers. It stops with {@link #close} or with the JVM, then after its clients have gone.
     *
     * @param port 0 for a free one
     * @throws DatabaseUnavailable with words for the operator
     */
    public static EmbeddedPostgres start(Path dataDir, int port) {
        EmbeddedPostgres server =
                start(dataDir, port, dataDir.resolve("postgres").resolve("bin"));
        try {
            server.stopWithJvm();
        } catch (IllegalStateException e) {
            server.close(); // the JVM is going down already, and would leave it behind
            throw new DatabaseUnavailable("The program is ending.", e);
        }
        return server;
    }

    /** With programs that several data directories share; the caller stops it. */
    static EmbeddedPostgres start(Path dataDir, int port, Path bin) {
        try {
            Path home = Files.createDirectories(dataDir.resolve("postgres")).toRealPath();
            requirePlain(home);
            requireOwner(home.resolve("data"));
            Path lockFile = home.resolve("lock");
            DirectoryLock lock = DirectoryLock.tryTake(lockFile).orElseThrow(() -> inUse(home, lockFile));
            try {
                return start(home, lock, port, bin);
            } catch (IOException | RuntimeException e) {
                lock.close();
                throw e;
            }
        } catch (IOException e) {
            throw unusable(dataDir, e);
        }
    }

    private static EmbeddedPostgres start(Path home, DirectoryLock lock, int port, Path bin) throws IOException {
        PostgresPrograms programs = PostgresPrograms.unpackedIn(bin);
        Files.createDirectories(home.resolve("log"));
        Path data = home.resolve("data");
        if (Files.exists(data.resolve("PG_VERSION"))) {
            requireSameVersion(data, programs);
            LeftoverServer.stop(data, programs);
        } else {
            createCluster(home, programs);
        }
        writeOwnSettings(data);
        var server = new EmbeddedPostgres(home, lock, programs, password(home), port);
        server.launch();
        try {
            server.createDatabase();
            server.requireDurable();
            if (home.resolve("bin").equals(bin.toRealPath())) {
                programs.deleteOthers();
            }
        } catch (IOException | RuntimeException e) {
            server.stop("fast", STOP_LIMIT);
            throw e;
        }
        Thread.ofVirtual().name("postgres-watch").start(server::watch);
        log.info("PostgreSQL is ready on port {}, process {}, data in {}", server.port, server.pid, data);
        return server;
    }

    /** What another process reaches the server of this directory by; empty where none has been started, or it has ended as it should. */
    static Optional<Datasource> running(Path dataDir) {
        Path home = dataDir.resolve("postgres");
        try {
            List<String> lines = Files.readAllLines(home.resolve("data").resolve("postmaster.pid"));
            return Optional.of(new Datasource(
                    "jdbc:postgresql://127.0.0.1:" + lines.get(3).strip() + "/" + DATABASE,
                    SUPERUSER,
                    new Secret(password(home))));
        } catch (IOException | IndexOutOfBoundsException e) {
            return Optional.empty();
        }
    }

    public String jdbcUrl() {
        return jdbcUrl(DATABASE);
    }

    String jdbcUrl(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    /** The cluster's superuser and owner of the database. */
    public String username() {
        return SUPERUSER;
    }

    public String password() {
        return password;
    }

    public int port() {
        return port;
    }

    /** The cluster itself, {@code …/postgres/data}. */
    public Path dataDir() {
        return home.resolve("data");
    }

    /** Tells these files from any copy of them: the server rewrites the first in place and never touches the second. */
    String files() {
        try {
            Object place = Files.getAttribute(dataDir().resolve("global/pg_control"), "unix:ino");
            Instant made = Files.readAttributes(dataDir().resolve("PG_VERSION"), BasicFileAttributes.class)
                    .creationTime()
                    .toInstant();
            return place + "/" + made.getEpochSecond();
        } catch (IOException e) {
            throw unusable(home, e);
        }
    }

    /** Of the server's main process; another one after it was revived. */
    long pid() {
        return pid;
    }

    /** Ends the sessions that are still open, writes a checkpoint and stops. */
    @Override
    public void close() {
        closed = true; // before the monitor is taken, so that nothing is revived any more
        synchronized (this) {
            if (pid == 0) {
                return;
            }
            if (!stop("fast", STOP_LIMIT) && !stop("immediate", STOP_LIMIT)) {
                log.error("PostgreSQL (process {}) does not stop; the next start will deal with it", pid);
            }
            pid = 0;
        }
        try {
            lock.close();
        } catch (IOException e) {
            log.warn("the lock on {} was not given back cleanly", home, e);
        }
        if (Thread.currentThread() != stopper) {
            forgetStopper();
        }
    }

    void stopWithJvm() {
        Runtime.getRuntime().addShutdownHook(stopper);
    }

    private void forgetStopper() {
        try {
            Runtime.getRuntime().removeShutdownHook(stopper);
        } catch (IllegalStateException e) {
            log.debug("the JVM is going down: its hook finds nothing left to stop", e);
        }
    }

    /** JVM hooks run at the same time: requests being finished keep their connections until the pool lets go of them. */
    void stopAfterClients() {
        closed = true;
        long end = System.nanoTime() + CLIENTS_LEAVE_LIMIT.toNanos();
        try {
            awaitOnlyClient(end);
        } catch (SQLException e) {
            log.debug("who is still there cannot be asked: it is stopped, or will be now", e);
        }
        close();
    }

    /** {@code pg_ctl stop -m smart} would wait too, but let no new session in: what is finished over one that broke needs another. */
    private void awaitOnlyClient(long end) throws SQLException {
        try (var connection = connect(DATABASE, CLIENTS_LOOK_LIMITS);
                var others = connection.prepareStatement("""
                        select count(*) from pg_stat_activity where backend_type = 'client backend' and pid <> pg_backend_pid()
                        """)) {
            while (System.nanoTime() < end && count(others) > 0) {
                LockSupport.parkNanos(CLIENTS_LEAVE_LOOK.toNanos());
            }
        }
    }

    private static long count(PreparedStatement query) throws SQLException {
        try (var row = query.executeQuery()) {
            row.next();
            return row.getLong(1);
        }
    }

    private boolean stop(String mode, Duration limit) {
        try {
            List<String> command = List.of(
                    "pg_ctl", "stop", "-D", dataDir().toString(), "-m", mode, "-w", "-t", "" + limit.toSeconds());
            return programs.run(limit.plusSeconds(5), command).succeeded() || !Files.exists(pidFile());
        } catch (IOException e) {
            log.error("pg_ctl stop could not run", e);
            return false;
        }
    }

    private static void requirePlain(Path home) {
        if (home.toString().matches("(?s).*[\"$`\\\\].*")) {
            throw new DatabaseUnavailable(
                    "The data directory %s has a quote, $, ` or \\ in its path, which PostgreSQL's tools do not bear: set ADMITONE_DATA_DIR to another one."
                            .formatted(home));
        }
    }

    /** Typically root after an ordinary user: PostgreSQL serves nobody but the owner. */
    private static void requireOwner(Path data) throws IOException {
        if (Files.exists(data)
                && ((Number) Files.getAttribute(data, "unix:uid")).longValue() != new UnixSystem().getUid()) {
            throw new DatabaseUnavailable(
                    "The database in %s belongs to user %s and AdmitOne was started by %s: start it as the former, or give the data directory away with chown -R."
                            .formatted(data, Files.getOwner(data).getName(), System.getProperty("user.name")));
        }
    }

    private static DatabaseUnavailable inUse(Path home, Path lockFile) {
        return new DatabaseUnavailable(
                "The database in %s is in use by another AdmitOne (%s). Stop that one first, or give this one a data directory of its own with ADMITONE_DATA_DIR. Several instances on one database need a PostgreSQL of their own: set SPRING_DATASOURCE_URL."
                        .formatted(home, DirectoryLock.holder(lockFile)));
    }

    private static DatabaseUnavailable unusable(Path dataDir, IOException e) {
        String reason = switch (e) {
            case AccessDeniedException denied -> "permission denied on " + denied.getFile();
            case FileAlreadyExistsException file -> file.getFile() + " is not a directory";
            default -> String.valueOf(e.getMessage());
        };
        return new DatabaseUnavailable(
                "The data directory %s cannot be written by user %s: %s. Make it writable and check the free space (df -h), or set ADMITONE_DATA_DIR to another directory."
                        .formatted(dataDir.toAbsolutePath().normalize(), System.getProperty("user.name"), reason),
                e);
    }

    private static void requireSameVersion(Path data, PostgresPrograms programs) throws IOException {
        String there = Files.readString(data.resolve("PG_VERSION")).strip();
        int here = programs.majorVersion();
        if (!there.equals(Integer.toString(here))) {
            throw new DatabaseUnavailable(
                    "The database in %s was made by PostgreSQL %s and this AdmitOne brings PostgreSQL %d, which cannot read it. Go back to the AdmitOne that made it, or move the rows: pg_dump with that version running, then start this one with a new ADMITONE_DATA_DIR and restore there."
                            .formatted(data, there, here));
        }
    }

    /** Made beside its place and then renamed: a crash in between is made good by the next start. */
    private static void createCluster(Path home, PostgresPrograms programs) throws IOException {
        Path unfinished = home.resolve("data.unfinished");
        FileSystemUtils.deleteRecursively(unfinished);
        programs.majorVersion(); // tells a file system that forbids programs from a failing initdb
        writePassword(home.resolve("password"));
        List<String> command = new ArrayList<>(List.of("initdb", "-D", unfinished.toString(), "-U", SUPERUSER));
        command.addAll(List.of(
                "-A", "scram-sha-256", "--pwfile", home.resolve("password").toString()));
        command.addAll(List.of("-E", "UTF8", "--locale", "C", "--locale-provider", "builtin"));
        command.addAll(List.of("--builtin-locale", "C.UTF-8", "--data-checksums"));
        command.addAll(List.of("-c", SCRAM_ROUNDS));
        var made = programs.run(START_LIMIT, command);
        if (!made.succeeded()) {
            FileSystemUtils.deleteRecursively(unfinished);
            throw new DatabaseUnavailable(
                    "A new database could not be made in %s: %s. Check the free space (df -h) and who owns the directory, or set ADMITONE_DATA_DIR to another one."
                            .formatted(home, reason(made.output())));
        }
        includeOwnSettings(unfinished.resolve("postgresql.conf"));
        Files.move(unfinished, home.resolve("data"), StandardCopyOption.ATOMIC_MOVE);
        PostgresPrograms.force(home); // else a power cut could take the rename back, and with it every row since
    }

    private static void includeOwnSettings(Path configuration) throws IOException {
        Files.writeString(configuration, """

                # AdmitOne's sizes for a small server; it writes that file anew at each start. To set another value, use
                # ALTER SYSTEM or write it below this line.
                include_if_exists = '%s'
                """.formatted(OWN_SETTINGS), StandardOpenOption.APPEND);
        PostgresPrograms.force(configuration);
    }

    private static void writeOwnSettings(Path data) throws IOException {
        StringBuilder text =
                new StringBuilder("# Written by AdmitOne at each start: see the end of postgresql.conf.\n");
        SETTINGS.forEach((name, value) -> text.append("%s = '%s'\n".formatted(name, value)));
        Path complete = data.resolve(OWN_SETTINGS + ".new");
        Files.writeString(complete, text);
        Files.move(complete, data.resolve(OWN_SETTINGS), StandardCopyOption.ATOMIC_MOVE);
    }

    private static void writePassword(Path file) throws IOException {
        if (Files.exists(file)) {
            return;
        }
        byte[] random = new byte[24];
        new SecureRandom().nextBytes(random);
        var ownerOnly = PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
        Path complete = Files.createTempFile(file.toAbsolutePath().getParent(), "password", ".new", ownerOnly);
        Files.writeString(complete, Base64.getUrlEncoder().encodeToString(random) + "\n");
        PostgresPrograms.force(complete);
        Files.move(complete, file, StandardCopyOption.ATOMIC_MOVE);
    }

    private static String password(Path home) throws IOException {
        Path file = home.resolve("password");
        if (!Files.exists(file)) {
            throw new DatabaseUnavailable(
                    "The database in %s is there but the file %s with its password is not: put it back from the backup of the data directory, of which it is a part."
                            .formatted(home.resolve("data"), file));
        }
        return Files.readString(file).strip();
    }

    /** Tries again when a free port was taken meanwhile, or while backends of a server that died are still going down. */
    private void launch() throws IOException {
        boolean anyPort = port == 0;
        for (int attempt = 1; ; attempt++) {
            if (anyPort) {
                port = freePort();
            }
            ServerLog since = ServerLog.from(home.resolve("log"));
            var started = programs.run(START_LIMIT.plusSeconds(5), startCommand());
            if (started.succeeded()) {
                pid = Long.parseLong(Files.readAllLines(pidFile()).getFirst().strip());
                return;
            }
            String said = since.writtenSince();
            boolean passes = said.contains("pre-existing shared memory block")
                    || (anyPort && said.contains("Address already in use"));
            if (!passes || attempt == START_ATTEMPTS) {
                stop("immediate", STOP_LIMIT); // it may have been too slow rather than unwilling
                throw notStarted(said.isBlank() ? started.output() : said);
            }
            LockSupport.parkNanos(START_AGAIN_AFTER.toNanos());
        }
    }

    private List<String> startCommand() {
        List<String> options = new ArrayList<>();
        DURABLE.forEach(setting -> options.add("-c " + setting + "=on"));
        options.add("-c listen_addresses=127.0.0.1");
        options.add("-c unix_socket_directories=");
        options.add("-p " + port);
        return List.of(
                "pg_ctl",
                "start",
                "-D",
                dataDir().toString(),
                "-l",
                home.resolve("log").resolve("start.log").toString(),
                "-w",
                "-t",
                "" + START_LIMIT.toSeconds(),
                "-o",
                String.join(" ", options));
    }

    private DatabaseUnavailable notStarted(String said) {
        String advice = said.contains("Address already in use")
                ? "Port %d is taken: stop what listens there, or choose another port.".formatted(port)
                : "Check the free space (df -h) and memory; the whole log is in %s.".formatted(home.resolve("log"));
        return new DatabaseUnavailable(
                "PostgreSQL did not start in %s: %s. %s".formatted(dataDir(), reason(said), advice));
    }

    private static String reason(String said) {
        String faults = ServerLog.faults(said);
        return faults.isEmpty() ? said.strip().replaceAll("\\s+", " ") : faults;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            return socket.getLocalPort();
        }
    }

    private Path pidFile() {
        return dataDir().resolve("postmaster.pid");
    }

    /** Without a live server nothing works until someone restarts the service, so nobody has to. */
    private void watch() {
        while (!closed) {
            Duration pause = isServerAlive() || revive() ? WATCH_EVERY : REVIVE_AGAIN_AFTER;
            LockSupport.parkNanos(pause.toNanos());
        }
    }

    /** In a container whose first process we are, a dead server stays as a zombie: alive, but without a command. */
    private boolean isServerAlive() {
        return ProcessHandle.of(pid)
                .filter(ProcessHandle::isAlive)
                .flatMap(process -> process.info().command())
                .isPresent();
    }

    private synchronized boolean revive() {
        if (closed) {
            return true;
        }
        log.error("PostgreSQL (process {}) has died; starting it again on port {}", pid, port);
        try {
            if (ProcessHandle.of(pid).isPresent()) {
                Files.deleteIfExists(pidFile()); // a zombie's: it would be taken for a running server
            }
            launch();
            log.info("PostgreSQL is back on port {}, process {}", port, pid);
            return true;
        } catch (IOException | RuntimeException e) {
            log.error("PostgreSQL could not be started again, next try in {} s", REVIVE_AGAIN_AFTER.toSeconds(), e);
            return false;
        }
    }

    private void createDatabase() {
        try (Connection connection = connect("postgres");
                Statement statement = connection.createStatement()) {
            if (!has(statement, "select 1 from pg_database where datname = '" + DATABASE + "'")) {
                statement.execute("create database " + DATABASE);
            }
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    /** A file or a role's own setting could still weaken what was asked for, so the server is believed, not the command line. */
    private void requireDurable() {
        try (Connection connection = connect(DATABASE);
                Statement statement = connection.createStatement()) {
            for (String setting : DURABLE) {
                if (!has(statement, "select 1 where current_setting('" + setting + "') = 'on'")) {
                    throw new DatabaseUnavailable(
                            "The database in %s would lose payments in a crash, since %s is not on. Take the setting away from the role or the database (alter role … reset %s), then start again."
                                    .formatted(dataDir(), setting, setting));
                }
            }
        } catch (SQLException e) {
            throw refused(e);
        }
    }

    private static boolean has(Statement statement, String query) throws SQLException {
        try (ResultSet rows = statement.executeQuery(query)) {
            return rows.next();
        }
    }

    private Connection connect(String database) throws SQLException {
        return connect(database, Map.of());
    }

    private Connection connect(String database, Map<String, String> limits) throws SQLException {
        Properties properties = new Properties();
        properties.putAll(limits);
        properties.setProperty("user", SUPERUSER);
        properties.setProperty("password", password);
        return DriverManager.getConnection(jdbcUrl(database), properties);
    }

    private DatabaseUnavailable refused(SQLException e) {
        String advice = "28P01".equals(e.getSQLState())
                ? "The file %s is not the one of this database: put the right one back."
                        .formatted(home.resolve("password"))
                : "The log is in %s.".formatted(home.resolve("log"));
        return new DatabaseUnavailable(
                "PostgreSQL in %s started but refused the service: %s. %s".formatted(dataDir(), e.getMessage(), advice),
                e);
    }
}
