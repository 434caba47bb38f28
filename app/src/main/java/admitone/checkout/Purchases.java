package admitone.checkout;

import admitone.access.Grant.Access;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.database.Columns;
import admitone.payments.Payments;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What buyers read. It is polled more than anything else, so an order, its grant and its channel come by one statement over
 * three modules' tables, and its payments by a second; nothing is ever written here.
 */
@Repository
public class Purchases {
    private static final String ORDER_AND_GRANT = """
            select o.*, g.access as granted_access, g.ends_at as granted_until, g.delivered_at as granted_delivered_at,
              c.admission as channel_admission
            from checkout.orders o
            left join access.grants g
              on g.seller_id = o.seller_id and g.order_id = o.order_id and g.channel_id = o.channel_id
            left join catalog.channel c on c.seller_id = o.seller_id and c.channel_id = o.channel_id
            """;

    private final JdbcClient jdbc;
    private final Payments payments;
    private final Catalog catalog;

    Purchases(JdbcClient jdbc, Payments payments, Catalog catalog) {
        this.jdbc = jdbc;
        this.payments = payments;
        this.catalog = catalog;
    }

    /** By an order id of ours; a text that cannot be one is not asked about. */
    public Optional<Purchase> find(String orderId) {
        return Handle.sellerOfOrder(orderId)
                .flatMap(seller -> jdbc.sql(ORDER_AND_GRANT + "where o.seller_id = ? and o.order_id = ?")
                        .params(seller.value(), orderId)
                        .query(Purchases::read)
                        .optional())
                .map(this::withPayments);
    }

    /** The newest purchase of the pair that an old id names. */
    public Optional<Purchase> newestOf(OldOrderId old) {
        List<Channel> channels = catalog.channelsBeside(old.openChat());
        if (channels.isEmpty()) {
            return Optional.empty();
        }
        SellerId seller = channels.getFirst().seller();
        return jdbc.sql(ORDER_AND_GRANT + """
                        where o.seller_id = ? and o.telegram_user_id = ? and o.channel_id = any(?)
                        order by o.order_id desc limit 1
                        """)
                .params(
                        seller.value(),
                        old.telegramUserId(),
                        channels.stream().map(Channel::id).toArray(UUID[]::new))
                .query(Purchases::read)
                .optional()
                .map(this::withPayments);
    }

    private Purchase withPayments(Purchase bare) {
        Order order = bare.order();
        return new Purchase(order, payments.ofOrder(order.seller(), order.id()), bare.granted());
    }

    private static Purchase read(ResultSet row, int n) throws SQLException {
        @Nullable String access = row.getString("granted_access");
        Purchase.@Nullable Granted granted = access == null
                ? null
                : new Purchase.Granted(
                        Access.valueOf(access.toUpperCase(Locale.ROOT)),
                        Columns.instantOrNull(row, "granted_until"),
                        Columns.instantOrNull(row, "granted_delivered_at"),
                        Channel.Admission.valueOf(
                                row.getString("channel_admission").toUpperCase(Locale.ROOT)));
        return new Purchase(Orders.read(row, n), List.of(), granted);
    }
}
