package admitone.access;

import admitone.database.Columns;
import admitone.database.Transactions;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Whom among a seller's buyers the bot cannot write to: those who never started it, or have blocked it, until they start it. Who has started it, of whichever
 * seller, has a row of the platform's.
 */
@Repository
public class Reach {
    private final JdbcClient jdbc;
    private final Transactions transactions;
    private final Clock clock;

    Reach(JdbcClient jdbc, Transactions transactions, Clock clock) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** Those among these users who are known to be out of reach. */
    public Set<Long> unreachable(SellerId seller, Collection<Long> users) {
        return users.isEmpty()
                ? Set.of()
                : new HashSet<>(jdbc.sql("""
                        select telegram_user_id from access.reach
                        where seller_id = ? and telegram_user_id = any(?) and not reachable
                        """)
                        .params(seller.value(), users.toArray(Long[]::new))
                        .query((row, _) -> row.getLong("telegram_user_id"))
                        .list());
    }

    /** Whether the bot can write to these users, as last heard, from themselves or by a message of this seller's; those of whom nothing is known are left out. */
    public Map<Long, Boolean> known(SellerId seller, Collection<Long> users) {
        Map<Long, Boolean> known = new HashMap<>();
        if (users.isEmpty()) {
            return known;
        }
        started(seller, users).forEach(user -> known.put(user, true));
        jdbc.sql("""
                select distinct on (telegram_user_id) telegram_user_id, reachable from access.reach
                where seller_id in (?, ?) and telegram_user_id = any(?) order by telegram_user_id, at desc
                """)
                .params(seller.value(), SellerId.PLATFORM.value(), users.toArray(Long[]::new))
                .query(row -> {
                    known.put(row.getLong("telegram_user_id"), row.getBoolean("reachable"));
                });
        return known;
    }

    /** Those among these users who have started the bot, as they told it themselves or a message to them of this seller's shows. */
    Set<Long> started(SellerId seller, Collection<Long> users) {
        Long[] all = users.toArray(Long[]::new);
        Set<Long> started = new HashSet<>(jdbc.sql("""
                        select telegram_user_id from access.reach where seller_id = ? and telegram_user_id = any(?) and reachable
                        """)
                .params(SellerId.PLATFORM.value(), all)
                .query(Long.class)
                .list());
        started.addAll(
                jdbc.sql("""
                        select distinct telegram_user_id from access.grants
                        where seller_id = ? and telegram_user_id = any(?) and message_id is not null
                        """).params(seller.value(), all).query(Long.class).list());
        return started;
    }

    /** Opens its own transaction where that is new: this user can be written to. */
    void started(long telegramUserId) {
        if (!started(SellerId.PLATFORM, List.of(telegramUserId)).isEmpty()) {
            return;
        }
        transactions.run(SellerId.PLATFORM, () -> {
            jdbc.sql("""
                    insert into access.reach (seller_id, telegram_user_id, reachable, at) values (?, ?, true, ?)
                    on conflict (seller_id, telegram_user_id) do update set reachable = true, at = excluded.at
                    """)
                    .params(SellerId.PLATFORM.value(), telegramUserId, Columns.at(clock.instant()))
                    .update();
        });
    }

    /** Opens its own transaction: this user cannot be written to any more. */
    void blocked(long telegramUserId) {
        transactions.run(SellerId.PLATFORM, () -> lost(SellerId.PLATFORM, telegramUserId));
    }

    /** Within the current transaction: they have never started the bot, as far as is known. What is known better stays. */
    void notStarted(SellerId seller, Collection<Long> users) {
        if (users.isEmpty()) {
            return;
        }
        jdbc.sql("""
                insert into access.reach (seller_id, telegram_user_id, reachable, at)
                select r->>0, (r->>1)::bigint, (r->>2)::boolean, (r->>3)::timestamptz
                from unnest(?::jsonb[]) as r
                on conflict (seller_id, telegram_user_id) do nothing
                """)
                .params(Columns.rows(users.stream()
                        .distinct()
                        .sorted()
                        .map(user -> new Object[] {seller, user, false, clock.instant()})
                        .toList()))
                .update();
    }

    /** Within the current transaction: a message was refused for their sake. */
    void lost(SellerId seller, long telegramUserId) {
        jdbc.sql("""
                insert into access.reach (seller_id, telegram_user_id, reachable, at) values (?, ?, false, ?)
                on conflict (seller_id, telegram_user_id) do update set reachable = false, at = excluded.at
                """)
                .params(seller.value(), telegramUserId, Columns.at(clock.instant()))
                .update();
    }

    /** Within the current transaction: they can be written to. */
    void found(SellerId seller, List<Long> users) {
        jdbc.sql("""
                update access.reach set reachable = true, at = ?
                where seller_id = ? and telegram_user_id = any(?) and not reachable
                """)
                .params(Columns.at(clock.instant()), seller.value(), users.toArray(Long[]::new))
                .update();
    }
}
