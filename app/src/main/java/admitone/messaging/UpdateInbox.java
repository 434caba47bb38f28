package admitone.messaging;

import admitone.database.Columns;
import admitone.database.Transactions;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Updates as they came, stored before the messenger is told that they arrived. They belong to the bot, not to a seller. */
@Repository
public class UpdateInbox {
    private static final int MOST_TRIES = 8;
    private static final String PLATFORM = SellerId.PLATFORM.value();

    private final JdbcTemplate template;
    private final JdbcClient jdbc;
    private final Transactions transactions;
    private final Clock clock;
    private final Semaphore news = new Semaphore(0);

    UpdateInbox(JdbcTemplate template, JdbcClient jdbc, Transactions transactions, Clock clock) {
        this.template = template;
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.clock = clock;
    }

    /** One update, as the messenger wrote it. */
    public record Raw(long updateId, String json) {}

    /** Stores what is new in one commit; what was stored before stays. */
    public void store(long botId, List<Raw> updates) {
        var now = Columns.at(clock.instant());
        transactions.run(SellerId.PLATFORM, () -> {
            template.batchUpdate(
                    """
                    insert into messaging.update_inbox (seller_id, bot_id, update_id, raw, received_at, state)
                    values (?, ?, ?, ?, ?, 'new') on conflict (seller_id, bot_id, update_id) do nothing
                    """,
                    updates.stream()
                            .map(raw -> new Object[] {PLATFORM, botId, raw.updateId(), raw.json(), now})
                            .toList());
        });
        news.release();
    }

    /** Waits until this instance stores something, at most for {@code most}. A hint: what other instances store is found by looking. */
    public void awaitNews(Duration most) throws InterruptedException {
        if (news.tryAcquire(most.toMillis(), TimeUnit.MILLISECONDS)) {
            news.drainPermits();
        }
    }

    /** In the order of their numbers, without those whose next try is still to come. */
    List<Raw> unread(long botId, int limit) {
        return jdbc.sql("""
                select update_id, raw from messaging.update_inbox
                where seller_id = ? and bot_id = ? and state = 'new' and (retry_at is null or retry_at <= ?)
                order by update_id limit ?
                """)
                .params(PLATFORM, botId, Columns.at(clock.instant()), limit)
                .query((row, n) -> new Raw(row.getLong("update_id"), row.getString("raw")))
                .list();
    }

    /** Whether anything that came before then is yet to be acted on, be it that it failed and has its next try. */
    public boolean isUnread(long botId, Instant before) {
        return jdbc.sql("""
                select exists (select from messaging.update_inbox
                  where seller_id = ? and bot_id = ? and state = 'new' and received_at < ?)
                """)
                .params(PLATFORM, botId, Columns.at(before))
                .query(Boolean.class)
                .single();
    }

    void read(long botId, long updateId) {
        transactions.run(SellerId.PLATFORM, () -> {
            jdbc.sql(
                            "update messaging.update_inbox set state = 'read' where seller_id = ? and bot_id = ? and update_id = ?")
                    .params(PLATFORM, botId, updateId)
                    .update();
        });
    }

    /**
     * Tried again after 1 s, 2 s, 4 s …; after eight tries it is set aside. One we cannot act on does not hold up those behind it, and one that
     * another instance has read meanwhile stays read.
     */
    void failed(long botId, long updateId, String why) {
        transactions.run(SellerId.PLATFORM, () -> {
            jdbc.sql("""
                    update messaging.update_inbox set tries = tries + 1, last_error = ?,
                      retry_at = ?::timestamptz + power(2, tries) * interval '1 second',
                      state = case when tries + 1 >= ? then 'set_aside' else state end
                    where seller_id = ? and bot_id = ? and update_id = ? and state = 'new'
                    """)
                    .params(why, Columns.at(clock.instant()), MOST_TRIES, PLATFORM, botId, updateId)
                    .update();
        });
    }
}
