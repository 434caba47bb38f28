package admitone.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.acceptance.World.Purchase;
import admitone.acceptance.World.Shop;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The database is restored to an earlier time: the world is newer than it, and nothing is done to the world until a person says so. */
class RestoreDrillFlowTests {
    private static final int PAYMENTS = 20;
    private static final BigDecimal ALL_ACCRUED = new BigDecimal("22.26"); // with that of who was inside before
    private static final int PAYOUTS = Integer.getInteger("admitone.drill-payouts", 2);
    private static final Map<String, String> PAYING = Map.of(
            "ADMITONE_SWEEP_FIRST", "24h",
            "ADMITONE_NOWPAYMENTS_EMAIL", "sim@example.com",
            "ADMITONE_NOWPAYMENTS_PASSWORD", "sim-password",
            "ADMITONE_NOWPAYMENTS_TOTP_SECRET", "JBSWY3DPEHPK3PXP");
    private static final String SECRET = "acceptance-webhook-secret_0123";
    /** Calls that change nothing at Telegram. */
    private static final Set<String> ASKING =
            Set.of("getUpdates", "getMe", "getWebhookInfo", "getChatMember", "getChat");

    @Test
    void afterARestoreNobodyIsToldLetInOrDeclinedUntilResume() throws Exception {
        try (World world = new World(Map.of("ADMITONE_SWEEP_FIRST", "2s", "ADMITONE_STATUS_LIMIT_PER_MINUTE", "0"))) {
            Service service = world.service.start();
            Shop shop = world.openShop();
            long stranger = world.newBuyer();
            world.telegram.openLink(stranger, standingLink(world, shop));
            World.await("the stranger told the plans")
                    .until(() -> world.telegram.messages(stranger, World.BOT).stream()
                            .anyMatch(message -> message.text().contains("pick a plan")));
            Purchase over = comeIn(world, shop);
            List<Purchase> purchases = new ArrayList<>();
            for (int i = 0; i < PAYMENTS / 2; i++) {
                purchases.add(world.buy(shop, world.newBuyer()));
            }
            List<Long> later = new ArrayList<>();
            List<String> orders = new ArrayList<>();
            for (int i = PAYMENTS / 2; i < PAYMENTS; i++) {
                later.add(world.newBuyer());
                orders.add(world.order(shop, later.getLast()));
            }
            Path backup = backUp(service);

            // what the backup does not know: half of the payments, all of the money, messages, members
            for (int i = 0; i < later.size(); i++) {
                String payment = service.ok(service.post(
                                "/api/v1/orders/" + orders.get(i) + "/payment", Map.of("pay_currency", "eth")))
                        .path("payment_id")
                        .stringValue();
                purchases.add(new Purchase(later.get(i), orders.get(i), payment));
            }
            purchases.forEach(purchase -> world.settle(purchase.id(), true));
            World.await("all messages")
                    .until(() -> purchases.stream().allMatch(p -> world.messagesWithLink(p.buyer()) == 1));
            List<Purchase> joined = purchases.subList(5, 15);
            joined.forEach(purchase -> open(world, purchase));
            World.await("ten inside")
                    .until(() -> joined.stream().allMatch(p -> world.telegram.isMember(shop.chatId(), p.buyer())));
            service.kill();
            stopDatabase(service);
            Map<String, Long> before = acted(world);

            restore(backup, service.dataDir().resolve("postgres/data"));
            service.start();

            JsonNode hold = service.ok(service.get("/api/v1/hold"));
            assertThat(hold.path("reason").stringValue("")).as(hold.toString()).isEqualTo("behind");
            assertThat(hold.path("database_until").stringValue(""))
                    .isLessThan(hold.path("seen_until").stringValue(""));
            assertThat(service.log()).contains("./admitone resume --after-restore");
            endsAMonthAgo(service, over);
            long asksMeanwhile = purchases.getLast().buyer();
            open(world, purchases.getLast());
            // before its payment is known, which would have it approved at once and nothing to decline
            World.await("the request to join on record").until(() -> willBeDeclined(service, asksMeanwhile));
            // of payments made after the backup only a notification can tell; of the others the sweep hears
            purchases
                    .subList(PAYMENTS / 2, PAYMENTS)
                    .forEach(purchase -> world.provider.notify(purchase.id(), 1, false));
            World.await("all accruals").until(() -> world.accrued(shop).compareTo(ALL_ACCRUED) >= 0);
            World.await("the approval owed").until(() -> waiting(service, "approve_join") > 0);
            makeDue(service, "decline_join");
            haveLooked(service, purchases.getFirst());

            for (Purchase purchase : purchases) {
                assertThat(world.grants(shop, purchase.buyer())).isEqualTo(1);
                assertThat(world.lines(purchase.paymentId(), "accrual")).isEqualTo(1);
            }
            assertThat(acted(world)).as("what Telegram was asked to do").isEqualTo(before);
            assertThat(waiting(service, "deliver_access")).isEqualTo(PAYMENTS);
            // updates that Telegram repeats, because the service died before it confirmed them, add their own
            assertThat(waiting(service, "decline_join")).isGreaterThanOrEqualTo(2);
            assertThat(held(service)).contains("deliver_access", "decline_join").doesNotContain("decide", "look");
            assertThat(service.isReady()).isTrue();

            Service.Ended unasked = service.command("resume", "--after-restore");
            assertThat(unasked.code()).as(unasked.out()).isEqualTo(1);
            assertThat(unasked.out()).contains("deliver_access", "open payments", "give --yes");
            assertThat(service.ok(service.get("/api/v1/hold")).path("held").asBoolean())
                    .isTrue();
            Service.Ended resumed = service.command("resume", "--after-restore", "--yes");
            assertThat(resumed.code()).as(resumed.out()).isZero();
            assertThat(resumed.out()).contains("Outside effects go on.");
            Service.Ended again = service.command("resume", "--after-restore", "--yes");
            assertThat(again.code()).isZero();
            assertThat(again.out()).contains("Nothing is on hold");

            World.await("the one who asked meanwhile inside")
                    .until(() -> world.telegram.isMember(shop.chatId(), asksMeanwhile));
            World.await("told that it is over")
                    .until(() -> world.telegram.messages(over.buyer(), World.BOT).stream()
                            .anyMatch(message -> message.text().contains("ended on")));
            purchases.forEach(purchase -> open(world, purchase));
            World.await("all inside")
                    .until(() -> purchases.stream().allMatch(p -> world.telegram.isMember(shop.chatId(), p.buyer())));
            World.await("the stranger declined")
                    .until(() -> acted(world).getOrDefault("declineChatJoinRequest", 0L) == 1);
            World.await("quiet queues").until(service::nothingIsOwed);
            for (Purchase purchase : purchases) {
                assertThat(world.links(purchase.buyer())).hasSize(1);
                boolean mayBeInside = joined.contains(purchase) || purchase.buyer() == asksMeanwhile;
                assertThat(world.messagesWithLink(purchase.buyer()))
                        .as("once before, once more; who is inside by then is told that they need none")
                        .isBetween(mayBeInside ? 1L : 2L, 2L);
                assertThat(world.grants(shop, purchase.buyer())).isEqualTo(1);
            }
            assertThat(world.telegram.isMember(shop.chatId(), stranger)).isFalse();
            assertThat(world.telegram.chat(shop.chatId()).admitted()).hasSize(PAYMENTS + 1);
            assertThat(world.accrued(shop)).isEqualByComparingTo(ALL_ACCRUED);
            assertThat(service.ok(service.get("/api/v1/invariants")))
                    .isNotEmpty()
                    .allSatisfy(one -> assertThat(one.path("violations").longValue(-1))
                            .as(one.toString())
                            .isZero());
        }
    }

