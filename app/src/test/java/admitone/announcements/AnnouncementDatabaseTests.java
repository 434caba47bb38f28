package admitone.announcements;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.AtOnce;
import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.access.Giving.By;
import admitone.access.Grants;
import admitone.access.Listing;
import admitone.messaging.Incoming;
import admitone.messaging.Incoming.Pressed;
import admitone.messaging.Incoming.Said;
import admitone.messaging.IncomingListener;
import admitone.messaging.Language;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.PressButton;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import admitone.runtime.Ids;
import admitone.runtime.Settings;
import admitone.tasks.Result;
import admitone.tasks.Task;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

@TestInstance(Lifecycle.PER_CLASS)
class AnnouncementDatabaseTests {
    private static final String TEXT = "New <signals> & more.\nCome back!";

    private final Core core = Core.start("announcements");
    private Shop shop = core.shop("ann000000000");
    private int shops;
    private long member = 2000;
    private long payment = 6_000_000_000L;
    private long update = 1;

    @BeforeEach
    void open() {
        shop = core.shop("ann00000000" + "abcdefghjkmn".charAt(shops++));
        member += 10;
        core.messenger.onSend = _ -> new Answer.Done<>(1L);
        core.clock.advance(Duration.ofDays(8)); // nobody has been told anything this week
        core.stopTasks();
        core.owner().sql("delete from tasks.task where kind = 'announce'").update(); // of the test before
        core.messenger.sent.clear();
    }

    @AfterAll
    void stop() {
        core.close();
    }

    @Test
    void formerMembersAreToldOneByOneAndNobodyElse() {
        bought(shop, member);
        bought(shop, member + 1);
        String refunded = bought(shop, member + 2);
        core.hear(Ipn.of(refunded, order(member + 2), "refunded"));
        core.clock.advance(Duration.ofDays(31));
        bought(shop, member + 3); // inside now

        assertThat(announce(shop).members()).isEqualTo(2);
        work(Duration.ZERO);
        assertThat(announced()).hasSize(1); // two a second
        work(Duration.ofMillis(500));

        assertThat(announced()).extracting(Message::chatId).containsExactlyInAnyOrder(member, member + 1);
        assertThat(announced().getFirst().html())
                .isEqualTo("From the owner of <b>Signals</b>:\n\nNew &lt;signals&gt; &amp; more.\nCome back!");
        assertThat(announced().getFirst().buttons())
                .containsExactly(
                        new LinkButton(
                                "See the plans",
                                "http://localhost:8080/c/" + shop.channel().slug()),
                        new PressButton("No more such messages", "quiet:" + shop.seller()));
        work(Duration.ofHours(1));
        assertThat(announced()).hasSize(2);
    }

    @Test
    void nobodyWhoIsBannedIsTold() {
        bought(shop, member);
        former(member + 1);
        ban(member);
        assertThat(announce(shop).members()).isEqualTo(1);
        ban(member + 1); // before the message

        work(Duration.ZERO);

        assertThat(announced()).isEmpty();
    }

    private void ban(long user) {
        core.transactions.run(
                shop.seller(), () -> core.bean(Listing.class).ban(shop.channel(), user, new By("test", "test", "")));
    }

    @Test
    void whatMayHaveBeenSentIsNotSentAgain() {
        former(member);
        core.messenger.onSend = _ -> new Answer.Unknown<>("lost");
        announce(shop);
        work(Duration.ZERO);
        work(Duration.ofHours(1));

        assertThat(announced()).hasSize(1);
        assertThat(core.tasks("announce")).doesNotContain("ready", "running", "dead");
    }

    @Test
    void attemptThatWasCutOffIsNotMadeAgain() {
        former(member);
        UUID id = announce(shop).id();
        var interrupted = new Task(
                shop.seller(),
                core.bean(Ids.class).next(),
                "announce",
                "again",
                Map.of(
                        "announcement", id.toString(),
                        "channel", shop.channel().id().toString(),
                        "user", Long.toString(member)),
                /* attempt= */ 2,
                0,
                0,
                core.clock.instant().plusSeconds(30),
                /* interrupted= */ true);

        assertThat(core.bean(AnnounceTask.class).attempt(interrupted)).isInstanceOf(Result.Done.class);
        assertThat(announced()).isEmpty();
        work(Duration.ZERO);
    }

    @Test
    void nobodyIsToldTwiceInAWeekWhoeverAnnounces() {
        Shop other = core.shop("ann0000000z" + "abcdefghjkmn".charAt(shops));
        former(member);
        bought(other, member);
        core.clock.advance(Duration.ofDays(31));

        announce(shop);
        work(Duration.ZERO);
        announce(shop);
        announce(other);
        work(Duration.ofMinutes(2));
        assertThat(announced()).hasSize(1);

        core.clock.advance(Duration.ofDays(7));
        announce(other);
        work(Duration.ofMinutes(2));
        assertThat(announced()).hasSize(2);
    }

