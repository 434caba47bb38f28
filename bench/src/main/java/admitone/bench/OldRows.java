package admitone.bench;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.function.BiConsumer;

/** The rows of old payments: payment {@code k} is the {@code k}-th in time, and each of its rows follows from {@code k}. */
final class OldRows {
    static final int SELLERS = 1_000;
    private static final long FIRST_PAYMENT = 1_000_000_000L;
    private static final long FIRST_BUYER = 1_000_000_000L;
    private static final long FIRST_SELLER_USER = 2_000_000_000L;
    private static final String TITLE = "Old";
    private static final long FIRST_CHAT = -1_008_000_000_001L;
    private static final Duration SPAN = Duration.ofDays(730);
    private static final int COIN_SCALE = 18;
    private static final HexFormat HEX = HexFormat.of();

    private final Instant first;
    private final Duration step;

    OldRows(long count, Instant until) {
        this.first = until.minus(SPAN).truncatedTo(ChronoUnit.MILLIS);
        this.step = SPAN.minusDays(1).dividedBy(count);
    }

    /** As {@link Shops#addChats}. */
    static void addChats(Simulators simulators) {
        for (int s = 0; s < SELLERS; s++) {
            simulators.addChannel(FIRST_CHAT - s, TITLE);
        }
    }

    /** Writes the rows of payment {@code k}. */
    @FunctionalInterface
    interface Writer {
        void write(long k, Text text);
    }

    /** @param weight about how many bytes of each payment it holds */
    record Table(String name, String columns, int weight, Writer writer) {}

    /** Rows in the text form of COPY. Nothing in them needs escaping but the backslash of {@code bytea}. */
    static final class Text {
        private final StringBuilder text = new StringBuilder(512 * 1024);

        void row(Object... values) {
            for (int i = 0; i < values.length; i++) {
                text.append(i == 0 ? "" : "\t").append(values[i]);
            }
            text.append('\n');
        }

        int length() {
            return text.length();
        }

        String take() {
            String all = text.toString();
            text.setLength(0);
            return all;
        }
    }

    List<Table> catalog() {
        return List.of(
                new Table(
                        "catalog.seller",
                        "seller_id, name, telegram_user_id, fee_percent, payout_mode",
                        0,
                        (s, text) -> text.row(seller(s), "Old", FIRST_SELLER_USER + s, "0", "direct")),
                new Table(
                        "catalog.channel",
                        "seller_id, channel_id, closed_chat_id, title, slug, standing_link",
                        0,
                        (s, text) -> text.row(
                                seller(s), channel(s), FIRST_CHAT - s, TITLE, "old-" + s, "https://t.me/+old" + s)),
                new Table(
                        "catalog.plan",
                        "seller_id, plan_id, channel_id, name, price_units, price_asset, days",
                        0,
                        (s, text) -> text.row(
                                seller(s), plan(s), channel(s), "30 days", Shops.PRICE_CENTS, "usd", Shops.DAYS)),
                new Table("catalog.route", "kind, key, seller_id", 0, (s, text) -> {
                    text.row("closed_chat", FIRST_CHAT - s, seller(s));
                    text.row("slug", "old-" + s, seller(s));
                }));
    }

