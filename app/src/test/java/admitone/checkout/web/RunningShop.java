package admitone.checkout.web;

import admitone.AdmitOne;
import admitone.access.Grants;
import admitone.catalog.Catalog;
import admitone.catalog.Catalog.NewPlan;
import admitone.catalog.Catalog.RouteKind;
import admitone.catalog.Channel;
import admitone.catalog.ChannelTexts;
import admitone.catalog.ClosedChatId;
import admitone.catalog.OpenChatId;
import admitone.catalog.Plan;
import admitone.catalog.Seller;
import admitone.catalog.Seller.PayoutMode;
import admitone.catalog.Seller.PayoutTerms;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.database.TestDatabase;
import admitone.database.TestDatabases;
import admitone.database.Transactions;
import admitone.fulfillment.Fulfillment;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Heard;
import admitone.payments.Payment;
import admitone.payments.PaymentState.Waiting;
import admitone.payments.Payments;
import admitone.payments.ProviderStatus;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import admitone.runtime.SettingsReader;
import admitone.simulators.nowpayments.NowPaymentsSimulator;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The service on a free port with a seller, a channel and a plan. Telegram is away, so that no task moves a grant by itself. */
public final class RunningShop implements AutoCloseable {
    public static final String WAY_IN = "https://t.me/+standing-link";
    public static final long OPEN_CHAT = -1001234;
    public static final String TITLE = "Quiet <b>Alpha</b> & Sons";
    private static final Asset BTC = new Asset("btc");
    private static final Money PRICE = Money.parse("10.00", Asset.USD);
    private static final AtomicLong NEXT = new AtomicLong(5_000_000_000L);

    private final TestDatabase database;
    private final ConfigurableApplicationContext context;
    private final HttpClient http = HttpClient.newHttpClient();
    public final NowPaymentsSimulator provider;
    public final Channel channel;
    public final Plan plan;

    private RunningShop(TestDatabase database, ConfigurableApplicationContext context, NowPaymentsSimulator provider) {
        this.database = database;
        this.context = context;
        this.provider = provider;
        SellerId seller = bean(Ids.class).nextSeller();
        Catalog catalog = bean(Catalog.class);
        this.channel = new Channel(
                seller,
                bean(Ids.class).next(),
                new ClosedChatId(-1009),
                new OpenChatId(OPEN_CHAT),
                TITLE,
                "quiet-alpha",
                Channel.Admission.JOIN_REQUEST,
                null);
        catalog.claimRoute(RouteKind.SLUG, channel.slug(), seller);
        catalog.claimRoute(RouteKind.OPEN_CHAT, Long.toString(OPEN_CHAT), seller);
        this.plan = bean(Transactions.class).run(seller, () -> {
            catalog.add(new Seller(seller, "Sam", 11, BigDecimal.TEN, new PayoutTerms(PayoutMode.DIRECT, null)));
            List<Plan> plans = catalog.add(
                    channel,
                    List.of(
                            new NewPlan("One month", PRICE, 30),
                            new NewPlan("For good", Money.parse("99.00", Asset.USD), null, "All <calls>, for ever")));
            catalog.standingLink(channel, WAY_IN);
            return plans.getFirst();
        });
    }

    public static RunningShop start(Map<String, String> environment, Map<String, Object> properties) {
        return start(environment, properties, _ -> {});
    }

    /** With beans of a test's own. */
    public static RunningShop start(
            Map<String, String> environment,
            Map<String, Object> properties,
            Consumer<GenericApplicationContext> beans) {
        TestDatabase database = TestDatabases.empty("shop");
        NowPaymentsSimulator provider = NowPaymentsSimulator.start(0);
        Map<String, String> all = new HashMap<>(Map.of(
                "SPRING_DATASOURCE_URL",
                database.jdbcUrl(),
                "SPRING_DATASOURCE_USERNAME",
                database.username(),
                "SPRING_DATASOURCE_PASSWORD",
                database.password(),
                "ADMITONE_NOWPAYMENTS_API_URL",
                provider.url() + "/v1",
                "ADMITONE_NOWPAYMENTS_API_KEY",
                provider.settings().apiKey,
                "ADMITONE_NOWPAYMENTS_IPN_SECRET",
                "s".repeat(32),
                "ADMITONE_TELEGRAM_API_URL",
                "http://127.0.0.1:1",
                "ADMITONE_TELEGRAM_BOT_TOKEN",
                "123456:" + "t".repeat(35)));
        all.putAll(environment);
        Settings settings = SettingsReader.read(all).settings();
        SpringApplication application = new SpringApplication(AdmitOne.class);
        Map<String, Object> defaults = new HashMap<>(properties);
        defaults.put("server.port", 0);
        defaults.put("management.server.port", 0);
        defaults.put("logging.level.admitone.telegram", "off");
        defaults.put("logging.level.admitone.runtime", "off");
        application.setDefaultProperties(defaults);
        application.addInitializers(
                (GenericApplicationContext context) -> context.registerBean(Settings.class, () -> settings));
        application.addInitializers((GenericApplicationContext context) -> beans.accept(context));
        return new RunningShop(database, application.run(), provider);
    }

