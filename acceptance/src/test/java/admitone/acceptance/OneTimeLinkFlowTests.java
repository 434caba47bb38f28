package admitone.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.acceptance.World.Purchase;
import admitone.acceptance.World.Shop;
import admitone.simulators.telegram.Control;
import admitone.simulators.telegram.FaultKind;
import admitone.simulators.telegram.OpenResult;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Channels of one-time links: at most one person is inside by a payment at any instant, and in the end the one who paid. Of two instances the second
 * one is started first, and listens to the bot.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OneTimeLinkFlowTests {
    private static final String MODE = "one_time_link";
    private static final AtomicLong STRANGERS = new AtomicLong(6_000_000_000L);

    private final World world =
            World.sharing(2, Map.of("ADMITONE_SWEEP_FIRST", "24h", "ADMITONE_STATUS_LIMIT_PER_MINUTE", "0"));
    private final Service listening = world.instance(2);

    @BeforeAll
    void open() {
        listening.start();
        World.await("it listens").until(() -> !world.listener().isEmpty());
        world.service.start();
    }

    @AfterAll
    void close() {
        world.close();
    }

    @Test
    void aPurchaseBringsALinkThatIsRevokedWhenTheBuyerCameIn() {
        Shop shop = world.openShop(MODE);
        var channel = world.service.ok(world.service.get("/api/v1/channels/" + shop.channelId()));
        assertThat(channel.path("admission").stringValue()).isEqualTo(MODE);
        assertThat(channel.path("link_ready").booleanValue()).isTrue();
        Purchase purchase = world.buy(shop, world.newBuyer());

        String link = world.linkOf(purchase);

        Control.LinkView told = world.link(shop, link);
        assertThat(told.memberLimit()).isEqualTo(1);
        assertThat(told.name()).startsWith("ap-");
        assertThat(told.expireDate())
                .isBetween(
                        world.telegram.clock().instant().getEpochSecond() + 6 * 86_400,
                        world.telegram.clock().instant().getEpochSecond() + 7 * 86_400);
        World.await("delivered").until(() -> world.access(purchase).equals("delivered"));
        assertThat(world.service.get("/success?order_id=" + purchase.orderId()).body())
                .contains("lets in one person")
                .doesNotContain("t.me/+");
        assertThat(world.telegram.openLink(purchase.buyer(), link)).isEqualTo(OpenResult.JOINED);
        World.await("revoked").until(() -> world.link(shop, link).isRevoked());
        World.await("admitted").until(() -> world.access(purchase).equals("admitted"));
        assertThat(world.telegram.openLink(stranger(), link)).isEqualTo(OpenResult.EXPIRED);
        assertThat(world.service.get("/success?order_id=" + purchase.orderId()).body())
                .contains("send the bot /start to get a new link");
        everythingHolds();
    }

    @Test
    void linksWhoseAnswersWereLostAreHandedToNobodyAndOpenNothingForLong() {
        long chat = world.newChat();
        world.telegram.addFault(Control.Fault.of(FaultKind.DROP_AFTER_EFFECT, "createChatInviteLink")
                .times(3)
                .inChat(chat));
        Shop shop = world.register(chat, MODE);
        World.await("a full pool").until(() -> world.telegram.chat(chat).links().size() == World.POOL + 3);
        Set<String> told = new HashSet<>();
        for (int i = 0; i < 5; i++) {
            told.add(world.linkOf(world.buy(shop, world.newBuyer())));
        }
        assertThat(told).hasSize(5);
        String orphan = world.telegram.chat(chat).links().getFirst().inviteLink();
        assertThat(told).doesNotContain(orphan);

        long stranger = stranger();
        assertThat(world.telegram.openLink(stranger, orphan)).isEqualTo(OpenResult.JOINED);

        World.await("removed").until(() -> !world.telegram.isMember(chat, stranger));
        World.await("revoked").until(() -> world.link(shop, orphan).isRevoked());
        World.await("the case").until(() -> world.cases(shop).contains("orphan_link"));
        World.await("not banned for good")
                .until(() -> world.telegram.openLink(
                                stranger,
                                world.telegram.chat(chat).links().getLast().inviteLink())
                        == OpenResult.JOINED);
        World.await("removed again").until(() -> !world.telegram.isMember(chat, stranger));
        everythingHolds();
    }

    @Test
    void whoPaysWhileNoLinkIsThereGetsOneAsSoonAsThereIs() {
        long chat = world.newChat();
        world.telegram.addFault(
                new Control.Fault("createChatInviteLink", FaultKind.FLOOD, null, chat, 0, 1, null, null, null));
        Shop shop = world.register(chat, MODE);
        Purchase purchase = world.buy(shop, world.newBuyer());
        world.settle(purchase.id(), true);
        World.await("preparing").until(() -> world.access(purchase).equals("preparing"));

        world.telegram.clearFaults();

        World.await("the way in").until(() -> world.links(purchase.buyer()).size() == 1);
        assertThat(world.telegram.openLink(purchase.buyer(), world.newestLink(purchase.buyer())))
                .isEqualTo(OpenResult.JOINED);
    }

    @Test
    void whoLeftGetsANewLinkAndTheUsedOneStaysShut() {
        Shop shop = world.openShop(MODE);
        Purchase purchase = world.buy(shop, world.newBuyer());
        String link = world.linkOf(purchase);
        world.telegram.openLink(purchase.buyer(), link);
        World.await("revoked").until(() -> world.link(shop, link).isRevoked());
        World.await("admitted").until(() -> world.access(purchase).equals("admitted"));
        world.telegram.leave(purchase.buyer(), shop.chatId());

        World.await("a new link").until(() -> {
            world.telegram.start(purchase.buyer(), World.BOT, null);
            return world.links(purchase.buyer()).size() == 2;
        });

        String another = world.newestLink(purchase.buyer());
        assertThat(world.telegram.openLink(purchase.buyer(), another)).isEqualTo(OpenResult.JOINED);
        World.await("revoked").until(() -> world.link(shop, another).isRevoked());
        everythingHolds();
    }

    @Test
    void aRenewalOfOneWhoIsInsideBringsAMessageWithoutALink() {
        Shop shop = world.openShop(MODE);
        long buyer = world.newBuyer();
        Purchase first = world.buy(shop, buyer);
        world.telegram.openLink(buyer, world.linkOf(first));
        World.await("admitted").until(() -> world.access(first).equals("admitted"));

        Purchase second = world.buy(shop, buyer);
        world.settle(second.id(), true);

        World.await("told")
                .until(() -> world.telegram.messages(buyer, World.BOT).stream()
                        .anyMatch(message -> message.text().contains("extended")));
        assertThat(world.links(buyer)).hasSize(1);
        assertThat(world.access(second)).isEqualTo("admitted");
    }

    /**
     * First links leak while Telegram holds updates back, and half of those who come in by them buy before anybody has heard of them, and pass on what they
     * are told. Then second links leak, some who come in by those buy too, and the instance that listens is killed. Whoever was inside before buys as well,
     * and has no link to pass on.
     */
    @Test
    void fiveHundredStrangersWithLeakedLinksAndTheBuyersAreInsideInTheEnd() throws Exception {
        Sales sales = new Sales(world.openShop(MODE));
        Shop shop = sales.shop;
        List<Purchase> purchases =
                tenTimes(() -> world.buy(shop, world.newBuyer())).toList();
        List<Purchase> ofMembers =
                tenTimes(() -> world.buy(shop, addedByTheOwner(shop))).toList();
        String members = ofMembers.stream().map(p -> Long.toString(p.buyer())).collect(Collectors.joining(","));
        World.await("heard that they are inside")
                .until(() -> world.count("access.seat where inside and telegram_user_id in (" + members + ")") == 10);
        List<Long> strangers =
                Stream.generate(OneTimeLinkFlowTests::nextStranger).limit(500).toList();
        strangers.forEach(id -> world.telegram.addUser(id, "Stranger"));

        world.telegram.addFault(Control.Fault.of(FaultKind.SLOW_BEFORE_EFFECT, "banChatMember")
                .delay(Duration.ofSeconds(2)) // in which they are inside
                .times(0)
                .inChat(shop.chatId()));
        holdUpdates(true);
        purchases.forEach(sales::settle);
        ofMembers.forEach(sales::settle);
        List<Callable<Long>> firsts = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Purchase purchase = purchases.get(i);
            List<Long> early = strangers.subList(50 * i, 50 * i + 25);
            firsts.add(() -> whoComesIn(early, awaitLink(purchase, 1)));
        }
        List<Purchase> ofStrangers =
                allOf(firsts).stream().limit(5).map(sales::sell).toList();
        World.await("they are told")
                .until(() -> ofStrangers.stream()
                        .allMatch(p -> Set.of("delivered", "admitted").contains(world.access(p))));
        ofStrangers.forEach(this::passesItOn);
        holdUpdates(false);

        List<Callable<Void>> races = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Purchase purchase = purchases.get(i);
            List<Long> fifty = strangers.subList(50 * i, 50 * i + 50);
            boolean strangerBuys = i % 2 == 0;
            races.add(() -> race(sales, purchase, fifty, strangerBuys));
        }
        races.add(() -> killTheListener(purchases));
        allOf(races);

        World.await("whoever paid inside, every other stranger outside")
                .until(() -> nobodyIsBeingRemoved()
                        && sales.all().filter(sales::comesIn).count() == sales.size()
                        && strangers.stream().noneMatch(id -> sales.isInside(id) && !sales.hasPaid(id)));
        for (Purchase purchase : sales.all().toList()) {
            World.await("admitted").until(() -> world.access(purchase).equals("admitted"));
            assertThat(sales.mostInsideAtOnce(purchase)).as(purchase.toString()).isEqualTo(1);
        }
        assertThat(ofMembers).allSatisfy(p -> assertThat(world.links(p.buyer())).isEmpty());
        assertThat(world.cases(shop)).hasSize(10).containsOnly("stranger_first");
        everythingHolds();
        assertThat(sales.all()).allMatch(purchase -> sales.isInside(purchase.buyer()));
    }

    /** Whatever link they were told. */
    private void passesItOn(Purchase purchase) {
        world.links(purchase.buyer()).forEach(link -> world.telegram.openLink(stranger(), link));
    }

    /** The second link leaks while the buyer opens it, and a stranger who was faster may buy; any further one is the buyer's. */
    private Void race(Sales sales, Purchase purchase, List<Long> strangers, boolean strangerBuys) throws Exception {
        String second = awaitLink(purchase, 2);
        List<Long> late = new ArrayList<>(strangers.subList(25, 50));
        late.add(12, purchase.buyer());
        long in = whoComesIn(late, second);
        if (in != purchase.buyer() && strangerBuys) {
            sales.sell(in);
        }
        String first = awaitLink(purchase, 1);
        strangers
                .subList(0, 25)
                .forEach(id -> assertThat(world.telegram.openLink(id, first)).isNotEqualTo(OpenResult.JOINED));
        World.await("the buyer inside").until(() -> sales.comesIn(purchase));
        return null;
    }

    /** As soon as one of them is told a second link. */
    private Void killTheListener(List<Purchase> purchases) {
        String killed = world.listener();
        World.await("a second link")
                .until(() -> purchases.stream()
                        .anyMatch(purchase -> world.links(purchase.buyer()).size() > 1));
        listening.kill();
        World.await("another listens").until(() -> !Set.of("", killed).contains(world.listener()));
        return null;
    }

    /** Who paid for a shop, and when. */
    private final class Sales {
        private final Shop shop;
        private final Map<Purchase, Integer> movesBefore = new ConcurrentHashMap<>();

        Sales(Shop shop) {
            this.shop = shop;
        }

        /** To somebody who never spoke to the bot; only who is outside opens a link that they are told. */
        Purchase sell(long user) {
            world.telegram.start(user, World.BOT, null);
            Purchase purchase = world.buy(shop, user);
            settle(purchase);
            return purchase;
        }

        void settle(Purchase purchase) {
            movesBefore.put(purchase, world.telegram.moves(shop.chatId()).size());
            world.settle(purchase.id(), true);
        }

        Stream<Purchase> all() {
            return movesBefore.keySet().stream();
        }

        int size() {
            return movesBefore.size();
        }

        boolean hasPaid(long user) {
            return hasPaid(user, Integer.MAX_VALUE);
        }

        private boolean hasPaid(long user, int moves) {
            return movesBefore.entrySet().stream()
                    .anyMatch(one -> one.getKey().buyer() == user && one.getValue() <= moves);
        }

        boolean isInside(long user) {
            return world.telegram.isMember(shop.chatId(), user);
        }

        /** Whether its buyer is inside; who is not opens the link that they were told last. */
        boolean comesIn(Purchase purchase) {
            if (!isInside(purchase.buyer()) && !world.links(purchase.buyer()).isEmpty()) {
                world.telegram.openLink(purchase.buyer(), world.newestLink(purchase.buyer()));
            }
            return isInside(purchase.buyer());
        }

        /** By a payment are inside: who made it, and whoever came by a link that it brought and has not paid themselves. */
        int mostInsideAtOnce(Purchase purchase) {
            Set<String> links = world.links(purchase.buyer());
            List<Control.Move> moves = world.telegram.moves(shop.chatId());
            Map<Long, String> inside = new HashMap<>();
            int most = 0;
            for (int i = 0; i < moves.size(); i++) {
                Control.Move move = moves.get(i);
                if (move.inside()) {
                    inside.put(move.userId(), String.valueOf(move.inviteLink()));
                } else {
                    inside.remove(move.userId());
                }
                int before = i;
                long byIt = inside.entrySet().stream()
                        .filter(one -> hasPaid(one.getKey(), before)
                                ? one.getKey() == purchase.buyer()
                                : links.contains(one.getValue()))
                        .count();
                most = Math.max(most, (int) byIt);
            }
            return most;
        }
    }

    private String awaitLink(Purchase purchase, int count) {
        World.await("link " + count).until(() -> world.links(purchase.buyer()).size() >= count);
        return List.copyOf(world.links(purchase.buyer())).get(count - 1);
    }

    /** All open the link at once, and it lets in one. */
    private long whoComesIn(List<Long> users, String link) throws Exception {
        List<OpenResult> results = allOf(users.stream()
                .<Callable<OpenResult>>map(id -> () -> world.telegram.openLink(id, link))
                .toList());
        assertThat(results).containsOnlyOnce(OpenResult.JOINED);
        return users.get(results.indexOf(OpenResult.JOINED));
    }

    private long addedByTheOwner(Shop shop) {
        long owner = world.telegram.chat(shop.chatId()).members().stream()
                .filter(member -> member.status().equals("creator"))
                .findFirst()
                .orElseThrow()
                .userId();
        long user = world.newBuyer();
        world.telegram.addByHuman(owner, shop.chatId(), user);
        return user;
    }

    private void holdUpdates(boolean held) {
        world.telegram.setUpdates(new Control.UpdateSwitches(null, null, null, held));
    }

    private boolean nobodyIsBeingRemoved() {
        return world.service
                .ok(world.service.get("/api/v1/queues"))
                .valueStream()
                .filter(queue -> queue.path("name").stringValue("").equals("remove_stranger"))
                .allMatch(queue -> queue.path("ready").intValue()
                                + queue.path("scheduled").intValue()
                                + queue.path("running").intValue()
                        == 0);
    }

    private static <T> Stream<T> tenTimes(Supplier<T> make) {
        return Stream.generate(make).limit(10);
    }

    private static <T> List<T> allOf(List<Callable<T>> work) throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<T>> all = new ArrayList<>();
            for (Callable<T> one : work) {
                all.add(threads.submit(() -> {
                    go.await();
                    return one.call();
                }));
            }
            go.countDown();
            List<T> results = new ArrayList<>();
            for (Future<T> one : all) {
                results.add(one.get());
            }
            return results;
        }
    }

    private long stranger() {
        long id = nextStranger();
        world.telegram.addUser(id, "Stranger");
        return id;
    }

    private static long nextStranger() {
        return STRANGERS.incrementAndGet();
    }

    private void everythingHolds() {
        World.await("all that must always hold")
                .untilAsserted(() -> assertThat(world.service.ok(world.service.get("/api/v1/invariants")))
                        .isNotEmpty()
                        .allSatisfy(one -> assertThat(one.path("violations").longValue(-1))
                                .as(one.toString())
                                .isZero()));
        assertThat(world.service.ok(world.service.get("/api/v1/queues")))
                .allSatisfy(queue -> assertThat(queue.path("dead").intValue(-1))
                        .as(queue.toString())
                        .isZero());
    }
}
