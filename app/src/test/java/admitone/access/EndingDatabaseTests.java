package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.HandClock;
import admitone.Ipn;
import admitone.cases.Case;
import admitone.cases.CaseDecider;
import admitone.cases.Cases;
import admitone.catalog.ChannelTexts;
import admitone.checkout.Order;
import admitone.messaging.BotName;
import admitone.messaging.Incoming;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Reminders, the notice of the end, removal, the brake. A plan has thirty days; the default terms hold. */
class EndingDatabaseTests {
    private static final long BUYER = Core.BUYER;
    private static final long SELLER = 1;
    private static final Instant BEGIN = HandClock.BEGIN;

    private final Core core = Core.start("ending");
    private final AtomicInteger payments = new AtomicInteger();
    private final AtomicInteger updates = new AtomicInteger(900);
    private Shop shop = core.shop("0123456789ab");

    @AfterEach
    void stop() {
        core.close();
    }

    // reminders

    @Test
    void remindsThreeDaysAndOneDayBeforeTheEndAndTellsTheEnd() {
        admit(BUYER);

        goTo(Duration.ofDays(26));
        assertThat(told(BUYER)).isEmpty();
        goTo(Duration.ofDays(28));
        assertThat(told(BUYER)).containsExactly("ends");
        goTo(Duration.ofDays(29).plusHours(23));
        assertThat(told(BUYER)).containsExactly("ends", "ends");
        goTo(Duration.ofDays(30).plusHours(2));
        assertThat(told(BUYER)).containsExactly("ends", "ends", "ended");
        assertThat(events()).containsSubsequence("reminder_sent", "reminder_sent", "grant_ended", "notice_sent");
        assertThat(core.strings("select ended_why from access.grants")).containsExactly("time_over");
    }

    @Test
    void reminderLeadsToTheSamePlan() {
        core.bean(BotName.class).start();
        admit(BUYER);
        Awaitility.await().until(() -> core.bean(BotName.class).startLink("x").isPresent());

        goTo(Duration.ofDays(28));

        assertThat(messages(BUYER).getLast().buttons())
                .containsExactly(new LinkButton(
                        "Renew", "https://t.me/admit_bot?start=" + shop.plan().handle()));
        core.bean(BotName.class).stop();
    }

    @Test
    void afterAnOutageOnlyTheNewestReminderIsSent() {
        admit(BUYER);

        jumpTo(Duration.ofDays(29).plusHours(20));
        look();
        goTo(Duration.ofDays(29).plusHours(23));

        assertThat(told(BUYER)).containsExactly("ends");
    }

    @Test
    void reminderThatTheNextOneOvertookInTheQueueIsNotSent() {
        admit(BUYER);
        core.messenger.onSend = message -> new Answer.NotNow<>(Duration.ofHours(50), "no connection");
        goTo(Duration.ofDays(27).plusHours(1));
        core.messenger.sent.clear();
        core.messenger.onSend = message -> new Answer.Done<>(7L);

        goTo(Duration.ofDays(29).plusHours(20));

        assertThat(told(BUYER)).containsExactly("ends");
        assertThat(events()).contains("reminder_not_needed");
    }

    @Test
    void reminderWhoseAnswerWasLostIsNotRepeated() {
        admit(BUYER);
        core.messenger.onSend = message -> new Answer.Unknown<>("timeout");

        goTo(Duration.ofDays(28));

        assertThat(told(BUYER)).containsExactly("ends");
        assertThat(events()).contains("reminder_unknown");
    }

    @Test
    void renewalMovesTheReminders() {
        admit(BUYER);
        goTo(Duration.ofDays(28));
        buy(BUYER);
        core.messenger.sent.clear();

        goTo(Duration.ofDays(56));
        assertThat(told(BUYER)).isEmpty();
        assertThat(core.strings("select access from access.grants order by grant_id")
                        .getFirst())
                .isEqualTo("ended");
        goTo(Duration.ofDays(58));
        assertThat(told(BUYER)).containsExactly("ends");
        assertThat(core.messenger.inside).contains(BUYER);
    }

    @Test
    void otherTermsOfAChannelHold() {
        admit(BUYER);
        core.transactions.run(
                shop.seller(),
                () -> core.bean(ChannelTerms.class)
                        .set(
                                shop.seller(),
                                shop.channel().id(),
                                new Terms(
                                        List.of(Duration.ofDays(10)),
                                        Duration.ofHours(2),
                                        Duration.ofDays(2),
                                        20,
                                        10)));

        goTo(Duration.ofDays(20).plusHours(1));
        assertThat(told(BUYER)).containsExactly("ends");
        goTo(Duration.ofDays(30).plusHours(1));
        assertThat(core.messenger.inside).contains(BUYER);
        goTo(Duration.ofDays(30).plusHours(4));
        assertThat(core.messenger.inside).doesNotContain(BUYER);
        assertThat(told(BUYER)).containsExactly("ends", "ended");
    }

