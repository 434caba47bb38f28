package admitone.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.security.auth.module.UnixSystem;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class EmbeddedPostgresDatabaseTests {

    /** Of the tests that leave a working database behind them. */
    @TempDir
    static Path shared;

    @TempDir
    Path fresh;

    @Test
    void isDurableAndAsksForItsPassword() throws SQLException {
        try (var server = start(shared)) {
            assertThat(show(server, "fsync")).isEqualTo("on");
            assertThat(show(server, "synchronous_commit")).isEqualTo("on");
            assertThat(show(server, "full_page_writes")).isEqualTo("on");
            assertThat(show(server, "data_checksums")).isEqualTo("on");

            assertThat(show(server, "listen_addresses")).isEqualTo("127.0.0.1");
            assertThat(show(server, "unix_socket_directories")).isEmpty();
            assertThatThrownBy(() -> DriverManager.getConnection(server.jdbcUrl(), server.username(), "guess"))
                    .hasMessageContaining("password authentication failed");
            assertThat(home(shared).resolve("password"))
                    .satisfies(file -> assertThat(Files.getPosixFilePermissions(file))
                            .isEqualTo(PosixFilePermissions.fromString("rw-------")));
        }
    }

    @Test
    void twoProcessesMayUnpackTheProgramsAtOnce() throws Exception {
        try (var threads = Executors.newFixedThreadPool(2)) {
            Callable<PostgresPrograms> unpacking = () -> PostgresPrograms.unpackedIn(fresh);
            var unpacked = threads.invokeAll(Collections.nCopies(2, unpacking));

            for (var programs : unpacked) {
                assertThat(programs.get().home().resolve("bin/postgres")).exists();
            }
        }
        try (var left = Files.list(fresh)) {
            assertThat(left).hasSize(1);
        }
    }

    @Test
    void refusesAnOwnerWhoseCommitsWouldNotBeDurable() throws SQLException {
        try (var server = start(fresh)) {
            run(server, "alter role admitone set synchronous_commit = off");
        }

        assertThatThrownBy(() -> start(fresh))
                .isInstanceOf(DatabaseUnavailable.class)
                .hasMessageContaining("synchronous_commit is not on");
        assertThat(home(fresh).resolve("data/postmaster.pid")).doesNotExist();
    }

    @Test
    void keepsRowsOverCloseAndStart() throws SQLException {
        int port;
        try (var server = start(shared)) {
            run(server, "create table closed (value int); insert into closed values (1)");
            port = server.port();
        }

        try (var server = EmbeddedPostgres.start(shared, port, TestDatabases.PROGRAMS)) {
            assertThat(server.port()).isEqualTo(port);
            assertThat(rows(server, "closed")).isEqualTo(1);
        }
    }

    @Test
    void refusesSecondInstanceOnTheSameDirectory() throws Exception {
        try (var first = start(shared)) {
            String self = Long.toString(ProcessHandle.current().pid());

            assertThatThrownBy(() -> start(shared))
                    .isInstanceOf(DatabaseUnavailable.class)
                    .hasMessageContaining(shared.toRealPath().toString())
                    .hasMessageContaining(self);

            // also after the refusal above: it must not have given the first one's lock back
            try (var other = HoldingProcess.start(shared, TestDatabases.PROGRAMS)) {
                assertThat(other.answer())
                        .startsWith("REFUSED")
                        .contains(shared.toRealPath().toString(), self);
            }
            assertThat(show(first, "fsync")).isEqualTo("on");
        }
    }

    @Test
    void stopsTheServerThatAKilledProcessLeftAndKeepsItsRows() throws Exception {
        ProcessHandle orphan;
        try (var holder = HoldingProcess.start(fresh, TestDatabases.PROGRAMS)) {
            orphan = holder.server();
            holder.kill();
            assertThat(orphan.isAlive()).isTrue();
        }

        try (var server = start(fresh)) {
            assertThat(server.pid()).isNotEqualTo(orphan.pid());
            assertThat(rows(server, "kept")).isEqualTo(1);
        }
        orphan.onExit().get(10, TimeUnit.SECONDS);
    }

    @Test
    void stopsWithTheJvm() throws Exception {
        try (var holder = HoldingProcess.start(shared, TestDatabases.PROGRAMS)) {
            ProcessHandle server = holder.server();

            holder.exit();

            server.onExit().get(10, TimeUnit.SECONDS);
            assertThat(home(shared).resolve("data/postmaster.pid")).doesNotExist();
        }
    }

    @Test
    void whoIsStillThereWhenTheJvmEndsMayOpenAnotherSession() throws Exception {
        var server = start(shared);
        ProcessHandle process = ProcessHandle.of(server.pid()).orElseThrow();
        Thread hook = new Thread(server::stopAfterClients);
        try (var client = connect(server)) {
            hook.start();
            await().until(() -> sessions(client) == 2); // it looks whether somebody is there
            try (var another = connect(server)) {
                assertThat(sessions(another)).isEqualTo(3);
            }
        }

        hook.join();
        process.onExit().get(10, TimeUnit.SECONDS);
    }

    @Test
    void aServerThatHangsIsStoppedAllTheSame() throws Exception {
        var server = start(shared);
        ProcessHandle process = ProcessHandle.of(server.pid()).orElseThrow();
        Thread hook = new Thread(server::stopAfterClients);
        signal("STOP", process); // it takes connections, and never says a word
        try {
            hook.start();

            await().atMost(Duration.ofSeconds(30)).until(EmbeddedPostgresDatabaseTests::isAServerBeingStopped);
        } finally {
            signal("CONT", process);
        }

        hook.join();
        process.onExit().get(10, TimeUnit.SECONDS);
    }

    @Test
    void revivesAServerThatDied() throws Exception {
        try (var server = start(shared)) {
            run(server, "create table committed (value int); insert into committed values (1)");
            long before = server.pid();

            try (var session = connect(server)) { // keeps a backend alive until it notices
                ProcessHandle.of(before).orElseThrow().destroyForcibly();

                await().atMost(Duration.ofSeconds(20)).until(() -> server.pid() != before);
                assertThat(session.isValid(5)).isFalse();
            }
            assertThat(rows(server, "committed")).isEqualTo(1);
        }
    }

    @Test
    void startsDespiteAStalePidFile() throws Exception {
        start(shared).close();
        String foreign = Long.toString(ProcessHandle.current().pid());
        for (String content : List.of(foreign, "no number", "")) {
            Files.writeString(home(shared).resolve("data/postmaster.pid"), content);

            try (var server = start(shared)) {
                assertThat(show(server, "fsync")).isEqualTo("on");
            }
        }
    }

    @Test
    void makesAnInterruptedFirstStartGood() throws Exception {
        Files.createDirectories(home(fresh).resolve("data.unfinished/base"));
        Files.writeString(home(fresh).resolve("data.unfinished/PG_VERSION"), "18");

        try (var server = start(fresh)) {
            assertThat(show(server, "fsync")).isEqualTo("on");
        }
    }

    @Test
    void explainsAFileInPlaceOfTheDirectory() throws Exception {
        Path file = Files.writeString(fresh.resolve("file"), "");

        assertThatThrownBy(() -> EmbeddedPostgres.start(file, 0, TestDatabases.PROGRAMS))
                .isInstanceOf(DatabaseUnavailable.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining("Not a directory")
                .hasMessageContaining("ADMITONE_DATA_DIR");
    }

    @Test
    void explainsADirectoryThatCannotBeWritten() throws Exception {
        Path readOnly = Files.createDirectory(fresh.resolve("read-only"));
        Files.setPosixFilePermissions(readOnly, PosixFilePermissions.fromString("r-xr-xr-x"));

        // root may write everywhere, but not from inside a user namespace
        List<String> prefix = isRoot() ? List.of("unshare", "-U") : List.of();
        try (var other = HoldingProcess.start(prefix, System.getenv("PATH"), readOnly, TestDatabases.PROGRAMS)) {
            assertThat(other.answer()).startsWith("REFUSED").contains(readOnly.toString(), "permission denied");
        }
    }

    @Test
    void explainsToRootThatUnshareIsDenied() throws Exception {
        assumeTrue(isRoot(), "only root needs unshare");
        Path bin = Files.createDirectory(fresh.resolve("fake"));
        Path unshare = Files.writeString(bin.resolve("unshare"), """
                #!/bin/sh
                echo 'unshare: unshare failed: Operation not permitted' >&2
                exit 1
                """);
        Files.setPosixFilePermissions(unshare, PosixFilePermissions.fromString("rwxr-xr-x"));

        String path = bin + ":" + System.getenv("PATH");
        try (var other = HoldingProcess.start(List.of(), path, fresh, TestDatabases.PROGRAMS)) {
            assertThat(other.answer())
                    .startsWith("REFUSED")
                    .contains("Operation not permitted", "ordinary user", "SPRING_DATASOURCE_URL");
        }
    }

    @Test
    void refusesTheDataOfAnotherMajorVersion() throws Exception {
        Files.createDirectories(home(fresh).resolve("data"));
        Files.writeString(home(fresh).resolve("data/PG_VERSION"), "17\n");

        assertThatThrownBy(() -> start(fresh))
                .isInstanceOf(DatabaseUnavailable.class)
                .hasMessageContaining("made by PostgreSQL 17")
                .hasMessageContaining("brings PostgreSQL 18");
    }

    @Test
    void refusesTheDataOfAnotherUser() throws Exception {
        assumeTrue(isRoot(), "only root can give files away");
        Path data = Files.createDirectories(home(fresh).resolve("data"));
        Files.setAttribute(data, "unix:uid", 65534);

        assertThatThrownBy(() -> start(fresh))
                .isInstanceOf(DatabaseUnavailable.class)
                .hasMessageContaining("belongs to user")
                .hasMessageContaining("chown");
    }

    @Test
    void saysThatThePortIsTaken() throws Exception {
        try (var taken = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
            int port = taken.getLocalPort();

            assertThatThrownBy(() -> EmbeddedPostgres.start(shared, port, TestDatabases.PROGRAMS))
                    .isInstanceOf(DatabaseUnavailable.class)
                    .hasMessageContaining("Port " + port + " is taken");
        }
    }

    @Test
    void saysWhichPasswordFileIsMissing() throws Exception {
        start(fresh).close();
        Files.delete(home(fresh).resolve("password"));

        assertThatThrownBy(() -> start(fresh))
                .isInstanceOf(DatabaseUnavailable.class)
                .hasMessageContaining(
                        home(fresh).toRealPath().resolve("password").toString());
    }

    private static EmbeddedPostgres start(Path dataDir) {
        return EmbeddedPostgres.start(dataDir, 0, TestDatabases.PROGRAMS);
    }

    private static Path home(Path dataDir) {
        return dataDir.resolve("postgres");
    }

    private static boolean isRoot() {
        return new UnixSystem().getUid() == 0;
    }

    private static int rows(EmbeddedPostgres server, String table) throws SQLException {
        return Integer.parseInt(one(server, "select count(*) from " + table));
    }

    private static int sessions(Connection one) throws SQLException {
        try (var rows = one.createStatement()
                .executeQuery("select count(*) from pg_stat_activity where backend_type = 'client backend'")) {
            rows.next();
            return rows.getInt(1);
        }
    }

    private static String show(EmbeddedPostgres server, String setting) throws SQLException {
        return one(server, "show " + setting);
    }

    private static String one(EmbeddedPostgres server, String query) throws SQLException {
        try (var connection = connect(server);
                var statement = connection.createStatement();
                var rows = statement.executeQuery(query)) {
            rows.next();
            return rows.getString(1);
        }
    }

    private static void run(EmbeddedPostgres server, String sql) throws SQLException {
        try (var connection = connect(server);
                var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static boolean isAServerBeingStopped() {
        return ProcessHandle.current()
                .descendants()
                .map(ProcessHandle::info)
                .anyMatch(info -> info.command().orElse("").endsWith("pg_ctl"));
    }

    private static void signal(String name, ProcessHandle process) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-" + name, "" + process.pid())
                        .start()
                        .waitFor())
                .isZero();
    }

    private static Connection connect(EmbeddedPostgres server) throws SQLException {
        return DriverManager.getConnection(server.jdbcUrl(), server.username(), server.password());
    }
}