    @Test
    void whoPressedTheButtonOrSaidStopHearsNoMoreForEver() {
        former(member);
        former(member + 1);
        tell(new Pressed(member, "press", "quiet:" + shop.seller(), Language.of("en")));
        says(member + 1, "/stop");
        core.startTasks();
        core.awaitTasks();
        assertThat(core.messenger.calls).contains("answer press You get no more such messages from this seller.");
        assertThat(core.messenger.sent)
                .anyMatch(message -> message.chatId() == member + 1
                        && message.html().startsWith("You get no more messages that sellers write"));

        assertThat(announce(shop).members()).isZero();
        core.clock.advance(Duration.ofDays(400));
        assertThat(announce(shop).members()).isZero();
        assertThat(announced()).isEmpty();
    }

    @Test
    void whoOptsOutOrBuysBeforeTheirTurnIsNotTold() {
        former(member);
        former(member + 1);
        announce(shop);
        bought(shop, member);
        tell(new Pressed(member + 1, "press", "quiet:" + shop.seller(), Language.of("en")));

        work(Duration.ofMinutes(2));

        assertThat(announced()).isEmpty();
    }

    @Test
    void whoHasBlockedTheBotEndsItSilently() {
        former(member);
        core.messenger.onSend = _ -> new Answer.Declined<>(Refusal.BLOCKED, "403");

        announce(shop);
        work(Duration.ZERO);
        work(Duration.ofHours(1));

        assertThat(announced()).hasSize(1);
        assertThat(core.tasks("announce")).doesNotContain("ready", "running", "dead");
        assertThat(core.strings("select kind from cases.cases")).isEmpty();
    }

    @Test
    void sellerAnnouncesThreeTimesADayHoweverManyAtOnce() throws Exception {
        List<Boolean> made = AtOnce.atOnce(
                8,
                () -> core.transactions
                        .run(
                                shop.seller(),
                                () -> core.bean(Announcements.class).toExpired(shop.channel(), TEXT, "seller", "test"))
                        .isPresent());
        assertThat(made).filteredOn(yes -> yes).hasSize(3);

        core.clock.advance(Duration.ofDays(1));
        announce(shop);
    }

    @Test
    void ofManyWhoComeAtOnceEachComesBackOnceAtItsTurn() {
        SlowLane lane = new SlowLane(core.clock, core.bean(Settings.class));
        List<UUID> tasks = Stream.generate(UUID::randomUUID).limit(20).toList();
        List<Optional<Duration>> waits = tasks.stream().map(lane::take).toList();
        assertThat(waits.getFirst()).isEmpty();

        for (int i = 1; i < tasks.size(); i++) {
            assertThat(waits.get(i)).contains(SlowLane.SLOWEST_TURN.multipliedBy(i));
            core.clock.advance(SlowLane.SLOWEST_TURN);
            assertThat(lane.take(tasks.get(i))).isEmpty();
        }
        assertThat(lane.take(UUID.randomUUID())).contains(SlowLane.SLOWEST_TURN);
    }

    @Test
    void laneIsATenthOfTheBotsAndAtMostTwoASecond() {
        assertThat(SlowLane.turn(0)).isEqualTo(Duration.ofMillis(500));
        assertThat(SlowLane.turn(25)).isEqualTo(Duration.ofMillis(500));
        assertThat(SlowLane.turn(10)).isEqualTo(Duration.ofSeconds(1));
        assertThat(SlowLane.turn(1)).isEqualTo(Duration.ofSeconds(10));
    }

    private Announcements.Announced announce(Shop by) {
        return core.transactions
                .run(by.seller(), () -> core.bean(Announcements.class).toExpired(by.channel(), TEXT, "seller", "test"))
                .orElseThrow();
    }

    private void former(long user) {
        bought(shop, user);
        core.clock.advance(Duration.ofDays(31));
    }

    private String bought(Shop at, long user) {
        core.bean(Grants.class).knowBuyer(at.seller(), user);
        var order = core.order(at, user);
        String id = Long.toString(++payment);
        core.hear(Ipn.finished(id, order.id()));
        return id;
    }

    private String order(long user) {
        return core.strings("select order_id from checkout.orders where telegram_user_id = ?", user)
                .getFirst();
    }

    private void work(Duration later) {
        core.clock.advance(later);
        core.startTasks();
        core.wakeTasks();
        core.awaitTasks();
    }

    private void says(long user, String text) {
        tell(new Said(user, text, core.clock.instant()));
    }

    private void tell(Incoming incoming) {
        long id = ++update;
        core.beans(IncomingListener.class).forEach(listener -> listener.on(id, incoming));
    }

    private List<Message> announced() {
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() >= member && message.html().startsWith("From the owner of"))
                .toList();
    }
}
