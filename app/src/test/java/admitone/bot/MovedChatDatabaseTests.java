package admitone.bot;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.AtOnce;
import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.access.Effects;
import admitone.access.Grants;
import admitone.catalog.Catalog;
import admitone.catalog.Catalog.RouteKind;
import admitone.catalog.Channel;
import admitone.catalog.ClosedChatId;
import admitone.catalog.OpenChatId;
import admitone.messaging.BotName;
import admitone.messaging.ChatMoved;
import admitone.messaging.Incoming;
import admitone.messaging.Incoming.JoinRequested;
import admitone.messaging.Incoming.Link;
import admitone.messaging.Incoming.Said;
import admitone.messaging.IncomingListener;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.Role;
import admitone.messaging.Messenger.Standing;
import admitone.runtime.Answer;
import admitone.tasks.Tasks;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A group becomes a supergroup, which has another id. */
class MovedChatDatabaseTests {
    private static final long BUYER = Core.BUYER;
    private static final long STRANGER = 99;
    private static final long NOW = -1003000000001L;

    private final Core core = Core.start("moved");
    private final Catalog catalog = core.bean(Catalog.class);
    private long update = 10;

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void whoHasPaidComesInThereByALinkOfTheNewChat() {
        Shop shop = core.shop("0123456789ab");
        buy(shop);

        hears(new Incoming.Migrated(closed(shop), NOW));
        core.publish(new ChatMoved(closed(shop), NOW)); // told again, by an answer
        work();

        Channel channel = catalog.channelOf(new ClosedChatId(NOW)).orElseThrow();
        assertThat(channel.id()).isEqualTo(shop.channel().id());
        String link = Objects.requireNonNull(channel.standingLink());
        assertThat(link).startsWith("https://t.me/+link-ao-");
        assertThat(core.messenger.calls)
                .filteredOn(call -> call.startsWith("link "))
                .hasSize(1);
        assertThat(core.count("timeline.event where kind = 'chat_moved'")).isEqualTo(1);

        asksForAccess();
        assertThat(last().html()).contains(link);
        core.messenger.pending.add(BUYER);
        hears(new JoinRequested(NOW, BUYER, BUYER, core.clock.instant(), new Link(link, "ao-x", true)));
        work();
        assertThat(core.messenger.inside).containsExactly(BUYER);
    }

