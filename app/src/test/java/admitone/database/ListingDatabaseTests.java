package admitone.database;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.access.Grant;
import admitone.access.Grants;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.catalog.Catalog;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Payment;
import admitone.payments.Payments;
import admitone.payments.PublicStatus;
import admitone.payouts.Payout;
import admitone.payouts.Payouts;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;

@TestInstance(Lifecycle.PER_CLASS)
class ListingDatabaseTests {
    private static final int OF_EACH = 600;
    private static final int PAGE = 7;
    private static final List<SellerId> SELLERS =
            List.of(new SellerId("aaaaaaaaaaaa"), new SellerId("bbbbbbbbbbbb"), SellerId.PLATFORM);
    private static final Optional<SellerId> ALL = Optional.empty();
    private static final Optional<SellerId> ONE = Optional.of(SELLERS.getFirst());
    private static final UUID CHANNEL = new UUID(0, 1);
    private static final long BUYER = 41;

    private final Core core = Core.start("lists");
    private final Orders orders = core.bean(Orders.class);
    private final Grants grants = core.bean(Grants.class);
    private final Payments payments = core.bean(Payments.class);
    private final Tasks tasks = core.bean(Tasks.class);
    private final Cases cases = core.bean(Cases.class);
    private final Payouts payouts = core.bean(Payouts.class);

    /** Many that came at one moment, and those of the sellers mixed. */
    @BeforeAll
    void rowsOfThreeSellers() throws SQLException {
        try (Connection connection = core.connection()) {
            JdbcClient superuser = JdbcClient.create(new SingleConnectionDataSource(connection, true));
            superuser.sql("set session_replication_role = replica").update(); // rows without what else they refer to
            insertAll(superuser);
        }
        for (String table : List.of(
                "checkout.orders",
                "access.grants",
                "payments.payment",
                "tasks.task",
                "cases.cases",
                "catalog.plan",
                "payouts.payout")) {
            core.owner().sql("analyze " + table).update();
        }
    }

    private void insertAll(JdbcClient superuser) {
        for (int i = 0; i < SELLERS.size(); i++) {
            String seller = SELLERS.get(i).value();
            insert(superuser, seller, """
                    insert into checkout.orders
                      (seller_id, order_id, channel_id, plan_id, telegram_user_id, price_units, price_asset, days, fee_percent, created_at, expires_at)
                    select ?, 'ao_' || ? || '_' || lpad(n::text, 36, '0'), ?, ?, n, 100, 'usd', 30, 5, now(), now() from generate_series(1, ?) n
                    """, seller, CHANNEL, CHANNEL, OF_EACH);
            insert(superuser, seller, """
                    insert into access.grants (seller_id, grant_id, channel_id, telegram_user_id, starts_at, access, given, reference)
                    select ?, ('01900000-0000-7000-8000-' || lpad(to_hex(n * 3 + ?), 12, '0'))::uuid,
                      ('00000000-0000-0000-0000-00000000000' || case when n % 3 = 0 then 2 else 1 end)::uuid,
                      case when n % 20 = 0 then ? else 1000 + n end, now(), 'ready', 'import', n from generate_series(1, ?) n
                    """, i, BUYER, OF_EACH);
            insert(superuser, seller, """
                    insert into payments.payment (seller_id, payment_id, state, provider_status, received_units, received_asset, created_at, paid_at)
                    select ?, ? || n, case when n % 10 = 0 then 'refunded' else 'paid' end, 'finished', 1, 'btc',
                      '2026-01-01'::timestamptz + n / 5 * interval '1 minute', now() from generate_series(1, ?) n
                    """, Integer.toString(i), OF_EACH);
            insert(superuser, seller, """
                    insert into tasks.task (seller_id, kind, subject, task_id, payload, state, due_at, created_at, owed_since)
                    select ?, case when n % 5 = 4 then 'accrue' else 'deliver' end, 'payment:' || n, gen_random_uuid(), '{}',
                      (array['done', 'ready', 'done', 'dead', 'done', 'running', 'done'])[n % 7 + 1],
                      '2026-01-01'::timestamptz + n / 5 * interval '1 minute', now(), now() from generate_series(1, ?) n
                    """, OF_EACH);
            insert(superuser, seller, """
                    insert into cases.cases (seller_id, case_id, kind, subject, opened_at, detail, state, decision, decided_at)
                    select ?, ('01900000-0000-7000-8000-' || lpad(to_hex(n * 3 + ?), 12, '0'))::uuid, 'unknown_order', 'payment:' || n, now(), '{}',
                      case when n % 4 = 0 then 'open' else 'decided' end, case when n % 4 > 0 then 'wait' end, case when n % 4 > 0 then now() end
                    from generate_series(1, ?) n
                    """, i, OF_EACH);
            insert(superuser, seller, """
                    insert into catalog.plan (seller_id, plan_id, channel_id, name, price_units, price_asset, days)
                    select ?, ('01900000-0000-7000-8000-' || lpad(to_hex(n * 3 + ?), 12, '0'))::uuid, ?, 'A month', 100, 'usd', 30 from generate_series(1, ?) n
                    """, i, CHANNEL, OF_EACH);
            insert(superuser, seller, """
                    insert into payouts.payout (seller_id, payout_id, state, amount_units, fee_units, coin, coin_units, rate_usd, rate_at, rate_source,
                      destination_id, made_by, made_at, held_by, held_why, ended_at)
                    select ?, ('01900000-0000-7000-8000-' || lpad(to_hex(n * 3 + ?), 12, '0'))::uuid,
                      case when n % 3 = 0 then 'approved' else 'finished' end, 100, 0, 'btc', 100, 1, now(), 'test', ?, 'test', now(),
                      case when n % 2 = 0 then 'operator' end, case when n % 2 = 0 then 'test' end, case when n % 3 > 0 then now() end
                    from generate_series(1, ?) n
                    """, i, CHANNEL, OF_EACH);
        }
    }

