package admitone.database;

import admitone.runtime.Remark;
import admitone.runtime.Settings;
import admitone.runtime.Settings.Datasource;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationInfoService;
import org.flywaydb.core.api.MigrationState;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** Looks at the database from outside of the service: starts none, writes nothing. */
public final class DatabaseCheck implements AutoCloseable {
    private static final String ABOUT = "database";
    private static final int OLDEST_VERSION = 150_000;

    private final List<Remark> remarks = new ArrayList<>();
    private @Nullable SingleConnectionDataSource connection;
    private boolean isCurrent;

    private DatabaseCheck() {}

    public static DatabaseCheck of(Settings settings) {
        DatabaseCheck check = new DatabaseCheck();
        settings.datasource()
                .or(() -> EmbeddedPostgres.running(settings.dataDir()))
                .ifPresentOrElse(server -> check.look(server, settings), () -> check.sleeps(settings));
        return check;
    }

    public List<Remark> remarks() {
        return List.copyOf(remarks);
    }

    /** What it holds, to be read only; empty where it cannot be reached or is not of this version. */
    public Optional<JdbcClient> rows() {
        return Optional.ofNullable(connection).filter(_ -> isCurrent).map(JdbcClient::create);
    }

    private void sleeps(Settings settings) {
        remarks.add(
                Files.exists(settings.dataDir().resolve("postgres").resolve("data"))
                        ? Remark.warn(
                                ABOUT,
                                "the embedded PostgreSQL is not running, so what is in it was not looked at",
                                "start the service (./admitone serve), then check again")
                        : Remark.ok(ABOUT, "there is none yet: the first start makes one below " + settings.dataDir()));
    }

    private void look(Datasource server, Settings settings) {
        SingleConnectionDataSource source = new SingleConnectionDataSource(
                server.url(), server.username(), server.password().value(), true);
        try {
            JdbcClient rows = JdbcClient.create(source);
            connection = source;
            rows.sql("set default_transaction_read_only = on").update();
            server(rows);
            schema(Database.migrations(server).info());
        } catch (DataAccessException | FlywayException e) {
            remarks.add(
                    settings.datasource().isEmpty() && connection != null && remarks.isEmpty()
                            ? Remark.warn(
                                    ABOUT,
                                    "the embedded PostgreSQL does not answer: " + Database.reason(e),
                                    "start the service (./admitone serve), then check again")
                            : Remark.wrong(
                                    ABOUT,
                                    server + " cannot be reached: " + Database.reason(e),
                                    "is it running, and are SPRING_DATASOURCE_URL, _USERNAME and _PASSWORD right?"));
        }
    }

    private void server(JdbcClient rows) {
        int version = Integer.parseInt(setting(rows, "server_version_num"));
        remarks.add(
                version >= OLDEST_VERSION
                        ? Remark.ok(ABOUT, "reached, PostgreSQL " + setting(rows, "server_version"))
                        : Remark.wrong(
                                ABOUT,
                                "PostgreSQL " + setting(rows, "server_version") + " is too old",
                                "take PostgreSQL 15 or newer"));
        List<String> off = EmbeddedPostgres.DURABLE.stream()
                .filter(name -> setting(rows, name).equals("off"))
                .toList();
        remarks.add(
                off.isEmpty()
                        ? Remark.ok(ABOUT, "what is committed survives a power cut (fsync)")
                        : Remark.wrong(
                                ABOUT,
                                "a power cut may lose payments: " + String.join(", ", off) + " off",
                                "set " + String.join(" and ", off) + " to on in postgresql.conf"));
    }

    private static String setting(JdbcClient rows, String name) {
        return rows.sql("select current_setting(?)")
                .param(name)
                .query(String.class)
                .single();
    }

    private void schema(MigrationInfoService found) {
        Optional<MigrationInfo> strange = Arrays.stream(found.applied())
                .filter(one -> one.getState() != MigrationState.SUCCESS)
                .findFirst();
        String at = found.current() == null
                ? "none"
                : String.valueOf(found.current().getVersion());
        if (strange.isPresent()) {
            remarks.add(Remark.wrong(
                    ABOUT,
                    "its schema is not this version's: " + strange.get().getVersion() + " is "
                            + strange.get().getState().getDisplayName().toLowerCase(java.util.Locale.ROOT),
                    "start the version of AdmitOne that has migrated it, or a newer one"));
        } else if (found.pending().length > 0) {
            remarks.add(Remark.warn(
                    ABOUT,
                    "its schema is at " + at + ": what is in it was not looked at",
                    "the next start of the service brings it to this version; then check again"));
        } else {
            isCurrent = true;
            remarks.add(Remark.ok(ABOUT, "its schema is this version's (" + at + ")"));
        }
    }

    @Override
    public void close() {
        if (connection != null) {
            connection.destroy();
        }
    }
}
