package admitone;

import admitone.access.Effects;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.ClosedChatId;
import admitone.catalog.OpenChatId;
import admitone.catalog.Plan;
import admitone.catalog.Seller;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.database.Lane;
import admitone.database.LongReads;
import admitone.database.Reads;
import admitone.database.TestDatabase;
import admitone.database.TestDatabases;
import admitone.database.TestTransactions;
import admitone.database.Transactions;
import admitone.fulfillment.Fulfillment;
import admitone.messaging.Election;
import admitone.messaging.Incoming;
import admitone.messaging.UpdateReader;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Coin;
import admitone.payments.Coins;
import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.Heard.Trigger;
import admitone.payments.NotificationReader;
import admitone.payments.NotificationReader.Reading;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import admitone.runtime.SettingsReader;
import admitone.runtime.SigningKey;
import admitone.tasks.Tasks;
import admitone.tasks.TestTasks;
import java.math.BigDecimal;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.context.LifecycleProcessor;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.ClassPathScanningCandidateComponentProvider;
import org.springframework.context.support.DefaultLifecycleProcessor;
import org.springframework.core.type.filter.RegexPatternTypeFilter;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.ClassUtils;
import tools.jackson.databind.json.JsonMapper;

/**
 * The core modules on a real PostgreSQL, with its lanes and its role, a clock moved by hand and fakes for the outside. Nothing
 * runs in the background unless a test starts it.
 */
public final class Core implements AutoCloseable {
    public static final Money PRICE = Money.parse("1.35", Asset.USD);
    public static final long BUYER = 41;
    public static final long CLOSED_CHAT = -1001000000001L;
    public static final long OPEN_CHAT = -1001000000002L;

    /** Looked for once, not for each test. */
    private static final Class<?>[] COMPONENTS = components();

    public final HandClock clock = new HandClock();
    public final FakeMessenger messenger = new FakeMessenger();
    public final FakeProvider provider = new FakeProvider();
    public final FakeRates rates = new FakeRates();
    public final FakePayoutProvider payouts = new FakePayoutProvider(clock);
    /** What a fault point does. */
    public final AtomicReference<FaultPoints> faults = new AtomicReference<>(FaultPoints.none());

    public final JdbcClient jdbc;
    public final Transactions transactions;

    private final AnnotationConfigApplicationContext context = new AnnotationConfigApplicationContext();
    private final TestDatabase testDatabase;
    private final JdbcClient owner;