    /** A link that the backup calls free was handed out after it. */
    @Test
    void afterARestoreNoOneTimeLinkIsHandedToTwoPeople() throws Exception {
        try (World world = new World(Map.of("ADMITONE_SWEEP_FIRST", "2s"))) {
            Service service = world.service.start();
            Shop shop = world.openShop("one_time_link");
            List<Purchase> purchases = new ArrayList<>();
            for (int i = 0; i < PAYMENTS; i++) {
                purchases.add(world.buy(shop, world.newBuyer()));
            }
            Path backup = backUp(service);
            purchases.subList(0, PAYMENTS / 2).forEach(purchase -> world.settle(purchase.id(), true));
            World.await("messages before")
                    .until(() -> purchases.subList(0, PAYMENTS / 2).stream()
                            .allMatch(p -> world.messagesWithLink(p.buyer()) == 1));
            List<Purchase> inside = purchases.subList(0, 5);
            inside.forEach(purchase -> world.telegram.openLink(purchase.buyer(), world.newestLink(purchase.buyer())));
            service.kill();
            stopDatabase(service);
            Map<String, Long> before = acted(world);

            restore(backup, service.dataDir().resolve("postgres/data"));
            service.start();

            purchases.subList(PAYMENTS / 2, PAYMENTS).forEach(purchase -> world.settle(purchase.id(), true));
            World.await("all accruals").until(() -> world.accrued(shop).compareTo(new BigDecimal("21.20")) >= 0);
            haveLooked(service, purchases.getFirst());
            assertThat(acted(world)).as("what Telegram was asked to do").isEqualTo(before);
            assertThat(assigned(service)).as("links handed out").isZero();

            assertThat(service.command("resume", "--after-restore", "--yes").code())
                    .isZero();
            // who is inside already needs none
            World.await("a link told to all others")
                    .until(() -> purchases.stream()
                            .filter(p -> !inside.contains(p))
                            .allMatch(p -> world.messagesWithLink(p.buyer()) == 1 + (knewOne(purchases, p) ? 1 : 0)));
            purchases.stream()
                    .filter(purchase -> !world.telegram.isMember(shop.chatId(), purchase.buyer()))
                    .forEach(purchase -> world.telegram.openLink(purchase.buyer(), world.newestLink(purchase.buyer())));
            World.await("all inside")
                    .until(() -> purchases.stream().allMatch(p -> world.telegram.isMember(shop.chatId(), p.buyer())));
            World.await("quiet queues").until(service::nothingIsOwed);

            List<String> told = purchases.stream()
                    .flatMap(purchase -> world.links(purchase.buyer()).stream())
                    .toList();
            assertThat(told).as("no link was told to two people").doesNotHaveDuplicates();
            assertThat(inside)
                    .as("no second link for who was inside, unheard")
                    .allMatch(purchase -> world.links(purchase.buyer()).size() == 1);
            assertThat(acted(world).getOrDefault("banChatMember", 0L)).isZero();
            assertThat(world.telegram.chat(shop.chatId()).admitted()).hasSize(PAYMENTS);
        }
    }