    List<Table> tables() {
        return List.of(
                new Table(
                        "access.buyer_route",
                        "telegram_user_id, seller_id",
                        100,
                        (k, text) -> text.row(buyer(k), seller(k))),
                new Table(
                        "checkout.orders",
                        "seller_id, order_id, channel_id, plan_id, telegram_user_id, price_units, price_asset, days,"
                                + " fee_percent, created_at, expires_at, paid_by",
                        450,
                        (k, text) -> text.row(
                                seller(k),
                                order(k),
                                channel(k),
                                plan(k),
                                buyer(k),
                                Shops.PRICE_CENTS,
                                "usd",
                                Shops.DAYS,
                                "0",
                                at(k),
                                at(k).plus(1, ChronoUnit.DAYS),
                                payment(k))),
                new Table(
                        "payments.creation",
                        "seller_id, order_id, pay_currency, attempt, state, lease_until, payment_id",
                        300,
                        (k, text) -> text.row(
                                seller(k),
                                order(k),
                                Purchase.PAY_COIN,
                                1,
                                "recorded",
                                at(k).plusSeconds(30),
                                payment(k))),
                new Table(
                        "payments.route",
                        "provider_account, payment_id, seller_id",
                        130,
                        (k, text) -> text.row("nowpayments", payment(k), seller(k))),
                new Table(
                        "payments.payment",
                        "seller_id, payment_id, order_id, state, provider_status, pay_currency, pay_amount_units, pay_address,"
                                + " received_units, received_asset, outcome_units, outcome_asset, created_at, expires_at, paid_at",
                        550,
                        (k, text) -> text.row(
                                seller(k),
                                payment(k),
                                order(k),
                                "paid",
                                "finished",
                                Purchase.PAY_COIN,
                                Purchase.PAY_AMOUNT_UNITS,
                                Purchase.PAY_ADDRESS,
                                Purchase.PAY_AMOUNT_UNITS,
                                Purchase.PAY_COIN,
                                outcomeUnits(k),
                                purchase(k).outcomeCoin(),
                                at(k),
                                at(k).plus(1, ChronoUnit.DAYS),
                                paidAt(k))),
                new Table(
                        "payments.notification",
                        "seller_id, payment_id, digest, body, provider_status, cause, source, received_at, fate",
                        1_150,
                        this::notification),
                new Table(
                        "access.grants",
                        "seller_id, grant_id, order_id, payment_id, channel_id, telegram_user_id, starts_at, ends_at, access,"
                                + " message_id, delivered_at",
                        550,
                        (k, text) -> text.row(
                                seller(k),
                                grant(k),
                                order(k),
                                payment(k),
                                channel(k),
                                buyer(k),
                                paidAt(k),
                                paidAt(k).plus(Shops.DAYS, ChronoUnit.DAYS),
                                "delivered",
                                k + 1,
                                paidAt(k))),
                new Table(
                        "access.seat",
                        "seller_id, channel_id, telegram_user_id",
                        150,
                        (k, text) -> text.row(seller(k), channel(k), buyer(k))),
                new Table(
                        "ledger.journal",
                        "seller_id, entry_id, kind, reference, debit, credit, amount, asset, at, rate_asset, rate_usd, rate_at,"
                                + " rate_source",
                        700,
                        this::journal),
                new Table(
                        "tasks.task",
                        "seller_id, kind, subject, task_id, payload, state, due_at, attempt, created_at, owed_since, done_at",
                        1_100,
                        this::tasks),
                new Table("timeline.entry", "seller_id, subject, entry_id, at, events", 1_500, this::timeline));
    }

    private void notification(long k, Text text) {
        Purchase purchase = purchase(k);
        byte[] body = Ipn.body(purchase, paidAt(k).toEpochMilli()).getBytes(StandardCharsets.UTF_8);
        text.row(
                seller(k),
                payment(k),
                "\\\\x" + HEX.formatHex(sha256(body)),
                "\\\\x" + HEX.formatHex(body),
                "finished",
                "ipn",
                "127.0.0.1",
                paidAt(k),
                "applied");
    }

    private void journal(long k, Text text) {
        UUID entry = uuid(k, paidAt(k), 'j');
        String reference = "payment:" + payment(k);
        text.row(
                seller(k),
                entry,
                "settlement",
                reference,
                "provider_clearing",
                "exchange",
                outcomeUnits(k),
                purchase(k).outcomeCoin(),
                paidAt(k),
                "\\N",
                "\\N",
                "\\N",
                "\\N");
        text.row(
                seller(k),
                entry,
                "accrual",
                reference,
                "exchange",
                "seller_payable",
                106,
                "usd",
                paidAt(k),
                purchase(k).outcomeCoin(),
                rate(k),
                paidAt(k),
                "one to one");
    }

    private void tasks(long k, Text text) {
        BiConsumer<String[], UUID> done = (words, id) -> text.row(
                seller(k), words[0], words[1], id, words[2], "done", paidAt(k), 1, paidAt(k), paidAt(k), paidAt(k));
        done.accept(
                new String[] {"deliver_access", "grant:" + grant(k), "{\"grant\":\"" + grant(k) + "\"}"},
                uuid(k, paidAt(k), 'd'));
        done.accept(
                new String[] {"tell_seller", "payment:" + payment(k), "{\"payment\":\"" + payment(k) + "\"}"},
                uuid(k, paidAt(k), 't'));
    }

