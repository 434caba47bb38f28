package admitone.checkout;

import admitone.catalog.Channel;
import admitone.catalog.Plan;
import admitone.checkout.Coupon.Off;
import admitone.checkout.Coupon.Refusal;
import admitone.database.Columns;
import admitone.database.Listing;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * The coupons of a seller. A use is an order with its reduction: reserved while the order may be paid in time, for a while only where nothing was begun for it; used when it
 * is paid, free again when its time is over. Who begins or pays later has it only while it is free.
 */
@Repository
public class Coupons {
    private static final int TAG = 8;

    /** So long a use is kept from others for somebody who only looks at what it would cost. */
    private static final Duration HELD_UNTOUCHED = Duration.ofMinutes(30);

    /** An order that may be paid, and was taken up lately, or for which a payment or a page was begun. */
    private static final String HOLDS = """
            (o.expires_at > :now and (coalesce(r.held_at, o.created_at) > :since
              or exists (select from payments.creation c where c.seller_id = o.seller_id and c.order_id = o.order_id)
              or exists (select from payments.payment p where p.seller_id = o.seller_id and p.order_id = o.order_id)))
            """;

    private final JdbcClient jdbc;
    private final LeastPrice leastPrice;
    private final Ids ids;
    private final Clock clock;

    Coupons(JdbcClient jdbc, LeastPrice leastPrice, Ids ids, Clock clock) {
        this.jdbc = jdbc;
        this.leastPrice = leastPrice;
        this.ids = ids;
        this.clock = clock;
    }

    /** A coupon yet to be added. */
    public record Draft(
            String code,
            Off off,
            @Nullable UUID planId,
            @Nullable Integer mostUses,
            @Nullable Instant from,
            @Nullable Instant until) {}

    /** How many hold a use, and how many have paid with it. */
    public record Uses(int reserved, int used) {}

    /** Within the current transaction. Empty: the channel has or had this code. */
    public Optional<Coupon> add(Channel channel, Draft draft) {
        @Nullable BigDecimal percent = draft.off() instanceof Off.Percent(BigDecimal of) ? of : null;
        @Nullable BigDecimal amount = draft.off() instanceof Off.Amount(Money of) ? new BigDecimal(of.units()) : null;
        int added = jdbc.sql("""
                insert into checkout.coupon
                  (seller_id, coupon_id, channel_id, plan_id, code, tag, percent, amount_cents, most_uses, valid_from, valid_until)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                on conflict (seller_id, channel_id, code) do nothing
                """)
                .params(Columns.all(
                        channel.seller().value(),
                        ids.next(),
                        channel.id(),
                        draft.planId(),
                        draft.code(),
                        ids.random(TAG),
                        percent,
                        amount,
                        draft.mostUses(),
                        Columns.atOrNull(draft.from()),
                        Columns.atOrNull(draft.until())))
                .update();
        return added == 1 ? find(channel.seller(), channel.id(), draft.code()) : Optional.empty();
    }

    /** Whether a channel has a code that somebody may know, whatever its dates and uses say. */
    public boolean hasOpen(SellerId seller, UUID channelId) {
        return jdbc.sql("""
                select exists (select from checkout.coupon where seller_id = ? and channel_id = ? and closed_at is null)
                """)
                .params(seller.value(), channelId)
                .query((row, n) -> row.getBoolean(1))
                .single();
    }

    /** Within the current transaction: nobody begins a purchase with it any more. False: there is none. */
    public boolean close(Channel channel, String code) {
        return jdbc.sql("""
                        update checkout.coupon set closed_at = coalesce(closed_at, ?)
                        where seller_id = ? and channel_id = ? and code = ?
                        """)
                        .params(Columns.at(clock.instant()), channel.seller().value(), channel.id(), code)
                        .update()
                == 1;
    }