    /** From now on the database is away. */
    public void loseDatabase() {
        database.close();
    }

    /** Until {@link #databaseBack} every connection is cut and refused. */
    public void databaseAway() {
        database.away();
    }

    public void databaseBack() {
        database.back();
    }

    /** The service ends; what the tests gave it stays. */
    public void stop() {
        context.close();
    }

    public <T> T bean(Class<T> type) {
        return context.getBean(type);
    }

    public String url() {
        return "http://localhost:" + context.getEnvironment().getRequiredProperty("local.server.port");
    }

    public Order order() {
        return order(NEXT.incrementAndGet(), Instant.now().plus(Duration.ofDays(1)));
    }

    public Order order(long buyer, Instant expiresAt) {
        Instant now = Instant.now();
        Order order = new Order(
                channel.seller(),
                bean(Ids.class).nextOrderId(channel.seller()),
                channel.id(),
                plan.id(),
                buyer,
                PRICE,
                30,
                BigDecimal.TEN,
                now.minusSeconds(60),
                expiresAt,
                null);
        bean(Transactions.class).run(channel.seller(), () -> bean(Orders.class).add(order));
        return order;
    }

    /** A payment of 0.001 BTC, waiting; never asked about. */
    public Payment payment(Order order) {
        String id = Long.toString(NEXT.incrementAndGet());
        Payment payment = new Payment(
                order.seller(),
                id,
                order.id(),
                null,
                new Waiting(),
                "waiting",
                BTC,
                Money.parse("0.001", BTC),
                "bc1qaddress" + id,
                null,
                null,
                null,
                null,
                null,
                Instant.now(),
                null,
                null,
                null,
                null);
        bean(Payments.class).claimRoute(id, order.seller());
        bean(Transactions.class).run(order.seller(), () -> bean(Payments.class).add(payment, null));
        return payment;
    }

    /** What the provider would say, by the door that notifications take. */
    public void hear(Order order, Payment payment, ProviderStatus status, String received) {
        bean(Fulfillment.class)
                .hear(new Heard(
                        payment.id(),
                        null,
                        order.id(),
                        status,
                        status.word(),
                        PRICE,
                        BTC,
                        Money.parse("0.001", BTC),
                        Money.parse(received, BTC),
                        null,
                        new Heard.Trigger(Heard.Cause.OPERATOR, "test", Instant.now()),
                        (payment.id() + status + received).getBytes(StandardCharsets.UTF_8)));
    }

    /** An order that is paid in full. */
    public Order paidOrder() {
        Order order = order();
        hear(order, payment(order), ProviderStatus.FINISHED, "0.001");
        return order;
    }

    /** What its seller tells buyers. */
    public void notice(Seller.Notice notice) {
        bean(Transactions.class).run(channel.seller(), () -> bean(Catalog.class).notice(channel.seller(), notice));
    }

    /** What its page says of the channel; null: nothing. */
    public void describes(@Nullable String description) {
        bean(Transactions.class)
                .run(
                        channel.seller(),
                        () -> bean(ChannelTexts.class).set(channel, ChannelTexts.Kind.DESCRIPTION, description));
    }

    /** Whether the bot lacks a right in the channel. */
    public void closed(boolean isClosed) {
        bean(Transactions.class).run(channel.seller(), () -> {
            if (isClosed) {
                bean(Catalog.class).cannotAdmit(channel, Instant.now());
            } else {
                bean(Catalog.class).mayAdmit(channel);
            }
        });
    }

    /** As its seller bans the buyer. */
    public void ban(Order order) {
        bean(JdbcClient.class)
                .sql("""
                        insert into access.listed (seller_id, channel_id, telegram_user_id, word, reason, said_by, said_at, turn)
                        values (?, ?, ?, 'banned', 'test', 'test', now(), 1)
                        """)
                .params(order.seller().value(), order.channelId(), order.telegramUserId())
                .update();
    }

    /** The messenger's part, which no task does here. */
    public void access(Order order, String access) {
        var grant = bean(Grants.class).ofOrder(order.seller(), order.id()).orElseThrow();
        Optional<String> delivered =
                access.equals("delivered") ? Optional.of(", delivered_at = now()") : Optional.empty();
        String ended = access.equals("ended") ? ", ended_at = now()" : "";
        bean(JdbcClient.class)
                .sql("update access.grants set access = ?" + delivered.orElse("") + ended
                        + " where seller_id = ? and grant_id = ?")
                .params(access, order.seller().value(), grant.id())
                .update();
    }

    public HttpResponse<String> get(String path, String... headers) {
        return send(request(path, headers).GET());
    }

    public HttpResponse<String> post(String path, String form, String... headers) {
        return send(request(path, headers)
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form)));
    }

    public HttpResponse<String> send(String method, String path, String... headers) {
        return send(request(path, headers).method(method, BodyPublishers.noBody()));
    }

    private HttpRequest.Builder request(String path, String... headers) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url() + path));
        return headers.length == 0 ? request : request.headers(headers);
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.build(), BodyHandlers.ofString());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        context.close();
        provider.close();
        database.close();
        http.close();
    }
}
