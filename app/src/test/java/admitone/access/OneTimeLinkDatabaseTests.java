package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.access.Giving.By;
import admitone.cases.Cases;
import admitone.checkout.Order;
import admitone.database.Columns;
import admitone.fulfillment.CaseDecisions;
import admitone.fulfillment.CaseDecisions.Asked;
import admitone.messaging.Election;
import admitone.messaging.Incoming;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.messaging.Messenger.Role;
import admitone.messaging.Messenger.Standing;
import admitone.messaging.UpdateInbox;
import admitone.runtime.Answer;
import admitone.runtime.Settings;
import admitone.tasks.Result;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who comes in by a one-time link. */
class OneTimeLinkDatabaseTests extends OneTimeLinkFixture {
    private static final By A_TEST = new By("operator", "operator", "a test");

    // coming in

    @Test
    void theFirstJoinRevokesTheLinkAndAdmits() {
        String link = bought();

        joins(1, BUYER, link);
        joins(1, BUYER, link);

        assertThat(core.messenger.calls.stream().filter(call -> call.startsWith("revoke")))
                .containsExactly("revoke " + link);
        assertThat(access()).containsExactly("admitted");
        assertThat(stateOf(link)).isEqualTo("revoked");
        assertThat(core.count("cases.cases")).isZero();
    }

    @Test
    void whoWasBannedInTelegramBeforeComingInIsSentAnotherLinkWhenTheSellerLiftsIt() {
        String link = bought();
        AtomicBoolean isBanned = new AtomicBoolean(true);
        core.messenger.onStanding = user -> isBanned.get() && user == BUYER
                ? new Answer.Done<>(new Standing(Role.BANNED, false, false))
                : core.messenger.standing(user);
        core.messenger.onLift = _ -> {
            isBanned.set(false);
            return new Answer.Done<>(true);
        };
        start(1);
        assertThat(toBuyer().getLast().html()).contains("You are banned");

        core.transactions.run(
                shop.seller(),
                () -> core.bean(CaseDecisions.class)
                        .decide(
                                shop.seller(),
                                core.bean(Cases.class)
                                        .list(shop.seller(), Optional.of("open"), Optional.empty(), 1)
                                        .getFirst()
                                        .id(),
                                new Asked("unban", "as agreed", null, "seller", "Olga")));
        passes(Duration.ofSeconds(15));

        assertThat(toBuyer().getLast().html()).contains(livingLink());
        assertThat(livingLink()).isNotEqualTo(link);
        assertThat(stateOf(link)).isEqualTo("revoked");
    }

    @Test
    void lostAnswerOfARevocationIsRepeatedAndGoneIsSuccess() {
        String link = bought();
        AtomicInteger calls = new AtomicInteger();
        core.messenger.onRevoke = url -> calls.incrementAndGet() == 1
                ? new Answer.Unknown<>("timeout")
                : new Answer.Declined<>(Refusal.LINK_GONE, "INVITE_HASH_EXPIRED");

        joins(1, BUYER, link);
        assertThat(stateOf(link)).isEqualTo("revoking");
        core.clock.advance(Duration.ofSeconds(2));
        core.awaitTasks();

        assertThat(stateOf(link)).isEqualTo("revoked");
        assertThat(calls).hasValue(2);
    }

    @Test
    void aStrangerWhoWasFirstIsRemovedAndTheBuyerGetsAnotherOnceTheOldOneOpensNothing() {
        String link = bought();
        List<String> order = new CopyOnWriteArrayList<>();
        core.messenger.onRevoke = url -> {
            order.add("revoke");
            return new Answer.Done<>(true);
        };
        core.messenger.onBan = user -> {
            order.add("ban");
            return new Answer.Done<>(true);
        };
        core.messenger.onSend = message -> {
            order.add("message");
            return new Answer.Done<>(8L);
        };

        joins(1, STRANGER, link);
        assertThat(toldLinks()).containsExactly(link);
        passes(Duration.ofSeconds(15));

        assertThat(order).startsWith("revoke", "ban").endsWith("message");
        assertThat(core.cases(ID)).containsExactly("stranger_first");
        String another = livingLink();
        assertThat(toldLinks()).containsExactly(link, another);
        assertThat(core.strings("""
                select o.url from access.pool_link n join access.pool_link o on o.seller_id = n.seller_id and o.link_id = n.supersedes
                where n.url = ?
                """, another)).containsExactly(link);
        assertThat(core.strings("select outcome from access.stranger")).containsExactly("removed");
        assertThat(core.messenger.calls)
                .contains("lift " + STRANGER)
                .anySatisfy(call -> assertThat(call).startsWith("ban " + STRANGER));
        joins(2, BUYER, another);
        assertThat(access()).containsExactly("admitted");
    }

    @Test
    void theBanEndsByItselfAndLiftingItIsOwedWithIt() {
        String link = bought();
        stopTasks();

        joins(1, STRANGER, link);

        assertThat(core.tasks("remove_stranger")).hasSize(1);
        assertThat(core.tasks("lift_ban")).hasSize(1);
        core.startTasks();
        await().until(() -> {
            core.clock.advance(Duration.ofSeconds(1));
            core.awaitTasks(); // what runs must not lose its lease
            return core.tasks("lift_ban").equals(List.of("done"));
        });
        List<String> calls = core.messenger.calls;
        String ban = calls.stream()
                .filter(call -> call.startsWith("ban "))
                .findFirst()
                .orElseThrow();
        assertThat(Instant.parse(ban.substring(ban.lastIndexOf(' ') + 1)))
                .as("also where our clock is minutes behind Telegram's, which takes less than 30 seconds for ever")
                .isAfter(core.clock.instant().plus(Duration.ofMinutes(9)));
        assertThat(calls.indexOf("lift " + STRANGER)).isGreaterThan(calls.indexOf(ban));
    }