    private static Purchase comeIn(World world, Shop shop) {
        Purchase purchase = world.buy(shop, world.newBuyer());
        world.settle(purchase.id(), true);
        World.await("the way in").until(() -> world.messagesWithLink(purchase.buyer()) == 1);
        open(world, purchase);
        World.await("the admission on record")
                .until(() -> world.access(purchase).equals("admitted"));
        return purchase;
    }

    /** And the keeper of time has to look at it. */
    private static void endsAMonthAgo(Service service, Purchase purchase) throws IOException, SQLException {
        try (Connection database = service.database();
                var update = database.prepareStatement("""
                        update access.grants set starts_at = ?, ends_at = ?, look_at = ? where telegram_user_id = ?
                        """)) {
            OffsetDateTime end = OffsetDateTime.now(ZoneOffset.UTC).minusDays(30);
            update.setObject(1, end.minusDays(30));
            update.setObject(2, end);
            update.setObject(3, end);
            update.setLong(4, purchase.buyer());
            assertThat(update.executeUpdate()).isEqualTo(1);
        }
    }

    private static boolean knewOne(List<Purchase> purchases, Purchase purchase) {
        return purchases.indexOf(purchase) < PAYMENTS / 2;
    }

    private static int assigned(Service service) throws IOException, SQLException {
        try (Connection database = service.database();
                var count = database.createStatement()
                        .executeQuery("select count(*) from access.pool_link where state = 'assigned'")) {
            count.next();
            return count.getInt(1);
        }
    }

