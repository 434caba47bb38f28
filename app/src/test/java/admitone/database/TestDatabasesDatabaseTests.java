package admitone.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.jdbc.core.simple.JdbcClient;

class TestDatabasesDatabaseTests {

    @Test
    void migratesOnceAndKeepsClassesApart() throws SQLException {
        AtomicInteger migrations = new AtomicInteger();
        TestDatabases.Migration migration = database -> {
            migrations.incrementAndGet();
            JdbcClient.create(database).sql("create table thing (id int)").update();
        };

        try (var first = TestDatabases.fresh("First class", "things", migration);
                var second = TestDatabases.fresh("Second class", "things", migration)) {
            client(first).sql("insert into thing values (1)").update();

            assertThat(things(first)).isEqualTo(1);
            assertThat(things(second)).isZero();
            assertThat(migrations).hasValue(1);
        }
    }

    @Test
    void dropsADatabaseThatIsStillInUse() throws SQLException {
        TestDatabase database = TestDatabases.empty("in use");
        DataSource source = database.dataSource();
        try (var connection = source.getConnection()) {
            assertThat(connection.isValid(1)).isTrue();

            database.close();

            assertThatThrownBy(source::getConnection).hasMessageContaining("is over");
        }
    }

    @Test
    void bringsTheMigrationsOfTheService() {
        try (var database = TestDatabases.fresh("migrated")) {
            assertThat(client(database)
                            .sql("select count(*) from admitone.flyway_schema_history where not success")
                            .query(Long.class)
                            .single())
                    .isZero();
        }
    }

    @Test
    void aDatabaseThatIsHandedOnIsAsTheMigrationsLeftIt() throws SQLException {
        String first = leave(database -> {
            execute(database.dataSource(), """
                    insert into thing values (1);
                    insert into part values (1);
                    update word set text = 'changed';
                    insert into word values (2, 'more');
                    select nextval('number');
                    """);
        });

        String second = leave(database -> {
            assertThat(things(database)).isZero();
            assertThat(count(database, "part")).isZero();
            assertThat(client(database)
                            .sql("select id || ' ' || text from word")
                            .query(String.class)
                            .list())
                    .containsExactly("1 migrated");
            assertThat(client(database)
                            .sql("select nextval('number')")
                            .query(Long.class)
                            .single())
                    .isEqualTo(7);
        });

        assertThat(second).isEqualTo(first);
    }

    @Test
    void sessionsThatAreHandedOnAreAsNewOnes() throws SQLException {
        String first = leave(database ->
                execute(database.owner(), "set work_mem = '77MB'; listen anybody; select pg_advisory_lock(7)"));

        String second = leave(database -> {
            JdbcClient owner = JdbcClient.create(database.owner());
            assertThat(owner.sql("show work_mem").query(String.class).single()).isNotEqualTo("77MB");
            assertThat(owner.sql("select count(*) from pg_listening_channels()")
                            .query(Long.class)
                            .single())
                    .isZero();
            assertThat(count(database, "pg_locks where locktype = 'advisory'")).isZero();
        });

        assertThat(second).isEqualTo(first);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "create table more (id int)",
                "alter table part drop constraint of_thing",
                "alter table thing disable trigger all",
                "drop table part",
                "grant select on thing to public",
                "create temporary table passing (id int)",
                "set session_replication_role = replica; create index on thing (id)",
                "drop event trigger schema_changed",
                "do $$ begin execute 'alter database ' || current_database() || ' set work_mem = 77'; end $$"
            })
    void aDatabaseWhoseSchemaWasChangedIsNotHandedOn(String change) throws SQLException {
        String changed = leave(database -> execute(database.dataSource(), change));

        String next = leave(database -> assertThat(things(database)).isZero());

        assertThat(next).isNotEqualTo(changed);
    }

    @Test
    void aDatabaseThatWasAwayIsNotHandedOn() throws SQLException {
        String away = leave(database -> {
            database.away();
            database.back();
        });

        assertThat(leave(database -> {})).isNotEqualTo(away);
    }

    @Test
    void aDatabaseInWhichSomebodyStillWorksIsNotHandedOn() throws SQLException {
        List<Connection> left = new ArrayList<>();
        String busy = leave(database -> {
            Connection connection = database.dataSource().getConnection();
            connection.setAutoCommit(false);
            connection.createStatement().execute("insert into thing values (1)");
            left.add(connection);
        });

        assertThat(leave(database -> {})).isNotEqualTo(busy);
        left.getFirst().close();
    }

    @Test
    void whoIsLeftOverFromATestReachesItNoMore() throws SQLException {
        List<DataSource> left = new ArrayList<>();
        List<Connection> idle = new ArrayList<>();
        String first = leave(database -> {
            left.addAll(List.of(database.dataSource(), database.owner()));
            idle.add(database.dataSource().getConnection());
        });

        assertThat(left)
                .allSatisfy(source -> assertThatThrownBy(source::getConnection).hasMessageContaining("is over"));
        assertThatThrownBy(() -> idle.getFirst().createStatement().execute("insert into thing values (1)"))
                .isInstanceOf(SQLException.class);
        assertThat(leave(database -> {})).isEqualTo(first);
    }

    private interface Deed {
        void in(TestDatabase database) throws SQLException;
    }

    /** Answers which database it was done in. */
    private static String leave(Deed deed) throws SQLException {
        try (var database = TestDatabases.fresh("handed on", "various", TestDatabasesDatabaseTests::various)) {
            deed.in(database);
            return database.jdbcUrl();
        }
    }

    private static void various(DataSource database) {
        execute(database, """
                create table thing (id int primary key);
                create table part (thing_id int constraint of_thing references thing);
                create table word (id int, text text);
                insert into word values (1, 'migrated');
                create sequence number start 5;
                select nextval('number'), nextval('number');
                """);
    }

    private static void execute(DataSource database, String sql) {
        try (var connection = database.getConnection();
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(sql, e);
        }
    }

    private static JdbcClient client(TestDatabase database) {
        return JdbcClient.create(database.dataSource());
    }

    private static long things(TestDatabase database) {
        return count(database, "thing");
    }

    private static long count(TestDatabase database, String from) {
        return client(database)
                .sql("select count(*) from " + from)
                .query(Long.class)
                .single();
    }
}
