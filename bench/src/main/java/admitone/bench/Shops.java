package admitone.bench;

import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import tools.jackson.databind.JsonNode;

/** The sellers of the benchmark, opened as any seller is: over REST, with the standing link made by the bot. */
final class Shops {
    static final int COUNT = 20;
    static final String TITLE = "Bench";
    static final String PRICE = "1.35";
    static final int PRICE_CENTS = 135;
    static final int DAYS = 30;
    static final BigDecimal FEE_PERCENT = BigDecimal.TEN;
    private static final long FIRST_SELLER_USER = 3_000_000_001L;
    private static final long FIRST_CHAT = -1_009_000_000_001L;
    private static final long LINKS_WITHIN_SECONDS = 60;

    private Shops() {}

    /** The chats of all, which the messenger must know before the service looks at them: those of a kept database as soon as it starts. */
    static void addChats(Simulators simulators) {
        for (int i = 0; i < COUNT; i++) {
            simulators.addChannel(FIRST_CHAT - i, TITLE);
        }
    }

    static List<Shop> open(Service service, Simulators simulators, Connection database) throws SQLException {
        simulators.addCrowd(FIRST_SELLER_USER, COUNT);
        List<Shop> there = read(database);
        if (there.size() >= COUNT) {
            return there;
        }
        Rest api = service.api();
        for (int i = 0; i < COUNT; i++) {
            JsonNode seller = api.post(
                    "/sellers",
                    Map.of(
                            "name",
                            TITLE,
                            "telegram_user_id",
                            FIRST_SELLER_USER + i,
                            "fee_percent",
                            FEE_PERCENT.toString(),
                            "payout",
                            Map.of("mode", "direct")));
            api.post(
                    "/channels",
                    Map.of(
                            "seller_id",
                            seller.path("seller_id").stringValue(),
                            "chat_id",
                            FIRST_CHAT - i,
                            "title",
                            TITLE,
                            "admission",
                            "join_request",
                            "plans",
                            List.of(Map.of("name", "30 days", "price_usd", PRICE, "days", DAYS))));
        }
        return awaitLinks(database);
    }

    private static List<Shop> awaitLinks(Connection database) throws SQLException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LINKS_WITHIN_SECONDS);
        List<Shop> shops = read(database);
        while (shops.size() < COUNT) {
            if (System.nanoTime() > end) {
                throw new Failure("only " + shops.size() + " of " + COUNT + " channels got their link");
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(50));
            shops = read(database);
        }
        return shops;
    }

    private static List<Shop> read(Connection database) throws SQLException {
        try (var query = database.prepareStatement("""
                select c.seller_id, c.channel_id, p.plan_id from catalog.channel c
                join catalog.plan p on p.seller_id = c.seller_id and p.channel_id = c.channel_id
                where c.title = ? and c.standing_link is not null order by c.seller_id
                """)) {
            query.setString(1, TITLE);
            List<Shop> shops = new ArrayList<>();
            var rows = query.executeQuery();
            while (rows.next()) {
                shops.add(new Shop(
                        rows.getString("seller_id"),
                        rows.getObject("channel_id", UUID.class),
                        rows.getObject("plan_id", UUID.class)));
            }
            return shops;
        }
    }
}
