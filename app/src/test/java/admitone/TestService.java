package admitone;

import admitone.database.TestDatabase;
import admitone.database.TestDatabases;
import admitone.runtime.Settings;
import admitone.runtime.SettingsReader;
import admitone.simulators.nowpayments.NowPaymentsSimulator;
import admitone.simulators.telegram.Control;
import admitone.simulators.telegram.TelegramSimulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.util.FileSystemUtils;
import tools.jackson.databind.JsonNode;

/**
 * The whole service in this process: both simulators, a database of its own, the application on a free port. One per test class:
 * start it in {@code @BeforeAll}, close it in {@code @AfterAll}; tests keep apart by selling different chats to different buyers.
 */
public final class TestService implements AutoCloseable {
    public static final String BOT = "admitone_test_bot";
    public static final String OPERATOR_TOKEN = "operator-token-of-the-tests-0123456789";
    public static final String IPN_SECRET = "ipn-secret-of-the-tests-0123456789abcdef";

    private static final String BOT_TOKEN = "700100:test-bot-token";
    private static final String API_KEY = "api-key-of-the-tests";
    private static final AtomicLong NEXT_USER = new AtomicLong(500_001);
    private static final AtomicLong NEXT_CHAT = new AtomicLong(-1_001_000_000_001L);

    private final NowPaymentsSimulator nowPayments;
    private final TelegramSimulator telegram;
    private final TestDatabase database;
    private final Path dataDir;
    private final Settings settings;
    private final Map<String, Object> properties;
    private ConfigurableApplicationContext context;

    private TestService(
            NowPaymentsSimulator nowPayments,
            TelegramSimulator telegram,
            TestDatabase database,
            Path dataDir,
            Settings settings,
            Map<String, Object> properties) {
        this.nowPayments = nowPayments;
        this.telegram = telegram;
        this.database = database;
        this.dataDir = dataDir;
        this.settings = settings;
        this.properties = properties;
        this.context = run();
    }

    /**
     * One for all classes of this JVM that need nothing of their own: it is started by the first and ends with the JVM. Never
     * closed, restarted, paused or given faults that stay by a test.
     */
    public static TestService shared() {
        return Shared.SERVICE;
    }

    private static final class Shared {
        static final TestService SERVICE = start("shared");

        static {
            Runtime.getRuntime().addShutdownHook(new Thread(SERVICE.context::close));
        }
    }

    /** With the settings of the tests: no limits of ours, the defaults otherwise. */
    public static TestService start(String name) {
        return start(name, Map.of());
    }

    /** {@code changes} are settings by their environment names, over those of the tests. */
    public static TestService start(String name, Map<String, String> changes) {
        return start(name, changes, _ -> {});
    }

    /** {@code provider} is made ready before the service asks it anything. */
    public static TestService start(String name, Map<String, String> changes, Consumer<NowPaymentsSimulator> provider) {
        return start(name, changes, provider, _ -> Map.of());
    }

    /** Its pages' links to Telegram lead to the simulator's pages, as in a demo. */
    public static TestService startForPerson(String name) {
        return start(name, Map.of(), _ -> {}, telegram -> Map.of("admitone.telegram.links", telegram.url() + "/t.me/"));
    }

