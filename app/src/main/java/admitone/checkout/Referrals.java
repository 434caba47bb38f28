package admitone.checkout;

import admitone.access.Grants;
import admitone.catalog.Channel;
import admitone.catalog.ChannelOffers;
import admitone.catalog.Plan;
import admitone.database.Columns;
import admitone.runtime.Handle;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Who brought which buyer to a channel. */
@Repository
public class Referrals {
    private final ChannelOffers offers;
    private final Grants grants;
    private final JdbcClient jdbc;
    private final Ids ids;
    private final Clock clock;

    Referrals(ChannelOffers offers, Grants grants, JdbcClient jdbc, Ids ids, Clock clock) {
        this.offers = offers;
        this.grants = grants;
        this.jdbc = jdbc;
        this.ids = ids;
        this.clock = clock;
    }

    /** By whose link somebody comes. */
    public record Code(SellerId seller, UUID id, UUID channelId, long telegramUserId) {
        public String handle() {
            return new Handle(Handle.REFERRAL, seller, id).toString();
        }
    }

    /** What a channel gives of each payment to whoever brought the buyer. */
    public Optional<BigDecimal> percent(SellerId seller, UUID channelId) {
        return Optional.ofNullable(offers.of(seller, channelId).referralPercent());
    }

    /** Within the current transaction: this person's code for the channel, made when it is first asked for. */
    public Code code(Channel channel, long telegramUserId) {
        jdbc.sql("""
                insert into checkout.referrer (seller_id, code_id, channel_id, telegram_user_id) values (?, ?, ?, ?)
                on conflict (seller_id, channel_id, telegram_user_id) do nothing
                """)
                .params(channel.seller().value(), ids.next(), channel.id(), telegramUserId)
                .update();
        return find(channel, telegramUserId).orElseThrow();
    }

    public Optional<Code> find(Channel channel, long telegramUserId) {
        return jdbc.sql("""
                select * from checkout.referrer where seller_id = ? and channel_id = ? and telegram_user_id = ?
                """)
                .params(channel.seller().value(), channel.id(), telegramUserId)
                .query(Referrals::read)
                .optional();
    }

    public Optional<Code> find(Handle code) {
        return jdbc.sql("select * from checkout.referrer where seller_id = ? and code_id = ?")
                .params(code.seller().value(), code.id())
                .query(Referrals::read)
                .optional();
    }

    /** Within the current transaction: the first who brings somebody new counts; nobody brings themselves. */
    public void bring(Code code, long telegramUserId) {
        if (telegramUserId == code.telegramUserId() || grants.hadAny(code.seller(), code.channelId(), telegramUserId)) {
            return;
        }
        jdbc.sql("""
                insert into checkout.referral (seller_id, channel_id, telegram_user_id, referrer, at) values (?, ?, ?, ?, ?)
                on conflict (seller_id, channel_id, telegram_user_id) do nothing
                """)
                .params(
                        code.seller().value(),
                        code.channelId(),
                        telegramUserId,
                        code.telegramUserId(),
                        Columns.at(clock.instant()))
                .update();
    }

    /** The channels of a seller to which somebody brought this person. */
    public List<UUID> broughtTo(SellerId seller, long telegramUserId) {
        return jdbc.sql(
                        "select channel_id from checkout.referral where seller_id = ? and telegram_user_id = ? order by channel_id")
                .params(seller.value(), telegramUserId)
                .query((row, n) -> row.getObject("channel_id", UUID.class))
                .list();
    }

    /** Who gets a share of an order that is made now, or null. */
    Order.@Nullable Referral of(Plan plan, long telegramUserId) {
        return percent(plan.seller(), plan.channelId())
                .flatMap(percent -> jdbc.sql("""
                                select referrer from checkout.referral where seller_id = ? and channel_id = ? and telegram_user_id = ?
                                """)
                        .params(plan.seller().value(), plan.channelId(), telegramUserId)
                        .query((row, n) -> new Order.Referral(row.getLong("referrer"), percent))
                        .optional())
                .orElse(null);
    }

    /** Somebody who brought buyers to a seller's channels: how many, and how many paid orders they get a share of. */
    public record Referrer(long telegramUserId, int brought, int orders) {}

    /** By their ids: those after {@code after}. */
    public List<Referrer> list(SellerId seller, long after, int limit) {
        return jdbc.sql("""
                select r.referrer, count(*) as brought,
                  (select count(*) from checkout.orders o
                    where o.seller_id = :seller and o.referrer = r.referrer and o.paid_by is not null) as orders
                from checkout.referral r where r.seller_id = :seller and r.referrer > :after
                group by r.referrer order by r.referrer limit :limit
                """)
                .param("seller", seller.value())
                .param("after", after)
                .param("limit", limit)
                .query((row, n) -> new Referrer(row.getLong("referrer"), row.getInt("brought"), row.getInt("orders")))
                .list();
    }

    private static Code read(ResultSet row, int n) throws SQLException {
        return new Code(
                new SellerId(row.getString("seller_id")),
                row.getObject("code_id", UUID.class),
                row.getObject("channel_id", UUID.class),
                row.getLong("telegram_user_id"));
    }
}
