package admitone.tasks;

import admitone.database.Columns;
import admitone.database.Listing;
import admitone.database.Sql;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks.Listed;
import admitone.tasks.Tasks.Queue;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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

    /** Each with an index of its own. */
    private static final List<String> NOT_DONE = List.of("state in ('ready', 'running')", "state = 'dead'");

    private static final Tasks.Key FIRST = new Tasks.Key(Instant.EPOCH, new UUID(0, 0));

    private final JdbcClient jdbc;
    private final JsonMapper json;

    JdbcTasks(JdbcClient jdbc, JsonMapper json) {
        this.jdbc = jdbc;
        this.json = json;
    }

    /** A task that may be claimed; {@code at}: when it was due. */
    record Due(SellerId seller, UUID id, String kind, Instant at) {}

    /**
     * A task to be owed.
     *
     * @param claimedUntil the end of its lease where the worker of this instance begins at once; null: whoever claims it
     */
    record Owing(
            SellerId seller,
            UUID id,
            Owed owed,
            Instant at,
            @Nullable Instant claimedUntil) {}

    /** Within the current transaction. */
    void insert(Owing owing) {
        Sql write = insertion(List.of(owing), _ -> {});
        jdbc.sql(write.text()).params(write.parameters()).query(UUID.class).list();
    }

    /** Tells the ids of those that were not owed before. In the order of their keys, so that two instances cannot wait for each other. */
    Sql insertion(Collection<Owing> owing, Consumer<UUID> written) {
        List<Object[]> rows = owing.stream()
                .sorted(Comparator.comparing((Owing one) -> one.seller().value())
                        .thenComparing(one -> one.owed().subject())
                        .thenComparing(one -> one.owed().kind()))
                .map(this::row)
                .toList();
        return new Sql("""
                insert into tasks.task (seller_id, kind, subject, task_id, payload, state, attempt, due_at, created_at, owed_since)
                select seller_id, kind, subject, task_id, payload::jsonb, state, attempt, due_at, created_at, owed_since
                from (select r->>0 as seller_id, r->>1 as kind, r->>2 as subject, (r->>3)::uuid as task_id, r->>4 as payload,
                    r->>5 as state, (r->>6)::int as attempt, (r->>7)::timestamptz as due_at, (r->>8)::timestamptz as created_at,
                    (r->>9)::timestamptz as owed_since from unnest(?::jsonb[]) as r) as v
                on conflict (seller_id, subject, kind) do nothing returning task_id
                """, Columns.rows(rows), row -> written.accept(row.getObject("task_id", UUID.class)));
    }

    private Object[] row(Owing one) {
        Owed owed = one.owed();
        boolean claimed = one.claimedUntil() != null;
        Instant dueAt = one.claimedUntil();
        if (dueAt == null) {
            dueAt = owed.notBefore() == null ? one.at() : owed.notBefore();
        }
        return new Object[] {
            one.seller().value(),
            owed.kind(),
            owed.subject(),
            one.id(),
            json.writeValueAsString(owed.payload()),
            claimed ? "running" : "ready",
            claimed ? 1 : 0,
            Columns.at(dueAt),
            Columns.at(one.at()),
            Columns.at(one.at())
        };
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

    /** It cannot end before this transaction: what its outcome then looks for is there. */
    void wake(SellerId seller, String kind, String subject, Instant now) {
        jdbc.sql("select task_id from tasks.task where seller_id = ? and kind = ? and subject = ? for update")
                .params(seller.value(), kind, subject)
                .query(UUID.class)
                .single();
        jdbc.sql("""
                update tasks.task set state = 'ready', due_at = ?, owed_since = ?, done_at = null, failures = 0, unknowns = 0
                where seller_id = ? and kind = ? and subject = ? and state = 'done'
                """)
                .params(Columns.at(now), Columns.at(now), seller.value(), kind, subject)
                .update();
    }

    /** Nobody waits for this transaction but who would wake it too: of a task that waits or runs nothing is locked. Answers whether it was woken. */
    boolean wakeUnlessHeld(SellerId seller, String kind, String subject, Instant now) {
        return jdbc.sql("""
                        update tasks.task set state = 'ready', due_at = ?, owed_since = ?, done_at = null, failures = 0, unknowns = 0
                        where seller_id = ? and task_id = (
                          select task_id from tasks.task where seller_id = ? and kind = ? and subject = ? and state = 'done'
                          for update skip locked)
                        """)
                        .params(Columns.at(now), Columns.at(now), seller.value(), seller.value(), kind, subject)
                        .update()
                == 1;
    }

    /** Of a kind so many at most are looked for, and none that was due before. */
    record Look(String kind, Instant from, int most) {}

    /** Looks without locks over all sellers, at some kinds, however much of others stands still. The longest due first; a row may be gone when it is claimed. */
    List<Due> due(Instant now, Collection<Look> looks, int limit) {
        return jdbc.sql("""
                select d.seller_id, d.task_id, d.kind, d.due_at
                from unnest(?::jsonb[]) as k
                cross join lateral (
                  select t.seller_id, t.task_id, t.kind, t.due_at from tasks.task t
                  where t.kind = k->>0 and t.state in ('ready', 'running') and t.due_at between (k->>1)::timestamptz and ?
                  order by t.due_at limit (k->>2)::int) d
                order by d.due_at limit ?
                """)
                .params(
                        Columns.json(looks.stream()
                                .map(one -> new Object[] {one.kind(), one.from(), one.most()})
                                .toList()),
                        Columns.at(now),
                        limit)
                .query((row, n) -> new Due(
                        new SellerId(row.getString("seller_id")),
                        row.getObject("task_id", UUID.class),
                        row.getString("kind"),
                        Columns.instant(row, "due_at")))
                .list();
    }

    /** The kinds of which anything is to be done. */
    List<String> unfinished() {
        return jdbc.sql("""
                with recursive k as (
                  (select min(kind) as kind from tasks.task where state in ('ready', 'running'))
                  union all
                  select (select min(t.kind) from tasks.task t where t.state in ('ready', 'running') and t.kind > k.kind) from k
                  where k.kind is not null)
                select kind from k where kind is not null
                """).query((row, n) -> row.getString("kind")).list();
    }

    /** How many dead letters there are of each kind that has any; counts no further than {@code most}. */
    Map<String, Long> dead(int most) {
        return byKind(jdbc.sql("""
                with recursive k as (
                  (select min(kind) as kind from tasks.task where state = 'dead')
                  union all
                  select (select min(t.kind) from tasks.task t where t.state = 'dead' and t.kind > k.kind) from k where k.kind is not null)
                select kind, (select count(*) from (
                  select from tasks.task t where t.kind = k.kind and t.state = 'dead' limit ?) d) as value
                from k where kind is not null
                """).param(most));
    }

    /** For how many seconds the oldest task of each kind is due; those of kinds that stand still are left out. */
    Map<String, Long> overdue(Instant now) {
        return byKind(jdbc.sql("""
                with recursive k as (
                  (select min(kind) as kind from tasks.task where state in ('ready', 'running'))
                  union all
                  select (select min(t.kind) from tasks.task t where t.state in ('ready', 'running') and t.kind > k.kind) from k
                  where k.kind is not null)
                select kind, extract(epoch from :now - oldest.due_at)::bigint as value
                from k cross join lateral (
                  select t.due_at from tasks.task t where t.kind = k.kind and t.state in ('ready', 'running')
                  order by t.due_at limit 1) oldest
                where oldest.due_at <= :now and not exists (select from tasks.queue q where q.kind = k.kind and q.paused)
                """).param("now", Columns.at(now)));
    }

    private static Map<String, Long> byKind(JdbcClient.StatementSpec query) {
        Map<String, Long> values = new HashMap<>();
        query.query(row -> {
            values.put(row.getString("kind"), row.getLong("value"));
        });
        return values;
    }

    Set<String> paused() {
        return Set.copyOf(jdbc.sql("select kind from tasks.queue where paused")
                .query(String.class)
                .list());
    }

    /**
     * Takes what is still due, under a lease and with a new attempt number. Here and in {@link #complete} the state is named by what it is
     * not: by what it is, the server would go through its index of all that waits, once for each batch, instead of looking up a few keys.
     */
    List<Task> claim(List<Due> due, Instant now, Instant leaseEnd) {
        return jdbc.sql("""
                update tasks.task t set
                  interrupted = (t.state = 'running'),
                  unknowns = t.unknowns + case when t.state = 'running' then 1 else 0 end,
                  state = 'running', attempt = t.attempt + 1, due_at = ?
                from (
                  select seller_id, task_id from tasks.task
                  where (seller_id, task_id) in (select r->>0, (r->>1)::uuid from unnest(?::jsonb[]) as r)
                    and state not in ('done', 'dead') and due_at <= ?
                  for update skip locked) mine
                where t.seller_id = mine.seller_id and t.task_id = mine.task_id
                returning t.*
                """)
                .params(
                        Columns.at(leaseEnd),
                        Columns.json(due.stream()
                                .map(one -> new Object[] {one.seller(), one.id()})
                                .toList()),
                        Columns.at(now))
                .query((row, n) -> new Task(
                        new SellerId(row.getString("seller_id")),
                        row.getObject("task_id", UUID.class),
                        row.getString("kind"),
                        row.getString("subject"),
                        json.readValue(row.getString("payload"), PAYLOAD),
                        row.getInt("attempt"),
                        row.getInt("failures"),
                        row.getInt("unknowns"),
                        leaseEnd,
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

        boolean isGoingOn() {
            return state.equals("ready");
        }
    }

    /** How an attempt ended. {@code dueAt} is when the next one may begin, {@code error} null where there was none. */
    record Ended(
            Task task,
            Ending ending,
            Instant dueAt,
            @Nullable String error,
            Instant at) {}

    /** One attempt of a task. */
    record Fence(UUID task, int attempt) {
        static Fence of(Task task) {
            return new Fence(task.id(), task.attempt());
        }
    }

    /** Records each outcome unless a newer attempt holds the task; answers those it recorded. */
    Set<Fence> complete(List<Ended> ended) {
        return Set.copyOf(jdbc.sql("""
                update tasks.task t set
                  state = v.state, due_at = v.due_at, last_error = v.error, interrupted = false,
                  failures = t.failures + v.failed, unknowns = t.unknowns + v.unknown,
                  done_at = case when v.state in ('done', 'dead') then v.at end
                from (select r->>0 as seller_id, (r->>1)::uuid as task_id, (r->>2)::int as attempt, r->>3 as state,
                    (r->>4)::timestamptz as due_at, r->>5 as error, (r->>6)::int as failed, (r->>7)::int as unknown,
                    (r->>8)::timestamptz as at from unnest(?::jsonb[]) as r) as v
                where t.seller_id = v.seller_id and t.task_id = v.task_id and t.attempt = v.attempt
                  and t.state not in ('ready', 'done', 'dead')
                returning t.task_id, t.attempt
                """)
                .params(Columns.rows(ended.stream().map(JdbcTasks::row).toList()))
                .query((row, n) -> new Fence(row.getObject("task_id", UUID.class), row.getInt("attempt")))
                .list());
    }

    private static Object[] row(Ended one) {
        return Columns.all(
                one.task().seller(),
                one.task().id(),
                one.task().attempt(),
                one.ending().state,
                one.dueAt(),
                one.error(),
                one.ending() == Ending.FAILED ? 1 : 0,
                one.ending() == Ending.UNKNOWN ? 1 : 0,
                one.at());
    }

    /** Within the current transaction: what waits in a seller's queue is due now, since what it waited for is there. */
    void hurry(SellerId seller, String kind, Instant now) {
        jdbc.sql("update tasks.task set due_at = ? where seller_id = ? and kind = ? and state = 'ready' and due_at > ?")
                .params(Columns.at(now), seller.value(), kind, Columns.at(now))
                .update();
    }

    /** Within the current transaction: as {@link #hurry}, the one of those with this in their payload that is due first. */
    void hurryFirst(SellerId seller, String kind, Map<String, String> payload, Instant now) {
        jdbc.sql("""
                update tasks.task set due_at = ? where seller_id = ? and task_id = (
                  select task_id from tasks.task
                  where seller_id = ? and kind = ? and state = 'ready' and due_at > ? and payload @> ?::jsonb
                  order by due_at limit 1 for update skip locked)
                """)
                .params(
                        Columns.at(now),
                        seller.value(),
                        seller.value(),
                        kind,
                        Columns.at(now),
                        json.writeValueAsString(payload))
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
                  from tasks.task where state in ('ready', 'running')
                  union all select kind, state, null, null, null from tasks.task where state = 'dead'
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
        List<Sql> pages = state.map(JdbcTasks::isIn).orElse(NOT_DONE).stream()
                .map(condition -> page(kind, condition, subject, after.orElse(FIRST), limit))
                .toList();
        return jdbc.sql(pages.stream()
                        .map(Sql::text)
                        .collect(Collectors.joining(
                                ") union all (",
                                "select * from ((",
                                ")) task order by due_at, task_id limit " + limit)))
                .params(pages.stream()
                        .flatMap(page -> Stream.of(page.parameters()))
                        .toList())
                .query(JdbcTasks::listed)
                .list();
    }

    private static Sql page(String kind, String condition, Optional<String> subject, Tasks.Key after, int limit) {
        return subject.map(about -> Listing.of("tasks.task", Optional.empty()).where("subject = ?", about))
                .orElseGet(() -> Listing.of("tasks.task"))
                .where("kind = ?", kind)
                .where(condition)
                .after(List.of("due_at", "task_id"), Columns.at(after.dueAt()), after.id())
                .sql(limit);
    }

    /** In words, as the indexes have it: they serve no state that is a parameter. */
    private static List<String> isIn(String state) {
        return switch (state) {
            case "ready", "running", "dead", "done" -> List.of("state = '" + state + "'");
            default -> throw new IllegalArgumentException("no task is " + state);
        };
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
