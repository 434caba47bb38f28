package admitone.access;

import admitone.database.Columns;
import admitone.hold.AfterRestore;
import java.time.Clock;
import java.time.OffsetDateTime;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/**
 * For the person who decides: a renewal that the database has lost leaves its buyer to be reminded, told and removed. No task of that is there before the
 * rounds go on, so nothing else shows it.
 */
@Component
class EndsAfterRestore implements AfterRestore {
    private final JdbcClient jdbc;
    private final Clock clock;

    EndsAfterRestore(JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    @Override
    public String deed() {
        return "members about whom something is due by time: reminded, told that it is over or removed, those too whose renewal is lost"
                + " until their payment is found";
    }

    @Override
    public long count() {
        OffsetDateTime now = Columns.at(clock.instant());
        return jdbc.sql("""
                select
                  (select count(*) from (select distinct seller_id, channel_id, telegram_user_id from access.grants where look_at <= ?) seats)
                  + (select count(*) from access.ending where remove_at <= ? and settled_at is null and removal_at is null)
                """).params(now, now).query(Long.class).single();
    }

    @Override
    public void putRight() {
        // the rounds that do it were only waiting
    }
}
