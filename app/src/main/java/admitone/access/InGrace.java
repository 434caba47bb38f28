package admitone.access;

import admitone.database.Columns;
import admitone.runtime.SellerId;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Whose time is over and who may still renew before they are removed. */
@Repository
public class InGrace {
    private final JdbcClient jdbc;
    private final Clock clock;

    InGrace(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** {@code until}: nobody is removed before. */
    public record Grace(UUID channelId, Instant endedAt, Instant until) {}

    /** Of a user with a seller, the last end of each channel; without those in which they have time again. */
    public List<Grace> of(SellerId seller, long telegramUserId) {
        Instant now = clock.instant();
        return jdbc.sql("""
                select distinct on (e.channel_id) e.channel_id, e.ends_at, e.remove_at from access.ending e
                where e.seller_id = :seller and e.telegram_user_id = :user and e.settled_at is null and e.ends_at <= :now and e.remove_at > :now
                  and not exists (select from access.grants g
                    where g.seller_id = e.seller_id and g.channel_id = e.channel_id and g.telegram_user_id = e.telegram_user_id
                      and g.access <> 'ended' and (g.ends_at is null or g.ends_at > :now))
                order by e.channel_id, e.ends_at desc
                """)
                .param("seller", seller.value())
                .param("user", telegramUserId)
                .param("now", Columns.at(now))
                .query((row, n) -> new Grace(
                        row.getObject("channel_id", UUID.class),
                        Columns.instant(row, "ends_at"),
                        Columns.instant(row, "remove_at")))
                .list();
    }
}
