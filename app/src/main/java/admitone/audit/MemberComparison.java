package admitone.audit;

import admitone.audit.Reconciliation.Difference;
import admitone.audit.Reconciliation.Members;
import admitone.database.Columns;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** Who is inside and who may be, by what the looks at members have recorded: Telegram is not asked for it again. */
@Component
class MemberComparison {
    /** Each has a case of its own already, or one together. */
    static final String WITHOUT_A_RIGHT = "inside_without_right";

    private final JdbcClient jdbc;

    MemberComparison(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** By channel. */
    List<Difference> withoutARight(Instant now) {
        return jdbc.sql("""
                select seller_id, channel_id, count(*) as users, (array_agg(telegram_user_id::text order by telegram_user_id))[1:5] as examples
                from access.outsider where settled_at is null and decided is null
                group by seller_id, channel_id order by seller_id, channel_id
                """)
                .query((row, n) -> new Difference(
                        WITHOUT_A_RIGHT,
                        new Handle(
                                        Handle.CHANNEL,
                                        new SellerId(row.getString("seller_id")),
                                        row.getObject("channel_id", UUID.class))
                                .toString(),
                        now,
                        row.getLong("users") + " inside, such as "
                                + String.join(", ", (String[])
                                        row.getArray("examples").getArray()),
                        "no right to be",
                        "Decide their cases inside_without_grant or many_inside_without_grant."))
                .list();
    }

    Members count(Instant now) {
        return jdbc.sql("""
                select (select count(*) from access.seat where inside) as inside,
                  (select count(*) from access.seat s
                   where not s.inside and exists (select from access.grants g
                     where g.seller_id = s.seller_id and g.channel_id = s.channel_id and g.telegram_user_id = s.telegram_user_id
                       and g.access = 'admitted' and (g.ends_at is null or g.ends_at > ?))) as left_early
                """)
                .param(Columns.at(now))
                .query((row, n) -> new Members(row.getLong("inside"), row.getLong("left_early")))
                .single();
    }
}