    /** An entry for each commit that tells of something: payment created, settled, message sent. */
    private void timeline(long k, Text text) {
        String grant = "\"grant\":\"gr_" + seller(k) + "_0" + hex(k, 'h').substring(0, 25) + "\"";
        Instant paid = paidAt(k);
        entry(
                text,
                k,
                '0',
                at(k),
                "order:" + order(k),
                event(
                        at(k),
                        "payment_created",
                        "buyer",
                        "payment creation",
                        "\"payment_id\":\"" + payment(k) + "\",\"attempt\":\"1\""));
        String coin = purchase(k).outcomeCoin();
        entry(
                text,
                k,
                '1',
                paid,
                "payment:" + payment(k),
                heard(paid, "trigger", "\"provider_status\":\"finished\",\"outcome\":\"payment_paid\""),
                heard(paid, "payment_paid", ""),
                heard(paid, "granted", grant),
                heard(
                        paid,
                        "booked",
                        "\"kind\":\"settlement\",\"amount\":\"" + purchase(k).outcomeAmount() + " " + coin + "\""),
                heard(
                        paid,
                        "booked",
                        "\"kind\":\"accrual\",\"amount\":\"1.06 usd\",\"rate\":\"1 " + coin + " = " + rate(k)
                                + " usd at " + paid + ", nowpayments\""));
        entry(
                text,
                k,
                '2',
                paid,
                "payment:" + payment(k),
                event(
                        paid,
                        "message_sent",
                        "task",
                        "task deliver_access #1",
                        "\"message_id\":\"" + (k + 1) + "\"," + grant + ",\"attempt\":\"1\""));
    }

    private static void entry(Text text, long k, char salt, Instant at, String subject, String... events) {
        text.row(seller(k), subject, uuid(k, at, salt), at, "[" + String.join(",", events) + "]");
    }

    private static String heard(Instant at, String kind, String detail) {
        return event(at, kind, "ipn", "127.0.0.1", detail);
    }

    private static String event(Instant at, String kind, String cause, String source, String detail) {
        return "{\"at\":\"" + at + "\",\"kind\":\"" + kind + "\",\"cause\":\"" + cause + "\",\"source\":\"" + source
                + "\",\"detail\":{" + detail + "}}";
    }

    // what follows from k

    static String seller(long k) {
        return String.format(Locale.ROOT, "b%011d", k % SELLERS);
    }

    private static UUID channel(long k) {
        return UUID.nameUUIDFromBytes(("channel " + k % SELLERS).getBytes(StandardCharsets.UTF_8));
    }

    private static UUID plan(long k) {
        return UUID.nameUUIDFromBytes(("plan " + k % SELLERS).getBytes(StandardCharsets.UTF_8));
    }

    private static String payment(long k) {
        return Long.toString(FIRST_PAYMENT + k);
    }

    private Purchase purchase(long k) {
        return new Purchase(new Shop(seller(k), channel(k), plan(k)), order(k), FIRST_PAYMENT + k, buyer(k));
    }

    private String outcomeUnits(long k) {
        return new BigDecimal(purchase(k).outcomeAmount())
                .movePointRight(COIN_SCALE)
                .toBigIntegerExact()
                .toString();
    }

    private String rate(long k) {
        return purchase(k).settlesInEther() ? "3870" : "1";
    }

    /** Each buys from two sellers. */
    private static long buyer(long k) {
        return FIRST_BUYER + k / 2;
    }

    private Instant at(long k) {
        return first.plus(step.multipliedBy(k));
    }

    private Instant paidAt(long k) {
        return at(k).plusSeconds(60);
    }

    /** In the form of the service's, ordered by time. */
    private String order(long k) {
        String seconds = Long.toHexString(at(k).getEpochSecond());
        return "ao_" + seller(k) + "_" + "0".repeat(10 - seconds.length()) + seconds
                + hex(k, 'o').substring(0, 26);
    }

    private UUID grant(long k) {
        return uuid(k, paidAt(k), 'g');
    }

    /** Within an instant in the order of the salts' lowest four bits. */
    private static UUID uuid(long k, Instant at, char salt) {
        return new UUID(
                (at.toEpochMilli() << 16) | 0x7000 | (salt & 0xf) << 8 | (mixed(k, salt) & 0xff),
                (mixed(k, (char) (salt + 256)) >>> 2) | 0x8000_0000_0000_0000L);
    }

    private static String hex(long k, char salt) {
        return HEX.toHexDigits(mixed(k, salt)) + HEX.toHexDigits(mixed(k, (char) (salt + 256)));
    }

    /** The finalizer of SplitMix64. */
    private static long mixed(long k, char salt) {
        long z = (k + 1) * 0x9e3779b97f4a7c15L + salt * 0xd1342543de82ef95L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }

    private static byte[] sha256(byte[] body) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(body);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