    /** What was paid out after the backup is not on record, and looks as if it were still owed. {@code -Dadmitone.drill-payouts=10} takes five minutes: there is a code each 30 seconds. */
    @Test
    void afterARestoreNobodyIsPaidTwice() throws Exception {
        try (World world = new World(PAYING)) {
            Service service = world.service.start();
            Shop shop = world.openShopPaidOut();
            List<Purchase> purchases = new ArrayList<>();
            for (int i = 0; i < PAYOUTS; i++) {
                purchases.add(world.buy(shop, world.newBuyer()));
            }
            Path backup = backUp(service);
            for (Purchase purchase : purchases) {
                world.provider.pay(purchase.id());
                World.await("its accrual").until(() -> world.lines(purchase.paymentId(), "accrual") == 1);
                press(service, shop);
                approveAll(service);
            }
            World.await("all paid out")
                    .atMost(Duration.ofMinutes(1 + PAYOUTS))
                    .until(() -> world.balance(shop, "paid_out_usd").compareTo(world.accrued(shop)) == 0);
            service.kill();
            stopDatabase(service);
            List<String> sent = withdrawals(world);
            assertThat(sent).hasSize(PAYOUTS);

            restore(backup, service.dataDir().resolve("postgres/data"));
            service.start();

            purchases.forEach(purchase -> world.provider.notify(purchase.id(), 1, false));
            World.await("all accruals")
                    .until(() ->
                            purchases.stream().allMatch(purchase -> world.lines(purchase.paymentId(), "accrual") == 1));
            press(service, shop);
            approveAll(service);
            haveLooked(service, purchases.getFirst());
            assertThat(withdrawals(world)).as("while effects are on hold").isEqualTo(sent);

            Service.Ended resumed = service.command("resume", "--after-restore", "--yes");
            assertThat(resumed.code()).as(resumed.out()).isZero();
            assertThat(world.cases(shop))
                    .filteredOn("payout_not_on_record"::equals)
                    .hasSize(PAYOUTS);
            press(service, shop);
            approveAll(service);
            World.await("quiet queues of buyers").until(() -> waiting(service, "deliver_access") == 0);
            haveLooked(service, purchases.getLast());
            assertThat(withdrawals(world)).as("until a person has decided").isEqualTo(sent);
            assertThat(service.ok(service.get("/api/v1/invariants")))
                    .allSatisfy(one -> assertThat(one.path("violations").longValue(-1))
                            .as(one.toString())
                            .isZero());
        }
    }

    /** Where it may be made, which is refused while it may not. */
    private static void press(Service service, Shop shop) {
        service.post("/api/v1/sellers/" + shop.sellerId() + "/payouts", Map.of());
    }

    private static void approveAll(Service service) {
        service.ok(service.get("/api/v1/payouts?state=awaiting_approval"))
                .path("items")
                .forEach(payout -> service.post(
                        "/api/v1/payouts/" + payout.path("payout_id").stringValue() + "/approve", Map.of()));
    }

    private static List<String> withdrawals(World world) {
        return world.provider.withdrawals().stream()
                .map(one -> one.uniqueExternalId() + " " + one.status() + " " + one.amount())
                .toList();
    }

    /** The data directory copied whole, with what the service remembers in it: that it is a copy is seen by its files. */
    @Test
    void aRestartIsNotHeldAndAWholeCopyIs() {
        try (World world = new World(Map.of())) {
            Service service = world.service.start();
            Shop shop = world.openShop();
            service.close();
            Path copy = service.dataDir().resolveSibling(service.dataDir().getFileName() + "-copy");
            copy(service.dataDir(), copy, file -> true);
            service.start();
            assertThat(service.ok(service.get("/api/v1/hold")).path("held").asBoolean())
                    .isFalse();
            world.buy(shop, world.newBuyer());
            service.close();

            restore(copy, service.dataDir());
            service.start();

            JsonNode hold = service.ok(service.get("/api/v1/hold"));
            assertThat(hold.path("reason").stringValue("")).as(hold.toString()).isEqualTo("copied");
            assertThat(service.command("resume", "--after-restore", "--yes").code())
                    .isZero();
            service.close();
            service.start();
            assertThat(service.ok(service.get("/api/v1/hold")).path("held").asBoolean())
                    .isFalse();
        }
    }

