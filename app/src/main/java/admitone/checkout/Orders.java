package admitone.checkout;

import admitone.access.OpenOrders;
import admitone.catalog.Plan;
import admitone.database.Columns;
import admitone.database.Gathered;
import admitone.database.Listing;
import admitone.database.Read;
import admitone.database.Sql;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
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

    /** Greater than any id, however the database orders letters. */
    private static final String BEYOND = "ap";

    /** May be paid, and no payment or page for it was begun. */
    private static final String UNTOUCHED = """
            o.seller_id = ? and o.order_id = ? and o.paid_by is null and o.expires_at > ?
              and not exists (select from payments.creation c where c.seller_id = o.seller_id and c.order_id = o.order_id)
              and not exists (select from payments.payment p where p.seller_id = o.seller_id and p.order_id = o.order_id)
            """;

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
        insert(order, null);
    }

    /** Within the current transaction: with what was taken off its price. */
    void add(Order order, List<Reduction> reductions) {
        add(order);
        reductions.forEach(one -> jdbc.sql("""
                        insert into checkout.reduction (seller_id, order_id, kind, reference, amount_units) values (?, ?, ?, ?, ?)
                        """)
                .params(
                        order.seller().value(),
                        order.id(),
                        one.kind().word(),
                        one.reference(),
                        new BigDecimal(one.amount().units()))
                .update());
    }

    /** What was taken off the price of an order; together with the price they are the plan's price. */
    public List<Reduction> reductions(Order order) {
        return order.isReduced()
                ? jdbc.sql("""
                        select * from checkout.reduction where seller_id = ? and order_id = ? order by kind, reference
                        """)
                        .params(order.seller().value(), order.id())
                        .query((row, n) -> new Reduction(
                                Reduction.Kind.of(row.getString("kind")),
                                row.getString("reference"),
                                new Money(
                                        row.getBigDecimal("amount_units").toBigIntegerExact(),
                                        order.price().asset())))
                        .list()
                : List.of();
    }

    /**
     * The order that unused time of another was taken off, if it is paid and that money was not given back, or may be paid in time.
     *
     * @param orderId the other order
     * @param paymentId and all that this payment has bought; null: that order alone
     */
    public Optional<String> creditedTo(SellerId seller, @Nullable String paymentId, String orderId) {
        return jdbc.sql("""
                select o.order_id from checkout.reduction r
                join checkout.orders o on o.seller_id = r.seller_id and o.order_id = r.order_id
                left join payments.payment p on p.seller_id = o.seller_id and p.payment_id = o.paid_by
                where r.seller_id = ? and r.kind = 'upgrade'
                  and r.reference in (select b.order_id from checkout.orders b
                    where b.seller_id = r.seller_id and (b.order_id = ? or b.paid_by = ?))
                  and case when o.paid_by is null then o.expires_at > ? else p.state is distinct from 'refunded' end
                order by o.paid_by nulls last, o.order_id limit 1
                """)
                .params(Columns.all(seller.value(), orderId, paymentId, Columns.at(clock.instant())))
                .query((row, n) -> row.getString("order_id"))
                .optional();
    }

    /** Whether a person's decision made it: its price is what the money came to. */
    boolean isOfCase(Order order) {
        return jdbc.sql("select case_id is not null from checkout.orders where seller_id = ? and order_id = ?")
                .params(order.seller().value(), order.id())
                .query(Boolean.class)
                .single();
    }

    /** Within the current transaction: one that a person's decision made. It fails with a {@code DuplicateKeyException} when the case has made one before. */
    public void addOfCase(Order order, UUID caseId) {
        insert(order, caseId);
    }

    /** Those that decisions in cases of this kind about an order made. */
    public List<String> ofCases(SellerId seller, String orderId, String kind) {
        return jdbc.sql("""
                select o.order_id from cases.cases c
                join checkout.orders o on o.seller_id = c.seller_id and o.case_id = c.case_id
                where c.seller_id = ? and c.order_id = ? and c.kind = ? order by o.order_id
                """)
                .params(seller.value(), orderId, kind)
                .query((row, _) -> row.getString("order_id"))
                .list();
    }

    /** Within the current transaction: one that was lost, as its copy tells it. */
    public void addLost(Order order) {
        if (find(order.seller(), order.id()).isEmpty()) {
            insert(order, null);
        }
    }

    private void insert(Order order, @Nullable UUID caseId) {
        Order.@Nullable Referral referral = order.referral();
        jdbc.sql("""
                insert into checkout.orders
                  (seller_id, order_id, channel_id, plan_id, telegram_user_id, price_units, price_asset, days, fee_percent, created_at, expires_at, case_id, list_units,
                   referrer, referral_percent)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
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
                        caseId,
                        order.isReduced() ? new BigDecimal(order.listPrice().units()) : null,
                        referral == null ? null : referral.referrer(),
                        referral == null ? null : referral.percent()))
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
        return Listing.of("checkout.orders", seller)
                .before(List.of("order_id"), before.orElse(BEYOND))
                .page(jdbc, limit, Orders::read);
    }

    /** Within the current transaction: payments of one order are decided one after the other. */
    public Optional<Order> lock(SellerId seller, String orderId) {
        return jdbc.sql("select * from checkout.orders where seller_id = ? and order_id = ? for update")
                .params(seller.value(), orderId)
                .query(Orders::read)
                .optional();
    }

    /** Within the current transaction: those that nobody else holds, by id, in the order of their keys. */
    public Read<Map<String, Order>> lockFree(Map<String, SellerId> sellersById) {
        Map<String, Order> locked = new LinkedHashMap<>();
        return Read.of("""
                select o.* from checkout.orders o
                join (select r->>0 as seller_id, r->>1 as order_id from unnest(?::jsonb[]) as r) as v
                  on o.seller_id = v.seller_id and o.order_id = v.order_id
                order by o.seller_id, o.order_id for update of o skip locked
                """, Columns.keys(sellersById), locked, row -> {
            Order order = read(row, 0);
            locked.put(order.id(), order);
        });
    }

    /** Within the current transaction, holding the order; written when it commits. */
    public void paid(Order order, String paymentId) {
        payers.add(new Payer(order, paymentId));
    }

    private static Sql write(List<Payer> all) {
        return new Sql(
                """
                update checkout.orders o set paid_by = v.payment_id
                from (select r->>0 as payment_id, r->>1 as seller_id, r->>2 as order_id from unnest(?::jsonb[]) as r) as v
                where o.seller_id = v.seller_id and o.order_id = v.order_id and o.paid_by is null
                """,
                Columns.rows(all.stream()
                        .map(one -> Columns.all(
                                one.paymentId(),
                                one.order().seller(),
                                one.order().id()))
                        .toList()));
    }

    /**
     * Within the current transaction: an order is over now, unless a payment or a page for it was begun. Answers whether it is. Who begins one at this very moment
     * pays late.
     */
    boolean giveUp(SellerId seller, String orderId) {
        var now = Columns.at(clock.instant());
        return jdbc.sql("update checkout.orders o set expires_at = ? where " + UNTOUCHED)
                        .params(now, seller.value(), orderId, now)
                        .update()
                == 1;
    }

    /** Whether it may be paid, and no payment or page for it was begun. */
    boolean isUntouched(SellerId seller, String orderId) {
        return jdbc.sql("select exists (select from checkout.orders o where " + UNTOUCHED + ")")
                .params(seller.value(), orderId, Columns.at(clock.instant()))
                .query(Boolean.class)
                .single();
    }

    /** The order of this plan and user that unused time was taken off and that may be paid, where a payment or a page for it was begun. Not where money has come that buys nothing. */
    Optional<Order> begunWithUnusedTime(Plan plan, long telegramUserId) {
        return jdbc.sql("""
                select * from checkout.orders o
                where o.seller_id = ? and o.channel_id = ? and o.telegram_user_id = ? and o.plan_id = ? and o.paid_by is null and o.expires_at > ?
                  and exists (select from checkout.reduction r where r.seller_id = o.seller_id and r.order_id = o.order_id and r.kind = 'upgrade')
                  and (exists (select from payments.creation c where c.seller_id = o.seller_id and c.order_id = o.order_id)
                    or exists (select from payments.payment p where p.seller_id = o.seller_id and p.order_id = o.order_id))
                  and not exists (select from payments.payment p
                    where p.seller_id = o.seller_id and p.order_id = o.order_id and p.state in ('partially_paid', 'held'))
                order by o.price_units, o.order_id desc limit 1
                """)
                .params(plan.seller().value(), plan.channelId(), telegramUserId, plan.id(), Columns.at(clock.instant()))
                .query(Orders::read)
                .optional();
    }

    /** Within the current transaction: its buyer was brought since it was made; what is paid, or has a referrer, stays as it is. */
    Order refer(Order order, Order.Referral referral) {
        return jdbc.sql("""
                update checkout.orders set referrer = ?, referral_percent = ?
                where seller_id = ? and order_id = (select order_id from checkout.orders
                  where seller_id = ? and order_id = ? and referrer is null and paid_by is null for update skip locked) -- a payment of it may be decided now
                returning *
                """)
                .params(
                        referral.referrer(),
                        referral.percent(),
                        order.seller().value(),
                        order.seller().value(),
                        order.id())
                .query(Orders::read)
                .optional()
                .orElse(order);
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

    /** The orders of this plan and user, made at the plan's price and days of now, that are to be paid and may be for longer than {@code until}; the cheapest first. Not where money has come that buys nothing. */
    List<Order> open(Plan plan, long telegramUserId, Instant until) {
        return jdbc.sql("""
                select * from checkout.orders
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and plan_id = ? and coalesce(list_units, price_units) = ? and price_asset = ?
                  and days is not distinct from ? and paid_by is null and expires_at > ?
                  and not exists (select from payments.payment p
                    where p.seller_id = orders.seller_id and p.order_id = orders.order_id and p.state in ('partially_paid', 'held'))
                order by price_units, order_id desc limit 20
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
                .list();
    }

    /** The newest orders of this plan and user that are not paid, and for which the provider may still find money. */
    List<Order> unpaid(Plan plan, long telegramUserId) {
        return jdbc.sql("""
                select * from checkout.orders
                where seller_id = ? and channel_id = ? and telegram_user_id = ? and plan_id = ? and paid_by is null and created_at > ?
                order by order_id desc limit 20
                """)
                .params(
                        plan.seller().value(),
                        plan.channelId(),
                        telegramUserId,
                        plan.id(),
                        Columns.at(clock.instant().minus(MAY_STILL_BE_PAID)))
                .query(Orders::read)
                .list();
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
        Asset asset = new Asset(row.getString("price_asset"));
        Money price = new Money(row.getBigDecimal("price_units").toBigIntegerExact(), asset);
        @Nullable BigDecimal list = row.getBigDecimal("list_units");
        return new Order(
                new SellerId(row.getString("seller_id")),
                row.getString("order_id"),
                row.getObject("channel_id", UUID.class),
                row.getObject("plan_id", UUID.class),
                row.getLong("telegram_user_id"),
                price,
                row.getObject("days", Integer.class),
                row.getBigDecimal("fee_percent"),
                Columns.instant(row, "created_at"),
                Columns.instant(row, "expires_at"),
                row.getString("paid_by"),
                list == null ? price : new Money(list.toBigIntegerExact(), asset),
                referral(row));
    }

    private static Order.@Nullable Referral referral(ResultSet row) throws SQLException {
        @Nullable Long referrer = row.getObject("referrer", Long.class);
        return referrer == null ? null : new Order.Referral(referrer, row.getBigDecimal("referral_percent"));
    }
}
