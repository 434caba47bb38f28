package admitone.acceptance;

import admitone.simulators.nowpayments.NowPaymentsSimulator;
import admitone.simulators.nowpayments.Told;
import admitone.simulators.telegram.Control;
import admitone.simulators.telegram.TelegramSimulator;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * Provider and messenger, which live on when the service dies, and a shop in between. One service on its embedded PostgreSQL, or several on
 * one that they share.
 */
final class World implements AutoCloseable {
    static final String BOT = "acceptance_bot";
    static final String PRICE = "1.35";
    /** So many one-time links are kept ready. */
    static final int POOL = 20;

    private static final String BOT_TOKEN = "100200300:acceptance-bot-token";
    private static final AtomicLong USERS = new AtomicLong(5_000_000_000L);
    private static final AtomicLong CHATS = new AtomicLong(-1_009_000_000_000L);

    final NowPaymentsSimulator provider = NowPaymentsSimulator.start(0);
    final TelegramSimulator telegram = TelegramSimulator.start(0);
    /** The first of the services; what a shop needs is asked of it. */
    final Service service;

    private final List<Service> services = new ArrayList<>();
    private final Map<String, String> settings = new LinkedHashMap<>();
    private final @Nullable SharedPostgres postgres;
    private final String secret = "acceptance-ipn-secret-0123456789-0123456789";

    /** One service on its embedded PostgreSQL; the test starts it. */
    World(Map<String, String> moreSettings) {
        this(1, moreSettings, null);
    }

    /** So many services on one PostgreSQL of their own, which runs already; the test starts each {@link #instance}. */
    static World sharing(int services, Map<String, String> moreSettings) {
        return new World(services, moreSettings, SharedPostgres.start());
    }

