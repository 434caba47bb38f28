package admitone.payments;

import admitone.database.Columns;
import admitone.database.Gathered;
import admitone.database.Listing;
import admitone.database.Read;
import admitone.database.Sql;
import admitone.database.Transactions;
import admitone.hold.Hold;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.PaymentState.Closed;
import admitone.payments.PaymentState.Confirming;
import admitone.payments.PaymentState.Held;
import admitone.payments.PaymentState.Paid;
import admitone.payments.PaymentState.PartiallyPaid;
import admitone.payments.PaymentState.Reason;
import admitone.payments.PaymentState.Refunded;
import admitone.payments.PaymentState.Stage;
import admitone.payments.PaymentState.Waiting;
import admitone.runtime.SellerId;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
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
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The payments of a seller. */
@Repository
public class Payments {
    /** The one provider account of this service; a second one would get a name of its own. */
    public static final String ACCOUNT = "nowpayments";

    private static final String IS_OPEN =
            "state in ('waiting', 'confirming', 'confirmed', 'sending', 'partially_paid', 'expired')";

    private final JdbcClient jdbc;
    private final Transactions transactions;
    private final Gathered<Move> moves;
    private final JdbcAsking asking;
    private final Cache<String, SellerId> routes =
            Caffeine.newBuilder().maximumSize(50_000).build();
    private final Hold hold;
    private final AtomicLong memory = new AtomicLong();

    Payments(JdbcTemplate template, JdbcClient jdbc, Transactions transactions, Hold hold) {
        this.jdbc = jdbc;
        this.transactions = transactions;
        this.hold = hold;
        this.moves = new Gathered<>(template, Payments::write);
        this.asking = new JdbcAsking(jdbc, transactions, "payments.payment", "payment_id", IS_OPEN, "next_ask_at");
    }

    private record Move(
            Payment payment,
            PaymentState next,
            Heard heard,
            @Nullable Money suspended) {}

    /** Whose payment this id is, if it is known. A known id decides first, whatever a notification says of its order. */
    public Optional<SellerId> sellerOf(String id) {
        String paymentId = Payment.idThere(id);
        SellerId cached = routes().getIfPresent(paymentId);
        if (cached != null) {
            return Optional.of(cached);
        }
        Optional<SellerId> found = jdbc.sql(
                        "select seller_id from payments.route where provider_account = ? and payment_id = ?")
                .params(ACCOUNT, paymentId)
                .query((row, n) -> new SellerId(row.getString("seller_id")))
                .optional();
        found.ifPresent(seller -> routes.put(paymentId, seller));
        return found;
    }

    /** A route never changes, but a database that has gone back may have lost it. */
    private Cache<String, SellerId> routes() {
        long now = hold.memory();
        if (memory.getAndSet(now) != now) {
            routes.invalidateAll();
        }
        return routes;
    }

    /** Those of these ids that are known, with whose payment each is. */
    public Map<String, SellerId> sellersOf(Collection<String> paymentIds) {
        Map<String, SellerId> known = new HashMap<>(routes().getAllPresent(paymentIds));
        String[] others =
                paymentIds.stream().filter(id -> !known.containsKey(id)).toArray(String[]::new);
        if (others.length > 0) {
            jdbc.sql(
                            "select payment_id, seller_id from payments.route where provider_account = ? and payment_id = any (?)")
                    .params(ACCOUNT, others)
                    .query(row -> {
                        SellerId seller = new SellerId(row.getString("seller_id"));
                        known.put(row.getString("payment_id"), seller);
                        routes.put(row.getString("payment_id"), seller);
                    });
        }
        return known;
    }

    /** Claims a first-seen id for a seller in a transaction of its own; answers who holds it. */
    public SellerId claimRoute(String paymentId, SellerId seller) {
        transactions.run(seller, () -> {
            jdbc.sql("""
                    insert into payments.route (provider_account, payment_id, seller_id) values (?, ?, ?)
                    on conflict (provider_account, payment_id) do nothing
                    """).params(ACCOUNT, paymentId, seller.value()).update();
        });
        return sellerOf(paymentId).orElseThrow();
    }

    public Optional<Payment> find(SellerId seller, String paymentId) {
        return jdbc.sql("select * from payments.payment where seller_id = ? and payment_id = ?")
                .params(seller.value(), paymentId)
                .query(Payments::read)
                .optional();
    }

    /** Within the current transaction; waits for whoever holds the row, as long as the lane's lock timeout. */
    public Optional<Payment> lock(SellerId seller, String paymentId) {
        return jdbc.sql("select * from payments.payment where seller_id = ? and payment_id = ? for update")
                .params(seller.value(), paymentId)
                .query(Payments::read)
                .optional();
    }