    /** As where a backup is tried: the copy knows the same bot and the same account, and the world goes on with its original. */
    @Test
    void aCopyBesideItsOriginalDoesNothingUntilItIsResumed() throws Exception {
        Map<String, String> settings = new HashMap<>(PAYING);
        settings.put("ADMITONE_SWEEP_FIRST", "2s");
        settings.put("ADMITONE_TELEGRAM_WEBHOOK_SECRET", SECRET);
        try (World world = new World(settings);
                Passage telegram = new Passage(world.telegram.url())) {
            Service original = world.service.start();
            Shop shop = world.openShopPaidOut("one_time_link");
            Purchase over = world.buy(shop, world.newBuyer());
            world.telegram.openLink(over.buyer(), linkOfPaid(world, over));
            World.await("the admission on record")
                    .until(() -> world.access(over).equals("admitted"));
            approvedButNotSent(original, shop);
            Purchase meanwhile = world.buy(shop, world.newBuyer());
            Purchase robbed = world.buy(shop, world.newBuyer());
            Purchase afterwards = world.buy(shop, world.newBuyer());
            Path backup = backUp(original);
            Service copy =
                    world.another(besideIt(original, backup), Map.of("ADMITONE_TELEGRAM_API_URL", telegram.url()));
            copy.start();

            JsonNode hold = copy.ok(copy.get("/api/v1/hold"));
            assertThat(hold.path("reason").stringValue("")).as(hold.toString()).isEqualTo("copied");
            endsAMonthAgo(copy, over);
            copy.ok(copy.post("/api/v1/queues/create_payout/resume", Map.of()));
            World.await("the copy elected to listen").until(() -> telegram.asked.contains("getMe"));

            world.telegram.openLink(meanwhile.buyer(), linkOfPaid(world, meanwhile));
            String leaked = linkOfPaid(world, robbed);
            long stranger = world.newBuyer();
            world.telegram.openLink(stranger, leaked);
            World.await("another link").until(() -> world.links(robbed.buyer()).size() == 2);
            world.telegram.openLink(robbed.buyer(), world.newestLink(robbed.buyer()));
            World.await("both admitted on record")
                    .until(() -> Stream.of(meanwhile, robbed)
                            .allMatch(purchase -> world.access(purchase).equals("admitted")));
            // which the copy hears too, by its sweep
            World.await("both accruals in the copy")
                    .until(() -> Stream.of(meanwhile, robbed).allMatch(purchase -> isAccrued(copy, purchase)));
            assertThat(copy.update("{\"update_id\":1}", SECRET).status()).isEqualTo(503);
            haveLooked(copy, meanwhile);

            assertThat(telegram.asked)
                    .as("what the copy asked of Telegram")
                    .allMatch(ASKING::contains)
                    .doesNotContain("getUpdates");
            assertThat(held(copy)).contains("deliver_access", "create_payout");
            assertThat(waiting(copy, "create_payout")).isEqualTo(1);
            assertThat(world.provider.withdrawals()).isEmpty();
            assertThat(copy.isReady()).isTrue();
            assertThat(timesAdmitted(world, shop, meanwhile)).isEqualTo(1);
            assertThat(timesAdmitted(world, shop, robbed)).isEqualTo(1);
            assertThat(world.messagesWithLink(meanwhile.buyer())).isEqualTo(1);
            assertThat(world.telegram.isMember(shop.chatId(), stranger)).isFalse();
            assertThat(world.telegram.isMember(shop.chatId(), over.buyer())).isTrue();

            original.close();
            world.provider.configure(sim -> sim.ipnRetries = 0); // to who is not there any more
            world.provider.pay(afterwards.id());
            Service.Ended resumed = copy.command("resume", "--after-restore", "--yes");
            assertThat(resumed.code()).as(resumed.out()).isZero();

            world.telegram.openLink(afterwards.buyer(), awaitLink(world, afterwards));
            World.await("the admission on record of the copy")
                    .until(() -> access(copy, afterwards).equals("admitted"));
            World.await("told that it is over")
                    .until(() -> world.telegram.messages(over.buyer(), World.BOT).stream()
                            .anyMatch(message -> message.text().contains("ended on")));
            assertThat(telegram.asked).contains("getUpdates");
            for (Purchase purchase : List.of(meanwhile, robbed, afterwards)) {
                assertThat(timesAdmitted(world, shop, purchase)).isEqualTo(1);
                assertThat(world.telegram.isMember(shop.chatId(), purchase.buyer()))
                        .isTrue();
            }
            assertThat(world.links(meanwhile.buyer())).hasSize(1);
            assertThat(world.provider.withdrawals())
                    .as("until a person has decided")
                    .isEmpty();
            assertThat(copy.ok(copy.get("/api/v1/invariants")))
                    .isNotEmpty()
                    .allSatisfy(one -> assertThat(one.path("violations").longValue(-1))
                            .as(one.toString())
                            .isZero());
        }
    }