    @Test
    void catchesUpInOrderAndWithoutAFlood() {
        int buyers = TimeKeeper.MOST_SEATS + 20;
        for (long buyer = 1000; buyer < 1000 + buyers; buyer++) {
            buy(buyer);
        }
        core.startTasks();
        core.awaitTasks();
        core.messenger.sent.clear();
        jumpTo(Duration.ofDays(28));

        round();
        assertThat(reminded()).isEqualTo(TimeKeeper.MOST_SEATS);
        assertThat(told(1000)).containsExactly("ends");
        round();
        assertThat(reminded()).isEqualTo(buyers);
    }

    @Test
    void oneInstanceDoesARound() {
        admit(BUYER);
        core.owner().sql("update access.grants set look_at = starts_at").update();
        assertThat(core.bean(TimeKeeper.class).look()).isTrue();

        core.owner().sql("update access.grants set look_at = starts_at").update();
        assertThat(core.bean(TimeKeeper.class).look()).isFalse();
        core.clock.advance(Duration.ofSeconds(10));
        assertThat(core.bean(TimeKeeper.class).look()).isTrue();
    }

    @Test
    void nothingIsWrittenWhereNothingIsDue() {
        assertThat(core.bean(TimeKeeper.class).look()).isFalse();
        assertThat(core.count("access.round")).isZero();
    }

    // removal

    @Test
    void removesAfterTheGracePeriodAndLiftsTheBan() {
        admit(BUYER);

        goTo(Duration.ofDays(30).plusHours(23));
        assertThat(core.messenger.inside).contains(BUYER);
        goTo(Duration.ofDays(31).plusHours(2));

        assertThat(core.messenger.inside).doesNotContain(BUYER);
        assertThat(core.messenger.calls)
                .filteredOn(call -> call.startsWith("ban"))
                .hasSize(1);
        assertThat(core.messenger.calls).endsWith("lift " + BUYER);
        assertThat(outcomes()).containsExactly("removed");
        assertThat(events()).containsSubsequence("grant_ended", "notice_sent", "removal_owed", "member_removed");
    }

    @ParameterizedTest
    @ValueSource(strings = {"lost", "refused", "not now", "said yes and did nothing"})
    void removalThatWasNotDoneIsRetriedUntilItIs(String how) {
        admit(BUYER);
        var bans = new AtomicInteger();
        var real = core.messenger.onBan;
        core.messenger.onBan = user -> bans.incrementAndGet() > 3
                ? real.apply(user)
                : switch (how) {
                    case "lost" -> new Answer.Unknown<>("timeout");
                    case "refused" -> new Answer.Declined<>(Refusal.NO_RIGHTS, "400 not enough rights");
                    case "not now" -> new Answer.NotNow<>(Duration.ofMinutes(1), "429");
                    default -> new Answer.Done<>(true);
                };

        goTo(Duration.ofDays(31).plusHours(6));

        assertThat(core.messenger.inside).doesNotContain(BUYER);
        assertThat(outcomes()).containsExactly("removed");
    }

    @Test
    void removalWhoseAnswerWasLostIsLifted() {
        admit(BUYER);
        core.messenger.onBan = user -> {
            core.messenger.inside.remove(user);
            return new Answer.Unknown<>("timeout");
        };

        goTo(Duration.ofDays(31).plusHours(1));
        passes(Duration.ofSeconds(30));

        assertThat(outcomes()).containsExactly("removed");
        assertThat(core.messenger.calls).contains("lift " + BUYER);
    }

    @Test
    void banIsLiftedHoweverLate() {
        admit(BUYER);
        core.messenger.onBan = user -> {
            core.messenger.inside.remove(user); // by Telegram's clock, which is ahead of ours, for ever
            core.messenger.onMember = asked -> new Answer.NotNow<>(Duration.ofHours(5), "no connection");
            return new Answer.Unknown<>("timeout");
        };
        goTo(Duration.ofDays(31).plusHours(1));
        core.messenger.onMember = user -> new Answer.Done<>(core.messenger.inside.contains(user));

        goTo(Duration.ofDays(31).plusHours(8));

        assertThat(outcomes()).containsExactly("removed");
        assertThat(core.messenger.calls).contains("lift " + BUYER);
    }

    @Test
    void banThatAPersonMadeAfterOursWasRefusedStays() {
        admit(BUYER);
        core.messenger.onBan = user -> {
            core.messenger.inside.remove(user); // right after, and banned, by a person
            return new Answer.Declined<>(Refusal.NO_RIGHTS, "400 not enough rights");
        };

        goTo(Duration.ofDays(31).plusHours(2));

        assertThat(outcomes()).containsExactly("outside");
        assertThat(core.messenger.calls).noneMatch(call -> call.startsWith("lift"));
    }

    @Test
    void removalThatTheBotMayNotMakeIsSeldomAskedAfterAndTheBanLiftedAtOnce() {
        admit(BUYER);
        var ban = core.messenger.onBan;
        core.messenger.onBan = user -> new Answer.Declined<>(Refusal.NO_RIGHTS, "400 not enough rights");
        goTo(Duration.ofDays(31));
        for (int minute = 0; minute < 120; minute++) {
            core.clock.advance(Duration.ofMinutes(1));
            round();
        }
        assertThat(attempts("lift_ban")).isBetween(10L, 40L);

        core.messenger.onBan = ban;
        core.owner()
                .sql("update tasks.task set due_at = due_at + interval '5 minutes' where kind = 'lift_ban'")
                .update();
        core.owner()
                .sql("update tasks.task set due_at = ? where kind = 'remove_member'")
                .param(core.clock.instant().atOffset(java.time.ZoneOffset.UTC))
                .update();
        core.wakeTasks();
        core.awaitTasks();
        core.wakeTasks();
        core.awaitTasks();

        assertThat(core.messenger.calls).endsWith("lift " + BUYER);
    }