    /** Within the current transaction: those that nobody else holds, by id, in the order of their keys. */
    public Read<Map<String, Payment>> lockFree(Map<String, SellerId> sellersById) {
        Map<String, Payment> locked = new LinkedHashMap<>();
        return Read.of("""
                select p.* from payments.payment p
                join (select r->>0 as seller_id, r->>1 as payment_id from unnest(?::jsonb[]) as r) as v
                  on p.seller_id = v.seller_id and p.payment_id = v.payment_id
                order by p.seller_id, p.payment_id for update of p skip locked
                """, Columns.keys(sellersById), locked, row -> {
            Payment payment = read(row, 0);
            locked.put(payment.id(), payment);
        });
    }

    /** Within the current transaction, before the order is locked: all payments of the order, in the order of their keys. */
    public void lockOfOrder(SellerId seller, String orderId) {
        jdbc.sql("""
                select payment_id from payments.payment where seller_id = ? and order_id = ? order by payment_id for update
                """)
                .params(seller.value(), orderId)
                .query((row, n) -> row.getString("payment_id"))
                .list();
    }

    /** Within the current transaction, holding the order: a part of its price counts from now on, since all of it is there. */
    public void count(Payment part, Instant at) {
        int counted = jdbc.sql("""
                        update payments.payment set state = 'paid', paid_at = ?, next_ask_at = null
                        where seller_id = ? and payment_id = ? and state = 'partially_paid'
                        """)
                .params(Columns.at(at), part.seller().value(), part.id())
                .update();
        if (counted != 1) {
            throw new IllegalStateException("payment " + part.id() + " is no part of its order's price any more");
        }
    }

    /** Within the current transaction, holding both: a person says which order the payment is for. */
    public void bind(Payment payment, String orderId) {
        jdbc.sql("update payments.payment set order_id = ? where seller_id = ? and payment_id = ?")
                .params(orderId, payment.seller().value(), payment.id())
                .update();
    }

    /** Within the current transaction, holding the payment: money that is set aside counts for nothing by itself any more; whatever else is heard of it is for a person. */
    public void dismiss(SellerId seller, String paymentId) {
        jdbc.sql("""
                update payments.payment set hold = ?
                where seller_id = ? and payment_id = ? and state in ('partially_paid', 'held')
                """)
                .params(PaymentRules.Why.DISMISSED, seller.value(), paymentId)
                .update();
    }

    public List<Payment> ofOrder(SellerId seller, String orderId) {
        return jdbc.sql(
                        "select * from payments.payment where seller_id = ? and order_id = ? order by created_at, payment_id")
                .params(seller.value(), orderId)
                .query(Payments::read)
                .list();
    }

    /** Within the current transaction, holding the payment: what came on top of it, by our own ids. */
    public List<Payment> onTopOf(Payment payment) {
        return Stream.iterate(1, n -> n + 1)
                .map(n -> find(payment.seller(), payment.idOnTop(n)))
                .takeWhile(Optional::isPresent)
                .flatMap(Optional::stream)
                .toList();
    }

    /** The payments of many orders, each order's oldest first. */
    public List<Payment> ofOrders(Map<String, SellerId> sellersByOrderId) {
        return jdbc.sql("""
                select p.* from (select r->>0 as seller_id, r->>1 as order_id from unnest(?::jsonb[]) as r) as asked
                join payments.payment p on p.seller_id = asked.seller_id and p.order_id = asked.order_id
                order by p.created_at, p.payment_id
                """)
                .params(Columns.rows(Columns.keys(sellersByOrderId)))
                .query(Payments::read)
                .list();
    }

    /** Where a payment stands in a list. */
    public record Key(Instant createdAt, String paymentId) {}

    private static final Key BEYOND = new Key(Instant.parse("9999-12-31T00:00:00Z"), "");

    /** Newest first, by key: those before {@code before}; of all sellers where none is given, in all states where none is. */
    public List<Payment> page(
            Optional<SellerId> seller, Optional<PublicStatus> status, Optional<Key> before, int limit) {
        Key key = before.orElse(BEYOND);
        Listing listing = Listing.of("payments.payment", seller);
        status.ifPresent(word ->
                listing.where("state in ('" + String.join("', '", word.states()) + "')")); // as the index has it
        return listing.before(List.of("created_at", "payment_id"), Columns.at(key.createdAt()), key.paymentId())
                .page(jdbc, limit, Payments::read);
    }