    private static void approvedButNotSent(Service service, Shop shop) {
        service.ok(service.post("/api/v1/queues/create_payout/pause", Map.of()));
        World.await("a payout").until(() -> {
            press(service, shop);
            approveAll(service);
            return !service.ok(service.get("/api/v1/payouts?state=approved"))
                    .path("items")
                    .isEmpty();
        });
    }

    /** Answers a data directory with the backup and the secrets, and with nothing of what the service remembers outside its database. */
    private static Path besideIt(Service original, Path backup) throws IOException {
        Path beside = original.dataDir().resolveSibling(original.dataDir().getFileName() + "-beside");
        Files.createDirectories(beside.resolve("postgres"));
        Files.move(backup, beside.resolve("postgres/data"));
        for (String secret : List.of("postgres/password", "signing-key")) {
            copyOne(original.dataDir().resolve(secret), beside.resolve(secret));
        }
        return beside;
    }

    /** Of the whole price, so that it is worth paying out. */
    private static String linkOfPaid(World world, Purchase purchase) {
        world.provider.pay(purchase.id());
        return awaitLink(world, purchase);
    }

    private static String awaitLink(World world, Purchase purchase) {
        World.await("the way in").until(() -> !world.links(purchase.buyer()).isEmpty());
        return world.newestLink(purchase.buyer());
    }

    private static String access(Service service, Purchase purchase) {
        return payment(service, purchase).path("grant").path("access").stringValue("");
    }

    private static boolean isAccrued(Service service, Purchase purchase) {
        return payment(service, purchase)
                .path("journal")
                .valueStream()
                .anyMatch(line -> line.path("kind").stringValue("").equals("accrual"));
    }

    private static JsonNode payment(Service service, Purchase purchase) {
        return service.ok(service.get("/api/v1/payments/" + purchase.paymentId()));
    }

    private static long timesAdmitted(World world, Shop shop, Purchase purchase) {
        return world.telegram.chat(shop.chatId()).admitted().stream()
                .filter(admission -> admission.userId() == purchase.buyer())
                .count();
    }

    private static String standingLink(World world, Shop shop) {
        return world.telegram.chat(shop.chatId()).links().stream()
                .filter(link -> link.createsJoinRequest())
                .findFirst()
                .orElseThrow()
                .inviteLink();
    }

    private static void open(World world, Purchase purchase) {
        world.telegram.openLink(
                purchase.buyer(), world.links(purchase.buyer()).iterator().next());
    }

    private static Map<String, Long> acted(World world) {
        Map<String, Long> acted = new TreeMap<>(world.telegram.log().counts());
        acted.keySet().removeAll(ASKING);
        return acted;
    }