    @Test
    void aBanThatAPersonMadeIsNotLifted() {
        String link = bought();
        stopTasks();
        joins(1, STRANGER, link);
        admission.on(2, putOut(STRANGER, /* by= */ 5));

        core.startTasks();
        passes(Duration.ofSeconds(15));

        assertThat(core.strings("select outcome from access.stranger")).containsExactly("outside");
        assertThat(core.tasks("lift_ban")).containsExactly("done");
        assertThat(core.messenger.calls).noneMatch(call -> call.startsWith("lift"));
    }

    /** Made while nobody listened to the bot. */
    @Test
    void aBanThatAPersonMadeIsNotLiftedWhereItIsHeardOfLater() {
        String link = bought();
        stopTasks();
        joins(1, STRANGER, link);
        core.messenger.inside.remove(STRANGER);

        core.startTasks();
        passes(Duration.ofSeconds(15));
        admission.on(2, putOut(STRANGER, /* by= */ 5));
        core.awaitTasks();

        assertThat(core.strings("select outcome from access.stranger")).containsExactly("outside");
        assertThat(core.tasks("lift_ban")).containsExactly("done");
        assertThat(core.messenger.calls).noneMatch(call -> call.startsWith("ban ") || call.startsWith("lift"));
        assertThat(core.count("timeline.event where kind = 'stranger_was_outside'"))
                .isEqualTo(1);
    }

    @Test
    void ourBanIsLiftedAlsoWhereTheRemovalIsHeardOfBeforeItsAnswerIsRecorded() {
        String link = bought();
        core.messenger.onBan = user -> {
            admission.on(2, putOut(STRANGER, core.messenger.self.id()));
            return new Answer.Unknown<>("timeout");
        };

        joins(1, STRANGER, link);
        passes(Duration.ofSeconds(15));

        assertThat(core.strings("select outcome from access.stranger")).containsExactly("removed");
        assertThat(core.messenger.calls).contains("lift " + STRANGER);
    }

    @Test
    void noBanIsLiftedOnceOursHasEnded() {
        String link = bought();
        core.messenger.onLift = user -> new Answer.NotNow<>(Removing.BANNED_FOR, "flood");

        joins(1, STRANGER, link);
        passes(Duration.ofSeconds(15));
        core.clock.advance(Removing.BANNED_FOR);
        core.awaitTasks();

        assertThat(core.tasks("lift_ban")).containsExactly("done");
        assertThat(core.messenger.calls).containsOnlyOnce("lift " + STRANGER);
    }

    @Test
    void whoComesBackInTheSecondOfTheirRemovalIsSeenInside() {
        String link = bought();
        core.clock.advance(Duration.ofMillis(700));
        joins(1, STRANGER, link);
        await().until(() -> {
            core.clock.advance(Duration.ofSeconds(1));
            core.awaitTasks();
            return core.tasks("lift_ban").equals(List.of("done"));
        });

        admission.on(2, changed(STRANGER, false, true, null));

        assertThat(isSeenInside(STRANGER)).isTrue();
    }

    /** As whoever was inside before the bot came, or came in by a leaked link a moment ago. */
    @Test
    void aBuyerWhoIsInsideAndWasNeverHeardOfIsToldNoLink() {
        fill();
        core.messenger.inside.add(BUYER);

        pay(core.order(shop));
        core.awaitTasks();

        assertThat(toBuyer()).hasSize(1);
        assertThat(toldLinks()).isEmpty();
        assertThat(access()).containsExactly("admitted");
        assertThat(core.count("access.pool_link where state = 'assigned'")).isZero();
    }

    /** A look whose answer is lost is no message whose answer is lost. */
    @Test
    void aLinkWaitsHoweverManyLooksAreLost() {
        fill();
        core.messenger.onMember = user -> new Answer.Unknown<>("time-out");

        pay(core.order(shop));
        core.awaitTasks();
        for (int i = 0; i < 10; i++) {
            passes(Duration.ofSeconds(2));
        }

        assertThat(toldLinks()).isEmpty();
        core.messenger.onMember = user -> new Answer.Done<>(false);
        passes(Duration.ofSeconds(2));
        assertThat(toldLinks()).containsExactly(livingLink());
        assertThat(toBuyer()).hasSize(1);
    }

    /** It would be sent beside the next attempt. */
    @Test
    void aLinkIsNotSentByAnAttemptWhoseLeaseIsNearlyOver() {
        fill();
        AtomicBoolean isSlow = new AtomicBoolean(true);
        core.messenger.onMember = user -> {
            if (isSlow.getAndSet(false)) {
                core.clock.advance(Duration.ofSeconds(30));
            }
            return new Answer.Done<>(false);
        };
        List<Duration> left = new CopyOnWriteArrayList<>();
        Function<Messenger.Message, Answer<Long>> sent = core.messenger.onSend;
        core.messenger.onSend = message -> {
            if (message.chatId() == BUYER) {
                left.add(Duration.between(core.clock.instant(), leaseEnd()));
            }
            return sent.apply(message);
        };

        pay(core.order(shop));
        core.awaitTasks();

        assertThat(core.tasks("deliver_access")).containsExactly("ready");
        assertThat(left).isEmpty();
        assertThat(core.count("access.pool_link where told_at is not null")).isZero();
        passes(Duration.ofSeconds(1));
        assertThat(left).containsExactly(Duration.ofSeconds(40));
        assertThat(toldLinks()).containsExactly(livingLink());
    }

    /** What is set is set already: no message is lost with the answer. */
    @Test
    void aLinkIsToldAgainHoweverManyAnswersAboutItsExpiryAreLost() {
        bought();
        core.messenger.onExpire = _ -> new Answer.Unknown<>("time-out");

        start(1);
        for (int i = 0; i < 10; i++) {
            passes(Duration.ofSeconds(2));
        }

        assertThat(toBuyer()).hasSize(1);
        core.messenger.onExpire = _ -> new Answer.Done<>(true);
        passes(Duration.ofSeconds(2));
        assertThat(toBuyer()).hasSize(2);
        assertThat(toldLinks()).last().isEqualTo(livingLink());
    }

