package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.catalog.ChannelTexts;
import admitone.checkout.Order;
import admitone.messaging.Incoming;
import admitone.messaging.IncomingListener;
import admitone.messaging.Language;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import admitone.tasks.Owed;
import admitone.tasks.Tasks;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AdmissionDatabaseTests {
    private static final String LINK = "https://t.me/+standing";
    private static final String ID = "5996609246";
    private static final long BUYER = Core.BUYER;

    private final Core core = Core.start("admission");
    private final Shop shop = core.shop("0123456789ab");
    private final Admission admission = core.bean(Admission.class);

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void whoPaidIsApproved() {
        pay(core.order(shop));

        asks(1, BUYER, link(LINK));
        work();

        assertThat(core.messenger.inside).containsExactly(BUYER);
        assertThat(access()).containsExactly("admitted");
        assertThat(core.count("timeline.event where kind = 'admitted'")).isEqualTo(1);
    }

    @Test
    void updateHeardTwiceOwesOnce() {
        pay(core.order(shop));

        asks(1, BUYER, link(LINK));
        asks(1, BUYER, link(LINK));
        work();

        assertThat(core.messenger.calls).containsExactly("approve " + BUYER);
    }

    @Test
    void whoIsAboutToPayIsKeptPendingAndLetInWhenThePaymentComes() {
        Order order = core.order(shop);
        asks(1, BUYER, link(LINK));
        work();
        assertThat(core.messenger.calls).isEmpty();
        assertThat(core.messenger.sent).isEmpty();

        pay(order);
        core.awaitTasks();

        assertThat(core.messenger.inside).containsExactly(BUYER);
        assertThat(access()).containsExactly("admitted");
    }

    /** Their request was taken up while the bot could let nobody in, and that ended with their time. */
    @Test
    void whoseRequestOutlivedTheirTimeIsLetInByTheNextPayment() {
        pay(core.order(shop));
        core.messenger.onApprove = _ -> new Answer.Declined<>(Refusal.NO_RIGHTS, "not enough rights");
        asks(1, BUYER, link(LINK));
        work();
        core.clock.advance(Duration.ofDays(31));
        core.awaitTasks();
        assertThat(core.tasks("approve_join")).containsExactly("done");
        core.messenger.onApprove = user -> new Answer.Done<>(core.messenger.inside.add(user));

        core.hear(Ipn.finished("5996609247", core.order(shop).id()));
        core.awaitTasks();

        assertThat(core.messenger.inside).containsExactly(BUYER);
    }

    /** Its outcome is written with its row locked, and the seat then: who waited for it with the seat locked would be thrown back. */
    @Test
    void paymentDoesNotWaitForAnApprovalThatEndsAtThatMoment() throws Exception {
        pay(core.order(shop));
        core.messenger.onApprove = _ -> new Answer.Declined<>(Refusal.NO_RIGHTS, "not enough rights");
        asks(1, BUYER, link(LINK));
        work();
        String second = core.order(shop).id();
        Owed ending = Effects.approve(shop.channel().id(), BUYER, "update-1");

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            core.transactions.run(shop.seller(), () -> {
                core.bean(Tasks.class).wake(shop.seller(), ending);
                var heard = threads.submit(() -> core.hear(Ipn.finished("5996609247", second)));
                assertThat(heard).succeedsWithin(Duration.ofSeconds(20));
            });
        }
        assertThat(core.state("5996609247")).isEqualTo("paid");
    }

    @Test
    void paymentAndRequestAtTheSameTimeEndInside() {
        for (int round = 0; round < 15; round++) {
            long buyer = 500L + round;
            Order order = core.order(shop, buyer);
            int update = round;
            Thread asking = Thread.ofVirtual().start(() -> asks(update, buyer, link(LINK)));
            core.hear(Ipn.finished(Long.toString(6_000_000_000L + round), order.id()));
            join(asking);
        }

        work();

        assertThat(core.messenger.inside).hasSize(15);
    }

    @Test
    void requestByALinkOfOthersIsLeftToTheHumans() {
        pay(core.order(shop));
        int before = core.tasks("approve_join").size();

        asks(1, BUYER, link("https://t.me/+somebody..."));
        asks(2, BUYER, null);
        asks(3, BUYER, new Incoming.Link("https://t.me/+other", "ao-12345-1", false));
        work();

        assertThat(core.tasks("approve_join")).hasSize(before);
        assertThat(core.tasks("decline_join")).isEmpty();
        assertThat(core.count("timeline.event where kind = 'join_left_to_humans'"))
                .isEqualTo(3);
    }

    @Test
    void linkOfOursThatWasLostIsKnownByItsName() {
        pay(core.order(shop));

        asks(1, BUYER, new Incoming.Link("https://t.me/+lost", "ao-0123456789ab-1", true));
        work();

        assertThat(core.messenger.inside).containsExactly(BUYER);
    }

    @Test
    void wayInIsSentInTheBuyersLanguageWithTheSellersOwnWelcomeAndTheSameInEveryAttempt() {
        uses(Language.SPANISH);
        says("Read the <rules>.\nWelcome!");
        core.clock.advance(Duration.ofHours(2));
        AtomicInteger sends = new AtomicInteger();
        core.messenger.onSend = message -> {
            if (message.chatId() != BUYER || sends.getAndIncrement() > 0) {
                return new Answer.Done<>(5L);
            }
            uses(Language.ENGLISH);
            says("Something else");
            return new Answer.Unknown<>("lost");
        };

        pay(core.order(shop));
        work();
        core.clock.advance(Duration.ofSeconds(20));
        core.awaitTasks();

        List<String> toBuyer = core.messenger.sent.stream()
                .filter(message -> message.chatId() == BUYER)
                .map(Messenger.Message::html)
                .toList();
        assertThat(toBuyer).hasSize(2);
        assertThat(toBuyer.getFirst())
                .isEqualTo(toBuyer.getLast())
                .startsWith("Tu pago ha llegado.")
                .endsWith("\n\nRead the &lt;rules&gt;.\nWelcome!");
    }

    private void uses(Language language) {
        core.beans(IncomingListener.class)
                .forEach(listener -> listener.on(900, new Incoming.Pressed(BUYER, "press", "", language)));
    }

    private void says(String welcome) {
        core.transactions.run(
                shop.seller(),
                () -> core.bean(ChannelTexts.class).set(shop.channel(), ChannelTexts.Kind.WELCOME, welcome));
    }

    @Test
    void anybodyElseIsToldThePlansAndDeclinedLater() {
        asks(1, 99, link(LINK));
        work();
        assertThat(core.messenger.sent).singleElement().satisfies(message -> {
            assertThat(message.chatId()).isEqualTo(99);
            assertThat(message.html()).contains("Signals");
            assertThat(message.buttons())
                    .containsExactly(
                            new Messenger.LinkButton("See the plans", "http://localhost:8080/c/signals-0123456789ab"));
        });
        assertThat(core.messenger.calls).isEmpty();

        core.clock.advance(Duration.ofMinutes(10));
        await().until(() -> core.tasks("decline_join").equals(List.of("done")));

        assertThat(core.messenger.calls).containsExactly("decline 99");
        assertThat(core.messenger.sent).hasSize(1);
    }

    @Test
    void plansAreNotToldAfterTelegramsFiveMinutes() {
        asks(1, 99, link(LINK));
        core.clock.advance(Duration.ofMinutes(5).plusMillis(1));

        work();

        assertThat(core.messenger.sent).isEmpty();
    }

    @Test
    void whoBuysWithinTheTimeIsNotDeclined() {
        asks(1, BUYER, link(LINK));
        work();
        pay(core.order(shop));
        core.awaitTasks();
        assertThat(core.messenger.inside).containsExactly(BUYER);

        core.clock.advance(Duration.ofMinutes(10));
        await().until(() -> core.tasks("decline_join").equals(List.of("done")));

        assertThat(core.messenger.calls).doesNotContain("decline " + BUYER);
    }

    @Test
    void whoIsStillBuyingIsNotDeclined() {
        asks(1, BUYER, link(LINK));
        core.order(shop);
        work();

        core.clock.advance(Duration.ofMinutes(10));
        await().until(() ->
                core.count("tasks.task where kind = 'decline_join' and attempt = 1 and state = 'ready'") == 1);

        assertThat(core.messenger.calls).isEmpty();
    }

    @Test
    void aNewerRequestOutlivesTheDeclineOfAnOlderOne() {
        asks(1, BUYER, link(LINK));
        Order order = core.order(shop);
        asks(2, BUYER, link(LINK));
        work();
        core.clock.advance(Duration.ofMinutes(10));
        await().until(() -> core.count("tasks.task where kind = 'decline_join' and state = 'done'") == 1);

        pay(order);
        core.awaitTasks();

        assertThat(core.messenger.calls).containsExactly("approve " + BUYER);
        assertThat(core.messenger.inside).containsExactly(BUYER);
    }

    @Test
    void theAnswerToAnOlderRequestLeavesANewerOneWaiting() {
        Grants grants = core.bean(Grants.class);
        asks(1, BUYER, link(LINK));
        asks(2, BUYER, link(LINK));

        core.transactions.run(
                shop.seller(),
                () -> grants.answered(shop.seller(), shop.channel().id(), BUYER, 1));

        assertThat(grants.waitingRequest(shop.seller(), shop.channel().id(), BUYER))
                .contains(2L);
    }

    /** An instance that slept in the middle of an update goes on with it when another one has long acted on it and on what followed. */
    @Test
    void updateToldAgainAfterItWasAnsweredDoesNotWaitAnew() {
        core.order(shop);
        asks(1, BUYER, link(LINK));
        changes(2, BUYER, false, true);

        asks(1, BUYER, link(LINK));

        assertThat(core.bean(Grants.class)
                        .waitingRequest(shop.seller(), shop.channel().id(), BUYER))
                .isEmpty();
        asks(3, BUYER, link(LINK));
        assertThat(core.bean(Grants.class)
                        .waitingRequest(shop.seller(), shop.channel().id(), BUYER))
                .contains(3L);
    }

    @Test
    void updateToldAgainOutOfOrderLeavesTheNewerRequestWaiting() {
        core.order(shop);
        asks(1, BUYER, link(LINK));
        asks(2, BUYER, link(LINK));

        asks(1, BUYER, link(LINK));

        assertThat(core.bean(Grants.class)
                        .waitingRequest(shop.seller(), shop.channel().id(), BUYER))
                .contains(2L);
    }

    @Test
    void aRequestDuringAnOrderThatIsNeverPaidIsDeclinedInTheEnd() {
        core.order(shop);
        asks(1, BUYER, link(LINK));
        work();

        core.clock.advance(Duration.ofHours(25));
        await().until(() -> core.tasks("decline_join").equals(List.of("done")));

        assertThat(core.messenger.calls).containsExactly("decline " + BUYER);
    }

    @Test
    void whoLeftMayReturn() {
        pay(core.order(shop));
        asks(1, BUYER, link(LINK));
        work();
        core.messenger.inside.remove(BUYER);
        changes(2, BUYER, true, false);

        asks(3, BUYER, link(LINK));
        core.awaitTasks();

        assertThat(core.messenger.inside).containsExactly(BUYER);
        assertThat(access()).containsExactly("admitted");
    }

    @Test
    void nobodyIsLetInOnceTheTimeIsOver() {
        pay(core.order(shop));
        core.clock.advance(Duration.ofDays(30));

        asks(1, BUYER, link(LINK));
        work();

        assertThat(core.messenger.inside).isEmpty();
        assertThat(core.tasks("decline_join")).hasSize(1);
    }

    @Test
    void nobodyIsLetInAfterARefund() {
        Order order = core.order(shop);
        pay(order);
        core.hear(Ipn.of(ID, order.id(), "refunded"));

        asks(1, BUYER, link(LINK));
        work();

        assertThat(core.messenger.inside).isEmpty();
    }

    @Test
    void approvalThatWasRefundedBeforeItRanLetsNobodyIn() {
        Order order = core.order(shop);
        pay(order);
        asks(1, BUYER, link(LINK));
        core.hear(Ipn.of(ID, order.id(), "refunded"));

        work();

        assertThat(core.messenger.inside).isEmpty();
        assertThat(core.tasks("approve_join")).containsExactly("done");
    }

    @Test
    void lostAnswerOfAnApprovalIsRepeatedAndCountsOnce() {
        pay(core.order(shop));
        AtomicInteger calls = new AtomicInteger();
        var real = core.messenger.onApprove;
        core.messenger.onApprove = user -> {
            Answer<Boolean> answer = real.apply(user);
            return calls.incrementAndGet() == 1 ? new Answer.Unknown<>("timeout") : answer;
        };
        asks(1, BUYER, link(LINK));
        work();
        core.clock.advance(Duration.ofSeconds(2));
        await().until(() -> core.tasks("approve_join").equals(List.of("done")));

        assertThat(calls).hasValue(2);
        assertThat(access()).containsExactly("admitted");
        assertThat(core.count("timeline.event where kind = 'admitted'")).isEqualTo(1);
    }

    @Test
    void startSendsTheWayInAgainAndLetsInWhoWaits() {
        pay(core.order(shop));
        work();
        core.bean(Grants.class).knowBuyer(shop.seller(), BUYER);
        core.messenger.pending.add(BUYER);
        core.clock.advance(Duration.ofSeconds(1));

        admission.on(9, new Incoming.Said(BUYER, "/start", core.clock.instant()));
        admission.on(9, new Incoming.Said(BUYER, "/start", core.clock.instant()));
        core.awaitTasks();

        List<String> toBuyer = core.messenger.sent.stream()
                .filter(message -> message.chatId() == BUYER)
                .map(Messenger.Message::html)
                .toList();
        assertThat(toBuyer).hasSize(2);
        assertThat(toBuyer.getFirst()).isEqualTo(toBuyer.getLast()).contains(LINK);
        assertThat(core.messenger.inside).containsExactly(BUYER);
    }

    @Test
    void startOfAStrangerIsAnsweredWithoutALink() {
        admission.on(9, new Incoming.Said(99, "/start", core.clock.instant()));
        work();

        assertThat(core.messenger.sent)
                .singleElement()
                .satisfies(message -> assertThat(message.html()).doesNotContain("t.me"));
    }

    // delivery

    @Test
    void messageCarriesTheLinkOnce() {
        pay(core.order(shop));
        work();

        assertThat(core.messenger.sent)
                .filteredOn(message -> message.chatId() == BUYER)
                .singleElement()
                .satisfies(message -> assertThat(message.html()).contains(LINK));
        assertThat(access()).containsExactly("delivered");
    }

    @Test
    void threeLostAnswersLeaveTheLinkOnThePage() {
        core.messenger.onSend = message -> new Answer.Unknown<>("timeout");
        pay(core.order(shop));
        core.startTasks();
        await().until(() -> {
            core.clock.advance(Duration.ofSeconds(3));
            core.awaitTasks(); // what runs must not lose its lease
            return core.tasks("deliver_access").equals(List.of("dead"));
        });

        List<String> bodies = core.messenger.sent.stream()
                .filter(message -> message.chatId() == BUYER)
                .map(Messenger.Message::html)
                .toList();
        assertThat(bodies).hasSize(3);
        assertThat(bodies.stream().distinct()).hasSize(1);
        assertThat(access()).containsExactly("ready");
        assertThat(core.strings("select last_error from tasks.task where kind = 'deliver_access'"))
                .singleElement()
                .asString()
                .endsWith("and it is on the page");
    }

    @Test
    void refusedConnectionIsRetriedUntilTheGrantEnds() {
        core.messenger.onSend = message -> new Answer.NotNow<>(Duration.ofDays(8), "no connection");
        pay(core.order(shop));
        core.startTasks();
        await().until(() -> {
            core.awaitTasks();
            core.clock.advance(Duration.ofDays(8));
            return core.tasks("deliver_access").equals(List.of("dead"));
        });

        assertThat(core.messenger.sent.stream().filter(message -> message.chatId() == BUYER))
                .hasSize(4);
    }

    @Test
    void buyerWhoBlockedTheBotKeepsTheRight() {
        core.messenger.onSend = message -> new Answer.Declined<>(Refusal.BLOCKED, "403");
        pay(core.order(shop));
        work();
        assertThat(core.tasks("deliver_access")).containsExactly("dead");

        asks(1, BUYER, link(LINK));
        core.awaitTasks();

        assertThat(core.messenger.inside).containsExactly(BUYER);
    }

    @Test
    void deliveryWaitsForTheChannelsLinkWhichIsMadeAnewWhenLost() {
        Shop fresh = core.shop("zzzzzzzzzzzz", BigDecimal.ZERO, null);
        AtomicInteger made = new AtomicInteger();
        core.messenger.onLink = name -> made.incrementAndGet() == 1
                ? new Answer.Unknown<>("timeout")
                : new Answer.Done<>("https://t.me/+" + name);
        core.transactions.run(
                fresh.seller(),
                () -> core.bean(admitone.tasks.Tasks.class)
                        .owe(
                                fresh.seller(),
                                Effects.standingLink(fresh.channel().id())));
        Order order = core.order(fresh);
        pay(order);
        assertThat(access()).containsExactly("preparing");
        core.startTasks();
        await().until(() -> {
            core.clock.advance(Duration.ofSeconds(2));
            core.awaitTasks(); // what runs must not lose its lease
            return core.tasks("deliver_access").equals(List.of("done"));
        });

        assertThat(core.messenger.calls).hasSize(2).doesNotHaveDuplicates();
        assertThat(access()).containsExactly("delivered");
        assertThat(core.messenger.sent.stream().filter(message -> message.chatId() == BUYER))
                .singleElement()
                .satisfies(message -> assertThat(message.html()).contains("https://t.me/+ao-"));
    }

    private void pay(Order order) {
        core.hear(Ipn.finished(ID, order.id()));
    }

    private void asks(long updateId, long user, Incoming.@Nullable Link link) {
        core.messenger.pending.add(user);
        admission.on(
                updateId,
                new Incoming.JoinRequested(
                        shop.channel().closedChat().value(), user, user, core.clock.instant(), link));
    }

    private void changes(long updateId, long user, boolean was, boolean is) {
        admission.on(
                updateId,
                new Incoming.MembershipChanged(
                        shop.channel().closedChat().value(), user, user, was, is, core.clock.instant(), null));
    }

    private void work() {
        core.startTasks();
        core.awaitTasks();
    }

    private List<String> access() {
        return core.strings("select access from access.grants order by grant_id");
    }

    private static Incoming.Link link(String url) {
        return new Incoming.Link(url, "", true);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