    @Test
    void banThatAPersonMadeStays() {
        admit(BUYER);
        goTo(Duration.ofDays(30).plusHours(1));
        core.messenger.inside.remove(BUYER); // and banned, by a human

        goTo(Duration.ofDays(31).plusHours(2));

        assertThat(outcomes()).containsExactly("outside");
        assertThat(core.messenger.calls).noneMatch(call -> call.startsWith("ban") || call.startsWith("lift"));
    }

    @Test
    void whoHasAccessForLifeIsNeverRemoved() {
        admit(BUYER);
        core.owner().sql("update access.grants set ends_at = null").update();

        goTo(Duration.ofDays(90));

        assertThat(core.messenger.inside).contains(BUYER);
        assertThat(told(BUYER)).isEmpty();
    }

    @Test
    void administratorIsNotRemovedAndAPersonIsAsked() {
        admit(BUYER);
        core.messenger.onBan =
                user -> new Answer.Declined<>(Refusal.ADMINISTRATOR, "user is an administrator of the chat");

        goTo(Duration.ofDays(33));

        assertThat(core.messenger.inside).contains(BUYER);
        assertThat(outcomes()).containsExactly("administrator");
        assertThat(core.strings("select kind from cases.cases")).containsExactly("administrator_inside");
        assertThat(core.messenger.calls)
                .filteredOn(call -> call.startsWith("ban"))
                .hasSize(1);
    }

    @Test
    void refundEndsTheTimeWithTheSameNoticeAndGrace() {
        Order order = admit(BUYER);
        goTo(Duration.ofDays(5));
        core.hear(Ipn.of(lastPayment(), order.id(), "refunded"));

        goTo(Duration.ofDays(5).plusHours(20));
        assertThat(told(BUYER)).containsExactly("ended");
        assertThat(core.messenger.inside).contains(BUYER);
        goTo(Duration.ofDays(6).plusHours(3));
        assertThat(core.messenger.inside).doesNotContain(BUYER);
    }

    // renewal