    /** As whoever makes a link locks them; the other way round one of two would be thrown back. */
    @Test
    void taskThatMakesLinksIsLockedBeforeTheChannel() throws Exception {
        Shop shop = core.shop("0123456789ab");
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Tasks.class)
                        .owe(shop.seller(), Effects.standingLink(shop.channel().id())));
        CountDownLatch has = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var task = threads.submit(() -> core.transactions.run(shop.seller(), () -> {
                core.bean(Tasks.class)
                        .wake(shop.seller(), Effects.standingLink(shop.channel().id()));
                has.countDown();
                await(goesOn);
                return catalog.linkIsGone(shop.channel(), "https://t.me/+standing");
            }));
            has.await();
            var moved = threads.submit(() -> hears(new Incoming.Migrated(closed(shop), NOW)));
            core.awaitLock();
            goesOn.countDown();

            assertThat(task.get()).isTrue();
            moved.get();
        }
        assertThat(catalog.channelOf(new ClosedChatId(NOW))).isPresent();
    }

    @Test
    void toldTwiceAtOnceItMovesOnce() throws Exception {
        Shop shop = core.shopOfOneTimeLinks("0123456789ab");

        AtOnce.atOnce(8, () -> {
            core.publish(new ChatMoved(closed(shop), NOW));
            return true;
        });

        assertThat(core.count("timeline.event where kind = 'chat_moved'")).isEqualTo(1);
        assertThat(catalog.channelOf(new ClosedChatId(NOW))).isPresent();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whatTheBotMayDoThereIsLookedUpAnew() {
        Shop shop = core.shop("0123456789ab");
        core.messenger.onStanding = _ -> new Answer.Done<>(new Standing(Role.MEMBER, false, false));

        hears(new Incoming.Migrated(closed(shop), NOW));
        work();

        assertThat(catalog.isClosed(shop.seller(), shop.channel().id())).isTrue();
    }

    @Test
    void oneTimeLinksOfTheOldChatAreReplaced() {
        Shop shop = core.shopOfOneTimeLinks("0123456789ab");
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Tasks.class)
                        .owe(shop.seller(), Effects.fillPool(shop.channel().id())));
        work();
        buy(shop);
        List<String> before = core.strings("select name from access.pool_link");

        hears(new Incoming.Migrated(closed(shop), NOW));
        for (int second = 0; second < 20; second++) {
            core.clock.advance(Duration.ofSeconds(1));
            work();
        }

        assertThat(core.strings("select name from access.pool_link where state in ('free', 'assigned')"))
                .hasSizeGreaterThan(10)
                .doesNotContainAnyElementsOf(before);
        assertThat(core.strings("select name from access.pool_link where state = 'assigned'"))
                .singleElement()
                .satisfies(name -> assertThat(last().html()).contains("https://t.me/+link-" + name));
    }

    /** Telegram keeps what happened before for a day. */
    @Test
    void whoCameInBeforeIsHeardOfAlsoAfterTheMove() {
        Shop shop = core.shopOfOneTimeLinks("0123456789ab");
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Tasks.class)
                        .owe(shop.seller(), Effects.fillPool(shop.channel().id())));
        work();
        buy(shop);
        String url = core.strings("select url from access.pool_link where state = 'assigned'")
                .getFirst();
        core.messenger.inside.add(STRANGER);

        core.publish(new ChatMoved(closed(shop), NOW)); // told by an answer
        hears(new Incoming.MembershipChanged(
                closed(shop), STRANGER, STRANGER, false, true, core.clock.instant(), new Link(url, "ao-x", true)));
        for (int second = 0; second < 20; second++) {
            core.clock.advance(Duration.ofSeconds(1));
            work();
        }

        assertThat(core.strings("select outcome from access.stranger")).containsExactly("removed");
        assertThat(core.messenger.inside).isEmpty();
    }

    @Test
    void plansArePostedAnewAndOldOrderIdsStillFindTheirChannel() {
        Shop shop = core.shop("0123456789ab");
        OpenChatId open = Objects.requireNonNull(shop.channel().openChat());
        catalog.claimRoute(RouteKind.OPEN_CHAT, Long.toString(open.value()), shop.seller());
        core.bean(BotName.class).start();
        Awaitility.await().until(() -> core.bean(BotName.class).startLink("x").isPresent());
        core.transactions.run(
                shop.seller(),
                () -> core.bean(PlanPosts.class)
                        .refresh(catalog.channel(shop.seller(), shop.channel().id())
                                .orElseThrow()));
        work();
        assertThat(core.messenger.sent).extracting(Message::chatId).containsExactly(open.value());

        hears(new Incoming.Migrated(open.value(), NOW));
        hears(new Incoming.Migrated(open.value(), NOW));
        work();

        core.bean(BotName.class).stop();
        assertThat(core.messenger.sent).extracting(Message::chatId).containsExactly(open.value(), NOW);
        assertThat(catalog.channelsBeside(open))
                .extracting(Channel::openChat)
                .containsExactly(new OpenChatId(NOW))
                .isEqualTo(catalog.channelsBeside(new OpenChatId(NOW)).stream()
                        .map(Channel::openChat)
                        .toList());
    }

    @Test
    void idThatAnotherSellerHasIsNotTaken() {
        Shop shop = core.shop("0123456789ab");
        Shop other = core.shop("ba9876543210");

        hears(new Incoming.Migrated(closed(shop), closed(other)));

        assertThat(catalog.channelOf(new ClosedChatId(closed(shop)))).isPresent();
        assertThat(catalog.channelOf(new ClosedChatId(closed(other))))
                .hasValueSatisfying(channel -> assertThat(channel.seller()).isEqualTo(other.seller()));
    }

    @Test
    void whereTheNewIdIsAnotherChannelTheOldOneIsClosedAndItsSellerAskedOnce() {
        Shop shop = core.shop("0123456789ab");
        Shop other = core.shop("ba9876543210");

        hears(new Incoming.Migrated(closed(shop), closed(other)));
        core.publish(new ChatMoved(closed(shop), closed(other))); // at each call to the old one
        work();

        assertThat(core.strings("select kind from cases.cases where state = 'open'"))
                .containsExactly("chat_taken");
        assertThat(core.messenger.sent)
                .singleElement()
                .satisfies(message ->
                        assertThat(message.html()).contains("registered here as another channel", "Signals"));
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Tasks.class).owe(shop.seller(), LookRightsTask.look(shop.channel(), "a-test")));
        work(); // what is asked of the old one is answered for the other
        assertThat(catalog.isClosed(shop.seller(), shop.channel().id())).isTrue();
        assertThat(catalog.isClosed(other.seller(), other.channel().id())).isFalse();
    }

    private void buy(Shop shop) {
        core.bean(Grants.class).knowBuyer(shop.seller(), BUYER);
        core.hear(Ipn.finished("5996609246", core.order(shop).id()));
        work();
        core.messenger.calls.clear();
    }

    private void asksForAccess() {
        core.clock.advance(Duration.ofMinutes(5));
        hears(new Said(BUYER, "/access", core.clock.instant()));
        work();
    }

    private static long closed(Shop shop) {
        return shop.channel().closedChat().value();
    }

    private Message last() {
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() == BUYER)
                .toList()
                .getLast();
    }

    private void hears(Incoming incoming) {
        long id = ++update;
        core.beans(IncomingListener.class).forEach(listener -> listener.on(id, incoming));
    }

    private void work() {
        core.startTasks();
        core.wakeTasks();
        core.awaitTasks();
    }
}