    /** Within the current transaction; answers false when the id is there already. */
    public boolean add(Payment payment, @Nullable Instant firstAsk) {
        Wallet wallet = payment.wallet();
        return jdbc.sql("""
                        insert into payments.payment
                          (seller_id, payment_id, order_id, hold, state, provider_status, pay_currency, pay_amount_units,
                           pay_address, payin_extra_id, parent_payment_id, created_at, expires_at, next_ask_at, rest_units, rest_asset,
                           wallet_coin, wallet_address, wallet_extra_id)
                        values (?, ?, ?, ?, 'waiting', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                        on conflict (seller_id, payment_id) do nothing
                        """)
                        .params(Columns.all(
                                payment.seller().value(),
                                payment.id(),
                                payment.orderId(),
                                payment.hold(),
                                payment.providerStatus(),
                                code(payment.payCurrency()),
                                units(payment.payAmount()),
                                payment.payAddress(),
                                payment.payinExtraId(),
                                payment.parentPaymentId(),
                                Columns.at(payment.createdAt()),
                                Columns.atOrNull(payment.expiresAt()),
                                Columns.atOrNull(firstAsk),
                                units(payment.rest()),
                                payment.rest() == null
                                        ? null
                                        : payment.rest().asset().code(),
                                wallet == null ? null : wallet.coin().code(),
                                wallet == null ? null : wallet.address(),
                                wallet == null ? null : wallet.extraId()))
                        .update()
                == 1;
    }

    /** Within the current transaction: fills in what the creation's answer tells of a payment a notification was first to name. */
    public void describe(SellerId seller, PaymentProvider.Created created, @Nullable Wallet wallet) {
        jdbc.sql("""
                update payments.payment set
                  pay_address = coalesce(pay_address, ?), pay_amount_units = coalesce(pay_amount_units, ?),
                  pay_currency = coalesce(pay_currency, ?), payin_extra_id = coalesce(payin_extra_id, ?),
                  expires_at = coalesce(expires_at, ?), wallet_coin = ?, wallet_address = ?, wallet_extra_id = ?
                where seller_id = ? and payment_id = ?
                """)
                .params(Columns.all(
                        created.payAddress(),
                        units(created.payAmount()),
                        created.payAmount().asset().code(),
                        created.payinExtraId(),
                        Columns.atOrNull(created.expiresAt()),
                        wallet == null ? null : wallet.coin().code(),
                        wallet == null ? null : wallet.address(),
                        wallet == null ? null : wallet.extraId(),
                        seller.value(),
                        created.paymentId()))
                .update();
    }

    /** Within the current transaction, holding the row; written when it commits. */
    public void move(Payment payment, PaymentState next, Heard heard, @Nullable Money suspended) {
        moves.add(new Move(payment, next, heard, suspended));
    }

    private static Sql write(List<Move> all) {
        return new Sql("""
                update payments.payment p set
                  state = v.state, hold_kind = v.hold_kind, provider_status = v.provider_status,
                  received_units = coalesce(v.received_units, p.received_units),
                  received_asset = coalesce(v.received_asset, p.received_asset),
                  outcome_units = coalesce(v.outcome_units, p.outcome_units),
                  outcome_asset = coalesce(v.outcome_asset, p.outcome_asset),
                  suspended_units = coalesce(v.suspended_units, p.suspended_units),
                  suspended_asset = coalesce(v.suspended_asset, p.suspended_asset),
                  paid_at = coalesce(v.paid_at, p.paid_at), next_ask_at = case when v.is_open then p.next_ask_at end,
                  pay_amount_units = v.pay_amount_units, pay_currency = v.pay_currency
                from (select r->>0 as state, r->>1 as hold_kind, r->>2 as provider_status, (r->>3)::numeric as received_units,
                    r->>4 as received_asset, (r->>5)::numeric as outcome_units, r->>6 as outcome_asset,
                    (r->>7)::numeric as suspended_units, r->>8 as suspended_asset, (r->>9)::timestamptz as paid_at,
                    (r->>10)::boolean as is_open, (r->>11)::numeric as pay_amount_units, r->>12 as pay_currency,
                    r->>13 as seller_id, r->>14 as payment_id from unnest(?::jsonb[]) as r) as v
                where p.seller_id = v.seller_id and p.payment_id = v.payment_id
                """, Columns.rows(all.stream().map(Payments::row).toList()));
    }