    private static int waiting(Service service, String queue) {
        for (JsonNode one : service.ok(service.get("/api/v1/hold")).path("waiting")) {
            if (one.path("queue").stringValue("").equals(queue)) {
                return one.path("tasks").intValue();
            }
        }
        return 0;
    }

    private static List<String> held(Service service) {
        return service.ok(service.get("/api/v1/queues"))
                .valueStream()
                .filter(queue -> queue.path("held").asBoolean())
                .map(queue -> queue.path("name").stringValue(""))
                .toList();
    }

    private static boolean willBeDeclined(Service service, long user) throws IOException, SQLException {
        try (Connection database = service.database();
                var select = database.prepareStatement(
                        "select from tasks.task where kind = 'decline_join' and payload ->> 'user' = ?")) {
            select.setString(1, Long.toString(user));
            return select.executeQuery().next();
        }
    }

    private static void makeDue(Service service, String kind) throws IOException, SQLException {
        try (Connection database = service.database();
                var update = database.prepareStatement(
                        "update tasks.task set due_at = '2026-01-01T00:00:00Z' where kind = ? and state = 'ready'")) {
            update.setString(1, kind);
            assertThat(update.executeUpdate()).isPositive();
        }
    }

    /** Once a harmless task that is due after all others is done, the others had their turn and were not taken. */
    private static void haveLooked(Service service, Purchase purchase) throws IOException, SQLException {
        try (Connection database = service.database();
                var insert = database.prepareStatement("""
                        insert into tasks.task
                          (seller_id, kind, subject, task_id, payload, state, due_at, created_at, owed_since)
                        select seller_id, 'look', ?, gen_random_uuid(), jsonb_build_object('payment', payment_id),
                          'ready', now(), now(), now() from payments.payment where payment_id = ?
                        """);
                var look = database.prepareStatement("select state from tasks.task where subject = ?")) {
            String drill = "drill " + UUID.randomUUID();
            insert.setString(1, drill);
            insert.setString(2, purchase.paymentId());
            look.setString(1, drill);
            assertThat(insert.executeUpdate()).isEqualTo(1);
            World.await("the worker's turn").until(() -> {
                var row = look.executeQuery();
                return row.next() && row.getString(1).equals("done");
            });
        }
    }

    /** As pg_basebackup does it, which does not come along with the embedded server. */
    private static Path backUp(Service service) throws IOException, SQLException {
        Path cluster = service.dataDir().resolve("postgres/data");
        Path backup = service.dataDir().resolveSibling(service.dataDir().getFileName() + "-backup");
        try (Connection database = service.database();
                var statement = database.createStatement()) {
            statement.execute("select pg_backup_start('drill', true)");
            copy(cluster, backup, file -> !file.startsWith("pg_wal") && !file.startsWith("postmaster.pid"));
            try (var stopped = statement.executeQuery("select labelfile from pg_backup_stop(false)")) {
                assertThat(stopped.next()).isTrue();
                copy(cluster.resolve("pg_wal"), backup.resolve("pg_wal"), file -> true);
                Files.writeString(backup.resolve("backup_label"), stopped.getString(1));
            }
        }
        return backup;
    }

    private static void stopDatabase(Service service) throws Exception {
        ProcessHandle postgres = ProcessHandle.of(service.postmasterPid()).orElseThrow();
        postgres.destroy();
        postgres.onExit().get();
    }

    private static void restore(Path backup, Path to) {
        try (Stream<Path> old = Files.walk(to)) {
            for (Path file : old.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        copy(backup, to, file -> true);
    }

    private static void copy(Path from, Path to, Predicate<Path> wanted) {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path file : all.toList()) {
                Path place = from.relativize(file);
                if (wanted.test(place)) {
                    copyOne(file, to.resolve(place.toString()));
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void copyOne(Path file, Path to) throws IOException {
        try {
            Files.copy(file, to, StandardCopyOption.COPY_ATTRIBUTES);
        } catch (NoSuchFileException e) {
            // the server has removed it meanwhile, so it is not needed
        }
    }
}