    @Test
    void purchaseInTheGracePeriodStaysInside() {
        admit(BUYER);
        goTo(Duration.ofDays(30).plusHours(5));
        buy(BUYER);

        goTo(Duration.ofDays(45));

        assertThat(core.messenger.inside).contains(BUYER);
        assertThat(outcomes()).containsExactly("renewed");
        assertThat(core.messenger.calls).noneMatch(call -> call.startsWith("ban"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void renewalThatIsRefundedLeavesTheFirstEnd(boolean forLife) {
        admit(BUYER);
        goTo(Duration.ofDays(28));
        Order renewal = buy(BUYER);
        if (forLife) {
            core.owner()
                    .sql("update access.grants set ends_at = null where order_id = ?")
                    .param(renewal.id())
                    .update();
        }
        goTo(Duration.ofDays(29).plusHours(1));
        assertThat(outcomes()).containsExactly("renewed");
        core.hear(Ipn.of(lastPayment(), renewal.id(), "refunded"));

        goTo(Duration.ofDays(30).plusHours(20));
        assertThat(core.messenger.inside).contains(BUYER);
        goTo(Duration.ofDays(31).plusHours(3));

        assertThat(core.messenger.inside).doesNotContain(BUYER);
        assertThat(outcomes()).containsExactly("removed");
        assertThat(told(BUYER)).containsExactly("ends", "ends", "ended"); // each reminder once
    }

    @Test
    void removalThatIsStuckOverAWholeRenewalDoesNothingAboutTheEndAfterIt() {
        admit(BUYER);
        goTo(Duration.ofDays(30).plusHours(1));
        core.messenger.onMember = user -> new Answer.NotNow<>(Duration.ofDays(31), "no connection");
        goTo(Duration.ofDays(31).plusHours(1));
        core.messenger.onMember = user -> new Answer.Done<>(core.messenger.inside.contains(user));
        assertThat(core.tasks("remove_member")).containsExactly("ready");
        buy(BUYER);

        jumpTo(Duration.ofDays(61).plusHours(2)); // the renewal is over, and they are in its grace period
        look();
        jumpTo(Duration.ofDays(62).plusHours(1));
        look();

        assertThat(core.tasks("remove_member")).containsExactly("done");
        assertThat(core.messenger.calls).noneMatch(call -> call.startsWith("ban"));
        goTo(Duration.ofDays(62).plusHours(5));
        assertThat(core.messenger.inside).doesNotContain(BUYER);
    }

    @Test
    void purchaseRightBeforeTheCallIsSeenUnderTheLock() {
        admit(BUYER);
        goTo(Duration.ofDays(30).plusHours(1));
        core.messenger.onMember = user -> { // asked first, and then the payment arrives
            if (core.count("access.grants") == 1) {
                buy(BUYER);
            }
            return new Answer.Done<>(true);
        };

        goTo(Duration.ofDays(31).plusHours(2));

        assertThat(core.messenger.calls).noneMatch(call -> call.startsWith("ban"));
        assertThat(outcomes()).containsExactly("renewed");
    }

    @Test
    void purchaseDuringTheCallIsLetInAgain() {
        admit(BUYER);
        goTo(Duration.ofDays(30).plusHours(1));
        core.messenger.sent.clear();
        core.messenger.onBan = user -> {
            core.messenger.inside.remove(user);
            buy(BUYER);
            return new Answer.Done<>(true);
        };

        goTo(Duration.ofDays(31).plusHours(2));

        assertThat(core.messenger.calls).contains("lift " + BUYER);
        assertThat(messages(BUYER).getLast().html()).contains("https://t.me/+standing");
        asks(BUYER);
        assertThat(core.messenger.inside).contains(BUYER);
        goTo(Duration.ofDays(45));
        assertThat(core.messenger.inside).contains(BUYER);
    }

    @Test
    void purchaseAfterTheRemovalWorks() {
        admit(BUYER);
        goTo(Duration.ofDays(40));
        assertThat(core.messenger.inside).doesNotContain(BUYER);

        buy(BUYER);
        asks(BUYER);

        assertThat(core.messenger.inside).contains(BUYER);
        goTo(Duration.ofDays(69));
        assertThat(core.messenger.inside).contains(BUYER);
        goTo(Duration.ofDays(72));
        assertThat(core.messenger.inside).doesNotContain(BUYER);
        assertThat(told(BUYER)).containsExactly("ends", "ends", "ended", "ends", "ends", "ended");
    }

    @Test
    void requestOfSomebodyWhoseTimeIsOverIsNotApproved() {
        admit(BUYER);
        jumpTo(Duration.ofDays(30).plusSeconds(1)); // and nobody has looked yet
        core.messenger.calls.clear();

        asks(BUYER);

        assertThat(core.messenger.calls).noneMatch(call -> call.startsWith("approve"));
    }

    // no removal without a notice

    @Test
    void nobodyIsRemovedWhoseNoticeIsStillOnItsWay() {
        admit(BUYER);
        jumpTo(Duration.ofDays(29).plusHours(23).plusMinutes(59)); // no reminder was sent either
        core.messenger.onSend = message -> new Answer.NotNow<>(Duration.ofHours(8), "no connection");
        goTo(Duration.ofDays(33));
        assertThat(core.messenger.inside).contains(BUYER);

        core.messenger.onSend = message -> new Answer.Done<>(7L);
        goTo(Duration.ofDays(33).plusHours(23));
        assertThat(core.messenger.inside).contains(BUYER);
        goTo(Duration.ofDays(34).plusHours(3));
        assertThat(core.messenger.inside).doesNotContain(BUYER);
    }

    @ParameterizedTest
    @ValueSource(strings = {Refusal.BLOCKED, Refusal.NOT_STARTED, Refusal.CHAT_NOT_FOUND})
    void whoCannotBeToldIsRemovedSevenDaysAfterTheAttemptAndTheSellerHearsOfItOnce(String refusal) {
        admit(BUYER);
        admit(BUYER + 1);
        core.messenger.onSend = message ->
                message.chatId() == SELLER ? new Answer.Done<>(7L) : new Answer.Declined<>(refusal, "refused");

        goTo(Duration.ofDays(36).plusHours(23));
        assertThat(core.messenger.inside).contains(BUYER, BUYER + 1);
        goTo(Duration.ofDays(38));

        assertThat(core.messenger.inside).doesNotContain(BUYER, BUYER + 1);
        assertThat(messages(SELLER))
                .filteredOn(message -> message.html().contains("could not tell"))
                .singleElement()
                .satisfies(message -> assertThat(message.html()).contains("about 2", "41, 42", "7 days"));
    }

    @Test
    void channelIsToldOnceADayOfThoseWhoCannotBeToldAndNamesNobody() {
        admit(BUYER);
        goTo(Duration.ofHours(2));
        admit(BUYER + 1); // whose time ends later on the same day
        core.messenger.onSend = this::onlyBuyersRefuse;
        goTo(Duration.ofDays(31));
        assertThat(inChannel()).singleElement().satisfies(post -> {
            assertThat(post.html()).contains("some members").doesNotContain("41", "42");
            assertThat(post.buttons())
                    .contains(new LinkButton(
                            "See the plans",
                            "http://localhost:8080/c/" + shop.channel().slug()));
        });

        admit(BUYER + 2); // forgets what the channel was told
        goTo(Duration.ofDays(62));

        assertThat(inChannel()).hasSize(1);
        assertThat(core.strings("select posted from access.unreachable_post")).containsExactly("t", "t");
        assertThat(core.messenger.inside).contains(BUYER + 2);
    }

    @Test
    void timeOfThoseWhoCannotBeToldBeginsWithThePostHoweverLateThatIs() {
        admit(BUYER);
        core.messenger.onSend = message ->
                message.chatId() == shop.channel().closedChat().value()
                        ? new Answer.NotNow<>(Duration.ofHours(5), "no connection")
                        : onlyBuyersRefuse(message);
        goTo(Duration.ofDays(40));
        assertThat(core.messenger.inside).as("no post, no removal").contains(BUYER);

        core.messenger.onSend = this::onlyBuyersRefuse;
        goTo(Duration.ofDays(46).plusHours(20));
        assertThat(core.messenger.inside).contains(BUYER);
        goTo(Duration.ofDays(47).plusHours(8));
        assertThat(core.messenger.inside).doesNotContain(BUYER);
    }

    @Test
    void whereThePostIsRefusedNobodyIsRemovedUntilAPersonSaysThatTheyWereTold() {
        admit(BUYER);
        goTo(Duration.ofDays(10));
        admit(BUYER + 1); // is asked about anew
        refusePost();
        goTo(Duration.ofDays(39));
        assertThat(core.messenger.inside).as("no notice, no post").contains(BUYER);
        assertThat(core.strings(
                        "select kind || ' ' || (detail ->> 'users') || ' ' || (detail ->> 'why') from cases.cases"))
                .containsExactly(
                        "members_untold " + BUYER + " no_rights: 400 need administrator rights in the channel chat");

        decide(openCases().getFirst(), "told");
        goTo(Duration.ofDays(46).plusHours(20));
        assertThat(core.messenger.inside).contains(BUYER);
        goTo(Duration.ofDays(47).plusHours(8));

        assertThat(core.messenger.inside).doesNotContain(BUYER).contains(BUYER + 1);
        assertThat(core.count("cases.cases where state = 'open'")).isEqualTo(1);
    }

    @Test
    void whatWasRefusedIsPostedOnceForAllWhoWaitAsSoonAsItMay() {
        admit(BUYER);
        goTo(Duration.ofDays(2));
        admit(BUYER + 1);
        refusePost();
        goTo(Duration.ofDays(32));
        decide(openCases().getFirst(), "wait");
        goTo(Duration.ofDays(40));
        assertThat(core.messenger.inside).contains(BUYER, BUYER + 1);
        assertThat(core.count("cases.cases")).isEqualTo(1);

        core.messenger.sent.clear();
        core.messenger.onSend = this::onlyBuyersRefuse;
        goTo(Duration.ofDays(46).plusHours(20));
        assertThat(core.messenger.inside).contains(BUYER, BUYER + 1);
        goTo(Duration.ofDays(47).plusHours(8));

        assertThat(core.messenger.inside).doesNotContain(BUYER, BUYER + 1);
        assertThat(inChannel()).hasSize(1);
        assertThat(core.tasks("post_unreachable")).containsOnly("done");
    }

    @Test
    void caseAboutThemIsSettledByThePost() {
        admit(BUYER);
        refusePost();
        goTo(Duration.ofDays(31));
        core.messenger.onSend = this::onlyBuyersRefuse;
        goTo(Duration.ofDays(32));

        assertThat(core.strings("select state || ' ' || decision from cases.cases"))
                .containsExactly("decided wait");
    }

    private void refusePost() {
        core.messenger.onSend = message ->
                message.chatId() == shop.channel().closedChat().value()
                        ? new Answer.Declined<>(Refusal.NO_RIGHTS, "400 need administrator rights in the channel chat")
                        : onlyBuyersRefuse(message);
    }

    @Test
    void postWhoseAnswerWasLostIsNotRepeated() {
        admit(BUYER);
        core.messenger.onSend = message ->
                message.chatId() == shop.channel().closedChat().value()
                        ? new Answer.Unknown<>("timeout")
                        : onlyBuyersRefuse(message);
        goTo(Duration.ofDays(38));

        assertThat(inChannel()).hasSize(1);
        assertThat(core.messenger.inside).doesNotContain(BUYER);
    }

    /** Two are told of at once while the post is under way: neither is forgotten. */
    @Test
    void whoCannotBeToldWhileThePostIsUnderWayIsRemovedAsWell() {
        for (int i = 0; i < 8; i++) {
            admit(BUYER + i);
        }
        core.messenger.onSend = this::onlyBuyersRefuse;
        goTo(Duration.ofDays(31));

        assertThat(inChannel()).hasSize(1);
        assertThat(core.count("access.ending where unreachable_at is not null and remove_at is null"))
                .isZero();
        assertThat(core.count("access.ending where unreachable_at is not null")).isEqualTo(8);
    }

    @Test
    void postIsNotSettledWhileSomebodyIsAddedToThoseItIsFor() throws Exception {
        admit(BUYER);
        UUID grant = UUID.fromString(
                core.strings("select grant_id from access.grants").getFirst());
        Ending.Key end = new Ending.Key(
                new Seat.Key(shop.seller(), shop.channel().id(), BUYER), BEGIN.plus(Duration.ofDays(30)));
        Instant now = core.clock.instant();
        Endings endings = core.bean(Endings.class);
        UnreachablePosts posts = core.bean(UnreachablePosts.class);
        var key = UnreachablePosts.Key.at(shop.seller(), shop.channel().id(), now);
        core.transactions.run(shop.seller(), () -> posts.lockPosted(key));

        core.whileUncommitted(
                shop.seller(),
                () -> {
                    endings.open(end, grant);
                    endings.unreachable(end, now);
                    posts.lockPosted(key);
                },
                () -> core.transactions.run(shop.seller(), () -> {
                    posts.lockPosted(key);
                    posts.posted(key, now, "message 7", Duration.ofDays(7));
                }));

        assertThat(core.count("access.ending where remove_at is not null")).isEqualTo(1);
    }

    private Answer<Long> onlyBuyersRefuse(Message message) {
        return message.chatId() > SELLER ? new Answer.Declined<>(Refusal.BLOCKED, "403") : new Answer.Done<>(7L);
    }

    private List<Message> inChannel() {
        return messages(shop.channel().closedChat().value());
    }

    @ParameterizedTest
    @ValueSource(strings = {Refusal.OTHER, Refusal.TOKEN, Refusal.NO_RIGHTS})
    void noticeThatIsRefusedForAnotherReasonIsTriedUntilItIsSent(String refusal) {
        admit(BUYER);
        jumpTo(Duration.ofDays(30));
        core.messenger.onSend = message -> new Answer.Declined<>(refusal, "400 can't parse entities");
        look();
        jumpTo(Duration.ofDays(39));
        look();
        assertThat(core.messenger.inside).contains(BUYER);
        assertThat(core.tasks("tell_end")).containsExactly("ready");
        assertThat(core.tasks("tell_unreachable")).isEmpty();

        core.messenger.onSend = message -> new Answer.Done<>(7L);
        goTo(Duration.ofDays(40));
        assertThat(core.messenger.inside).contains(BUYER);
        goTo(Duration.ofDays(41).plusHours(3));
        assertThat(core.messenger.inside).doesNotContain(BUYER);
    }

    @Test
    void noticeThatComesLateAfterAReminderStillGivesTheGraceItPromises() {
        admit(BUYER);
        goTo(Duration.ofDays(29).plusHours(1));
        core.messenger.onSend = message -> new Answer.NotNow<>(Duration.ofHours(20), "no connection");
        goTo(Duration.ofDays(30).plusHours(1));
        core.messenger.onSend = message -> new Answer.Done<>(7L);

        goTo(Duration.ofDays(31).plusHours(19));
        assertThat(messages(BUYER).getLast().html()).contains("24 hours");
        assertThat(core.messenger.inside).contains(BUYER);
        goTo(Duration.ofDays(31).plusHours(23));
        assertThat(core.messenger.inside).doesNotContain(BUYER);
    }

    @Test
    void noticeIsNotSentToSomebodyWhoIsRemovedAlready() {
        admit(BUYER);
        goTo(Duration.ofDays(29).plusHours(1));
        core.messenger.sent.clear();
        core.messenger.onSend = message -> message.html().contains("</b> ended on")
                ? new Answer.NotNow<>(Duration.ofHours(30), "no connection")
                : new Answer.Done<>(7L);
        goTo(Duration.ofDays(31).plusHours(2));
        assertThat(core.messenger.inside).doesNotContain(BUYER); // a reminder told them
        core.messenger.sent.clear();
        core.messenger.onSend = message -> new Answer.Done<>(7L);

        goTo(Duration.ofDays(32));

        assertThat(told(BUYER)).isEmpty();
        assertThat(core.tasks("tell_end")).containsExactly("done");
        assertThat(events()).contains("notice_not_needed");
    }

    @Test
    void whoBlockedTheBotAfterAReminderWasTold() {
        admit(BUYER);
        goTo(Duration.ofDays(28));
        core.messenger.onSend = message -> new Answer.Declined<>(Refusal.BLOCKED, "403");

        goTo(Duration.ofDays(31).plusHours(3));

        assertThat(core.messenger.inside).doesNotContain(BUYER);
    }

    @Test
    void noticeWhoseAnswersAreLostIsRepeatedInTheSameWordsThreeTimesAtMost() {
        admit(BUYER);
        jumpTo(Duration.ofDays(30));
        core.messenger.onSend = message -> new Answer.Unknown<>("timeout");

        goTo(Duration.ofDays(31));

        assertThat(told(BUYER)).containsExactly("ended", "ended", "ended");
        assertThat(messages(BUYER).stream().skip(1).map(Message::html).distinct())
                .hasSize(1);
        goTo(Duration.ofDays(38));
        assertThat(core.messenger.inside).doesNotContain(BUYER);
    }

    @Test
    void noticeEndsWithTheSellersOwnWords() {
        core.transactions.run(
                shop.seller(),
                () -> core.bean(ChannelTexts.class)
                        .set(shop.channel(), ChannelTexts.Kind.EXPIRY, "We will miss <you> & yours."));
        admit(BUYER);

        goTo(Duration.ofDays(30).plusHours(2));

        assertThat(messages(BUYER).getLast().html())
                .contains("ended on")
                .endsWith("We will miss &lt;you&gt; &amp; yours.");
    }

    @Test
    void whoLeftLongAgoIsNotWrittenTo() {
        admit(BUYER);
        core.messenger.inside.remove(BUYER);
        jumpTo(Duration.ofDays(200));

        goTo(Duration.ofDays(202));

        assertThat(told(BUYER)).isEmpty();
        assertThat(outcomes()).containsExactly("outside");
    }

    // the brake

    @ParameterizedTest
    @CsvSource({"go_on, 0", "keep, 25"})
    void manyRemovalsWaitForAPerson(String decision, int inside) {
        buyAndComeIn(1000, 25);
        core.startTasks();
        goTo(Duration.ofDays(33));
        assertThat(core.messenger.inside).hasSize(25);
        assertThat(core.messenger.calls).noneMatch(call -> call.startsWith("ban"));
        Case one = openCases().getFirst();
        assertThat(openCases()).hasSize(1);
        assertThat(one.kind()).isEqualTo("many_removals");
        assertThat(one.detail()).containsEntry("removals_due_within_an_hour", "25");

        decide(one, decision);
        goTo(Duration.ofDays(35));

        assertThat(core.messenger.inside).hasSize(inside);
        assertThat(openCases()).isEmpty();
        assertThat(core.count("timeline.event where kind in ('removals_go_on', 'removals_called_off')"))
                .isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"go_on, 30", "keep, 55"})
    void decisionIsOnlyAboutThoseThatItWasAskedAbout(String decision, int inside) {
        buyAndComeIn(1000, 25);
        core.startTasks();
        jumpTo(Duration.ofDays(2));
        buyAndComeIn(2000, 30);
        jumpTo(Duration.ofDays(30).plusHours(1));
        look();
        goTo(Duration.ofDays(33).plusHours(5)); // nobody answers, and the others become due
        Case stale = openCases().getFirst();
        assertThat(stale.detail()).containsEntry("removals_due_within_an_hour", "25");

        decide(stale, decision);
        look();

        assertThat(core.messenger.inside).hasSize(inside);
        Case next = openCases().getFirst();
        assertThat(next.detail()).containsEntry("removals_due", "30");
        decide(next, "go_on");
        look();
        assertThat(core.messenger.inside).hasSize(inside - 30);
    }

    @Test
    void renewalWhileTheRemovalsWaitStays() {
        buyAndComeIn(1000, 25);
        core.startTasks();
        goTo(Duration.ofDays(32));
        buy(1003);

        decide(openCases().getFirst(), "go_on");
        goTo(Duration.ofDays(33));

        assertThat(core.messenger.inside).containsExactly(1003L);
    }

    @Test
    void fewRemovalsFromASmallChannelAskNobody() {
        buyAndComeIn(1000, 3);
        core.startTasks();

        goTo(Duration.ofDays(32));

        assertThat(core.messenger.inside).isEmpty();
    }

    // one-time links

    @Test
    void oneTimeLinkIsRevokedBeforeTheRemovalAndAPurchaseAfterItHasAnother() {
        oneTimeLinks();
        buy(BUYER);
        passes(Duration.ofSeconds(5));
        // came in by other means: the link still opens
        core.messenger.inside.add(BUYER);
        core.owner()
                .sql("update tasks.task set due_at = due_at + interval '400 days' where kind = 'watch_join'")
                .update();
        core.owner()
                .sql("update access.pool_link set expires_at = expires_at + interval '400 days'")
                .update();
        core.messenger.calls.clear();

        goTo(Duration.ofDays(31).plusHours(2));

        assertThat(core.messenger.inside).doesNotContain(BUYER);
        assertThat(core.messenger.calls.stream()
                        .map(call -> call.substring(0, call.indexOf(' ')))
                        .toList())
                .containsSubsequence("revoke", "ban", "lift");

        core.messenger.sent.clear();
        buy(BUYER);
        passes(Duration.ofSeconds(5));
        assertThat(messages(BUYER).getLast().html()).contains("https://t.me/+");
    }

    @ParameterizedTest
    @ValueSource(ints = {10, 30}) // before the end, and in the grace period
    void renewalOfSomebodyInsideHasNoLink(int day) {
        oneTimeLinks();
        buy(BUYER);
        passes(Duration.ofSeconds(5));
        joins(BUYER);
        goTo(Duration.ofDays(day).plusHours(3));
        core.messenger.sent.clear();
        long links = core.count("access.pool_link where grant_id is not null");

        buy(BUYER);
        passes(Duration.ofSeconds(5));

        assertThat(messages(BUYER))
                .isNotEmpty()
                .noneMatch(message -> message.html().contains("https://t.me/+"));
        assertThat(core.count("access.pool_link where grant_id is not null")).isEqualTo(links);
        goTo(Duration.ofDays(day + 28));
        assertThat(core.messenger.inside).contains(BUYER);
    }

    @Test
    void purchaseDuringTheCallGetsALink() {
        oneTimeLinks();
        buy(BUYER);
        passes(Duration.ofSeconds(5));
        joins(BUYER);
        goTo(Duration.ofDays(30).plusHours(1));
        core.messenger.sent.clear();
        core.messenger.onBan = user -> {
            core.messenger.inside.remove(user);
            buy(BUYER);
            return new Answer.Done<>(true);
        };

        goTo(Duration.ofDays(31).plusHours(2));

        assertThat(core.messenger.calls).contains("lift " + BUYER);
        assertThat(messages(BUYER)).anyMatch(message -> message.html().contains("https://t.me/+"));
    }

    // helpers

    private void oneTimeLinks() {
        shop = core.shopOfOneTimeLinks("zzzzzzzzzzzz");
        var made = new AtomicInteger();
        core.messenger.onLink = name -> new Answer.Done<>("https://t.me/+" + made.incrementAndGet() + name);
        core.startTasks();
        core.bean(PoolKeeper.class).round();
        core.awaitTasks();
    }

    private Order admit(long buyer) {
        Order order = buy(buyer);
        core.startTasks();
        core.awaitTasks();
        asks(buyer);
        assertThat(core.messenger.inside).contains(buyer);
        core.messenger.sent.removeIf(
                message -> message.chatId() != buyer || message.html().contains("arrived"));
        return order;
    }

    private void buyAndComeIn(long first, int buyers) {
        for (long buyer = first; buyer < first + buyers; buyer++) {
            buy(buyer);
            core.messenger.inside.add(buyer);
        }
    }

    private Order buy(long buyer) {
        Order order = core.order(shop, buyer);
        payments.incrementAndGet();
        core.hear(Ipn.finished(lastPayment(), order.id()));
        return order;
    }

    private String lastPayment() {
        return Long.toString(5_000_000_000L + payments.get());
    }

    private void asks(long buyer) {
        core.messenger.pending.add(buyer);
        core.bean(Admission.class)
                .on(
                        updates.incrementAndGet(),
                        new Incoming.JoinRequested(
                                shop.channel().closedChat().value(),
                                buyer,
                                buyer,
                                core.clock.instant(),
                                new Incoming.Link("https://t.me/+standing", "", true)));
        core.awaitTasks();
    }

    private void joins(long buyer) {
        core.messenger.inside.add(buyer);
        core.bean(Admission.class)
                .on(
                        updates.incrementAndGet(),
                        new Incoming.MembershipChanged(
                                shop.channel().closedChat().value(),
                                buyer,
                                buyer,
                                false,
                                true,
                                core.clock.instant(),
                                null));
        core.awaitTasks();
    }

    /** The clock only: nobody looked meanwhile. */
    private void jumpTo(Duration sinceBegin) {
        core.clock.advance(Duration.between(core.clock.instant(), BEGIN.plus(sinceBegin)));
    }

    /** Hour by hour, everything that is due being done. */
    private void goTo(Duration sinceBegin) {
        Instant until = BEGIN.plus(sinceBegin);
        while (core.clock.instant().isBefore(until)) {
            Duration left = Duration.between(core.clock.instant(), until);
            Duration step = left.compareTo(Duration.ofHours(1)) < 0 ? left : stepOver(left);
            core.clock.advance(step);
            look();
        }
    }

    /** As far as nothing is due, at least an hour. */
    private Duration stepOver(Duration left) {
        Optional<Instant> next = core.strings("""
                        select to_char(min(at) at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') from (
                          select min(look_at) as at from access.grants
                          union all select min(remove_at) from access.ending
                            where settled_at is null and removal_at is null and remove_at > ? -- before: waits for a person
                          union all select min(due_at) from tasks.task where state = 'ready' and kind <> 'watch_join') due
                        """, core.clock.instant().atOffset(java.time.ZoneOffset.UTC)).stream()
                .filter(java.util.Objects::nonNull)
                .map(Instant::parse)
                .findFirst();
        Duration step =
                next.map(at -> Duration.between(core.clock.instant(), at)).orElse(left);
        return step.compareTo(Duration.ofHours(1)) < 0 ? Duration.ofHours(1) : step.compareTo(left) > 0 ? left : step;
    }

    private void look() {
        for (int i = 0; i < 2; i++) {
            round();
        }
    }

    private void round() {
        core.clock.advance(Duration.ofSeconds(10));
        core.bean(TimeKeeper.class).look();
        core.startTasks();
        core.wakeTasks();
        core.awaitTasks();
    }

    private void passes(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            core.clock.advance(Duration.ofSeconds(1));
            core.wakeTasks();
            core.awaitTasks();
        }
    }

    private List<Message> messages(long user) {
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() == user)
                .toList();
    }

