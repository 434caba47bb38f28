package admitone.database;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import admitone.runtime.Settings.Datasource;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.flywaydb.core.Flyway;
import org.springframework.util.FileSystemUtils;

/** A database for each test class: a clone of a template that is migrated once per JVM, on one durable server per JVM. */
public final class TestDatabases {

    /** Brings an empty database to the schema that the tests expect. */
    @FunctionalInterface
    public interface Migration {
        void apply(DataSource database);
    }

    /** Unpacked once for all the builds in this directory. */
    static final Path PROGRAMS = Path.of("target", "postgres-bin").toAbsolutePath();

    private static final Path CLUSTERS = Path.of("target", "test-databases").toAbsolutePath();
    private static final AtomicInteger COUNT = new AtomicInteger();
    private static final Map<String, String> TEMPLATES = new ConcurrentHashMap<>();

    private TestDatabases() {}

    /** With the service's own migrations. */
    public static TestDatabase fresh(String name) {
        return fresh(name, "migrated", TestDatabases::migrate);
    }

    public static TestDatabase empty(String name) {
        return fresh(name, "blank", database -> {});
    }

    /** With the schema of {@code template}, which {@code migration} makes the first time that the template is asked for. */
    public static TestDatabase fresh(String name, String template, Migration migration) {
        String source = TEMPLATES.computeIfAbsent(template, key -> {
            String made = unique("template_" + key);
            execute("create database " + made);
            migration.apply(database(made).dataSource());
            return made;
        });
        String target = unique(name);
        execute("create database " + target + " template " + source + " strategy wal_log");
        return database(target);
    }

    /** The service's lanes to a database that has its schema already: to look whether it does takes as long as many a test. */
    public static Database lanes(Datasource server) {
        return new Database(server);
    }

    private static void migrate(DataSource database) {
        Flyway.configure()
                .dataSource(database)
                .locations("classpath:db/migration")
                .load()
                .migrate();
    }

    static void drop(String name) {
        execute("drop database if exists " + name + " with (force)");
    }

    static void away(String name) {
        execute("alter database " + name + " allow_connections false");
        execute("select pg_terminate_backend(pid) from pg_stat_activity where datname = '" + name + "'");
    }

    static void back(String name) {
        execute("alter database " + name + " allow_connections true");
    }

    private static String unique(String name) {
        String plain = name.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_]", "_");
        return "t" + COUNT.incrementAndGet() + "_" + plain.substring(0, Math.min(plain.length(), 50));
    }

    private static TestDatabase database(String name) {
        EmbeddedPostgres server = Server.RUNNING;
        return new TestDatabase(name, server.jdbcUrl(name), server.username(), server.password());
    }

    private static void execute(String sql) {
        EmbeddedPostgres server = Server.RUNNING;
        try (var connection =
                        DriverManager.getConnection(server.jdbcUrl("postgres"), server.username(), server.password());
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    /** Started when first asked for, stopped and deleted with the JVM; what killed JVMs left is cleared away first. */
    private static final class Server {

        static final EmbeddedPostgres RUNNING = start();

        private static EmbeddedPostgres start() {
            try {
                Files.createDirectories(CLUSTERS);
                Path directory = Files.createTempDirectory(CLUSTERS, "cluster");
                EmbeddedPostgres server = startInTurn(directory);
                Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server, directory)));
                return server;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        /** One process after the other: what one is about to lock, another must not find unlocked. */
        private static EmbeddedPostgres startInTurn(Path directory) throws IOException {
            try (FileChannel turn = FileChannel.open(CLUSTERS.resolve("turn"), CREATE, WRITE);
                    FileLock _ = turn.lock()) {
                clearLeftovers();
                return EmbeddedPostgres.start(directory, 0, PROGRAMS);
            }
        }

        private static void stop(EmbeddedPostgres server, Path directory) {
            server.close();
            try {
                FileSystemUtils.deleteRecursively(directory);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private static void clearLeftovers() throws IOException {
            try (var directories = Files.list(CLUSTERS)) {
                for (Path directory : directories.toList()) {
                    Path home = directory.resolve("postgres");
                    if (Files.exists(home.resolve("lock"))) {
                        clear(directory, home);
                    }
                }
            }
        }

        private static void clear(Path directory, Path home) throws IOException {
            Optional<DirectoryLock> lock = DirectoryLock.tryTake(home.resolve("lock"));
            if (lock.isPresent()) {
                try (var _ = lock.get()) {
                    LeftoverServer.stop(home.resolve("data"), PostgresPrograms.unpackedIn(PROGRAMS));
                }
                FileSystemUtils.deleteRecursively(directory);
            }
        }
    }
}
