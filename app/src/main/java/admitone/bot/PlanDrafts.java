package admitone.bot;

import admitone.catalog.Channel;
import admitone.database.Columns;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The plans that sellers are adding in the chat, one at a time each. Within transactions of the seller. */
@Repository
class PlanDrafts {
    private final JdbcClient jdbc;

    PlanDrafts(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /**
     * A plan in the making.
     *
     * @param id that the plan gets
     * @param days null: for life
     * @param price null: not named yet
     * @param description what one gets; null: nothing is said
     */
    record Draft(
            SellerId seller,
            UUID id,
            UUID channelId,
            @Nullable Integer days,
            @Nullable Money price,
            @Nullable String description,
            Instant begunAt) {
        String handle() {
            return new Handle(Handle.PLAN, seller, id).toString();
        }
    }

    /** In place of any other. */
    Draft begin(Channel channel, UUID id, @Nullable Integer days, Instant now) {
        return jdbc.sql("""
                insert into bot.plan_draft (seller_id, plan_id, channel_id, days, is_open, begun_at) values (?, ?, ?, ?, true, ?)
                on conflict (seller_id) do update
                  set plan_id = excluded.plan_id, channel_id = excluded.channel_id, days = excluded.days, price_units = null, description = null,
                    is_open = true, begun_at = excluded.begun_at
                returning *
                """)
                .params(Columns.all(channel.seller().value(), id, channel.id(), days, Columns.at(now)))
                .query(PlanDrafts::read)
                .single();
    }

    /** The one that waits for what its seller writes, begun since then. */
    Optional<Draft> open(SellerId seller, Instant since) {
        return jdbc.sql("select * from bot.plan_draft where seller_id = ? and is_open and begun_at > ?")
                .params(seller.value(), Columns.at(since))
                .query(PlanDrafts::read)
                .optional();
    }

    /** Empty where it is another one by now. */
    Optional<Draft> price(SellerId seller, UUID id, Money price) {
        return jdbc.sql("""
                update bot.plan_draft set price_units = ? where seller_id = ? and plan_id = ? and is_open returning *
                """)
                .params(new BigDecimal(price.units()), seller.value(), id)
                .query(PlanDrafts::read)
                .optional();
    }

    /** Null: nothing is said. Empty where no price was named yet, or it is another one by now. */
    Optional<Draft> describe(SellerId seller, UUID id, @Nullable String description) {
        return jdbc.sql("""
                update bot.plan_draft set description = ?
                where seller_id = ? and plan_id = ? and is_open and price_units is not null returning *
                """)
                .params(Columns.all(description, seller.value(), id))
                .query(PlanDrafts::read)
                .optional();
    }

    /** Ends it, to be made a plan; empty where that was done before, or its price is another one by now. */
    Optional<Draft> take(SellerId seller, UUID id, Money price) {
        return jdbc.sql("""
                update bot.plan_draft set is_open = false
                where seller_id = ? and plan_id = ? and is_open and price_units = ? returning *
                """)
                .params(seller.value(), id, new BigDecimal(price.units()))
                .query(PlanDrafts::read)
                .optional();
    }

    /** Ends it, to be nothing; false where it was ended before. */
    boolean drop(SellerId seller, UUID id) {
        return jdbc.sql("update bot.plan_draft set is_open = false where seller_id = ? and plan_id = ? and is_open")
                        .params(seller.value(), id)
                        .update()
                == 1;
    }

    private static Draft read(ResultSet row, int n) throws SQLException {
        @Nullable BigDecimal cents = row.getBigDecimal("price_units");
        return new Draft(
                new SellerId(row.getString("seller_id")),
                row.getObject("plan_id", UUID.class),
                row.getObject("channel_id", UUID.class),
                row.getObject("days", Integer.class),
                cents == null ? null : new Money(cents.toBigIntegerExact(), Asset.USD),
                row.getString("description"),
                Columns.instant(row, "begun_at"));
    }
}