    /** What somebody was told of the end of their time. */
    private List<String> told(long user) {
        return messages(user).stream()
                .map(Messenger.Message::html)
                .flatMap(html -> html.contains("</b> ended on")
                        ? Stream.of("ended")
                        : html.contains("</b> ends on") ? Stream.of("ends") : Stream.empty())
                .toList();
    }

    private long reminded() {
        return core.messenger.sent.stream()
                .filter(message -> message.html().contains("</b> ends on"))
                .count();
    }

    private long attempts(String kind) {
        return Long.parseLong(core.strings("select sum(attempt) from tasks.task where kind = ?", kind)
                .getFirst());
    }

    private List<String> outcomes() {
        return core.strings("select outcome from access.ending where outcome is not null order by settled_at");
    }

    private List<String> events() {
        return core.strings("select kind from timeline.event order by at, entry_id");
    }

    private List<Case> openCases() {
        return core.bean(Cases.class).list(shop.seller(), Optional.of("open"), Optional.empty(), 10);
    }

    private void decide(Case one, String decision) {
        core.transactions.run(shop.seller(), () -> {
            Case decided = core.bean(Cases.class)
                    .decide(shop.seller(), one.id(), decision, "as agreed", "operator")
                    .orElseThrow();
            core.beans(CaseDecider.class).stream()
                    .filter(decider -> decider.kind().equals(one.kind()))
                    .forEach(decider -> decider.decided(shop.seller(), decided, decision, "operator"));
        });
    }
}