    private void insert(JdbcClient superuser, String seller, String sql, Object... values) {
        superuser.sql(sql).param(seller).params(values).update();
    }

    @AfterAll
    void stop() {
        core.close();
    }

    /**
     * A list that is walked by pages.
     *
     * @param page those after a row, or the first ones
     * @param all what it lists, in its order
     */
    record Walked<T>(
            String name, String table, Function<Optional<T>, List<T>> page, Function<T, String> id, String all) {
        List<String> ids(Optional<T> after) {
            return page.apply(after).stream().map(id).toList();
        }

        /** {@code between} each two pages. */
        List<T> walk(Runnable between) {
            List<T> found = new ArrayList<>();
            List<T> next = page.apply(Optional.empty());
            while (!next.isEmpty()) {
                found.addAll(next);
                between.run();
                next = page.apply(Optional.of(next.getLast()));
            }
            return found;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    Stream<Walked<?>> lists() {
        return Stream.of(
                new Walked<Order>(
                        "orders",
                        "checkout.orders",
                        last -> orders.list(SELLERS.getFirst(), last.map(Order::id), PAGE),
                        Order::id,
                        "order_id from checkout.orders where seller_id = 'aaaaaaaaaaaa' order by order_id desc"),
                grants("grants of a seller", ONE, Optional.empty(), Optional.empty(), "seller_id = 'aaaaaaaaaaaa'"),
                grants(
                        "grants of a channel",
                        ONE,
                        Optional.of(CHANNEL),
                        Optional.empty(),
                        "seller_id = 'aaaaaaaaaaaa' and channel_id = '" + CHANNEL + "'"),
                grants(
                        "grants of a buyer of a seller",
                        ONE,
                        Optional.empty(),
                        Optional.of(BUYER),
                        "seller_id = 'aaaaaaaaaaaa' and telegram_user_id = 41"),
                grants(
                        "grants of a buyer of a channel",
                        ONE,
                        Optional.of(CHANNEL),
                        Optional.of(BUYER),
                        "seller_id = 'aaaaaaaaaaaa' and telegram_user_id = 41 and channel_id = '" + CHANNEL + "'"),
                grants("grants of all", ALL, Optional.empty(), Optional.empty(), "true"),
                grants("grants of a buyer", ALL, Optional.empty(), Optional.of(BUYER), "telegram_user_id = 41"),
                payments("payments of a seller", ONE, Optional.empty(), "seller_id = 'aaaaaaaaaaaa'"),
                payments("payments of all", ALL, Optional.empty(), "true"),
                payments("paid of all", ALL, Optional.of(PublicStatus.CONFIRMED), "state = 'paid'"),
                payments("refunded of all", ALL, Optional.of(PublicStatus.REFUNDED), "state = 'refunded'"),
                payments(
                        "refunded of a seller",
                        ONE,
                        Optional.of(PublicStatus.REFUNDED),
                        "seller_id = 'aaaaaaaaaaaa' and state = 'refunded'"),
                tasks("tasks not done", Optional.empty(), Optional.empty(), "state <> 'done'"),
                tasks("tasks dead", Optional.of("dead"), Optional.empty(), "state = 'dead'"),
                tasks("tasks ready", Optional.of("ready"), Optional.empty(), "state = 'ready'"),
                tasks(
                        "tasks about a payment",
                        Optional.empty(),
                        Optional.of("payment:1"),
                        "state <> 'done' and subject = 'payment:1'"),
                tasks(
                        "tasks done about a payment",
                        Optional.of("done"),
                        Optional.of("payment:7"),
                        "state = 'done' and subject = 'payment:7'"),
                cases("cases of a seller", ONE, Optional.empty(), "seller_id = 'aaaaaaaaaaaa'"),
                cases(
                        "open cases of a seller",
                        ONE,
                        Optional.of("open"),
                        "seller_id = 'aaaaaaaaaaaa' and state = 'open'"),
                cases("cases of all", ALL, Optional.empty(), "true"),
                cases("open cases of all", ALL, Optional.of("open"), "state = 'open'"),
                payouts("payouts of a seller", ONE, Optional.empty(), "seller_id = 'aaaaaaaaaaaa'"),
                payouts("payouts of all", ALL, Optional.empty(), "true"),
                payouts("held payouts of all", ALL, Optional.of("held"), "held_by is not null and state = 'approved'"),
                payouts(
                        "approved payouts of all",
                        ALL,
                        Optional.of("approved"),
                        "held_by is null and state = 'approved'"),
                payouts("finished payouts of all", ALL, Optional.of("finished"), "state = 'finished'"));
    }

    private Walked<Case> cases(String name, Optional<SellerId> seller, Optional<String> state, String where) {
        return new Walked<>(
                name,
                "cases.cases",
                last -> seller.isPresent()
                        ? cases.list(seller.get(), state, last.map(Case::id), PAGE)
                        : cases.listAll(state, last.map(Case::id), PAGE).stream()
                                .map(Cases.OfSeller::one)
                                .toList(),
                one -> one.id().toString(),
                "case_id::text from cases.cases where " + where + " order by case_id desc");
    }

    private Walked<Payout> payouts(String name, Optional<SellerId> seller, Optional<String> state, String where) {
        return new Walked<>(
                name,
                "payouts.payout",
                last -> payouts.list(seller, state, last.map(Payout::id), PAGE),
                one -> one.id().toString(),
                "payout_id::text from payouts.payout where " + where + " order by payout_id desc");
    }

    private Walked<Grant> grants(
            String name, Optional<SellerId> seller, Optional<UUID> channel, Optional<Long> buyer, String where) {
        return new Walked<>(
                name,
                "access.grants",
                last -> seller.isPresent()
                        ? grants.list(seller.get(), channel, buyer, last.map(Grant::id), PAGE)
                        : grants.listAll(buyer, last.map(Grant::id), PAGE),
                grant -> grant.id().toString(),
                "grant_id::text from access.grants where " + where + " order by grant_id desc");
    }

    private Walked<Payment> payments(
            String name, Optional<SellerId> seller, Optional<PublicStatus> status, String where) {
        return new Walked<>(
                name,
                "payments.payment",
                last -> payments.page(
                        seller, status, last.map(one -> new Payments.Key(one.createdAt(), one.id())), PAGE),
                Payment::id,
                "payment_id from payments.payment where " + where + " order by created_at desc, payment_id desc");
    }

    private Walked<Tasks.Listed> tasks(String name, Optional<String> state, Optional<String> subject, String where) {
        return new Walked<>(
                name,
                "tasks.task",
                last -> tasks.page(
                        "deliver", state, subject, last.map(one -> new Tasks.Key(one.dueAt(), one.id())), PAGE),
                task -> task.id().toString(),
                "task_id::text from tasks.task where kind = 'deliver' and " + where + " order by due_at, task_id");
    }

    @ParameterizedTest
    @MethodSource("lists")
    <T> void pagesNeitherSkipNorRepeat(Walked<T> list) {
        assertThat(list.walk(() -> {}))
                .extracting(list.id())
                .isNotEmpty()
                .isEqualTo(core.strings("select " + list.all()));
    }

    @ParameterizedTest
    @MethodSource("lists")
    <T> void whatIsBeforeAPageIsNotRead(Walked<T> list) {
        List<T> all = list.walk(() -> {});

        for (int at : List.of(all.size() / 10, all.size() / 2, all.size() * 9 / 10)) {
            assertThat(readBy(list.table(), () -> list.ids(Optional.of(all.get(at)))))
                    .as("rows read for the page after row %s of %s", at, all.size())
                    .isLessThan(150);
        }
    }

    /** Of each seller a page reads as many as it may have, and none that are before it. */
    @Test
    void whoeverLooksAtEachPlanAndCaseReadsThemAFewTimes() {
        List<UUID> seen = new ArrayList<>();

        long plans = readBy(
                "catalog.plan",
                () -> core.bean(Catalog.class)
                        .eachPlanBelow(
                                Money.parse("2.00", Asset.USD), page -> page.forEach(plan -> seen.add(plan.id()))));
        assertThat(seen).doesNotHaveDuplicates().hasSize(3 * OF_EACH);
        assertThat(plans).isLessThan(3L * seen.size());

        seen.clear();
        long read = readBy(
                "cases.cases",
                () -> cases.eachUnderWay("unknown_order", "wait", page -> page.forEach(one -> seen.add(one.id()))));
        assertThat(seen).doesNotHaveDuplicates().hasSize(3 * OF_EACH);
        assertThat(read).isLessThan(3L * seen.size());
    }

    @Test
    void aConditionMayHaveAnyWord() {
        assertThat(Listing.of("cases.cases", ALL)
                        .where("'THE TABLE END %s' = concat('THE TAB', 'LE EN', 'D %', 's')")
                        .before("case_id", Optional.empty())
                        .page(core.jdbc, PAGE, (row, _) -> row.getString("subject")))
                .hasSize(PAGE);
    }

    /** Whatever plan the server keeps. */
    private long readBy(String table, Runnable reading) {
        return core.transactions.run(SELLERS.getFirst(), () -> {
            core.jdbc.sql("set local plan_cache_mode = force_generic_plan").update();
            core.jdbc.sql("set local enable_seqscan = off").update();
            core.jdbc.sql("set local enable_bitmapscan = off").update();
            long before = read(table);
            reading.run();
            return read(table) - before;
        });
    }

    private long read(String table) {
        return core.jdbc.sql("""
                        select coalesce(idx_tup_fetch, 0) + coalesce(seq_tup_read, 0) from pg_stat_xact_user_tables
                        where schemaname || '.' || relname = ?
                        """).param(table).query(Long.class).single();
    }

    @Test
    void whatComesDuringAWalkMovesNoPage() {
        List<String> before = core.strings(
                "select order_id from checkout.orders where seller_id = ? order by 1 desc",
                SELLERS.get(1).value());
        Walked<Order> list = new Walked<>(
                "orders",
                "checkout.orders",
                last -> orders.list(SELLERS.get(1), last.map(Order::id), PAGE),
                Order::id,
                "");

        List<Order> walked = list.walk(
                () -> core.owner().sql("""
                        insert into checkout.orders
                        select (newest).* from (select jsonb_populate_record(o, jsonb_build_object('order_id', o.order_id || '0')) as newest
                          from checkout.orders o where seller_id = ? order by order_id desc limit 1) one
                        """).param(SELLERS.get(1).value()).update());

        assertThat(walked).extracting(Order::id).isEqualTo(before);
    }
}
