package admitone.checkout;

import admitone.access.OpenOrders;
import admitone.catalog.Plan;
import admitone.database.Columns;
import admitone.database.Gathered;
import admitone.database.Write;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The orders of a seller. */
@Repository
public class Orders implements OpenOrders {
    /** So long the provider may still find a deposit for an order that was not paid in time. */
    private static final Duration MAY_STILL_BE_PAID = Duration.ofDays(7);

    private final JdbcClient jdbc;
    private final Clock clock;
    private final Gathered<Payer> payers;

    Orders(JdbcTemplate template, JdbcClient jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.payers = new Gathered<>(template, Orders::write);
    }

    private record Payer(Order order, String paymentId) {}

    /** Within the current transaction. */
    public void add(Order order) {
        add(order, null);
    }

    /** Within the current transaction: one that a person's decision made. It fails with a {@code DuplicateKeyException} when the case has made one before. */
    public void addOfCase(Order order, UUID caseId) {
        add(order, caseId);
    }

    private void add(Order order, @Nullable UUID caseId) {
        jdbc.sql("""
                insert into checkout.orders
                  (seller_id, order_id, channel_id, plan_id, telegram_user_id, price_units, price_asset, days, fee_percent, created_at, expires_at, case_id)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """)
                .params(Columns.all(
                        order.seller().value(),
                        order.id(),
                        order.channelId(),
                        order.planId(),
                        order.telegramUserId(),
                        new BigDecimal(order.price().units()),
                        order.price().asset().code(),
                        order.days(),
                        order.feePercent(),
                        Columns.at(order.createdAt()),
                        Columns.at(order.expiresAt()),
                        caseId))
                .update();
    }

    public Optional<Order> find(SellerId seller, String orderId) {
        return jdbc.sql("select * from checkout.orders where seller_id = ? and order_id = ?")
                .params(seller.value(), orderId)
                .query(Orders::read)
                .optional();
    }

    /** Newest first, by key: those before {@code before}. */
    public List<Order> list(SellerId seller, Optional<String> before, int limit) {
        return jdbc.sql("""
                select * from checkout.orders where seller_id = ? and (?::text is null or order_id < ?)
                order by order_id desc limit ?
                """)
                .params(Columns.all(seller.value(), before.orElse(null), before.orElse(null), limit))
                .query(Orders::read)
                .list();
    }

    /** Within the current transaction: payments of one order are decided one after the other. */
    public Optional<Order> lock(SellerId seller, String orderId) {
        return jdbc.sql("select * from checkout.orders where seller_id = ? and order_id = ? for update")
                .params(seller.value(), orderId)
                .query(Orders::read)
                .optional();
    }

    /** Within the current transaction: those that nobody else holds, by id, in the order of their keys. */
    public Map<String, Order> lockFree(Map<String, SellerId> sellersById) {
        String[] ids = sellersById.keySet().toArray(String[]::new);
        String[] sellers = Arrays.stream(ids)
                .map(id -> String.valueOf(sellersById.get(id)))
                .toArray(String[]::new);
        Map<String, Order> locked = new LinkedHashMap<>();
        jdbc.sql("""
                select o.* from checkout.orders o
                join unnest(?::text[], ?::text[]) as v (seller_id, order_id)
                  on o.seller_id = v.seller_id and o.order_id = v.order_id
                order by o.seller_id, o.order_id for update of o skip locked
                """).params(sellers, ids).query(Orders::read).list().forEach(order -> locked.put(order.id(), order));
        return locked;
    }

    /** Within the current transaction, holding the order; written when it commits. */
    public void paid(Order order, String paymentId) {
        payers.add(new Payer(order, paymentId));
    }

    private static Write write(List<Payer> all) {
        return new Write(
                """
                update checkout.orders o set paid_by = v.payment_id
                from unnest(?::text[], ?::text[], ?::text[]) as v (payment_id, seller_id, order_id)
                where o.seller_id = v.seller_id and o.order_id = v.order_id and o.paid_by is null
                """,
                Columns.arrays(all.stream()
                        .map(one -> Columns.all(
                                one.paymentId(),
                                one.order().seller(),
                                one.order().id()))
                        .toList()));
    }

    /** Orders of this user and channel at this price that no payment has paid and that may still be paid. */
    public List<Order> openAt(SellerId seller, UUID channelId, long telegramUserId, Money price) {
        return jdbc.sql("""
                select * from checkout.orders
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and price_units = ? and price_asset = ?
                  and paid_by is null and created_at > ?
                """)
                .params(Columns.all(
                        seller.value(),
                        channelId,
                        telegramUserId,
                        new BigDecimal(price.units()),
                        price.asset().code(),
                        Columns.at(clock.instant().minus(MAY_STILL_BE_PAID))))
                .query(Orders::read)
                .list();
    }

    /** The newest order of this plan and user, at the plan's price and days of now, that is to be paid and may be for longer than {@code until}. */
    Optional<Order> newestOpen(Plan plan, long telegramUserId, Instant until) {
        return jdbc.sql("""
                select * from checkout.orders
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and plan_id = ? and price_units = ? and price_asset = ?
                  and days is not distinct from ? and paid_by is null and expires_at > ?
                order by order_id desc limit 1
                """)
                .params(Columns.all(
                        plan.seller().value(),
                        plan.channelId(),
                        telegramUserId,
                        plan.id(),
                        new BigDecimal(plan.price().units()),
                        plan.price().asset().code(),
                        plan.days(),
                        Columns.at(until)))
                .query(Orders::read)
                .optional();
    }

    @Override
    public boolean anyFor(SellerId seller, UUID channelId, long telegramUserId) {
        return jdbc.sql("""
                select exists (select from checkout.orders
                  where seller_id = ? and channel_id = ? and telegram_user_id = ? and paid_by is null and expires_at > ?) as open
                """)
                .params(seller.value(), channelId, telegramUserId, Columns.at(clock.instant()))
                .query((row, n) -> row.getBoolean("open"))
                .single();
    }

    @Override
    public Optional<UUID> planOf(SellerId seller, String orderId) {
        return find(seller, orderId).map(Order::planId);
    }

    static Order read(ResultSet row, int n) throws SQLException {
        return new Order(
                new SellerId(row.getString("seller_id")),
                row.getString("order_id"),
                row.getObject("channel_id", UUID.class),
                row.getObject("plan_id", UUID.class),
                row.getLong("telegram_user_id"),
                new Money(
                        row.getBigDecimal("price_units").toBigIntegerExact(), new Asset(row.getString("price_asset"))),
                row.getObject("days", Integer.class),
                row.getBigDecimal("fee_percent"),
                Columns.instant(row, "created_at"),
                Columns.instant(row, "expires_at"),
                row.getString("paid_by"));
    }
}
