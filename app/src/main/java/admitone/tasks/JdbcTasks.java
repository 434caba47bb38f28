package admitone.tasks;

import admitone.database.Columns;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks.Listed;
import admitone.tasks.Tasks.Queue;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * State of a task: {@code ready} and due at {@code due_at}; {@code running} until its lease ends at {@code due_at};
 * {@code done}; {@code dead}. Rows stay: their key is what makes an effect owed once.
 */
@Repository
class JdbcTasks {
    private static final TypeReference<LinkedHashMap<String, String>> PAYLOAD = new TypeReference<>() {};

    private final JdbcTemplate template;
    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final Ids ids;

    JdbcTasks(JdbcTemplate template, JdbcClient jdbc, JsonMapper json, Ids ids) {
        this.template = template;
        this.jdbc = jdbc;
        this.json = json;
        this.ids = ids;
    }

    /** A task that may be claimed. */
    record Due(SellerId seller, UUID id) {}

    void insert(SellerId seller, List<Owed> owed, Instant now) {
        template.batchUpdate(
                """
                insert into tasks.task (seller_id, kind, subject, task_id, payload, state, due_at, created_at, owed_since)
                values (?, ?, ?, ?, ?::jsonb, 'ready', ?, ?, ?)
                on conflict (seller_id, kind, subject) do nothing
                """,
                owed.stream()
                        .map(one -> new Object[] {
                            seller.value(),
                            one.kind(),
                            one.subject(),
                            ids.next(),
                            json.writeValueAsString(one.payload()),
                            Columns.at(one.notBefore() == null ? now : one.notBefore()),
                            Columns.at(now),
                            Columns.at(now)
                        })
                        .toList());
    }

    /** A running attempt is fenced off: it began before what it is armed again for. */
    void rearm(SellerId seller, String kind, String subject, Instant now) {
        jdbc.sql("""
                update tasks.task set state = 'ready', due_at = ?, owed_since = ?, done_at = null, failures = 0, unknowns = 0,
                  attempt = attempt + case when state = 'running' then 1 else 0 end
                where seller_id = ? and kind = ? and subject = ?
                """)
                .params(Columns.at(now), Columns.at(now), seller.value(), kind, subject)
                .update();
    }

    void wake(SellerId seller, String kind, String subject, Instant now) {
        jdbc.sql("""
                update tasks.task set state = 'ready', due_at = ?, owed_since = ?, done_at = null, failures = 0, unknowns = 0
                where seller_id = ? and kind = ? and subject = ? and state = 'done'
                """)
                .params(Columns.at(now), Columns.at(now), seller.value(), kind, subject)
                .update();
    }

    /** Looks without locks over all sellers; a row may be gone when it is claimed. */
    List<Due> due(Instant now, int limit) {
        return jdbc.sql("""
                select t.seller_id, t.task_id from tasks.task t
                where t.state in ('ready', 'running') and t.due_at <= ?
                  and not exists (select from tasks.queue q where q.kind = t.kind and q.paused)
                order by t.due_at limit ?
                """)
                .params(Columns.at(now), limit)
                .query((row, n) ->
                        new Due(new SellerId(row.getString("seller_id")), row.getObject("task_id", UUID.class)))
                .list();
    }

    /** Takes what is still due, under a lease and with a new attempt number. */
    List<Task> claim(SellerId seller, List<UUID> tasks, Instant now, Instant leaseEnd) {
        return jdbc.sql("""
                update tasks.task t set
                  interrupted = (t.state = 'running'),
                  unknowns = t.unknowns + case when t.state = 'running' then 1 else 0 end,
                  state = 'running', attempt = t.attempt + 1, due_at = ?
                where t.seller_id = ? and t.task_id in (
                  select task_id from tasks.task
                  where seller_id = ? and task_id = any (?) and state in ('ready', 'running') and due_at <= ?
                  for update skip locked)
                returning t.*
                """)
                .params(
                        Columns.at(leaseEnd),
                        seller.value(),
                        seller.value(),
                        tasks.toArray(new UUID[0]),
                        Columns.at(now))
                .query((row, n) -> new Task(
                        seller,
                        row.getObject("task_id", UUID.class),
                        row.getString("kind"),
                        row.getString("subject"),
                        json.readValue(row.getString("payload"), PAYLOAD),
                        row.getInt("attempt"),
                        row.getInt("failures"),
                        row.getInt("unknowns"),
                        row.getBoolean("interrupted")))
                .list();
    }

    /** How an attempt ended. */
    enum Ending {
        DONE("done"),
        DEAD("dead"),
        LATER("ready"),
        UNKNOWN("ready"),
        FAILED("ready");

        private final String state;

        Ending(String state) {
            this.state = state;
        }
    }

