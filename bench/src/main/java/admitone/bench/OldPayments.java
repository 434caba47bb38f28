package admitone.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.postgresql.PGConnection;

/**
 * Fills a new database with paid and delivered payments of the last two years. Every table gets the rows that the service
 * writes for one, in bulk: loaded frozen into emptied tables, unlogged by the write-ahead log, indexes made afterwards.
 */
final class OldPayments {
    /** Of disk, with indexes and the room to sort them; about 5 KB stay. */
    private static final long BYTES_PER_PAYMENT = 7_000;

    private static final int AT_ONCE = 2;
    private static final int CHUNK = 256 * 1024;

    private static final List<String> WHILE_FILLING = List.of(
            "wal_level = minimal",
            "max_wal_senders = 0",
            "max_wal_size = 4GB",
            "maintenance_work_mem = 512MB",
            "autovacuum = off");

    private final long count;
    private final Progress progress;

    OldPayments(long count, Progress progress) {
        this.count = count;
        this.progress = progress;
    }

    private static Path marker(Path dataDir) {
        return dataDir.resolve("old-payments");
    }

    /** The service does not run, and does not run afterwards. */
    void fill(Service service) throws SQLException {
        try {
            if (Files.exists(marker(service.dataDir()))) {
                requireSame(Files.readString(marker(service.dataDir())).strip(), service.dataDir());
                return;
            }
            requireRoom(service.dataDir());
            service.configureDatabase(WHILE_FILLING);
            service.start();
            service.stand(); // it would look into tables that have no index for the while
            try {
                fill(Server.of(service.dataDir()));
            } finally {
                service.goOn();
                service.stop();
            }
            service.unconfigureDatabase(WHILE_FILLING); // both halves are measured with the same settings
            Files.writeString(marker(service.dataDir()), Long.toString(count));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void requireSame(String there, Path dataDir) {
        if (!there.equals(Long.toString(count))) {
            throw new Failure(dataDir + " holds " + there + " old payments, not " + count + ": delete it first");
        }
    }

    private void requireRoom(Path dataDir) throws IOException {
        long free = Files.getFileStore(dataDir).getUsableSpace();
        if (free < count * BYTES_PER_PAYMENT) {
            throw new Failure(String.format(
                    Locale.ROOT,
                    "%,d old payments need about %,d GB of disk, and %,d are free at %s",
                    count,
                    (count * BYTES_PER_PAYMENT) >> 30,
                    free >> 30,
                    dataDir));
        }
    }

    private void fill(Server server) throws SQLException {
        progress.say(String.format(Locale.ROOT, "filling in %,d old payments", count));
        OldRows rows = new OldRows(count, Instant.now());
        try (Connection database = server.connect()) {
            endSessions(database);
            catalog(database, rows);
        }
        List<OldRows.Table> tables = new ArrayList<>(rows.tables());
        tables.sort(Comparator.comparingInt(OldRows.Table::weight).reversed());
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<?>> jobs = new ArrayList<>();
            for (OldRows.Table table : tables) {
                jobs.add(threads.submit(() -> {
                    load(server, table);
                    return null;
                }));
            }
            for (Future<?> job : jobs) {
                await(job);
            }
        }
        try (Connection database = server.connect();
                Statement statement = database.createStatement()) {
            statement.execute("analyze");
            statement.execute("checkpoint");
            progress.say(size(statement));
        }
    }

    private static void await(Future<?> job) {
        try {
            job.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the old payments could not be filled in", e.getCause());
        }
    }

    /** Those of the service, which stands still and may hold a lock. */
    private static void endSessions(Connection database) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute("""
                    select pg_terminate_backend(pid) from pg_stat_activity
                    where backend_type = 'client backend' and pid <> pg_backend_pid()
                    """);
        }
    }

    private static void catalog(Connection database, OldRows rows) throws SQLException {
        for (OldRows.Table table : rows.catalog()) {
            copy(database, table, OldRows.SELLERS, "");
        }
    }

    private void load(Server server, OldRows.Table table) throws SQLException {
        try (Connection database = server.connect();
                Statement statement = database.createStatement()) {
            Deque<String> makeAgain = new ArrayDeque<>();
            database.setAutoCommit(false);
            for (String drop : drops(statement, table.name(), makeAgain)) {
                statement.execute(drop);
            }
            statement.execute("truncate " + table.name());
            copy(database, table, count, " with (freeze)");
            database.commit();
            database.setAutoCommit(true);
            progress.say(table.name() + " is filled");
            while (!makeAgain.isEmpty()) {
                statement.execute(makeAgain.pop());
            }
            progress.say(table.name() + " has its indexes again");
        }
    }

    /** The statements that take a table's keys and indexes away; those that bring them back are put into {@code makeAgain}. */
    private static List<String> drops(Statement statement, String table, Deque<String> makeAgain) throws SQLException {
        List<String> drops = new ArrayList<>();
        Deque<String> last = new ArrayDeque<>();
        // what refers to it needs its key
        collect(statement, drops, last, """
                select format('alter table %%s drop constraint %%I', conrelid::regclass, conname),
                  format('alter table %%s add constraint %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid))
                from pg_constraint where confrelid = '%s'::regclass and contype = 'f'
                """.formatted(table));
        collect(statement, drops, makeAgain, """
                select format('alter table %s drop constraint %%I', conname),
                  format('alter table %s add constraint %%I %%s', conname, pg_get_constraintdef(oid))
                from pg_constraint where conrelid = '%s'::regclass and contype in ('p', 'u')
                """.formatted(table, table, table));
        collect(statement, drops, makeAgain, """
                select format('drop index %%s', indexrelid::regclass), pg_get_indexdef(indexrelid) from pg_index
                where indrelid = '%s'::regclass
                  and not exists (select from pg_constraint where conindid = indexrelid and contype in ('p', 'u'))
                """.formatted(table));
        makeAgain.addAll(last);
        return drops;
    }

    private static void collect(Statement statement, List<String> drops, Deque<String> makeAgain, String query)
            throws SQLException {
        try (var rows = statement.executeQuery(query)) {
            while (rows.next()) {
                drops.add(rows.getString(1));
                makeAgain.add(rows.getString(2));
            }
        }
    }

    private static void copy(Connection database, OldRows.Table table, long rows, String how) throws SQLException {
        var copy = database.unwrap(PGConnection.class)
                .getCopyAPI()
                .copyIn("copy " + table.name() + " (" + table.columns() + ") from stdin" + how);
        OldRows.Text text = new OldRows.Text();
        for (long k = 0; k < rows; k++) {
            table.writer().write(k, text);
            if (text.length() > CHUNK) {
                send(copy, text);
            }
        }
        send(copy, text);
        copy.endCopy();
    }

    private static void send(org.postgresql.copy.CopyIn copy, OldRows.Text text) throws SQLException {
        byte[] bytes = text.take().getBytes(StandardCharsets.UTF_8);
        copy.writeToCopy(bytes, 0, bytes.length);
    }

    private static String size(Statement statement) throws SQLException {
        try (var row = statement.executeQuery("select pg_size_pretty(pg_database_size(current_database()))")) {
            row.next();
            return "the database has " + row.getString(1);
        }
    }
}
