package admitone.bot;

import static admitone.AtOnce.atOnce;
import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.access.Giving.By;
import admitone.access.Listing;
import admitone.access.Trials;
import admitone.access.Trials.Outcome;
import admitone.catalog.Catalog;
import admitone.catalog.ChannelOffers;
import admitone.catalog.ChannelOffers.Offers;
import admitone.messaging.Incoming.Said;
import admitone.messaging.IncomingListener;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.Role;
import admitone.messaging.Messenger.Standing;
import admitone.runtime.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.springframework.transaction.CannotCreateTransactionException;

@TestInstance(Lifecycle.PER_CLASS)
class TrialDatabaseTests {
    private final Core core = Core.start("trial");
    private final Shop shop = core.shop("0123456789ab");
    private long user = 900;
    private long update = 1;

    @BeforeEach
    void offer() {
        offer(3);
        user++;
        core.messenger.sent.clear();
    }

    @AfterAll
    void stop() {
        core.close();
    }

    @Test
    void whoTakesItIsLetInForItsDaysAndToldNothingOfAPayment() {
        Instant before = core.clock.instant();
        takes(user);

        assertThat(toUser())
                .extracting(Message::html)
                .satisfiesExactlyInAnyOrder(
                        text -> assertThat(text).startsWith("Your free trial of <b>Signals</b> has begun"),
                        text -> assertThat(text)
                                .startsWith("You have access to <b>Signals</b> until ")
                                .contains("https://t.me/+standing"));
        assertThat(ends()).containsExactly(before.plus(Duration.ofDays(3)).toEpochMilli());
        assertThat(core.strings("select given || ' ' || reference from access.grants where telegram_user_id = ?", user))
                .containsExactly("trial " + user);
    }

    @Test
    void fiftyAtOnceBeginOne() throws Exception {
        AtomicInteger source = new AtomicInteger();

        List<Outcome> outcomes = atOnce(50, () -> begin("press " + source.incrementAndGet()));

        assertThat(outcomes).filteredOn(Outcome.BEGUN::equals).hasSize(1);
        assertThat(outcomes).filteredOn(Outcome.HAD_BEFORE::equals).hasSize(49);
        assertThat(ends()).hasSize(1);
    }

    @Test
    void neverAgainWhateverBecameOfIt() {
        takes(user);
        core.clock.advance(Duration.ofDays(400));
        core.messenger.sent.clear();
        takes(user);

        assertThat(toUser())
                .extracting(Message::html)
                .singleElement()
                .asString()
                .startsWith("You have had your free trial");
        assertThat(ends()).hasSize(1);
    }

    @Test
    void sameUpdateToldAgainIsAnsweredOnce() {
        long same = update + 1;
        takes(user);
        says(same, user);
        core.awaitTasks();

        assertThat(toUser()).hasSize(2);
    }

    @Test
    void notForMembersOfBeforeAndNotWhereThereIsNone() {
        var order = core.order(shop, user);
        core.hear(admitone.Ipn.finished(Long.toString(8_000_000_000L + user), order.id()));
        assertThat(begin("a")).isEqualTo(Outcome.WAS_MEMBER);
        user++;
        offer(null);
        assertThat(begin("b")).isEqualTo(Outcome.NOT_OFFERED);
        assertThat(ends()).isEmpty();
    }

    @Test
    void notForWhoIsBanned() {
        core.transactions.run(
                shop.seller(), () -> core.bean(Listing.class).ban(shop.channel(), user, new By("test", "test", "")));

        takes(user);

        assertThat(toUser())
                .extracting(Message::html)
                .singleElement()
                .asString()
                .startsWith("You are banned from");
        assertThat(core.bean(Trials.class).daysFor(shop.channel(), user)).isEmpty();
        assertThat(ends()).isEmpty();
    }

    /** By the seller's own hand, in Telegram: nothing here knows of it. */
    @Test
    void notUsedUpByWhoIsBannedInTheMessenger() {
        core.messenger.onStanding = asked -> asked == user
                ? new Answer.Done<>(new Standing(Role.BANNED, false, false))
                : core.messenger.standing(asked);
        takes(user);

        assertThat(toUser())
                .extracting(Message::html)
                .singleElement()
                .asString()
                .startsWith("You are banned from");
        assertThat(ends()).isEmpty();

        core.messenger.onStanding = core.messenger::standing;
        takes(user);

        assertThat(ends()).as("the ban was lifted").hasSize(1);
    }

    @Test
    void beginsWhereTheMessengerDoesNotAnswer() {
        core.messenger.onStanding = asked -> new Answer.Unknown<>("timeout");
        takes(user);
        assertThat(ends()).isEmpty();
        for (int i = 0; i < 12; i++) {
            core.clock.advance(Duration.ofSeconds(2));
            core.wakeTasks();
            core.awaitTasks();
        }
        core.messenger.onStanding = core.messenger::standing;

        assertThat(ends()).hasSize(1);
    }

    @Test
    void notWhereTheBotMayLetInNobodyUntilItMayAgain() {
        Catalog catalog = core.bean(Catalog.class);
        core.transactions.run(shop.seller(), () -> catalog.cannotAdmit(shop.channel(), core.clock.instant()));
        takes(user);

        assertThat(toUser())
                .extracting(Message::html)
                .singleElement()
                .asString()
                .startsWith("Your free trial of <b>Signals</b> has not begun");
        assertThat(core.bean(Trials.class).daysFor(shop.channel(), user)).isEmpty();
        assertThat(ends()).isEmpty();

        core.transactions.run(shop.seller(), () -> catalog.mayAdmit(shop.channel()));
        takes(user);

        assertThat(ends()).hasSize(1);
    }

    private void offer(@Nullable Integer days) {
        core.transactions.run(
                shop.seller(),
                () -> core.bean(ChannelOffers.class)
                        .set(shop.seller(), shop.channel().id(), new Offers(days, null)));
    }

    private Outcome begin(String source) {
        return Awaitility.await()
                .ignoreException(CannotCreateTransactionException.class) // as a task that is tried again
                .until(
                        () -> core.transactions.run(
                                shop.seller(), () -> core.bean(Trials.class).begin(shop.channel(), user, source)),
                        _ -> true);
    }

    private void takes(long who) {
        says(++update, who);
        core.startTasks();
        core.awaitTasks();
    }

    private void says(long updateId, long who) {
        Said said = new Said(who, "/start " + shop.channel().trialHandle(), core.clock.instant());
        core.beans(IncomingListener.class).forEach(listener -> listener.on(updateId, said));
    }

    private List<Message> toUser() {
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() == user)
                .toList();
    }

    private List<Long> ends() {
        return core
                .strings(
                        "select (extract(epoch from ends_at) * 1000)::bigint::text from access.grants where telegram_user_id = ?",
                        user)
                .stream()
                .map(Long::valueOf)
                .toList();
    }
}
