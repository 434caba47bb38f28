package admitone.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.acceptance.World.Purchase;
import admitone.acceptance.World.Shop;
import admitone.simulators.telegram.Control;
import admitone.simulators.telegram.FaultKind;
import admitone.simulators.telegram.OpenResult;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Channels of one-time links: at most one person is inside by a payment at any instant, and in the end the one who paid. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OneTimeLinkFlowTests {
    private static final String MODE = "one_time_link";
    private static final AtomicLong STRANGERS = new AtomicLong(6_000_000_000L);

    @SuppressWarnings("NullAway.Init")
    private World world;

    @BeforeAll
    void open() {
        world = new World(Map.of("ADMITONE_SWEEP_FIRST", "24h", "ADMITONE_STATUS_LIMIT_PER_MINUTE", "0"));
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

    @Test
    void fiveHundredStrangersWithLeakedLinksAndTheBuyersAreInsideInTheEnd() throws Exception {
        Shop shop = world.openShop(MODE);
        List<Purchase> purchases = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            purchases.add(world.buy(shop, world.newBuyer()));
        }
        purchases.forEach(purchase -> world.settle(purchase.id(), true));

        List<Long> strangers = new ArrayList<>();
        Stream.generate(OneTimeLinkFlowTests::nextStranger).limit(500).forEach(strangers::add);
        strangers.forEach(id -> world.telegram.addUser(id, "Stranger"));
        List<Callable<Void>> races = new ArrayList<>();
        for (int i = 0; i < purchases.size(); i++) {
            Purchase purchase = purchases.get(i);
            List<Long> fifty = strangers.subList(50 * i, 50 * i + 50);
            races.add(() -> race(shop, purchase, fifty));
        }
        allOf(races);

        World.await("every buyer inside")
                .until(() -> purchases.stream().allMatch(p -> world.telegram.isMember(shop.chatId(), p.buyer())));
        World.await("every stranger outside")
                .until(() -> strangers.stream().noneMatch(id -> world.telegram.isMember(shop.chatId(), id)));
        List<Control.Move> moves = world.telegram.moves(shop.chatId());
        assertThat(moves.stream().filter(move -> strangers.contains(move.userId()) && move.inside()))
                .as("strangers came in, else nothing is shown")
                .hasSizeGreaterThanOrEqualTo(10);
        for (Purchase purchase : purchases) {
            assertThat(mostInsideAtOnce(moves, world.links(purchase.buyer()))).isEqualTo(1);
            World.await("admitted").until(() -> world.access(purchase).equals("admitted"));
        }
        assertThat(world.cases(shop)).hasSize(10).containsOnly("stranger_first");
        everythingHolds();
    }

    /** The first link leaks before the buyer opens it, the second while; any further one is the buyer's. */
    private Void race(Shop shop, Purchase purchase, List<Long> strangers) throws Exception {
        String first = awaitLink(purchase, 1);
        List<Callable<OpenResult>> early = new ArrayList<>();
        strangers.subList(0, 25).forEach(id -> early.add(() -> world.telegram.openLink(id, first)));
        allOf(early);
        String second = awaitLink(purchase, 2);
        List<Callable<OpenResult>> late = new ArrayList<>();
        strangers.subList(25, 50).forEach(id -> late.add(() -> world.telegram.openLink(id, second)));
        late.add(12, () -> world.telegram.openLink(purchase.buyer(), second));
        strangers.subList(0, 25).forEach(id -> late.add(() -> world.telegram.openLink(id, first)));
        allOf(late);
        World.await("the buyer inside").until(() -> {
            world.telegram.openLink(purchase.buyer(), world.newestLink(purchase.buyer()));
            return world.telegram.isMember(shop.chatId(), purchase.buyer());
        });
        return null;
    }

    private String awaitLink(Purchase purchase, int count) {
        World.await("link " + count).until(() -> world.links(purchase.buyer()).size() >= count);
        return List.copyOf(world.links(purchase.buyer())).get(count - 1);
    }

    private static int mostInsideAtOnce(List<Control.Move> moves, Set<String> links) {
        Set<Long> inside = new HashSet<>();
        int most = 0;
        for (Control.Move move : moves) {
            if (links.contains(String.valueOf(move.inviteLink()))) {
                if (move.inside()) {
                    inside.add(move.userId());
                } else {
                    inside.remove(move.userId());
                }
                most = Math.max(most, inside.size());
            }
        }
        return most;
    }

    private static <T> void allOf(List<Callable<T>> work) throws Exception {
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
            for (Future<T> one : all) {
                one.get();
            }
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