    private World(int count, Map<String, String> moreSettings, @Nullable SharedPostgres postgres) {
        this.postgres = postgres;
        settings.put("ADMITONE_NOWPAYMENTS_API_URL", provider.url() + "/v1");
        settings.put("ADMITONE_NOWPAYMENTS_API_KEY", "sim-api-key");
        settings.put("ADMITONE_NOWPAYMENTS_IPN_SECRET", secret);
        settings.put("ADMITONE_TELEGRAM_API_URL", telegram.url());
        settings.put("ADMITONE_TELEGRAM_BOT_TOKEN", BOT_TOKEN);
        settings.put("ADMITONE_TELEGRAM_MESSAGES_PER_SECOND", "0");
        settings.put("ADMITONE_TASK_LEASE", "3s");
        if (postgres != null) {
            settings.putAll(postgres.settings());
        }
        settings.putAll(moreSettings);
        provider.configure(s -> {
            s.ipnSecret = secret;
            s.ipnRetries = 60;
            s.ipnRetryIntervalMs = 500;
        });
        provider.rate("eth", "3870");
        telegram.addBot(BOT_TOKEN, BOT);
        telegram.setPaced(false);
        try {
            Path target = Path.of("target", "acceptance").toAbsolutePath();
            Files.createDirectories(target);
            for (int i = 0; i < count; i++) {
                services.add(new Service(settings, Files.createTempDirectory(target, "data")));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        service = services.getFirst();
    }

    /** The {@code n}-th service, from 1. */
    Service instance(int n) {
        return services.get(n - 1);
    }

    /** One more service with the settings of the others but for these, on the data that is there. */
    Service another(Path dataDir, Map<String, String> otherSettings) {
        Map<String, String> of = new LinkedHashMap<>(settings);
        of.putAll(otherSettings);
        Service another = new Service(of, dataDir);
        services.add(another);
        return another;
    }

    /** The database of all services, as its owner. */
    Connection database() throws IOException, SQLException {
        return postgres == null ? service.database() : postgres.connect();
    }

    /** Which instance listens to the bot; empty: none. */
    String listener() {
        return asked("select coalesce(max(holder), '') from messaging.office where office = 'telegram_poller'");
    }

    long count(String fromWhere) {
        return Long.parseLong(asked("select count(*) from " + fromWhere));
    }

    private String asked(String sql) {
        try (Connection database = database();
                var rows = database.createStatement().executeQuery(sql)) {
            rows.next();
            return rows.getString(1);
        } catch (IOException | SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    record Shop(String sellerId, String channelId, String planId, long chatId, long openChatId) {}

    record Purchase(long buyer, String orderId, String paymentId) {
        long id() {
            return Long.parseLong(paymentId);
        }
    }

    static ConditionFactory await(String what) {
        return Awaitility.await(what).atMost(Duration.ofSeconds(60)).pollInterval(Duration.ofMillis(50));
    }

    Shop openShop() {
        return openShop("join_request");
    }

    /** Answers when buyers can come in, and nothing more is owed for the shop: the channel's link is made, or its pool is full; its plans are posted. */
    Shop openShop(String admission) {
        return openShop(admission, PRICE);
    }

    private Shop openShop(String admission, String price) {
        Shop shop = register(newChat(), admission, price);
        await("the channel's links")
                .until(() -> admission.equals("join_request")
                        ? telegram.chat(shop.chatId()).links().stream().anyMatch(link -> link.createsJoinRequest())
                        : telegram.chat(shop.chatId()).links().size() >= POOL);
        await("the post of its plans")
                .until(() -> service.ok(service.get("/api/v1/channels/" + shop.channelId() + "/post"))
                        .path("state")
                        .stringValue()
                        .equals("posted"));
        return shop;
    }

    long newChat() {
        long chat = CHATS.decrementAndGet();
        telegram.addChat(new Control.NewChat(chat, "channel", "Private", new Control.BotInChat(BOT)));
        return chat;
    }

    /** A shop whose one payment is worth paying out to its seller, and where it goes. */
    Shop openShopPaidOut() {
        return openShopPaidOut("join_request");
    }

    Shop openShopPaidOut(String admission) {
        Shop shop = openShop(admission, "60.00");
        service.ok(service.post(
                "/api/v1/sellers/" + shop.sellerId() + "/destinations",
                Map.of("currency", "usdttrc20", "address", "TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t")));
        return shop;
    }

    Shop register(long chat, String admission) {
        return register(chat, admission, PRICE);
    }

    private Shop register(long chat, String admission, String price) {
        long open = newChat();
        long sellerUser = USERS.incrementAndGet();
        telegram.addUser(sellerUser, "Seller");
        telegram.start(sellerUser, BOT, null);
        JsonNode seller = service.ok(service.post(
                "/api/v1/sellers",
                Map.of(
                        "name",
                        "Acceptance",
                        "telegram_user_id",
                        sellerUser,
                        "fee_percent",
                        "0",
                        "payout",
                        Map.of("mode", "threshold", "threshold_usd", "2.00"))));
        String sellerId = seller.path("seller_id").stringValue();
        JsonNode channel = service.ok(service.post(
                "/api/v1/channels",
                Map.of(
                        "seller_id",
                        sellerId,
                        "chat_id",
                        chat,
                        "open_chat_id",
                        open,
                        "title",
                        "Private",
                        "admission",
                        admission,
                        "plans",
                        List.of(Map.of("name", "30 days", "price_usd", price, "days", 30)))));
        String channelId = channel.path("channel_id").stringValue();
        return new Shop(
                sellerId,
                channelId,
                channel.path("plans").path(0).path("plan_id").stringValue(),
                chat,
                open);
    }

    long newBuyer() {
        long buyer = USERS.incrementAndGet();
        telegram.addUser(buyer, "Buyer");
        telegram.start(buyer, BOT, null);
        return buyer;
    }

    String order(Shop shop, long buyer) {
        return order(service, shop, buyer);
    }

    private static String order(Service by, Shop shop, long buyer) {
        return by.ok(by.post(
                        "/api/v1/orders",
                        Map.of("channel_id", shop.channelId(), "plan_id", shop.planId(), "telegram_user_id", buyer)))
                .path("order_id")
                .stringValue();
    }

    Purchase buy(Shop shop, long buyer) {
        return buy(service, shop, buyer);
    }

    /** From this instance; each makes three payments a second at most. */
    static Purchase buy(Service by, Shop shop, long buyer) {
        String order = order(by, shop, buyer);
        JsonNode payment = by.ok(by.post("/api/v1/orders/" + order + "/payment", Map.of("pay_currency", "eth")));
        return new Purchase(buyer, order, payment.path("payment_id").stringValue());
    }

    /** The provider settles the payment for the incident's outcome, and tells it by notification or not. */
    Told settle(long paymentId, boolean notify) {
        return provider.status(paymentId, "finished", change -> {
            change.actuallyPaid = provider.payment(paymentId).payAmount();
            change.outcomeAmount = new BigDecimal("0.0002736");
            change.outcomeCurrency = "eth";
            change.notify = notify;
            change.wait = false;
        });
    }

    JsonNode payment(String paymentId) {
        return service.ok(service.get("/api/v1/payments/" + paymentId));
    }

    /** The distinct ways in that this user was told. */
    Set<String> links(long user) {
        Set<String> links = new LinkedHashSet<>();
        telegram.messages(user, BOT)
                .forEach(message -> message.links().stream()
                        .filter(link -> link.startsWith("https://t.me/+"))
                        .forEach(links::add));
        return links;
    }

    long messagesWithLink(long user) {
        return telegram.messages(user, BOT).stream()
                .filter(message -> message.links().stream().anyMatch(link -> link.startsWith("https://t.me/+")))
                .count();
    }

    /** Pays for it, and answers the link that the buyer is told. */
    String linkOf(Purchase purchase) {
        settle(purchase.id(), true);
        await("the way in").until(() -> !links(purchase.buyer()).isEmpty());
        return newestLink(purchase.buyer());
    }

    String newestLink(long user) {
        return List.copyOf(links(user)).getLast();
    }

    Control.LinkView link(Shop shop, String url) {
        return telegram.chat(shop.chatId()).links().stream()
                .filter(link -> link.inviteLink().equals(url))
                .findFirst()
                .orElseThrow();
    }

    String access(Purchase purchase) {
        return payment(purchase.paymentId()).path("grant").path("access").stringValue("");
    }

    /** The kinds of the cases that are open, of a seller. */
    List<String> cases(Shop shop) {
        return service.ok(service.get("/api/v1/cases?seller_id=" + shop.sellerId()))
                .path("items")
                .valueStream()
                .map(one -> one.path("kind").stringValue())
                .toList();
    }

    BigDecimal accrued(Shop shop) {
        return balance(shop, "accrued_usd");
    }

    /** A part of what the seller has earned: {@code accrued_usd} = {@code paid_out_usd} + {@code reserved_usd} + {@code available_usd}. */
    BigDecimal balance(Shop shop, String part) {
        return new BigDecimal(service.ok(service.get("/api/v1/sellers/" + shop.sellerId() + "/balance"))
                .path(part)
                .stringValue());
    }

    long grants(Shop shop, long user) {
        return service.ok(service.get("/api/v1/grants?channel_id=" + shop.channelId() + "&telegram_user_id=" + user))
                .path("items")
                .size();
    }

    long lines(String paymentId, String kind) {
        return payment(paymentId)
                .path("journal")
                .valueStream()
                .filter(line -> line.path("kind").stringValue("").equals(kind))
                .count();
    }

    @Override
    public void close() {
        services.stream().filter(Service::isAlive).forEach(Service::close);
        if (postgres != null) {
            postgres.close();
        }
        provider.close();
        telegram.close();
    }
}
