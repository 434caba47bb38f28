package admitone.bench;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import java.util.function.Function;

/** Makes orders with waiting payments, in bulk and in the rows that the service itself writes for them. */
final class Purchases {
    /** As many digits as NOWPayments' ids have today. */
    private static final long FIRST_PAYMENT = 6_000_000_000L;

    private static final String ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz";
    private static final int TIME_LENGTH = 10;
    private static final int RANDOM_LENGTH = 26;

    private final Connection database;
    private final List<Shop> shops;
    private final SplittableRandom random;
    private long nextPayment;

    Purchases(Connection database, List<Shop> shops, long seed) throws SQLException {
        this.database = database;
        this.shops = shops;
        this.random = new SplittableRandom(seed);
        this.nextPayment = firstFree();
    }

    private long firstFree() throws SQLException {
        try (Statement statement = database.createStatement();
                var row = statement.executeQuery(
                        "select max(payment_id) from payments.route where payment_id like '6_________'")) {
            row.next();
            String last = row.getString(1);
            return last == null ? FIRST_PAYMENT : Long.parseLong(last) + 1;
        }
    }

    List<Shop> shops() {
        return shops;
    }

    /** Each with a buyer of its own, sellers in turn. */
    List<Purchase> prepare(int count) throws SQLException {
        Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
        List<Purchase> purchases = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Shop shop = shops.get(i % shops.size());
            long payment = nextPayment++;
            purchases.add(new Purchase(shop, orderId(shop, now), payment, payment));
        }
        write(purchases, now);
        return purchases;
    }

    /** The messages owed need not be sent: their rows become as those of messages that were. */
    void forgetOwed() throws SQLException {
        forgetOwed(database);
    }

    static void forgetOwed(Connection database) throws SQLException {
        try (Statement statement = database.createStatement()) {
            statement.execute("""
                    update tasks.task set state = 'done', attempt = 1, done_at = due_at
                    where state = 'ready' and kind in ('deliver_access', 'tell_seller')
                    """);
        }
    }

    /** Puts open payments into all the states that a buyer may read of. */
    static void spread(Connection database, List<Purchase> open) throws SQLException {
        List<String> changes = List.of(
                "state = 'waiting'",
                "state = 'confirming'",
                "state = 'sending'",
                "state = 'partially_paid', received_units = 1000000000000, received_asset = pay_currency",
                "state = 'expired', next_ask_at = null",
                "state = 'failed', next_ask_at = null");
        for (int i = 0; i < changes.size(); i++) {
            try (var update = database.prepareStatement("update payments.payment set " + changes.get(i)
                    + " where seller_id = any (?) and payment_id between ? and ? and payment_id::bigint % ? = ?")) {
                update.setArray(
                        1,
                        database.createArrayOf(
                                "text",
                                open.stream()
                                        .map(purchase -> purchase.shop().sellerId())
                                        .distinct()
                                        .toArray()));
                update.setString(2, Long.toString(open.getFirst().paymentId()));
                update.setString(3, Long.toString(open.getLast().paymentId()));
                update.setInt(4, changes.size());
                update.setInt(5, i);
                update.executeUpdate();
            }
        }
    }

    private void write(List<Purchase> purchases, Instant now) throws SQLException {
        OffsetDateTime at = now.atOffset(ZoneOffset.UTC);
        OffsetDateTime expires = at.plusHours(24);
        insert(
                "insert into access.buyer_route (telegram_user_id, seller_id) values (?, ?)",
                purchases,
                p -> row(p.buyer(), p.shop().sellerId()));
        insert(
                """
                insert into checkout.orders (seller_id, order_id, channel_id, plan_id, telegram_user_id, price_units, price_asset,
                  days, fee_percent, created_at, expires_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                purchases,
                p -> row(
                        p.shop().sellerId(),
                        p.orderId(),
                        p.shop().channelId(),
                        p.shop().planId(),
                        p.buyer(),
                        Shops.PRICE_CENTS,
                        "usd",
                        Shops.DAYS,
                        Shops.FEE_PERCENT,
                        at,
                        expires));
        insert(
                """
                insert into payments.creation (seller_id, order_id, pay_currency, attempt, state, lease_until, payment_id)
                values (?, ?, ?, ?, ?, ?, ?)
                """,
                purchases,
                p -> row(
                        p.shop().sellerId(),
                        p.orderId(),
                        Purchase.PAY_COIN,
                        1,
                        "recorded",
                        at.plusSeconds(30),
                        Long.toString(p.paymentId())));
        insert(
                "insert into payments.route (provider_account, payment_id, seller_id) values (?, ?, ?)",
                purchases,
                p -> row("nowpayments", Long.toString(p.paymentId()), p.shop().sellerId()));
        insert(
                """
                insert into payments.payment (seller_id, payment_id, order_id, state, provider_status, pay_currency, pay_amount_units,
                  pay_address, created_at, expires_at, next_ask_at)
                values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                purchases,
                p -> row(
                        p.shop().sellerId(),
                        Long.toString(p.paymentId()),
                        p.orderId(),
                        "waiting",
                        "waiting",
                        Purchase.PAY_COIN,
                        Purchase.PAY_AMOUNT_UNITS,
                        Purchase.PAY_ADDRESS,
                        at,
                        expires,
                        expires));
        insert(
                """
                insert into timeline.entry (seller_id, subject, entry_id, at, events)
                values (?, ?, ?, ?, ?::json)
                """,
                purchases,
                p -> row(
                        p.shop().sellerId(),
                        "order:" + p.orderId(),
                        uuid(now),
                        at,
                        "[{\"at\":\"" + now
                                + "\",\"kind\":\"payment_created\",\"cause\":\"buyer\",\"source\":\"payment creation\","
                                + "\"detail\":{\"payment_id\":\"" + p.paymentId() + "\",\"attempt\":\"1\"}}]"));
    }

    private void insert(String sql, List<Purchase> purchases, Function<Purchase, Object[]> row) throws SQLException {
        try (var insert = database.prepareStatement(sql)) {
            for (Purchase purchase : purchases) {
                Object[] values = row.apply(purchase);
                for (int i = 0; i < values.length; i++) {
                    insert.setObject(i + 1, values[i]);
                }
                insert.addBatch();
            }
            insert.executeBatch();
        }
    }

    private static Object[] row(Object... values) {
        return values;
    }

    private String orderId(Shop shop, Instant now) {
        StringBuilder id = new StringBuilder("ao_").append(shop.sellerId()).append('_');
        for (int i = TIME_LENGTH - 1; i >= 0; i--) {
            id.append(ALPHABET.charAt((int) (now.toEpochMilli() >>> (5 * i)) & 31));
        }
        for (int i = 0; i < RANDOM_LENGTH; i++) {
            id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
        }
        return id.toString();
    }

    private UUID uuid(Instant now) {
        return new UUID(
                (now.toEpochMilli() << 16) | 0x7000 | random.nextInt(4096),
                (random.nextLong() >>> 2) | 0x8000_0000_0000_0000L);
    }
}