    private Core(String name, Map<String, String> settings, UnaryOperator<Transactions> around) {
        testDatabase = TestDatabases.fresh(name);
        owner = JdbcClient.create(testDatabase.owner());
        Settings read = SettingsReader.read(environment(settings)).settings();
        DataSource lanes = testDatabase.lanes();
        jdbc = JdbcClient.create(lanes);
        transactions = around.apply(TestTransactions.over(lanes));
        Ids ids = new Ids(clock, new SecureRandom());
        context.registerBean(Settings.class, () -> read);
        context.registerBean(HandClock.class, () -> clock);
        context.registerBean(Ids.class, () -> ids);
        context.registerBean(SigningKey.class, () -> SigningKey.of(read, ids));
        context.registerBean(Executor.class, () -> Runnable::run);
        context.registerBean(FaultPoints.class, () -> point -> faults.get().reach(point));
        context.registerBean(JdbcTemplate.class, () -> new JdbcTemplate(lanes));
        context.registerBean(Reads.class);
        context.registerBean(LongReads.class);
        context.registerBean(JdbcClient.class, () -> jdbc);
        context.registerBean(Transactions.class, () -> transactions);
        context.registerBean(JsonMapper.class, () -> JsonMapper.builder().build());
        context.registerBean(FakeMessenger.class, () -> messenger);
        context.registerBean(FakeProvider.class, () -> provider);
        context.registerBean(FakePayoutProvider.class, () -> payouts);
        context.registerBean(FakeRates.class, () -> rates);
        context.registerBean(UpdateReader.class, () -> Incoming.Other::new);
        context.registerBean("lifecycleProcessor", LifecycleProcessor.class, NothingStarts::new);
        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor());
        context.register(COMPONENTS);
        context.refresh();
    }

    public static Core start(String name) {
        return new Core(name, Map.of(), UnaryOperator.identity());
    }

    public static Core start(String name, Map<String, String> settings) {
        return new Core(name, settings, UnaryOperator.identity());
    }

    /** With something of a test's own around each transaction. */
    public static Core start(String name, UnaryOperator<Transactions> around) {
        return new Core(name, Map.of(), around);
    }

    private static Class<?>[] components() {
        var scanner = new ClassPathScanningCandidateComponentProvider(true);
        scanner.addExcludeFilter(new RegexPatternTypeFilter(
                Pattern.compile(".*\\.web\\..*|.*NowPayments(Client|Payouts?|Invoices).*|.*RestoreWatch|.*Tests.*")));
        return Stream.of(
                        "money",
                        "timeline",
                        "cases",
                        "hold",
                        "tasks",
                        "messaging",
                        "catalog",
                        "payments",
                        "access",
                        "ledger",
                        "payouts",
                        "checkout",
                        "announcements",
                        "fulfillment",
                        "bot",
                        "nowpayments")
                .flatMap(module -> scanner.findCandidateComponents("admitone." + module).stream())
                .map(found -> ClassUtils.resolveClassName(Objects.requireNonNull(found.getBeanClassName()), null))
                .toArray(Class<?>[]::new);
    }

    private static final class NothingStarts extends DefaultLifecycleProcessor {
        @Override
        public void onRefresh() {}
    }

    private Map<String, String> environment(Map<String, String> settings) {
        Map<String, String> environment = new HashMap<>(TestSettings.LEAST);
        environment.put("SPRING_DATASOURCE_URL", testDatabase.jdbcUrl());
        environment.put("SPRING_DATASOURCE_USERNAME", testDatabase.username());
        environment.put("SPRING_DATASOURCE_PASSWORD", testDatabase.password());
        environment.putAll(settings);
        return environment;
    }

    public void publish(Object event) {
        context.publishEvent(event);
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public <T> Collection<T> beans(Class<T> type) {
        return context.getBeansOfType(type).values();
    }

    /** The provider takes one coin only, and at least this much in it. */
    public void coinsTakeAtLeast(String usd) {
        provider.onCoins = () -> new Answer.Done<>(List.of(new Coin(new Asset("eth"), "Ethereum", null)));
        provider.onMinimum = _ -> new Answer.Done<>(Money.parse(usd, Asset.USD));
        bean(Coins.class).refresh();
    }

    /** From now on tasks are done in the background. */
    public void startTasks() {
        var worker = context.getBean("taskWorker", SmartLifecycle.class);
        if (!worker.isRunning()) {
            worker.start();
        }
    }

    /** What is under way is finished, nothing more is begun. */
    public void stopTasks() {
        context.getBean("taskWorker", SmartLifecycle.class).stop();
    }

    /** As the owner of the tables. */
    public JdbcClient owner() {
        return owner;
    }

    public Connection connection() throws SQLException {
        return testDatabase.dataSource().getConnection();
    }

    public long count(String fromWhere, Object... parameters) {
        return owner.sql("select count(*) from " + fromWhere)
                .params(parameters)
                .query(Long.class)
                .single();
    }

    /** The first column, as the owner of the tables. */
    public List<String> strings(String sql, Object... parameters) {
        return owner.sql(sql)
                .params(parameters)
                .query((row, n) -> row.getString(1))
                .list();
    }

    /** The worker looks now for what has become due, as where the clock was moved. */
    public void wakeTasks() {
        TestTasks.wake(this);
    }

    /** Until every task that is due has had its turn. */
    public void awaitTasks() {
        wakeTasks();
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInSameThread()
                .pollDelay(Duration.ZERO)
                .pollInterval(Duration.ofMillis(2))
                .until(() -> count(
                                "tasks.task where state = 'running' or (state = 'ready' and due_at <= ?)",
                                clock.instant().atOffset(java.time.ZoneOffset.UTC))
                        == 0);
    }

    /** Does the second while the first is done and not committed; the first is committed once the second is over, or waits for a lock. */
    public void whileUncommitted(SellerId seller, Runnable first, Runnable second) throws Exception {
        CountDownLatch done = new CountDownLatch(1);
        CountDownLatch commit = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            Future<?> one = threads.submit(() -> transactions.run(seller, () -> {
                first.run();
                done.countDown();
                await(commit);
            }));
            await(done);
            Future<?> other = threads.submit(second);
            Awaitility.await().until(() -> other.isDone() || isAnyWaiting());
            commit.countDown();
            one.get();
            other.get();
        } finally {
            commit.countDown();
        }
    }

    /** Until somebody waits for a lock. */
    public void awaitLock() {
        Awaitility.await().until(this::isAnyWaiting);
    }

    public boolean isAnyWaiting() {
        return count("pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") > 0;
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(20, TimeUnit.SECONDS)) {
                throw new IllegalStateException("waited for in vain");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    // what is sold

    /** A seller with one channel whose link is made, at a fee of five percent. */
    public Shop shop(String seller) {
        return shop(seller, new BigDecimal("5"), "https://t.me/+standing");
    }

    public Shop shop(String sellerId, BigDecimal fee, @Nullable String link) {
        return shop(sellerId, fee, link, Channel.Admission.JOIN_REQUEST);
    }

    /** A seller with one channel of one-time links, whose task that makes them has been done and made none. */
    public Shop shopOfOneTimeLinks(String seller) {
        Shop shop = shop(seller, new BigDecimal("5"), null, Channel.Admission.ONE_TIME_LINK);
        transactions.run(shop.seller(), () -> {
            bean(Tasks.class)
                    .wake(shop.seller(), Effects.fillPool(shop.channel().id()));
            jdbc.sql(
                            "update tasks.task set state = 'done', done_at = due_at where seller_id = ? and kind = 'fill_pool'")
                    .param(seller)
                    .update();
        });
        listened();
        return shop;
    }

    /** Somebody has listened to the bot since ever, and does so for ever. */
    private void listened() {
        owner().sql("""
                insert into messaging.office (office, holder, since, until) values (?, 'a test', '-infinity', 'infinity')
                on conflict do nothing
                """).param(Election.LISTENER).update();
    }

    private Shop shop(String sellerId, BigDecimal fee, @Nullable String link, Channel.Admission admission) {
        SellerId seller = new SellerId(sellerId);
        Catalog catalog = bean(Catalog.class);
        long offset = count("catalog.seller");
        long closed = CLOSED_CHAT - 10 * offset;
        long open = OPEN_CHAT - 10 * offset;
        catalog.claimRoute(Catalog.RouteKind.CLOSED_CHAT, Long.toString(closed), seller);
        catalog.claimRoute(Catalog.RouteKind.OPEN_CHAT, Long.toString(open), seller);
        Channel channel = new Channel(
                seller,
                bean(Ids.class).next(),
                new ClosedChatId(closed),
                new OpenChatId(open),
                "Signals",
                "signals-" + sellerId,
                admission,
                null);
        List<Plan> plans = transactions.run(seller, () -> {
            catalog.add(new Seller(seller, "Olga", 1, fee, new Seller.PayoutTerms(Seller.PayoutMode.INSTANT, null)));
            List<Plan> added = catalog.add(channel, List.of(new Catalog.NewPlan("Month", PRICE, 30)));
            if (link != null) {
                catalog.standingLink(channel, link);
            }
            return added;
        });
        return new Shop(seller, channel, plans.getFirst(), fee);
    }

    public record Shop(SellerId seller, Channel channel, Plan plan, BigDecimal feePercent) {}

    public Order order(Shop shop) {
        return order(shop, BUYER);
    }

    public Order order(Shop shop, long buyer) {
        return order(shop, buyer, PRICE);
    }

    public Order order(Shop shop, long buyer, Money price) {
        Order order = new Order(
                shop.seller(),
                bean(Ids.class).nextOrderId(shop.seller()),
                shop.channel().id(),
                shop.plan().id(),
                buyer,
                price,
                30,
                shop.feePercent(),
                clock.instant(),
                clock.instant().plus(Duration.ofHours(24)),
                null);
        transactions.run(shop.seller(), () -> bean(Orders.class).add(order));
        return order;
    }

    // what is heard

    public Heard heard(Ipn ipn) {
        return heard(ipn, Cause.IPN);
    }

    public Heard heard(Ipn ipn, Cause cause) {
        var trigger = new Trigger(cause, "test", clock.instant());
        return switch (bean(NotificationReader.class).read(ipn.bytes(), trigger)) {
            case Reading.Understood(Heard heard) -> heard;
            case Reading.AboutPayout() -> throw new AssertionError("about a payout");
            case Reading.Unrecognised(String why) -> throw new AssertionError(why);
        };
    }

    /** Through the lane of notifications. */
    public Fulfillment.Outcome hear(Ipn ipn) {
        return hear(heard(ipn));
    }

    public Fulfillment.Outcome hear(Heard heard) {
        return Lane.INTAKE.run(() -> bean(Fulfillment.class).hear(heard));
    }

    public String state(String paymentId) {
        return strings("select state from payments.payment where payment_id = ?", paymentId)
                .getFirst();
    }

    /** The kinds of the cases about a payment, in order. */
    public List<String> cases(String paymentId) {
        return strings("select kind from cases.cases where payment_id = ? order by kind", paymentId);
    }

    /** The kinds of the journal lines about a payment, in order. */
    public List<String> journal(String paymentId) {
        return strings("select kind from ledger.journal where reference = ? order by kind", "payment:" + paymentId);
    }

    /** How the tasks of a kind stand. */
    public List<String> tasks(String kind) {
        return strings("select state from tasks.task where kind = ? order by task_id", kind);
    }

    public UUID grantOf(Order order) {
        return owner.sql("select grant_id from access.grants where order_id = ?")
                .param(order.id())
                .query(UUID.class)
                .single();
    }

    @Override
    public void close() {
        context.close();
        testDatabase.close();
    }
}
