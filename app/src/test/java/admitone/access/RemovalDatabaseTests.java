package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.Ipn;
import admitone.checkout.Order;
import admitone.messaging.Incoming.Said;
import admitone.messaging.IncomingListener;
import admitone.messaging.Messenger.Refusal;
import admitone.messaging.Messenger.Role;
import admitone.messaging.Messenger.Standing;
import admitone.runtime.Answer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Removal after the end of somebody's time, and purchases around it. */
class RemovalDatabaseTests extends EndingFixture {
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

    /** What a person is shown before outside effects go on after a restore: no task tells of it while the rounds wait. */
    @Test
    void afterARestoreIsSaidOfHowManySomethingIsDueByTime() {
        admit(BUYER);
        EndsAfterRestore due = core.bean(EndsAfterRestore.class);
        assertThat(due.count()).isZero();

        core.clock.advance(Duration.ofDays(30).plusSeconds(1));
        assertThat(due.count()).as("to be told that it is over").isEqualTo(1);
        goTo(Duration.ofDays(30).plusHours(1));
        assertThat(due.count()).as("told").isZero();

        core.clock.advance(Duration.ofHours(24));
        assertThat(due.count()).as("to be removed").isEqualTo(1);
        goTo(Duration.ofDays(31).plusHours(2));
        assertThat(due.count()).isZero();
    }

    /** What somebody decides by the channel's terms is there before anybody else decides by them. */
    @Test
    void whoDecidesAboutRemovalsWaitsForWhoDoes() throws Exception {
        admit(BUYER);
        ChannelTerms terms = core.bean(ChannelTerms.class);
        Runnable lock = () -> terms.lock(shop.seller(), shop.channel().id());
        core.transactions.run(shop.seller(), lock);
        AtomicLong ended = new AtomicLong();

        core.whileUncommitted(
                shop.seller(),
                () -> {
                    lock.run();
                    core.jdbc.sql("update access.grants set look_at = null").update();
                },
                () -> core.transactions.run(shop.seller(), () -> {
                    lock.run();
                    ended.set(core.jdbc
                            .sql("select count(*) from access.grants where look_at is null")
                            .query(Long.class)
                            .single());
                }));

        assertThat(ended).hasValue(1);
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

    private Order admitSeen() {
        Order order = admit(BUYER);
        joins(BUYER); // Telegram tells of it
        return order;
    }

    private Grant grantOf(Order order) {
        return core.bean(Grants.class).ofOrder(shop.seller(), order.id()).orElseThrow();
    }

    /** They were inside all the while: who renews late again and again has no day more than who renews in time. */
    @Test
    void renewalInTheGracePeriodExtendsFromTheEnd() {
        Grant first = grantOf(admitSeen());
        goTo(Duration.ofDays(30).plusHours(20));
        Grant second = grantOf(buy(BUYER));
        goTo(Duration.ofDays(60).plusHours(20));
        Grant third = grantOf(buy(BUYER));

        assertThat(second.startsAt()).isEqualTo(first.endsAt());
        assertThat(third.startsAt()).isEqualTo(second.endsAt());
        assertThat(third.endsAt()).isEqualTo(first.startsAt().plus(Duration.ofDays(90)));
        goTo(Duration.ofDays(89));
        assertThat(core.messenger.inside).contains(BUYER);
    }

    @Test
    void whoBlocksTheBotAndRenewsBeforeTheRemovalHasNoTimeForNothing() {
        Grant first = grantOf(admitSeen());
        core.messenger.onSend = message -> message.chatId() == BUYER
                ? new Answer.Declined<>(Refusal.BLOCKED, "403 bot was blocked by the user")
                : new Answer.Done<>(7L);
        goTo(Duration.ofDays(36));
        assertThat(core.messenger.inside).contains(BUYER);

        assertThat(grantOf(buy(BUYER)).startsAt()).isEqualTo(first.endsAt());
    }

    @Test
    void purchaseRightAfterTheEndExtendsFromItBeforeAnybodyLooked() {
        Grant first = grantOf(admitSeen());
        jumpTo(Duration.ofDays(30).plusMinutes(5));

        assertThat(grantOf(buy(BUYER)).startsAt()).isEqualTo(first.endsAt());
    }

    @Test
    void purchaseAfterTheRemovalBeginsWhenItIsPaid() {
        admitSeen();
        goTo(Duration.ofDays(31).plusHours(2));
        assertThat(core.messenger.inside).doesNotContain(BUYER);

        assertThat(grantOf(buy(BUYER)).startsAt()).isEqualTo(core.clock.instant());
    }

    @Test
    void whatIsGivenInTheGracePeriodBeginsNow() {
        admitSeen();
        goTo(Duration.ofDays(30).plusHours(20));

        Giving.Gift gift = core.transactions.run(
                shop.seller(),
                () -> core.bean(Giving.class)
                        .give(
                                shop.channel(),
                                BUYER,
                                5,
                                new Origin.Given(Origin.Kind.MANUAL, "sorry"),
                                new Giving.By("operator", "root", "sorry"))
                        .orElseThrow());

        assertThat(gift.grant().startsAt()).isEqualTo(core.clock.instant());
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
    void ourOwnBanIsKnownUntilItIsLifted() {
        BansToLift bansToLift = core.bean(BansToLift.class);
        Seat.Key seat = new Seat.Key(shop.seller(), shop.channel().id(), BUYER);
        admit(BUYER);
        goTo(Duration.ofDays(30).plusHours(1));
        assertThat(bansToLift.any(seat)).isFalse();
        List<Boolean> whileBarred = new CopyOnWriteArrayList<>();
        core.messenger.onLift = user -> {
            whileBarred.add(bansToLift.any(seat));
            return new Answer.Done<>(true);
        };

        goTo(Duration.ofDays(31).plusHours(2));

        assertThat(whileBarred).containsExactly(true);
        assertThat(bansToLift.any(seat)).as("whoever bars them now is a person").isFalse();
    }

    @Test
    void whoPicksAPlanWhileWePutThemOutIsNotTakenForBanned() {
        admit(BUYER);
        goTo(Duration.ofDays(30).plusHours(1));
        core.messenger.sent.clear();
        var isBarred = new AtomicBoolean();
        var asked = new AtomicInteger();
        core.messenger.onStanding = user -> {
            if (user != BUYER) {
                return core.messenger.standing(user);
            }
            asked.incrementAndGet();
            return isBarred.get()
                    ? new Answer.Done<>(new Standing(Role.BANNED, false, false))
                    : core.messenger.standing(user);
        };
        core.messenger.onBan = user -> {
            core.messenger.inside.remove(user);
            isBarred.set(true);
            Said said = new Said(user, "/start " + shop.plan().handle(), core.clock.instant());
            core.beans(IncomingListener.class).forEach(listener -> listener.on(updates.incrementAndGet(), said));
            return new Answer.Done<>(true);
        };
        core.messenger.onLift = user -> {
            await().until(() -> asked.get() > 0);
            isBarred.set(false);
            return new Answer.Done<>(true);
        };

        goTo(Duration.ofDays(31).plusHours(2));

        assertThat(messages(BUYER))
                .anySatisfy(message -> assertThat(message.html()).contains("for <b>1.35 USD</b>"))
                .noneSatisfy(message -> assertThat(message.html()).contains("banned"));
        assertThat(core.strings("select kind from cases.cases")).doesNotContain("buyer_banned");
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
}