    private static Object[] row(Move move) {
        PaymentState next = move.next();
        Heard heard = move.heard();
        @Nullable Money suspended = move.suspended();
        @Nullable Money received = next instanceof PartiallyPaid(Money partly) ? partly : heard.actuallyPaid();
        return Columns.all(
                next.word(),
                next instanceof Held(String why) ? why : null,
                heard.statusWord(),
                units(received),
                received == null ? null : received.asset().code(),
                units(heard.outcome()),
                heard.outcome() == null ? null : heard.outcome().asset().code(),
                units(suspended),
                suspended == null ? null : suspended.asset().code(),
                next instanceof Paid paid ? Columns.at(paid.at()) : null,
                next.isOpen(),
                units(move.payment().payAmount()),
                code(move.payment().payCurrency()),
                move.payment().seller().value(),
                move.payment().id());
    }

    /** Within the current transaction: the outcome became known after the payment was paid. */
    public void outcome(SellerId seller, String paymentId, Money outcome) {
        jdbc.sql("""
                update payments.payment set outcome_units = ?, outcome_asset = ?
                where seller_id = ? and payment_id = ? and outcome_units is null
                """)
                .params(Columns.all(units(outcome), outcome.asset().code(), seller.value(), paymentId))
                .update();
    }

    /** The open payments. */
    public AskedAbout asking() {
        return asking;
    }

    /** Within the current transaction: the sweep's next turn is this payment's. */
    public void askNow(SellerId seller, String paymentId, Instant now) {
        jdbc.sql("update payments.payment set next_ask_at = ? where seller_id = ? and payment_id = ?")
                .params(Columns.at(now), seller.value(), paymentId)
                .update();
    }

    private static @Nullable BigDecimal units(@Nullable Money money) {
        return money == null ? null : new BigDecimal(money.units());
    }

    private static @Nullable String code(@Nullable Asset asset) {
        return asset == null ? null : asset.code();
    }

    private static @Nullable Money money(ResultSet row, String units, @Nullable Asset asset) throws SQLException {
        @Nullable BigDecimal value = row.getBigDecimal(units);
        return value == null || asset == null ? null : new Money(value.toBigIntegerExact(), asset);
    }

    private static @Nullable Asset asset(ResultSet row, String column) throws SQLException {
        @Nullable String code = row.getString(column);
        return code == null ? null : new Asset(code);
    }

    private static Payment read(ResultSet row, int n) throws SQLException {
        @Nullable Asset payCurrency = asset(row, "pay_currency");
        @Nullable Money received = money(row, "received_units", asset(row, "received_asset"));
        @Nullable Money outcome = money(row, "outcome_units", asset(row, "outcome_asset"));
        return new Payment(
                new SellerId(row.getString("seller_id")),
                row.getString("payment_id"),
                row.getString("order_id"),
                row.getString("hold"),
                state(row, received, outcome),
                row.getString("provider_status"),
                payCurrency,
                money(row, "pay_amount_units", payCurrency),
                row.getString("pay_address"),
                row.getString("payin_extra_id"),
                received,
                outcome,
                money(row, "suspended_units", asset(row, "suspended_asset")),
                row.getString("parent_payment_id"),
                Columns.instant(row, "created_at"),
                Columns.instantOrNull(row, "paid_at"),
                Columns.instantOrNull(row, "expires_at"),
                money(row, "rest_units", asset(row, "rest_asset")),
                wallet(row));
    }

    private static @Nullable Wallet wallet(ResultSet row) throws SQLException {
        @Nullable Asset coin = asset(row, "wallet_coin");
        return coin == null
                ? null
                : new Wallet(coin, row.getString("wallet_address"), row.getString("wallet_extra_id"));
    }

    private static PaymentState state(ResultSet row, @Nullable Money received, @Nullable Money outcome)
            throws SQLException {
        String word = row.getString("state");
        return switch (word) {
            case "waiting" -> new Waiting();
            case "confirming", "confirmed", "sending" -> new Confirming(Stage.valueOf(word.toUpperCase(Locale.ROOT)));
            case "expired", "failed", "cancelled" -> new Closed(Reason.valueOf(word.toUpperCase(Locale.ROOT)));
            case "partially_paid" -> new PartiallyPaid(needed(received, row));
            case "held" -> new Held(row.getString("hold_kind"));
            case "paid" -> new Paid(needed(received, row), outcome, Columns.instant(row, "paid_at"));
            case "refunded" -> new Refunded();
            default ->
                throw new IllegalStateException(
                        "payment " + row.getString("payment_id") + " is in unknown state " + word);
        };
    }

    private static Money needed(@Nullable Money received, ResultSet row) throws SQLException {
        if (received == null) {
            throw new IllegalStateException("payment " + row.getString("payment_id") + " has no received amount");
        }
        return received;
    }
}
