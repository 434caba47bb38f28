package admitone.database;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import admitone.runtime.Settings.Datasource;
import admitone.runtime.Settings.Secret;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.flywaydb.core.Flyway;
import org.springframework.util.FileSystemUtils;

/**
 * A database for each test, or class of tests: a clone of a template that is migrated once per JVM, on one durable server per JVM. A
 * clone whose schema no test has changed is emptied and handed on.
 */
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
    private static final Map<String, Template> TEMPLATES = new ConcurrentHashMap<>();

    static {
        Awaitility.setDefaultPollInterval(
                Duration.ofMillis(10)); // what is waited for in a database takes less than the usual 100
    }

    private TestDatabases() {}

    /** With the service's own migrations. */
    public static TestDatabase fresh(String name) {
        return fresh(name, "migrated", TestDatabases::migrate);
    }

    /** Nothing is in it. */
    public static TestDatabase empty(String name) {
        Clone made = clone(name);
        execute("create database " + made.name());
        return new TestDatabase(made, null);
    }

    /**
     * With the schema of {@code template}, which {@code migration} makes the first time that the template is asked for. It is new, or
     * one that an earlier test has left and that is as new.
     */
    public static TestDatabase fresh(String name, String template, Migration migration) {
        Template source = TEMPLATES.computeIfAbsent(template, key -> {
            Clone made = clone("template_" + key);
            execute("create database " + made.name());
            DataSource database = new TestDatabase(made, null).dataSource();
            migration.apply(database);
            try (var connection = database.getConnection()) {
                return Template.of(made.name(), connection);
            } catch (SQLException e) {
                throw new IllegalStateException(template, e);
            }
        });
        return new TestDatabase(source.takeSpare().orElseGet(() -> cloneOf(source, name)), source);
    }

    private static Clone cloneOf(Template template, String name) {
        Clone made = clone(name);
        execute("create database " + made.name() + " template " + template.name() + " strategy wal_log");
        return made;
    }

    private static void migrate(DataSource database) {
        Flyway.configure()
                .dataSource(database)
                .locations("classpath:db/migration")
                .defaultSchema("admitone")
                .createSchemas(true)
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

    private static Clone clone(String name) {
        EmbeddedPostgres server = Server.RUNNING;
        String unique = unique(name);
        return new Clone(
                unique, new Datasource(server.jdbcUrl(unique), server.username(), new Secret(server.password())));
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
