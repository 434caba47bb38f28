package admitone.checkout;

import admitone.access.Grant.Access;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.checkout.SecondPayment.Became;
import admitone.database.Columns;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Coins;
import admitone.payments.MoneyUnderWay;
import admitone.payments.Payment;
import admitone.payments.PaymentRules.Why;
import admitone.payments.Payments;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * What buyers read. It is polled more than anything else, so an order, its grant, its channel, a ban of its buyer and whether a person is asked about more
 * money come by one statement over the modules' tables, and its payments by a second; nothing is ever written here.
 */
@Repository
public class Purchases {
    private static final String COLUMNS = """
            select o.*, g.access as granted_access, g.ends_at as granted_until, g.delivered_at as granted_delivered_at,
              c.admission as channel_admission,
              l.word is not null or exists (select from cases.cases b where b.seller_id = o.seller_id and b.kind = 'buyer_banned' and b.state = 'open'
                and b.detail ->> 'seat' = o.channel_id || ':user-' || o.telegram_user_id) as buyer_banned,
              exists (select from cases.cases k where k.seller_id = o.seller_id and k.order_id = o.order_id and (k.payment_id <> o.paid_by or k.kind = 'part_refunded')) as has_second
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
    private final MoneyUnderWay underWay;
    private final Catalog catalog;
    private final Coins coins;

    Purchases(JdbcClient jdbc, Payments payments, MoneyUnderWay underWay, Catalog catalog, Coins coins) {
        this.jdbc = jdbc;
        this.payments = payments;
        this.underWay = underWay;
        this.catalog = catalog;
        this.coins = coins;
    }

    /** By an order id of ours; a text that cannot be one is not asked about. */
    public Optional<Purchase> find(String orderId) {
        return Handle.sellerOfOrder(orderId)
                .flatMap(seller -> jdbc.sql(ORDER_AND_GRANT + "where o.seller_id = ? and o.order_id = ?")
                        .params(seller.value(), orderId)
                        .query(Purchases::read)
                        .optional())
                .map(this::whole);
    }

    /** Many at once, by two statements in all, or three; a text that is no order id of ours, or an unknown one, is not in the answer. */
    public Map<String, Purchase> findAll(Collection<String> orderIds) {
        Map<String, SellerId> asked = new HashMap<>();
        for (String orderId : orderIds) {
            Handle.sellerOfOrder(orderId).ifPresent(seller -> asked.put(orderId, seller));
        }
        if (asked.isEmpty()) {
            return Map.of();
        }
        List<Row> rows = jdbc.sql(COLUMNS + """
                        from (select r->>0 as seller_id, r->>1 as order_id from unnest(?::jsonb[]) as r) as asked
                        join checkout.orders o on o.seller_id = asked.seller_id and o.order_id = asked.order_id
                        """ + GRANT)
                .params(Columns.rows(Columns.keys(asked)))
                .query(Purchases::read)
                .list();
        return whole(rows).stream()
                .collect(Collectors.toMap(purchase -> purchase.order().id(), purchase -> purchase));
    }

    /** An order and its grant, and whether there is money beside the payment that paid it. */
    private record Row(Order order, Purchase.@Nullable Granted granted, boolean isBanned, boolean hasSecond) {}

    private Purchase whole(Row row) {
        return whole(List.of(row)).getFirst();
    }

    private List<Purchase> whole(List<Row> rows) {
        if (rows.isEmpty()) {
            return List.of();
        }
        Map<String, List<Payment>> paid = payments.ofOrders(sellers(rows)).stream()
                .collect(Collectors.groupingBy(payment -> Objects.requireNonNull(payment.orderId())));
        Map<String, List<SecondPayment>> second =
                second(rows.stream().filter(Row::hasSecond).toList());
        return rows.stream()
                .map(row -> new Purchase(
                        row.order(),
                        paid.getOrDefault(row.order().id(), List.of()),
                        row.granted(),
                        row.isBanned(),
                        second.getOrDefault(row.order().id(), List.of()),
                        /* isRestTooLittle= */ false))
                .map(purchase -> purchase.withRestPayable(coins::mayBePayable))
                .toList();
    }

    private static Map<String, SellerId> sellers(List<Row> rows) {
        return rows.stream().map(Row::order).collect(Collectors.toMap(Order::id, Order::seller));
    }

    /** By order: what a person was asked about money that did not pay it. Of several questions about one payment the last counts. */
    private Map<String, List<SecondPayment>> second(List<Row> rows) {
        if (rows.isEmpty()) {
            return Map.of();
        }
        Map<String, SellerId> asked = sellers(rows);
        Map<String, Map<String, Optional<SecondPayment>>> found = new HashMap<>();
        jdbc.sql("""
                select c.order_id, c.payment_id, c.kind, c.decision, p.state, p.order_id as its_order, x.order_id as extended_by, g.access as extended_access, g.ends_at,
                  coalesce(p.received_units, p.outcome_units) as units, case when p.received_units is null then p.outcome_asset else p.received_asset end as asset
                from (select r->>0 as seller_id, r->>1 as order_id from unnest(?::jsonb[]) as r) as asked
                join cases.cases c on c.seller_id = asked.seller_id and c.order_id = asked.order_id
                join checkout.orders o on o.seller_id = c.seller_id and o.order_id = c.order_id and (o.paid_by <> c.payment_id or c.kind = 'part_refunded')
                join payments.payment p on p.seller_id = c.seller_id and p.payment_id = c.payment_id
                left join checkout.orders x on x.seller_id = c.seller_id and x.case_id = c.case_id
                left join access.grants g on g.seller_id = x.seller_id and g.order_id = x.order_id and g.channel_id = x.channel_id
                order by c.kind = 'part_refunded', c.case_id
                """).params(Columns.rows(Columns.keys(asked))).query(row -> {
            found.computeIfAbsent(row.getString("order_id"), _ -> new LinkedHashMap<>())
                    .put(row.getString("payment_id"), second(row));
        });
        return found.entrySet().stream()
                .collect(Collectors.toMap(
                        Map.Entry::getKey,
                        one -> one.getValue().values().stream()
                                .flatMap(Optional::stream)
                                .toList()));
    }

    private static Optional<SecondPayment> second(ResultSet row) throws SQLException {
        @Nullable BigDecimal units = row.getBigDecimal("units");
        @Nullable Instant until = Columns.instantOrNull(row, "ends_at");
        Optional<Became> became = row.getString("kind").equals(Why.PART_REFUNDED)
                ? Optional.of(SecondPayment.part(addsTime(row), until))
                : SecondPayment.became(
                        row.getString("state"),
                        row.getString("order_id").equals(row.getString("its_order")),
                        row.getString("extended_by") != null,
                        row.getString("decision"));
        if (units == null || became.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new SecondPayment(
                new Money(units.toBigIntegerExact(), new Asset(row.getString("asset"))),
                became.get(),
                became.get() == Became.EXTENDED || became.get() == Became.REST_EXTENDED ? until : null));
    }

    private static boolean addsTime(ResultSet row) throws SQLException {
        String access = row.getString("extended_access");
        return access != null && !access.equals(Access.ENDED.word());
    }

    /** A user's purchases with a seller, newest first, at most {@code limit}. */
    public List<Purchase> ofBuyer(SellerId seller, long telegramUserId, int limit) {
        return whole(jdbc.sql(ORDER_AND_GRANT + """
                        where o.seller_id = ? and o.telegram_user_id = ? order by o.order_id desc limit ?
                        """)
                .params(seller.value(), telegramUserId, limit)
                .query(Purchases::read)
                .list());
    }

    /** Those among a seller's purchases for which money is coming, or has come, and nothing was bought yet. */
    public List<Purchase> withMoneyUnderWay(SellerId seller, List<Purchase> some) {
        Set<String> orders = underWay.of(
                        seller,
                        some.stream().flatMap(one -> one.payments().stream()).toList())
                .keySet();
        return some.stream()
                .filter(one ->
                        one.granted() == null && orders.contains(one.order().id()))
                .toList();
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
                .map(this::whole);
    }

    private static Row read(ResultSet row, int n) throws SQLException {
        @Nullable String access = row.getString("granted_access");
        Purchase.@Nullable Granted granted = access == null
                ? null
                : new Purchase.Granted(
                        Access.valueOf(access.toUpperCase(Locale.ROOT)),
                        Columns.instantOrNull(row, "granted_until"),
                        Columns.instantOrNull(row, "granted_delivered_at"),
                        Channel.Admission.valueOf(
                                row.getString("channel_admission").toUpperCase(Locale.ROOT)));
        return new Row(Orders.read(row, n), granted, row.getBoolean("buyer_banned"), row.getBoolean("has_second"));
    }
}