    /** Records the outcome unless a newer attempt holds the task; answers whether it did. */
    boolean complete(Task task, Ending ending, Instant dueAt, @Nullable String error, Instant now) {
        return jdbc.sql("""
                        update tasks.task set
                          state = ?, due_at = ?, last_error = ?, interrupted = false,
                          failures = failures + ?, unknowns = unknowns + ?,
                          done_at = case when ? in ('done', 'dead') then ?::timestamptz end
                        where seller_id = ? and task_id = ? and attempt = ? and state = 'running'
                        """)
                        .params(Columns.all(
                                ending.state,
                                Columns.at(dueAt),
                                error,
                                ending == Ending.FAILED ? 1 : 0,
                                ending == Ending.UNKNOWN ? 1 : 0,
                                ending.state,
                                Columns.at(now),
                                task.seller().value(),
                                task.id(),
                                task.attempt()))
                        .update()
                == 1;
    }

    /** Within the current transaction: what waits in a seller's queue is due now, since what it waited for is there. */
    void hurry(SellerId seller, String kind, Instant now) {
        jdbc.sql("update tasks.task set due_at = ? where seller_id = ? and kind = ? and state = 'ready' and due_at > ?")
                .params(Columns.at(now), seller.value(), kind, Columns.at(now))
                .update();
    }

    /** A person's wish: what was given up after too many lost answers is tried anew. */
    boolean retry(SellerId seller, String kind, UUID id, boolean evenDone, Instant now) {
        return jdbc.sql("""
                        update tasks.task set state = 'ready', due_at = ?, owed_since = ?, done_at = null, failures = 0, unknowns = 0
                        where seller_id = ? and task_id = ? and kind = ?
                          and (state in ('dead', 'ready') or (state = 'done' and ?))
                        """)
                        .params(Columns.at(now), Columns.at(now), seller.value(), id, kind, evenDone)
                        .update()
                == 1;
    }

    void pause(String kind, boolean paused) {
        jdbc.sql("""
                insert into tasks.queue (kind, paused) values (?, ?)
                on conflict (kind) do update set paused = excluded.paused
                """).params(kind, paused).update();
    }

    List<Queue> queues(Instant now) {
        return jdbc.sql("""
                select k.kind, coalesce(q.paused, false) as paused,
                  count(*) filter (where k.state = 'ready' and k.due_at <= :now) as ready,
                  count(*) filter (where k.state = 'ready' and k.due_at > :now) as scheduled,
                  count(*) filter (where k.state = 'running') as running,
                  count(*) filter (where k.state = 'dead') as dead,
                  coalesce(extract(epoch from :now - min(k.owed_since) filter (where k.state in ('ready', 'running') and k.began <= :now)), 0)::bigint as oldest
                from (
                  select kind, state, due_at, owed_since,
                    case when attempt > 0 then owed_since else due_at end as began -- put off on purpose is not old
                  from tasks.task where state <> 'done'
                  union all select kind, 'none', null, null, null from tasks.queue) k
                left join tasks.queue q on q.kind = k.kind
                group by k.kind, q.paused order by k.kind
                """)
                .param("now", Columns.at(now))
                .query((row, n) -> new Queue(
                        row.getString("kind"),
                        row.getInt("ready"),
                        row.getInt("scheduled"),
                        row.getInt("running"),
                        row.getInt("dead"),
                        row.getLong("oldest"),
                        row.getBoolean("paused")))
                .list();
    }

    List<Listed> page(
            String kind, Optional<String> state, Optional<String> subject, Optional<Tasks.Key> after, int limit) {
        return jdbc.sql("""
                select * from tasks.task
                where kind = ? and (state = ? or (?::text is null and state <> 'done'))
                  and (?::text is null or subject = ?)
                  and (?::timestamptz is null or (due_at, task_id) > (?, ?))
                order by due_at, task_id limit ?
                """)
                .params(Columns.all(
                        kind,
                        state.orElse(null),
                        state.orElse(null),
                        subject.orElse(null),
                        subject.orElse(null),
                        after.map(key -> Columns.at(key.dueAt())).orElse(null),
                        after.map(key -> Columns.at(key.dueAt())).orElse(null),
                        after.map(Tasks.Key::id).orElse(null),
                        limit))
                .query(JdbcTasks::listed)
                .list();
    }

    Optional<Listed> find(SellerId seller, UUID id) {
        return jdbc.sql("select * from tasks.task where seller_id = ? and task_id = ?")
                .params(seller.value(), id)
                .query(JdbcTasks::listed)
                .optional();
    }

    List<Listed> ofSubject(SellerId seller, String subject) {
        return jdbc.sql("select * from tasks.task where seller_id = ? and subject = ? order by created_at")
                .params(seller.value(), subject)
                .query(JdbcTasks::listed)
                .list();
    }

    private static Listed listed(ResultSet row, int n) throws SQLException {
        return new Listed(
                new SellerId(row.getString("seller_id")),
                row.getObject("task_id", UUID.class),
                row.getString("kind"),
                row.getString("subject"),
                row.getString("state"),
                row.getInt("attempt"),
                Columns.instant(row, "due_at"),
                row.getString("last_error"));
    }
}
