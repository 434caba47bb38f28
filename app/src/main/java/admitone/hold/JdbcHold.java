package admitone.hold;

import admitone.database.Columns;
import admitone.hold.Finding.Doubted;
import admitone.runtime.SellerId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

@Repository
class JdbcHold {
    private static final Logger log = LoggerFactory.getLogger(JdbcHold.class);
    private static final String PLATFORM = SellerId.PLATFORM.value();

    private final JdbcClient jdbc;
    private volatile boolean silenceTold;

    JdbcHold(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * The number of the database tells one that was dropped and loaded again in the same cluster, that of a table one whose tables were. Never within
     * a transaction: a server that refuses to say would abort it.
     */
    Server server() {
        try {
            return jdbc.sql("""
                    select (pg_control_system()).system_identifier || '/' || d.oid || '/' || 'hold.identity'::regclass::oid as system,
                      ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::bigint as timeline
                    from pg_database d where d.datname = current_database()
                    """)
                    .query((row, n) -> new Server(row.getString("system"), row.getLong("timeline")))
                    .single();
        } catch (DataAccessException e) {
            if (!isRefused(e)) {
                throw e;
            }
            if (!silenceTold) {
                log.warn("the database server does not say who it is ({}): a restore is told by beats alone", "" + e);
            }
            silenceTold = true;
            return Server.SILENT;
        }
    }

    /** SQLSTATE class 42: no such function or no right to it; 0A: not supported there. */
    private static boolean isRefused(DataAccessException thrown) {
        return thrown.getMostSpecificCause() instanceof SQLException sql
                && String.valueOf(sql.getSQLState()).matches("(42|0A).*");
    }

    Optional<Identity> identity() {
        return jdbc.sql("select * from hold.identity where seller_id = ?")
                .param(PLATFORM)
                .query(JdbcHold::read)
                .optional();
    }

    /** Within the current transaction: nobody else doubts, lifts or follows until it ends. */
    Identity lockIdentity() {
        return jdbc.sql("select * from hold.identity where seller_id = ? for update")
                .param(PLATFORM)
                .query(JdbcHold::read)
                .single();
    }

    private static Identity read(ResultSet row, int n) throws SQLException {
        return new Identity(
                row.getObject("epoch", UUID.class),
                new Server(row.getString("system"), row.getLong("timeline")),
                row.getString("files"));
    }

    void insertIdentity(Identity identity, Instant now) {
        jdbc.sql("""
                insert into hold.identity (seller_id, epoch, system, timeline, files, since) values (?, ?, ?, ?, ?, ?)
                on conflict (seller_id) do nothing
                """)
                .params(Columns.all(
                        PLATFORM,
                        identity.epoch(),
                        identity.server().system(),
                        identity.server().timeline(),
                        identity.files(),
                        Columns.at(now)))
                .update();
    }

    void updateIdentity(Identity identity, Instant now) {
        jdbc.sql("""
                update hold.identity set epoch = ?, system = ?, timeline = ?, files = ?, since = ? where seller_id = ?
                """)
                .params(Columns.all(
                        identity.epoch(),
                        identity.server().system(),
                        identity.server().timeline(),
                        identity.files(),
                        Columns.at(now),
                        PLATFORM))
                .update();
    }

    /** Whether a person let effects go on after this epoch. */
    boolean knows(UUID epoch) {
        return jdbc.sql("""
                        select count(*) from hold.hold
                        where seller_id = ? and lifted_at is not null and (epoch = ? or seen_epoch = ?)
                        """).params(PLATFORM, epoch, epoch).query(Long.class).single() > 0;
    }

    long beat(UUID instance) {
        return jdbc.sql("select beat from hold.beat where instance = ?")
                .param(instance)
                .query(Long.class)
                .optional()
                .orElse(0L);
    }

    /** Counts on from {@code least} or more; empty in a database that has not come so far. */
    Optional<Long> count(UUID instance, long least, Instant now) {
        return jdbc.sql("""
                insert into hold.beat as b (instance, beat, at) values (?, 1, ?)
                on conflict (instance) do update set beat = b.beat + 1, at = excluded.at where b.beat >= ?
                returning beat
                """)
                .params(instance, Columns.at(now), least)
                .query(Long.class)
                .optional()
                .filter(beat -> beat > least);
    }

    /** Until when this database was alive, by anybody's beats. */
    Optional<Instant> newestBeat() {
        return jdbc.sql("select max(at) as newest from hold.beat")
                .query((row, n) -> Optional.ofNullable(Columns.instantOrNull(row, "newest")))
                .single();
    }

    Optional<Hold.Open> open() {
        return jdbc.sql("select * from hold.hold where seller_id = ? and lifted_at is null")
                .param(PLATFORM)
                .query((row, n) -> new Hold.Open(
                        row.getObject("hold_id", UUID.class),
                        row.getString("reason"),
                        row.getString("why"),
                        row.getString("noticed_by"),
                        Columns.instant(row, "began_at"),
                        Columns.instantOrNull(row, "known_until"),
                        Columns.instantOrNull(row, "seen_until")))
                .optional();
    }

    /** When a person last let effects go on, and not an instance that had seen all. */
    Optional<Instant> resumedAt() {
        return jdbc.sql(
                        "select max(lifted_at) as at from hold.hold where seller_id = ? and lifted_by not like 'instance %'")
                .param(PLATFORM)
                .query((row, n) -> Optional.ofNullable(Columns.instantOrNull(row, "at")))
                .single();
    }

    /** Begins a hold, or tells a reason that only a person may lift for one that might have lifted itself; false: it is held already. */
    boolean begin(UUID holdId, UUID epoch, Doubted doubt, Optional<Witness> seen, UUID instance, Instant now) {
        @Nullable UUID seenEpoch = seen.map(Witness::epoch).orElse(null);
        return jdbc.sql("""
                        insert into hold.hold as h
                          (seller_id, hold_id, epoch, seen_epoch, reason, why, noticed_by, began_at, known_until, seen_until)
                        values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        on conflict (seller_id) where lifted_at is null do update set
                          reason = excluded.reason, why = excluded.why, noticed_by = excluded.noticed_by,
                          seen_epoch = excluded.seen_epoch, seen_until = excluded.seen_until
                        where h.reason = 'new_timeline' and excluded.reason <> 'new_timeline'
                        """)
                        .params(Columns.all(
                                PLATFORM,
                                holdId,
                                epoch,
                                seenEpoch,
                                doubt.reason().word(),
                                doubt.why(),
                                "instance " + instance,
                                Columns.at(now),
                                Columns.atOrNull(newestBeat().orElse(null)),
                                Columns.atOrNull(seen.map(Witness::at).orElse(null))))
                        .update()
                == 1;
    }

    boolean lift(UUID holdId, String by, Instant now) {
        return jdbc.sql("""
                        update hold.hold set lifted_at = ?, lifted_by = ?
                        where seller_id = ? and hold_id = ? and lifted_at is null
                        """).params(Columns.at(now), by, PLATFORM, holdId).update() == 1;
    }
}
