package admitone.database;

import java.sql.Connection;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

/** A migrated database that others are cloned from, and the clone that waits for the next test. */
final class Template {
    /** More than one at a time is seldom asked for, and the server's connections are few. */
    private static final int MOST_SPARE = 1;

    /** Hears of the first change of the schema and then disables itself, which is how it is known: so nothing of it is seen in a table. */
    private static final String SCHEMA_CHANGED = """
            create function public.schema_changed() returns event_trigger language plpgsql security definer as
              'begin alter event trigger schema_changed disable; end';
            create event trigger schema_changed on ddl_command_end execute function public.schema_changed();
            alter event trigger schema_changed enable always;
            """;

    /**
     * Neither triggers nor foreign keys fire. A session that no pool holds is one that a test has left open. Where a test wrote much,
     * the files would burden each next one.
     */
    private static final String RENEW = """
            create function public.renew() returns boolean language plpgsql
              set session_replication_role = replica set lock_timeout = '1s' as $renew$
            begin
              for n in 1..20 loop -- a pool that grows opens a connection
                exit when not exists (select from pg_stat_activity where datname = current_database()
                  and pid <> pg_backend_pid() and backend_type = 'client backend' and state <> 'idle');
                if n = 20 then
                  return false;
                end if;
                perform pg_sleep(0.005), pg_stat_clear_snapshot();
              end loop;
              if (select evtenabled from pg_event_trigger where evtname = 'schema_changed') is distinct from 'A'
                or exists (select from pg_db_role_setting s join pg_database d on d.oid = s.setdatabase
                     where d.datname = current_database())
                or pg_database_size(current_database()) > pg_size_bytes('64 MB')
              then
                return false;
              end if;
              perform pg_terminate_backend(pid, 5000) from pg_stat_activity where datname = current_database()
                and backend_type = 'client backend' and application_name not like 'admitone-%';
            -- the statements
              return true;
            end
            $renew$;
            """;

    private final String name;
    private final BlockingQueue<Clone> spare = new ArrayBlockingQueue<>(MOST_SPARE);

    private Template(String name) {
        this.name = name;
    }

    /** Of a database that is migrated. It can be cloned as soon as the connection is closed. */
    static Template of(String name, Connection migrated) {
        JdbcClient jdbc = JdbcClient.create(new SingleConnectionDataSource(migrated, /* suppressClose= */ true));
        String statements = Stream.concat(
                        relations(jdbc, 'r').map(table -> renewTable(jdbc, table)),
                        relations(jdbc, 'S').map(sequence -> renewSequence(jdbc, sequence)))
                .collect(Collectors.joining("\n"));
        jdbc.sql(RENEW.replace("-- the statements", statements)).update();
        jdbc.sql(SCHEMA_CHANGED).update();
        return new Template(name);
    }

    private static Stream<String> relations(JdbcClient jdbc, char kind) {
        return jdbc.sql("""
                        select format('%I.%I', n.nspname, c.relname) from pg_class c join pg_namespace n on n.oid = c.relnamespace
                        where c.relkind = ?::"char" and n.nspname not in ('pg_catalog', 'information_schema', 'pg_toast')
                        """).param(String.valueOf(kind)).query((row, n) -> row.getString(1)).list().stream();
    }

    /** What migrations wrote is put back where it was changed; what they left empty is emptied. */
    private static String renewTable(JdbcClient jdbc, String table) {
        String rows = "(select jsonb_agg(r order by r::text) from %s r)".formatted(table);
        return jdbc.sql("select quote_nullable(" + rows + ")")
                        .query(String.class)
                        .single()
                        .equals("NULL")
                ? "delete from " + table + ";"
                : jdbc.sql("""
                        select format('if %1$s is distinct from %%1$L::jsonb then
                          delete from %2$s; insert into %2$s select * from jsonb_populate_recordset(null::%2$s, %%1$L);
                        end if;', %1$s)
                        """.formatted(rows, table)).query(String.class).single();
    }

    private static String renewSequence(JdbcClient jdbc, String sequence) {
        return jdbc.sql("select format('perform setval(%%L, %%s, %%L);', '%1$s', last_value, is_called) from %1$s"
                        .formatted(sequence))
                .query(String.class)
                .single();
    }

    String name() {
        return name;
    }

    Optional<Clone> takeSpare() {
        return Optional.ofNullable(spare.poll());
    }

    /** Answers false where it cannot be used again, or need not. */
    boolean takeBack(Clone clone) {
        return spare.remainingCapacity() > 0 && clone.renew() && spare.offer(clone);
    }
}