    public Optional<Coupon> find(SellerId seller, UUID channelId, String code) {
        return jdbc.sql("select * from checkout.coupon where seller_id = ? and channel_id = ? and code = ?")
                .params(seller.value(), channelId, code)
                .query(Coupons::read)
                .optional();
    }

    public Optional<Coupon> byTag(SellerId seller, String tag) {
        return jdbc.sql("select * from checkout.coupon where seller_id = ? and tag = ?")
                .params(seller.value(), tag)
                .query(Coupons::read)
                .optional();
    }

    /** Newest first, by key: those before {@code before}. */
    public List<Coupon> list(Channel channel, Optional<UUID> before, int limit) {
        return Listing.of("checkout.coupon", channel.seller())
                .where("channel_id = ?", channel.id())
                .before("coupon_id", before)
                .page(jdbc, limit, Coupons::read);
    }

    public Uses uses(Coupon coupon) {
        Taken taken = taken(coupon, 0);
        return new Uses(taken.all() - taken.paid(), taken.paid());
    }

    /** Whether nobody may use it now, since all its uses are taken; counts only where they have a limit. */
    public boolean isUsedUp(Coupon coupon) {
        return coupon.mostUses() != null && usedUp(coupon, taken(coupon, 0)).isPresent();
    }

    /** What a plan costs with it, by its own terms; for showing, nothing is reserved. */
    public Optional<Quote> quote(Coupon coupon, Plan plan) {
        Money least = leastPrice.now();
        return coupon.refusal(plan, least, clock.instant()).isEmpty()
                ? Optional.of(coupon.quoted(plan, least))
                : Optional.empty();
    }

    sealed interface Taking {
        /** A use is this person's by the order that is made with it in this transaction. */
        record Taken(Reduction reduction) implements Taking {}

        /** {@code heldBy}: the person's order that holds the use, where that is why. */
        record Refused(Refusal why, @Nullable String heldBy) implements Taking {}
    }

    /** Within the current transaction, and until it ends nobody else takes a use of this coupon. */
    Taking take(Plan plan, long telegramUserId, String code) {
        Optional<Coupon> coupon = lock(plan.seller(), plan.channelId(), code);
        if (coupon.isEmpty()) {
            return new Taking.Refused(Refusal.UNKNOWN, null);
        }
        // a statement of its own: the one before sees the orders as they were when it began to wait
        Taken taken = taken(coupon.get(), telegramUserId);
        return coupon.get()
                .refusal(plan, leastPrice.now(), clock.instant())
                .or(taken::byThem)
                .or(() -> usedUp(coupon.get(), taken))
                .<Taking>map(why -> new Taking.Refused(why, why == Refusal.HELD ? taken.heldByTheirs() : null))
                .orElseGet(() -> new Taking.Taken(coupon.get().reduction(plan)));
    }

    private Optional<Coupon> lock(SellerId seller, UUID channelId, String code) {
        return jdbc.sql("select * from checkout.coupon where seller_id = ? and channel_id = ? and code = ? for update")
                .params(seller.value(), channelId, code)
                .query(Coupons::read)
                .optional();
    }

    /** Within the current transaction, and until it ends nobody else takes a use: whether the use that an order had, which was not paid in time, is taken. */
    boolean isGone(Order late, String code) {
        Coupon coupon = lock(late.seller(), late.channelId(), code).orElseThrow();
        Taken taken = taken(coupon, late.telegramUserId());
        return taken.byThem().or(() -> usedUp(coupon, taken)).isPresent();
    }

    private static Optional<Refusal> usedUp(Coupon coupon, Taken taken) {
        return coupon.mostUses() != null && taken.all() >= coupon.mostUses()
                ? Optional.of(Refusal.USED_UP)
                : Optional.empty();
    }

    /** Uses that are not free: of all, of those paid; and of one person, by which order where it is not paid. */
    private record Taken(
            int all, int paid, boolean paidByThem, @Nullable String heldByTheirs) {
        Optional<Refusal> byThem() {
            return paidByThem
                    ? Optional.of(Refusal.USED)
                    : Optional.ofNullable(heldByTheirs).map(_ -> Refusal.HELD);
        }
    }