    private static TestService start(
            String name,
            Map<String, String> changes,
            Consumer<NowPaymentsSimulator> provider,
            Function<TelegramSimulator, Map<String, Object>> properties) {
        NowPaymentsSimulator nowPayments = NowPaymentsSimulator.start(0);
        nowPayments.configure(sim -> {
            sim.apiKey = API_KEY;
            sim.ipnSecret = IPN_SECRET;
        });
        provider.accept(nowPayments);
        TelegramSimulator telegram = TelegramSimulator.start(0);
        telegram.addBot(BOT_TOKEN, BOT);
        TestDatabase database = TestDatabases.empty(name); // the service migrates it itself
        try {
            Path dataDir = Files.createTempDirectory("admitone-" + name.replaceAll("\\W", "-"));
            int port = freePort();
            Map<String, String> environment = new HashMap<>(Map.ofEntries(
                    Map.entry("SERVER_PORT", Integer.toString(port)),
                    Map.entry("MANAGEMENT_SERVER_PORT", "0"),
                    Map.entry("ADMITONE_PUBLIC_URL", "http://127.0.0.1:" + port),
                    Map.entry("ADMITONE_DATA_DIR", dataDir.toString()),
                    Map.entry("SPRING_DATASOURCE_URL", database.jdbcUrl()),
                    Map.entry("SPRING_DATASOURCE_USERNAME", database.username()),
                    Map.entry("SPRING_DATASOURCE_PASSWORD", database.password()),
                    Map.entry("ADMITONE_API_TOKEN", OPERATOR_TOKEN),
                    Map.entry("ADMITONE_NOWPAYMENTS_API_URL", nowPayments.url() + "/v1"),
                    Map.entry("ADMITONE_NOWPAYMENTS_API_KEY", API_KEY),
                    Map.entry("ADMITONE_NOWPAYMENTS_IPN_SECRET", IPN_SECRET),
                    Map.entry("ADMITONE_TELEGRAM_API_URL", telegram.url()),
                    Map.entry("ADMITONE_TELEGRAM_BOT_TOKEN", BOT_TOKEN),
                    Map.entry("ADMITONE_TELEGRAM_MESSAGES_PER_SECOND", "0"),
                    Map.entry("ADMITONE_STATUS_LIMIT_PER_MINUTE", "0"),
                    Map.entry("ADMITONE_ADDRESS_LIMIT_PER_MINUTE", "0")));
            environment.putAll(changes);
            environment.values().removeIf(String::isEmpty);
            return new TestService(
                    nowPayments,
                    telegram,
                    database,
                    dataDir,
                    SettingsReader.read(environment).settings(),
                    properties.apply(telegram));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private ConfigurableApplicationContext run() {
        SpringApplication application = new SpringApplication(AdmitOne.class);
        application.setRegisterShutdownHook(false);
        Map<String, Object> defaults = new HashMap<>(Map.of(
                "server.port", settings.port(),
                "management.server.port", settings.managementPort(),
                "server.shutdown", "immediate"));
        defaults.putAll(properties);
        application.setDefaultProperties(defaults);
        application.addInitializers(
                (GenericApplicationContext starting) -> starting.registerBean(Settings.class, () -> settings));
        return application.run();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** Stops the application and starts it anew on the same database and port. */
    public void restart() {
        context.close();
        context = run();
    }

    public String url() {
        return settings.publicUrl().toString();
    }

    public Settings settings() {
        return settings;
    }

    /** A client with the operator's token. */
    public TestClient operator() {
        return new TestClient(url(), OPERATOR_TOKEN, null);
    }

    /** A client without a token: a buyer, a stranger. */
    public TestClient anyone() {
        return new TestClient(url(), null, null);
    }

    /** A client with a token of the seller's own. */
    public TestClient as(String sellerId) {
        TestClient.Reply token = operator().post("/api/v1/sellers/" + sellerId + "/tokens", null);
        return operator().withToken(token.text("token"));
    }

    public NowPaymentsSimulator nowPayments() {
        return nowPayments;
    }

    public TelegramSimulator telegram() {
        return telegram;
    }

    /** The running application, for what no HTTP path shows. */
    public ConfigurableApplicationContext context() {
        return context;
    }

    public Path dataDir() {
        return dataDir;
    }

    /** The database as its owner, past the service. */
    public JdbcClient sql() {
        return JdbcClient.create(database.dataSource());
    }

    /** A connection to it, for locks that a test holds. */
    public Connection connection() throws SQLException {
        return database.dataSource().getConnection();
    }

    /** A user id nobody has had; the person is known to Telegram. */
    public long newPerson() {
        long user = NEXT_USER.getAndIncrement();
        telegram.addUser(user, "Person " + user);
        return user;
    }

    /** A person who has pressed Start, so that the bot may write, and was answered. */
    public long newBuyer() {
        long user = newPerson();
        telegram.start(user, BOT, null);
        until(() -> telegram.messages(user, BOT).stream()
                .anyMatch(message -> message.from().equals("bot")));
        return user;
    }

    /** A private channel with the bot as administrator. */
    public long newChat() {
        long chat = NEXT_CHAT.getAndDecrement();
        telegram.addChat(new Control.NewChat(chat, "channel", "Chat " + chat, new Control.BotInChat(BOT)));
        return chat;
    }

    /** A seller's id; no fee, direct payout. */
    public String newSeller(String name) {
        return newSeller(name, "0");
    }

    public String newSeller(String name, String feePercent) {
        return operator()
                .post(
                        "/api/v1/sellers",
                        Map.of("name", name, "telegram_user_id", newBuyer(), "fee_percent", feePercent))
                .must(201)
                .text("seller_id");
    }

    /** A channel on sale. */
    public record Shop(String sellerId, String channelId, String planId, String slug, long chat) {}

    /** A new seller with one channel and one plan; {@code days} null: for life. The channel's link is made. */
    public Shop newShop(String priceUsd, @Nullable Integer days) {
        return newShop(newSeller("Seller"), priceUsd, days);
    }

    public Shop newShop(String sellerId, String priceUsd, @Nullable Integer days) {
        long chat = newChat();
        TestClient.Reply channel = operator()
                .post("/api/v1/channels", channelBody(sellerId, chat, priceUsd, days))
                .must(201);
        String channelId = channel.text("channel_id");
        until(() -> operator()
                .get("/api/v1/channels/" + channelId)
                .json()
                .path("link_ready")
                .asBoolean());
        return new Shop(
                sellerId,
                channelId,
                channel.json().path("plans").path(0).path("plan_id").asString(),
                channel.text("slug"),
                chat);
    }

    public static Map<String, Object> channelBody(String sellerId, long chat, String priceUsd, @Nullable Integer days) {
        Map<String, Object> plan = new LinkedHashMap<>();
        plan.put("name", "Plan");
        plan.put("price_usd", priceUsd);
        plan.put("days", days);
        return Map.of(
                "seller_id",
                sellerId,
                "chat_id",
                chat,
                "title",
                "Signals & more",
                "admission",
                "join_request",
                "plans",
                List.of(plan));
    }

    /** An order's id. */
    public String newOrder(Shop shop, long buyer) {
        return operator()
                .post(
                        "/api/v1/orders",
                        Map.of("channel_id", shop.channelId(), "plan_id", shop.planId(), "telegram_user_id", buyer))
                .must(201)
                .text("order_id");
    }

    /** The provider's payment of an order in a coin; asks again where the provider is not ready, as its limit of calls demands. */
    public long newPayment(String orderId, String coin) {
        List<TestClient.Reply> answers = new ArrayList<>();
        until(() -> {
            answers.add(operator().post("/api/v1/orders/" + orderId + "/payment", Map.of("pay_currency", coin)));
            return answers.getLast().status() != 503;
        });
        return Long.parseLong(answers.getLast().must(201).text("payment_id"));
    }

    /** Half of what was asked for reaches the provider: a case for a person. */
    public void payHalf(long paymentId) {
        nowPayments.pay(
                paymentId,
                nowPayments
                        .payment(paymentId)
                        .payAmount()
                        .divide(BigDecimal.TWO, 8, RoundingMode.DOWN)
                        .toPlainString());
    }

    /** A purchase that was paid. */
    public record Purchase(Shop shop, long buyer, String orderId, long paymentId) {}

    /** Somebody new buys and pays in full; waits until it is granted. */
    public Purchase newPurchase(Shop shop) {
        long buyer = newBuyer();
        String order = newOrder(shop, buyer);
        long payment = newPayment(order, "eth");
        nowPayments.pay(payment);
        until(() -> operator()
                .get("/api/v1/payments/" + payment)
                .json()
                .path("state")
                .asString()
                .equals("paid"));
        return new Purchase(shop, buyer, order, payment);
    }

    /** The link that the buyer's newest message carries; waits for it. */
    public String linkSentTo(long buyer) {
        until(() -> telegram.messages(buyer, BOT).stream()
                .anyMatch(message ->
                        message.from().equals("bot") && !message.links().isEmpty()));
        return telegram.messages(buyer, BOT).stream()
                .filter(message ->
                        message.from().equals("bot") && !message.links().isEmpty())
                .toList()
                .getLast()
                .links()
                .getFirst();
    }

    public JsonNode timeline(long paymentId) {
        return operator()
                .get("/api/v1/payments/" + paymentId + "/timeline")
                .must(200)
                .json();
    }

    /** What the newest task of a queue that is done was about; waits for one. */
    public String newestDone(String queue) {
        Supplier<List<String>> done = () -> sql().sql(
                        "select subject from tasks.task where kind = ? and state = 'done' order by created_at desc limit 1")
                .param(queue)
                .query(String.class)
                .list();
        until(() -> !done.get().isEmpty());
        return done.get().getFirst();
    }

    /** Waits up to 20 seconds until it holds. */
    public static void until(java.util.concurrent.Callable<Boolean> holds) {
        Awaitility.await()
                .atMost(Duration.ofSeconds(20))
                .pollInterval(Duration.ofMillis(40))
                .until(holds);
    }

    @Override
    public void close() {
        context.close();
        nowPayments.close();
        telegram.close();
        database.close();
        try {
            FileSystemUtils.deleteRecursively(dataDir);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
