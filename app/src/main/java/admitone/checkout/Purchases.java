package admitone.checkout;

import admitone.access.Grant.Access;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.database.Columns;
import admitone.payments.Payment;
import admitone.payments.Payments;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What buyers read. It is polled more than anything else, so an order, its grant, its channel and a ban of its buyer come by one statement over
 * three modules' tables, and its payments by a second; nothing is ever written here.
 */
@Repository
public class Purchases {
    private static final String COLUMNS = """
            select o.*, g.access as granted_access, g.ends_at as granted_until, g.delivered_at as granted_delivered_at,
              c.admission as channel_admission, l.word is not null as buyer_banned
            """;
    private static final String GRANT = """
            left join access.grants g
              on g.seller_id = o.seller_id and g.order_id = o.order_id and g.channel_id = o.channel_id
            left join catalog.channel c on c.seller_id = o.seller_id and c.channel_id = o.channel_id
            left join access.listed l on l.seller_id = o.seller_id and l.channel_id = o.channel_id
              and l.telegram_user_id = o.telegram_user_id and l.word = 'banned'
            """;
    private static final String ORDER_AND_GRANT = COLUMNS + "from checkout.orders o\n" + GRANT;

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

    /** Many at once, by two statements in all; a text that is no order id of ours, or an unknown one, is not in the answer. */
    public Map<String, Purchase> findAll(Collection<String> orderIds) {
        Map<String, SellerId> asked = new HashMap<>();
        for (String orderId : orderIds) {
            Handle.sellerOfOrder(orderId).ifPresent(seller -> asked.put(orderId, seller));
        }
        if (asked.isEmpty()) {
            return Map.of();
        }
        List<Purchase> bare = jdbc.sql(COLUMNS + """
                        from unnest(?::text[], ?::text[]) as asked (seller_id, order_id)
                        join checkout.orders o on o.seller_id = asked.seller_id and o.order_id = asked.order_id
                        """ + GRANT)
                .params(
                        asked.values().stream().map(SellerId::value).toArray(String[]::new),
                        asked.keySet().toArray(String[]::new))
                .query(Purchases::read)
                .list();
        return withPayments(bare).stream()
                .collect(Collectors.toMap(purchase -> purchase.order().id(), purchase -> purchase));
    }

    private List<Purchase> withPayments(List<Purchase> bare) {
        if (bare.isEmpty()) {
            return bare;
        }
        Map<String, SellerId> found =
                bare.stream().map(Purchase::order).collect(Collectors.toMap(Order::id, Order::seller));
        Map<String, List<Payment>> paid = payments.ofOrders(found).stream()
                .collect(Collectors.groupingBy(payment -> Objects.requireNonNull(payment.orderId())));
        return bare.stream()
                .map(purchase -> new Purchase(
                        purchase.order(), paid.getOrDefault(purchase.order().id(), List.of()), purchase.granted()))
                .toList();
    }

    /** A user's purchases with a seller, newest first, at most {@code limit}. */
    public List<Purchase> ofBuyer(SellerId seller, long telegramUserId, int limit) {
        return withPayments(jdbc.sql(ORDER_AND_GRANT + """
                        where o.seller_id = ? and o.telegram_user_id = ? order by o.order_id desc limit ?
                        """)
                .params(seller.value(), telegramUserId, limit)
                .query(Purchases::read)
                .list());
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
                                row.getString("channel_admission").toUpperCase(Locale.ROOT)),
                        row.getBoolean("buyer_banned"));
        return new Purchase(Orders.read(row, n), List.of(), granted);
    }
}