    /**
     * Within the current transaction, and until it ends nobody else takes a use: that of an order for which nothing was begun yet is theirs for a while again. False: all uses are taken
     * by others meanwhile.
     */
    boolean hold(Order order, String code) {
        Coupon coupon = lock(order.seller(), order.channelId(), code).orElseThrow();
        if (isLost(order, coupon)) {
            return false;
        }
        jdbc.sql(
                        "update checkout.reduction set held_at = ? where seller_id = ? and order_id = ? and kind = 'coupon' and reference = ?")
                .params(Columns.at(clock.instant()), order.seller().value(), order.id(), code)
                .update();
        return true;
    }

    /** Whether all uses are taken by others, since nothing was begun for this order for a while; to be shown, not relied on. */
    boolean isLost(Order order, String code) {
        return find(order.seller(), order.channelId(), code)
                .filter(coupon -> isLost(order, coupon))
                .isPresent();
    }

    private boolean isLost(Order order, Coupon coupon) {
        return !holds(order) && usedUp(coupon, taken(coupon, 0)).isPresent();
    }

    private boolean holds(Order order) {
        Instant now = clock.instant();
        return jdbc.sql("""
                select exists (select from checkout.reduction r
                  join checkout.orders o on o.seller_id = r.seller_id and o.order_id = r.order_id
                  where r.seller_id = :seller and r.order_id = :order and r.kind = 'coupon' and (o.paid_by is not null or
                """ + HOLDS + "))")
                .param("seller", order.seller().value())
                .param("order", order.id())
                .param("now", Columns.at(now))
                .param("since", Columns.at(now.minus(HELD_UNTOUCHED)))
                .query(Boolean.class)
                .single();
    }

    private Taken taken(Coupon coupon, long telegramUserId) {
        Instant now = clock.instant();
        return jdbc.sql("""
                select count(*) filter (where o.paid_by is not null or
                """ + HOLDS + """
                  ) as taken,
                  count(*) filter (where o.paid_by is not null) as paid,
                  count(*) filter (where o.telegram_user_id = :user and o.paid_by is not null) as paid_by_them,
                  max(o.order_id) filter (where o.telegram_user_id = :user and o.paid_by is null and o.expires_at > :now) as held_by_theirs
                from checkout.reduction r
                join checkout.orders o on o.seller_id = r.seller_id and o.order_id = r.order_id
                where r.seller_id = :seller and r.kind = 'coupon' and r.reference = :code and o.channel_id = :channel
                """)
                .param("now", Columns.at(now))
                .param("since", Columns.at(now.minus(HELD_UNTOUCHED)))
                .param("user", telegramUserId)
                .param("seller", coupon.seller().value())
                .param("code", coupon.code())
                .param("channel", coupon.channelId())
                .query((row, n) -> new Taken(
                        row.getInt("taken"),
                        row.getInt("paid"),
                        row.getInt("paid_by_them") > 0,
                        row.getString("held_by_theirs")))
                .single();
    }

    private static Coupon read(ResultSet row, int n) throws SQLException {
        @Nullable BigDecimal percent = row.getBigDecimal("percent");
        return new Coupon(
                new SellerId(row.getString("seller_id")),
                row.getObject("coupon_id", UUID.class),
                row.getObject("channel_id", UUID.class),
                row.getObject("plan_id", UUID.class),
                row.getString("code"),
                row.getString("tag"),
                percent != null
                        ? new Off.Percent(percent)
                        : new Off.Amount(
                                new Money(row.getBigDecimal("amount_cents").toBigIntegerExact(), Asset.USD)),
                row.getObject("most_uses", Integer.class),
                Columns.instantOrNull(row, "valid_from"),
                Columns.instantOrNull(row, "valid_until"),
                Columns.instantOrNull(row, "closed_at"));
    }
}