    private Instant leaseEnd() {
        return core.jdbc
                .sql("select due_at from tasks.task where kind = 'deliver_access' and state = 'running'")
                .query(OffsetDateTime.class)
                .single()
                .toInstant();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aLinkWaitsForAnAnswerWhetherItsBuyerIsInsideUnlessTheBotMayNotAsk(boolean mayAsk) {
        fill();
        core.messenger.onMember = user -> mayAsk
                ? new Answer.NotNow<>(Duration.ofSeconds(3), "flood")
                : new Answer.Declined<>(Refusal.NO_RIGHTS, "not enough rights");

        pay(core.order(shop));
        core.awaitTasks();

        assertThat(toldLinks()).hasSize(mayAsk ? 0 : 1);
        core.messenger.onMember = user -> new Answer.Done<>(false);
        passes(Duration.ofSeconds(4));
        assertThat(toldLinks()).containsExactly(livingLink());
    }

    @Test
    void anotherLinkIsNotToldWhileAStrangerIsInside() {
        String link = bought();
        core.messenger.onBan = user -> new Answer.Declined<>(Refusal.NO_RIGHTS, "not enough rights");
        joins(1, STRANGER, link);
        for (int minute = 0; minute < 5; minute++) {
            core.clock.advance(Duration.ofMinutes(1));
            core.awaitTasks();
        }
        assertThat(toldLinks()).containsExactly(link);

        core.messenger.onBan = user -> new Answer.Done<>(true);
        core.clock.advance(Duration.ofMinutes(11));
        passes(Duration.ofSeconds(5));

        assertThat(toldLinks()).containsExactly(link, livingLink());
    }

    @Test
    void anotherLinkIsNotToldWhileTheOldOneIsNotRevoked() {
        String link = bought();
        core.messenger.onRevoke = url -> new Answer.Unknown<>("timeout");
        joins(1, STRANGER, link);
        for (int minute = 0; minute < 5; minute++) {
            core.clock.advance(Duration.ofMinutes(1));
            core.awaitTasks();
        }
        assertThat(toldLinks()).containsExactly(link);
    }

    /** It may tell of a stranger who came in at the last moment. */
    @Test
    void anotherLinkIsNotToldWhileAnUpdateThatCameByThenIsYetToBeActedOn() {
        String link = bought();
        long bot = core.bean(Settings.class).telegram().botId();
        core.bean(UpdateInbox.class).store(bot, List.of(new UpdateInbox.Raw(50, "{}")));
        joins(1, STRANGER, link);
        passes(Duration.ofSeconds(10));
        assertThat(toldLinks()).containsExactly(link);

        core.owner().sql("update messaging.update_inbox set state = 'read'").update();
        core.bean(UpdateInbox.class).store(bot, List.of(new UpdateInbox.Raw(51, "{}")));
        passes(Duration.ofSeconds(5));

        assertThat(toldLinks()).containsExactly(link, livingLink());
    }

    /** It was killed, and the next one is elected when its term is over: who came in meanwhile is told to that one. */
    @Test
    void anotherLinkIsNotToldUntilSomebodyHasListenedForAWhile() {
        String link = bought();
        listener(Duration.ofHours(1), Duration.ofSeconds(5)); // renewed a second ago, for the last time
        joins(1, STRANGER, link);
        passes(Duration.ofSeconds(15));
        assertThat(core.strings("select outcome from access.stranger")).containsExactly("removed");
        assertThat(toldLinks()).containsExactly(link);

        listener(Duration.ZERO, Duration.ofSeconds(6));
        passes(Duration.ofSeconds(2));
        assertThat(toldLinks()).as("it may have asked nothing yet").containsExactly(link);

        listener(Duration.ofSeconds(4), Duration.ofSeconds(6));
        passes(Duration.ofSeconds(2));
        assertThat(toldLinks()).containsExactly(link, livingLink());
    }

    /** Nobody listened when it was sent; who does now has fetched it, and not acted on it yet. */
    @Test
    void anotherLinkIsNotToldBeforeWhatWasFetchedAfterABreakIsActedOn() {
        String link = bought();
        listener(Duration.ofHours(1), Duration.ofSeconds(5));
        joins(1, STRANGER, link);
        passes(Duration.ofSeconds(15));
        listener(Duration.ZERO, Duration.ofSeconds(6));
        core.clock.advance(Duration.ofSeconds(1));
        long bot = core.bean(Settings.class).telegram().botId();
        core.bean(UpdateInbox.class).store(bot, List.of(new UpdateInbox.Raw(50, "{}")));
        core.clock.advance(Duration.ofSeconds(3));
        listener(Duration.ofSeconds(4), Duration.ofSeconds(6));

        passes(Duration.ofSeconds(2));
        assertThat(toldLinks()).containsExactly(link);
        core.owner()
                .sql("update messaging.update_inbox set state = 'read' where update_id = 50")
                .update();
        passes(Duration.ofSeconds(2));
        assertThat(toldLinks()).containsExactly(link, livingLink());
    }

    private void listener(Duration holdsFor, Duration until) {
        Instant now = core.clock.instant();
        core.owner()
                .sql("update messaging.office set since = ?, until = ? where office = ?")
                .params(Columns.at(now.minus(holdsFor)), Columns.at(now.plus(until)), Election.LISTENER)
                .update();
    }

    /** An update is acted on, and then read. */
    @Test
    void anotherLinkIsNotToldWhileAStrangerIsHeardOfThatMoment() throws Exception {
        String link = bought();
        long bot = core.bean(Settings.class).telegram().botId();
        core.bean(UpdateInbox.class).store(bot, List.of(new UpdateInbox.Raw(50, "{}")));
        joins(1, STRANGER, link);
        passes(Duration.ofSeconds(10));
        stopTasks();
        Grant grant = core.bean(Grants.class)
                .active(shop.seller(), shop.channel().id(), BUYER)
                .getFirst();
        PoolLink older = pool.byUrl(shop.seller(), link).orElseThrow();
        AtomicReference<LinkPool.Telling> telling = new AtomicReference<>();

        core.whileUncommitted(
                shop.seller(),
                () -> {
                    core.jdbc
                            .sql("lock table messaging.update_inbox in access exclusive mode")
                            .update();
                    core.bean(Strangers.class).came(older, 98, 50, core.clock.instant());
                    core.jdbc
                            .sql("update messaging.update_inbox set state = 'read'")
                            .update();
                },
                () -> telling.set(pool.telling(grant)));

        assertThat(telling.get()).isInstanceOf(LinkPool.Telling.NotYet.class);
    }

    @Test
    void anOlderLinkThatIsNotRevokedButExpiredKeepsNobodyWaiting() {
        String link = bought();
        core.messenger.onRevoke = url -> new Answer.NotNow<>(Duration.ofDays(1), "flood");
        core.clock.advance(Duration.ofDays(7));
        core.awaitTasks();
        assertThat(stateOf(link)).isEqualTo("revoking");
        core.clock.advance(LinkPool.CLOCKS_DIFFER);

        start(9);

        assertThat(toldLinks()).containsExactly(link, livingLink());
    }

    @Test
    void anotherLinkIsNotToldWhileSomebodyBannedIsInsideByTheOldOne() {
        String link = bought();
        ban(STRANGER);
        core.messenger.onBan = user -> new Answer.Declined<>(Refusal.NO_RIGHTS, "not enough rights");

        joins(1, STRANGER, link);
        passes(Duration.ofSeconds(15));
        assertThat(stateOf(link)).isEqualTo("revoked");
        assertThat(toldLinks()).containsExactly(link);
        assertThat(core.tasks("remove_stranger"))
                .as("whose end would lift the seller's ban")
                .isEmpty();

        core.messenger.onBan = user -> new Answer.Done<>(true);
        core.clock.advance(Duration.ofMinutes(11));
        passes(Duration.ofSeconds(5));

        assertThat(toldLinks()).containsExactly(link, livingLink());
    }

    /** Whether they were banned before they came in, or since. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStrangerWhoseBanIsTakenBackBeforeItWasDoneIsRemovedAllTheSame(boolean bannedBefore) {
        String link = bought();
        core.messenger.onBan = user -> new Answer.Declined<>(Refusal.NO_RIGHTS, "not enough rights");
        if (bannedBefore) {
            ban(STRANGER);
        }
        joins(1, STRANGER, link);
        passes(Duration.ofSeconds(15));
        if (!bannedBefore) {
            ban(STRANGER);
        }
        takeBack(STRANGER);
        passes(Duration.ofMinutes(11));
        assertThat(toldLinks()).as("they are inside").containsExactly(link);

        core.messenger.onBan = user -> {
            core.messenger.inside.remove(user);
            return new Answer.Done<>(true);
        };
        passes(Duration.ofMinutes(11));

        assertThat(core.strings("select outcome from access.stranger")).containsExactly("removed");
        assertThat(core.messenger.calls).contains("lift " + STRANGER);
        assertThat(toldLinks()).containsExactly(link, livingLink());
    }

    /** They came in again while the answer was on its way. */
    @Test
    void aLookThatFindsAStrangerOutsideSettlesNothingThatCameAfterIt() {
        String first = bought();
        String second = boughtByAnother(first);
        AtomicBoolean isFirst = new AtomicBoolean(true);
        core.messenger.onMember = user -> {
            if (user == STRANGER && isFirst.getAndSet(false)) {
                core.messenger.inside.add(STRANGER);
                admission.on(3, cameIn(second));
                return new Answer.Done<>(false);
            }
            return new Answer.Done<>(core.messenger.inside.contains(user));
        };

        List<Boolean> seenInside = new CopyOnWriteArrayList<>();
        core.messenger.onBan = user -> {
            seenInside.add(isSeenInside(STRANGER));
            core.messenger.inside.remove(user);
            return new Answer.Done<>(true);
        };

        admission.on(1, cameIn(first));
        passes(Duration.ofSeconds(15));

        assertThat(seenInside).containsExactly(true);
        assertThat(core.strings("select outcome from access.stranger order by update_id"))
                .containsExactly("outside", "removed");
        assertThat(core.messenger.inside).doesNotContain(STRANGER);
    }

    @Test
    void aLookThatFindsAStrangerOutsideHidesNoRemovalUnderWay() {
        String first = bought();
        String second = boughtByAnother(first);
        AtomicBoolean isFirst = new AtomicBoolean(true);
        stopTasks();
        joins(1, STRANGER, first);
        joins(3, STRANGER, second);
        core.messenger.onBan = user -> {
            core.messenger.inside.remove(user);
            if (isFirst.getAndSet(false)) {
                PoolLink link = pool.byUrl(shop.seller(), second).orElseThrow();
                Result looked = core.bean(RemoveStrangerTask.class)
                        .attempt(attemptOf(Effects.removeStranger(link, STRANGER, 3), /* attempt= */ 11));
                core.transactions.run(shop.seller(), looked.record());
            }
            return new Answer.Done<>(true);
        };

        Result removed = core.bean(RemoveStrangerTask.class)
                .attempt(attemptOf(
                        Effects.removeStranger(pool.byUrl(shop.seller(), first).orElseThrow(), STRANGER, 1),
                        /* attempt= */ 11));
        core.transactions.run(shop.seller(), removed.record());
        core.startTasks();
        passes(Duration.ofSeconds(15));

        assertThat(core.strings("select outcome from access.stranger order by update_id"))
                .containsExactly("removed", "outside");
        assertThat(core.messenger.calls).contains("lift " + STRANGER);
    }

    /** Telegram keeps the later of two bans. */
    @Test
    void aRemovalDoesNotShortenTheBanOfASellerWhoBannedThemMeanwhile() {
        String link = bought();
        core.messenger.onBan = user -> new Answer.Declined<>(Refusal.NO_RIGHTS, "not enough rights");
        joins(1, STRANGER, link);
        passes(Duration.ofSeconds(15));
        ban(STRANGER);
        core.messenger.calls.clear();

        passes(Duration.ofMinutes(11));

        assertThat(core.messenger.calls)
                .filteredOn(call -> call.startsWith("ban " + STRANGER))
                .isNotEmpty()
                .allSatisfy(call -> assertThat(call).endsWith(Instant.EPOCH.toString()));
    }

    @Test
    void aBanIsLiftedHoweverLongTheBotMayNot() {
        fill();
        Order order = core.order(shop);
        ban(BUYER);
        pay(order);
        passes(Duration.ofSeconds(15));
        core.messenger.onLift = _ -> new Answer.Declined<>(Refusal.NO_RIGHTS, "not enough rights");

        decide("paid_while_banned", "lift");
        for (int i = 0; i < 80; i++) {
            core.clock.advance(Duration.ofMinutes(11));
            core.awaitTasks();
        }
        assertThat(toldLinks()).isEmpty();
        core.messenger.onLift = _ -> new Answer.Done<>(true);
        core.clock.advance(Duration.ofMinutes(11));
        passes(Duration.ofSeconds(15));

        assertThat(toldLinks()).containsExactly(livingLink());
    }

    private String boughtByAnother(String first) {
        pay(1, core.order(shop, STRANGER + 1));
        core.awaitTasks();
        return core.strings("select url from access.pool_link where state = 'assigned' and url <> ?", first)
                .getFirst();
    }

    private Incoming cameIn(String url) {
        return changed(STRANGER, false, true, new Incoming.Link(url, nameOf(url), true));
    }

    @Test
    void whoPaidWhileBannedIsSentTheWayInWhenTheSellerLiftsIt() {
        fill();
        Order order = core.order(shop);
        ban(BUYER);
        pay(order);
        passes(Duration.ofSeconds(15));
        assertThat(toldLinks()).isEmpty();

        decide("paid_while_banned", "lift");
        passes(Duration.ofSeconds(15));

        assertThat(toldLinks()).containsExactly(livingLink());
    }

    /** Nobody can revoke it, and nobody was ever told it. */
    @Test
    void anUntoldLinkOfTheBotBeforeHoldsNothingBack() {
        fill();
        stopTasks();
        pay(core.order(shop));
        core.owner()
                .sql("update access.pool_link set bot_id = 1, ready_at = null where state = 'assigned'")
                .update();
        ban(BUYER);
        takeBack(BUYER);

        core.startTasks();
        passes(Duration.ofSeconds(30));

        assertThat(toldLinks()).containsExactly(livingLink());
    }

    @Test
    void aLinkThatIsToldAgainIsSaidToBeGoodForWhatIsLeft() {
        bought();
        assertThat(toBuyer().getLast().html()).contains("good for 7 days");

        core.clock.advance(Duration.ofDays(3));
        start(1);
        assertThat(toBuyer().getLast().html()).contains("good for 4 days");

        core.clock.advance(Duration.ofDays(3));
        start(2);
        assertThat(toBuyer().getLast().html()).contains("good for 24 hours");
    }

    private void ban(long user) {
        core.transactions.run(shop.seller(), () -> core.bean(Listing.class).ban(shop.channel(), user, A_TEST));
        awaitTasks();
    }

    private void takeBack(long user) {
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Listing.class).takeBack(shop.channel(), user, Listed.Word.BANNED, A_TEST));
        awaitTasks();
    }

    @Test
    void nobodyIsAskedAboutAStrangerWhoIsBeingRemoved() {
        String link = bought();
        core.messenger.onBan = user -> new Answer.NotNow<>(Duration.ofHours(1), "flood");
        joins(1, STRANGER, link);
        core.clock.advance(Duration.ofMinutes(2));

        assertThat(core.bean(MemberKeeper.class).look()).isTrue();

        assertThat(core.strings("select kind from cases.cases")).containsExactly("stranger_first");
    }

    /** Heard of while it was asked who is inside. */
    @Test
    void nobodyIsAskedAboutWhoLeftSinceTheLook() {
        fill();
        core.messenger.inside.add(STRANGER);
        admission.on(1, changed(STRANGER, false, true, null));
        core.clock.advance(Duration.ofMinutes(2));
        var standing = core.messenger.onStanding;
        core.messenger.onStanding = user -> {
            var inside = standing.apply(user);
            core.clock.advance(Duration.ofSeconds(2));
            admission.on(2, changed(STRANGER, true, false, null));
            return inside;
        };

        assertThat(core.bean(MemberKeeper.class).look()).isTrue();

        assertThat(core.count("cases.cases")).isZero();
    }

    /** The new bot is told the name and half the address of a link of the old one, and cannot revoke it. */
    @Test
    void aStrangerByALinkOfTheBotBeforeIsRemovedAndAnotherLinkWaitsUntilItHasExpired() {
        String link = bought();
        String name = nameOf(link);
        core.owner()
                .sql("update access.pool_link set bot_id = 1 where url = ?")
                .param(link)
                .update();
        String cut = link.substring(0, link.length() - 6) + "...";

        core.messenger.inside.add(STRANGER);
        admission.on(1, changed(STRANGER, false, true, new Incoming.Link(cut, name, false)));
        passes(Duration.ofSeconds(40));

        assertThat(core.strings("select outcome from access.stranger")).containsExactly("removed");
        assertThat(stateOf(link)).isEqualTo("revoking");
        assertThat(toldLinks()).containsExactly(link);
        core.clock.advance(Duration.ofDays(7));
        core.awaitTasks();
        assertThat(core.messenger.calls).doesNotContain("revoke " + link);
        assertThat(stateOf(link)).isEqualTo("revoking");
        core.clock.advance(LinkPool.CLOCKS_DIFFER.plusSeconds(1));
        core.awaitTasks();
        assertThat(stateOf(link)).isEqualTo("revoked");
        start(9);
        assertThat(toldLinks()).containsExactly(link, livingLink());
    }

    /** Ready while the token was changed: nobody could revoke it. */
    @Test
    void aLinkOfTheBotBeforeThatWasToldToNobodyIsNotTold() {
        String link = bought();
        core.owner()
                .sql("update access.pool_link set bot_id = 1, told_at = null where url = ?")
                .param(link)
                .update();
        core.messenger.sent.clear();

        start(9);

        assertThat(stateOf(link)).isEqualTo("void");
        assertThat(toldLinks()).containsExactly(livingLink());
    }

    @Test
    void aLinkThatIsGivenUpRightBeforeItIsToldIsToldToNobody() {
        String url = bought();
        core.owner()
                .sql("update access.pool_link set told_at = null where url = ?")
                .param(url)
                .update();
        PoolLink link = pool.byUrl(shop.seller(), url).orElseThrow();
        core.transactions.run(shop.seller(), () -> pool.giveUp(link, "a test"));

        assertThat(pool.told(link)).isFalse();
        assertThat(core.count("access.pool_link where told_at is not null")).isZero();
    }

    @Test
    void aLinkThatIsToldRightBeforeItIsGivenUpIsRevoked() {
        String url = bought();
        core.owner()
                .sql("update access.pool_link set told_at = null where url = ?")
                .param(url)
                .update();
        PoolLink seen = pool.byUrl(shop.seller(), url).orElseThrow();
        assertThat(pool.told(seen)).isTrue();

        core.transactions.run(shop.seller(), () -> pool.giveUp(seen, "a test"));
        core.awaitTasks();

        assertThat(stateOf(url)).isEqualTo("revoked");
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "19, 1", "100, 10", "600, 60", "2000000, 60"})
    void looksSeldomerWhetherALinkMayBeToldTheLongerItMayNot(int attempt, int seconds) {
        assertThat(DeliverAccessTask.notToldYet(attempt)).isEqualTo(Duration.ofSeconds(seconds));
    }

    @Test
    void lostAnswerOfARemovalIsRepeated() {
        String link = bought();
        AtomicInteger bans = new AtomicInteger();
        core.messenger.onBan =
                user -> bans.incrementAndGet() == 1 ? new Answer.Unknown<>("timeout") : new Answer.Done<>(true);

        joins(1, STRANGER, link);
        passes(Duration.ofSeconds(5));

        assertThat(bans).hasValue(2);
        assertThat(core.tasks("remove_stranger")).containsExactly("done");
    }

    @Test
    void whoHasAGrantOfTheirOwnStaysWhicheverLinkTheyUsed() {
        String link = bought();
        pay(1, core.order(shop, STRANGER));
        core.awaitTasks();

        joins(1, STRANGER, link);

        assertThat(core.messenger.calls).noneMatch(call -> call.startsWith("ban"));
        assertThat(core.strings("select access from access.grants where telegram_user_id = " + STRANGER))
                .containsExactly("admitted");
        assertThat(core.count("access.pool_link where state = 'assigned'"))
                .as("the buyer's new link alone")
                .isEqualTo(1);
    }

    @Test
    void aStrangerWhoPaysWhileBeingRemovedGetsAWayBackIn() {
        String link = bought();
        Order order = core.order(shop, STRANGER);
        core.messenger.onBan = user -> {
            pay(1, order);
            core.messenger.inside.remove(user);
            return new Answer.Done<>(true);
        };

        joins(1, STRANGER, link);
        await().until(() -> {
            core.clock.advance(Duration.ofSeconds(1));
            core.awaitTasks(); // what runs must not lose its lease
            return core.strings(
                                    "select l.url from access.pool_link l join access.grants g on g.grant_id = l.grant_id where l.state = 'assigned' and l.ready_at is not null and g.telegram_user_id = "
                                            + STRANGER)
                            .size()
                    == 1;
        });
    }

    /** They were looked at before they were put out, and no update tells of it. */
    @Test
    void aStrangerWhoPaysWhileTheAnswerToTheirRemovalIsLostGetsAWayBackIn() {
        String link = bought();
        Order order = core.order(shop, STRANGER);
        core.messenger.inside.add(STRANGER);
        core.messenger.onBan = _ -> {
            pay(1, order);
            return new Answer.Unknown<>("timeout");
        };
        core.messenger.onSend = message -> {
            core.messenger.inside.remove(message.chatId());
            return new Answer.Done<>(9L);
        };

        joins(1, STRANGER, link);
        passes(Duration.ofSeconds(15));

        assertThat(core.messenger.calls).contains("lift " + STRANGER);
        assertThat(linksOfStranger()).hasSize(1);
        assertThat(core.messenger.sent)
                .filteredOn(message -> message.chatId() == STRANGER)
                .extracting(Messenger.Message::html)
                .satisfiesExactly(
                        first -> assertThat(first).contains("You are inside"),
                        then -> assertThat(then).contains(linksOfStranger().getFirst()));
    }

    /** Whoever gets a link from somebody inside would be inside beside them. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStrangerInsideWhoBuysIsToldNoLinkBeforeSomebodyHasLooked(boolean inside) {
        String link = bought();
        core.messenger.onBan = user -> new Answer.Declined<>(Refusal.NO_RIGHTS, "not enough rights");
        joins(1, STRANGER, link);
        var tells = core.messenger.onMember;
        core.messenger.onMember = _ -> new Answer.NotNow<>(Duration.ofSeconds(2), "flood");

        pay(1, core.order(shop, STRANGER));
        passes(Duration.ofSeconds(5));
        assertThat(linksOfStranger()).isEmpty();

        if (!inside) {
            core.messenger.inside.remove(STRANGER);
        }
        core.messenger.onMember = tells;
        passes(Duration.ofSeconds(10));

        assertThat(linksOfStranger()).hasSize(inside ? 0 : 1);
        assertThat(core.messenger.sent)
                .filteredOn(message -> message.chatId() == STRANGER)
                .singleElement()
                .satisfies(message -> assertThat(message.html())
                        .contains(inside ? "You are inside" : linksOfStranger().getFirst()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"buys", "is given"})
    void whoIsWhitelistedAndInsideIsToldNoLink(String how) {
        fill();
        core.messenger.inside.add(STRANGER);
        admission.on(1, changed(STRANGER, false, true, null));
        By by = new By("seller", "seller 1", "a friend");
        core.transactions.run(shop.seller(), () -> core.bean(Listing.class).whitelist(shop.channel(), STRANGER, by));

        if (how.equals("buys")) {
            pay(1, core.order(shop, STRANGER));
        } else {
            core.bean(Grants.class).knowBuyer(shop.seller(), STRANGER);
            var given = new Origin.Given(Origin.Kind.MANUAL, "friend-1");
            core.transactions.run(
                    shop.seller(), () -> core.bean(Giving.class).give(shop.channel(), STRANGER, 30, given, by));
        }
        passes(Duration.ofSeconds(5));

        assertThat(linksOfStranger()).isEmpty();
        assertThat(access()).containsExactly("admitted");
        assertThat(core.messenger.sent)
                .filteredOn(message -> message.chatId() == STRANGER)
                .last()
                .satisfies(message -> assertThat(message.html()).contains("You are inside"));
    }

    /** Of grants of their own. */
    private List<String> linksOfStranger() {
        return core.strings("""
                select l.url from access.pool_link l join access.grants g on g.seller_id = l.seller_id and g.grant_id = l.grant_id
                where g.telegram_user_id = ?
                """, STRANGER);
    }

    /** Their leaving could not be acted on at once, and is tried again after what came next. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void aStrangerWhoCameInAgainIsRemovedThoughTheirLeavingIsActedOnAfterwards(int secondsLater) {
        String link = bought();
        var bans = core.messenger.onBan;
        core.messenger.onBan = _ -> new Answer.NotNow<>(Duration.ofSeconds(3), "flood");
        joins(1, STRANGER, link);
        Incoming left = changed(STRANGER, true, false, null);
        core.clock.advance(Duration.ofSeconds(secondsLater));
        joins(3, STRANGER, link);

        admission.on(2, left);
        assertThat(isSeenInside(STRANGER)).isTrue();
        core.messenger.onBan = bans;
        passes(Duration.ofSeconds(10));

        assertThat(core.messenger.inside).doesNotContain(STRANGER);
        assertThat(core.strings("select outcome from access.stranger")).containsExactly("removed");
    }

    /** Acted on late itself, it brings nobody back in. */
    @Test
    void aComingInThatIsActedOnAfterTheNextOneChangesNothingOfIt() {
        String link = bought();
        core.messenger.onBan = _ -> new Answer.NotNow<>(Duration.ofHours(1), "flood");
        joins(3, STRANGER, link);

        joins(1, STRANGER, link);

        assertThat(core.strings("select update_id::text from access.stranger")).containsExactly("3");
        assertThat(core.tasks("remove_stranger")).hasSize(1);
        assertThat(core.tasks("lift_ban"))
                .as("of its own, it might lift a person's ban")
                .hasSize(1);
    }

    @Test
    void anAdministratorIsLeftToTheHumans() {
        String link = bought();
        core.messenger.onBan = user -> new Answer.Declined<>(Refusal.ADMINISTRATOR, "user is an administrator");

        joins(1, STRANGER, link);
        passes(Duration.ofSeconds(2));

        assertThat(core.strings("select outcome from access.stranger")).containsExactly("administrator");
        assertThat(core.cases(ID)).containsExactly("stranger_first");
    }

    @Test
    void afterFiveStrangersAPersonIsAsked() {
        bought();
        for (int n = 0; n < TooManyStrangers.MOST_STRANGERS; n++) {
            joins(10 + n, 2000 + n, livingLink());
            passes(Duration.ofSeconds(15));
        }

        assertThat(core.cases(ID)).containsExactly("stranger_first", "too_many_strangers");
        assertThat(core.count("access.pool_link where state = 'assigned'")).isZero();
        assertThat(toldLinks()).hasSize(TooManyStrangers.MOST_STRANGERS);
    }

    @Test
    void whoseLinksLetInTooManyIsToldAndGetsAnotherWhenTheSellerSaysSo() {
        bought();
        strangersCome(10);
        assertThat(toBuyer().getLast().html()).contains("Too many others came in to <b>Signals</b>", "/support");
        int told = toBuyer().size();

        start(50);

        assertThat(toBuyer()).as("asking is answered").hasSize(told + 1);
        assertThat(toBuyer().getLast().html()).contains("Too many others");
        assertThat(core.messenger.sent)
                .filteredOn(message -> message.html().contains("Five or more others came in"))
                .singleElement()
                .satisfies(message -> {
                    assertThat(message.html())
                            .contains("<b>Signals</b>", "user?id=" + BUYER)
                            .doesNotContain("Payment:");
                    assertThat(message.buttons())
                            .extracting("text")
                            .containsExactly("Send them another link", "No further link");
                });

        decide("another_link");
        passes(Duration.ofSeconds(15));
        assertThat(toBuyer().getLast().html()).contains(livingLink());

        strangersCome(60);
        assertThat(core.cases(ID)).containsExactly("stranger_first", "too_many_strangers", "too_many_strangers");
        assertThat(toBuyer().getLast().html()).contains("Too many others");
        decide("keep");
        start(90);
        assertThat(toBuyer().getLast().html())
                .contains("Too many others", "decided that you get no further one")
                .doesNotContain("have been asked");
        assertThat(core.count("cases.cases where kind = 'too_many_strangers'"))
                .as("asked no more")
                .isEqualTo(2);
    }

    /** As V270 leaves it: a seller without a token is never asked elsewhere. */
    @Test
    void sellerIsToldOfACaseFromBeforeWhenTheBuyerReadsThatTheyWereAsked() {
        bought();
        strangersCome(10);
        core.owner()
                .sql(
                        "update cases.cases set told_at = null, untold_why = 'opened_before' where kind = 'too_many_strangers'")
                .update();
        core.messenger.sent.clear();

        start(50);
        start(51);

        assertThat(core.messenger.sent)
                .filteredOn(message -> message.html().contains("came in by the links"))
                .hasSize(1);
    }

    private void strangersCome(long first) {
        for (long n = 0; n < TooManyStrangers.MOST_STRANGERS; n++) {
            joins(first + n, 2000 + first + n, livingLink());
            passes(Duration.ofSeconds(15));
        }
    }

    private void decide(String decision) {
        decide("too_many_strangers", decision);
    }

    private void decide(String kind, String decision) {
        core.transactions.run(
                shop.seller(),
                () -> core.bean(CaseDecisions.class)
                        .decide(
                                shop.seller(),
                                core
                                        .bean(Cases.class)
                                        .list(shop.seller(), Optional.of("open"), Optional.empty(), 10)
                                        .stream()
                                        .filter(one -> one.kind().equals(kind))
                                        .findFirst()
                                        .orElseThrow()
                                        .id(),
                                new Asked(decision, "as agreed", null, "seller", "Olga")));
    }

    @Test
    void whoeverTheHumansLetInStays() {
        bought();

        admission.on(3, changed(STRANGER, false, true, null));
        admission.on(4, changed(STRANGER + 1, false, true, new Incoming.Link("https://t.me/+other...", "ap-x", false)));
        core.awaitTasks();

        assertThat(core.messenger.calls).noneMatch(call -> call.startsWith("ban") || call.startsWith("revoke"));
    }

    @Test
    void requestsToJoinAreLeftToTheHumans() {
        bought();

        admission.on(
                3,
                new Incoming.JoinRequested(
                        shop.channel().closedChat().value(),
                        BUYER,
                        BUYER,
                        core.clock.instant(),
                        new Incoming.Link("https://t.me/+x", "ao-0123456789ab-1", true)));
        core.awaitTasks();

        assertThat(core.count("timeline.event where kind = 'join_left_to_humans'"))
                .isEqualTo(1);
        assertThat(core.tasks("approve_join")).isEmpty();
    }

    // links that nobody was given

    /** After a restore, say, the first update after the start is of a link of the lost time: which bot we are is not asked first. */
    @Test
    void aLinkThatTheDatabaseDoesNotKnowIsRevokedThoughItsUseIsTheFirstThingHeard() {
        String url = "https://t.me/+lost";
        String name = "ap-" + shop.channel().id().toString().substring(24) + "-9999";

        admission.on(3, changed(STRANGER, false, true, new Incoming.Link(url, name, true)));
        core.startTasks();
        core.awaitTasks();

        assertThat(stateOf(url)).isEqualTo("revoked");
        assertThat(core.messenger.calls).contains("revoke " + url);
    }

    @ParameterizedTest
    @CsvSource({"abandoned", "unheard_of", "void", "free"})
    void whoComesInByALinkNobodyWasGivenIsRemoved(String which) {
        fill();
        String url = "https://t.me/+lost";
        String name = "ap-" + shop.channel().id().toString().substring(24) + "-9999";
        switch (which) {
            case "abandoned" -> pool.abandoned(shop.channel(), name);
            case "void", "free" -> {
                url = core.strings("select url from access.pool_link order by link_id")
                        .getLast();
                name = nameOf(url);
                if (which.equals("void")) {
                    core.owner()
                            .sql("update access.pool_link set state = 'void', why = 'test' where state = 'free'")
                            .update();
                }
            }
            default -> {}
        }

        core.messenger.inside.add(STRANGER);
        admission.on(3, changed(STRANGER, false, true, new Incoming.Link(url, name, true)));
        passes(Duration.ofSeconds(5));

        assertThat(stateOf(url)).isEqualTo("revoked");
        assertThat(core.messenger.calls)
                .contains("revoke " + url)
                .anySatisfy(call -> assertThat(call).startsWith("ban " + STRANGER));
        assertThat(core.strings("select kind from cases.cases")).containsExactly("orphan_link");
        assertThat(core.messenger.sent)
                .filteredOn(message -> message.html().contains("a one-time link that belongs to no purchase"))
                .singleElement()
                .satisfies(message -> assertThat(message.html()).contains("<b>Signals</b>", "user?id=" + STRANGER));
        assertThat(core.count("timeline.event where kind = 'orphan_link'")).isEqualTo(1);
        assertThat(core.strings("select detail::text from timeline.event where kind = 'orphan_link'"))
                .allSatisfy(detail -> assertThat(detail).doesNotContain("t.me"));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void twoWhoComeInByALinkNobodyWasGivenAtOnceAreBothRemoved(boolean isAbandoned) throws Exception {
        fill();
        String name = "ap-" + shop.channel().id().toString().substring(24) + "-9999";
        if (isAbandoned) {
            pool.abandoned(shop.channel(), name);
        }
        var lost = new Incoming.Link("https://t.me/+lost", name, true);
        core.messenger.inside.addAll(List.of(STRANGER, STRANGER + 1));

        core.whileUncommitted(
                shop.seller(),
                () -> core.bean(OneTimeAdmission.class)
                        .joined(
                                shop.channel(),
                                3,
                                (Incoming.MembershipChanged) changed(STRANGER, false, true, lost),
                                List.of(),
                                Optional.empty()),
                () -> admission.on(4, changed(STRANGER + 1, false, true, lost)));
        passes(Duration.ofSeconds(5));

        assertThat(core.strings("select state from access.pool_link where name = ?", name))
                .containsExactly("revoked");
        assertThat(core.messenger.calls)
                .anySatisfy(call -> assertThat(call).startsWith("ban " + STRANGER + " "))
                .anySatisfy(call -> assertThat(call).startsWith("ban " + (STRANGER + 1) + " "));
    }

    @Test
    void aBuyerWhoComesInByALostLinkStays() {
        bought();

        admission.on(3, changed(BUYER, false, true, new Incoming.Link("https://t.me/+lost", "ap-lost-1", true)));
        core.awaitTasks();

        assertThat(core.messenger.calls)
                .contains("revoke https://t.me/+lost")
                .noneMatch(call -> call.startsWith("ban"));
        assertThat(access()).containsExactly("admitted");
        assertThat(core.count("access.pool_link where state = 'assigned'")).isZero();
    }
}
