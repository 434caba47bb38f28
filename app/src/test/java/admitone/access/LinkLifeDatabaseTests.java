package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Ipn;
import admitone.checkout.Order;
import admitone.database.Columns;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What becomes of a one-time link and its buyer later. */
class LinkLifeDatabaseTests extends OneTimeLinkFixture {
    // the sweep

    @Test
    void whoIsSeenInsideIsAdmittedThoughNoUpdateCame() {
        String link = bought();
        core.messenger.inside.add(BUYER);

        core.clock.advance(Duration.ofMinutes(1));
        core.awaitTasks();

        assertThat(access()).containsExactly("admitted");
        assertThat(stateOf(link)).isEqualTo("revoked");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void whoLeavesWhileALookSeesThemInsideIsOutside(int secondsLater) {
        bought();
        core.messenger.onMember = user -> {
            admission.on(5, changed(BUYER, true, false, null));
            core.clock.advance(Duration.ofSeconds(secondsLater));
            return new Answer.Done<>(true);
        };

        core.clock.advance(Duration.ofMinutes(1));
        core.awaitTasks();

        assertThat(access()).containsExactly("admitted");
        assertThat(isSeenInside(BUYER)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void whoComesInWhileALookSeesThemOutsideIsInside(int secondsLater) {
        String link = bought();
        joins(1, BUYER, link);
        admission.on(2, changed(BUYER, true, false, null));
        core.messenger.onMember = user -> {
            admission.on(5, changed(BUYER, false, true, null));
            core.clock.advance(Duration.ofSeconds(secondsLater));
            return new Answer.Done<>(false);
        };

        start(9);

        assertThat(isSeenInside(BUYER)).isTrue();
        assertThat(core.count("access.pool_link where state = 'assigned'")).isZero();
    }

    @Test
    void looksInGrowingPauses() {
        bought();

        for (int minute = 0; minute < 64; minute++) {
            core.clock.advance(Duration.ofMinutes(1));
            core.awaitTasks();
        }

        // at 1, 2, 4, 8, 16, 32 and 64 minutes
        assertThat(core.strings("select attempt from tasks.task where kind = 'watch_join'"))
                .containsExactly("7");
    }

    @Test
    void anExpiredLinkIsRevokedAndStartGivesAnother() {
        String link = bought();
        core.clock.advance(Duration.ofDays(7));
        core.awaitTasks();
        assertThat(stateOf(link)).isEqualTo("revoked");

        core.clock.advance(Duration.ofSeconds(4));
        start(9);

        assertThat(toldLinks()).containsExactly(link, livingLink());
    }

    @Test
    void aLinkThatAPersonRevokedIsReplacedByStart() {
        String link = bought();
        core.messenger.onExpire = url -> url.equals(link)
                ? new Answer.Declined<>(Refusal.LINK_GONE, "INVITE_HASH_EXPIRED")
                : new Answer.Done<>(true);

        start(9);
        passes(Duration.ofSeconds(5));

        assertThat(toldLinks()).containsExactly(link, livingLink());
        assertThat(stateOf(link)).isEqualTo("revoked");
    }

    @Test
    void aLinkOfWhichNothingIsKnownIsToldAsItIs() {
        String link = bought();
        core.messenger.onExpire = url -> new Answer.Declined<>(Refusal.NO_RIGHTS, "not enough rights");

        start(9);

        assertThat(toBuyer()).hasSize(2).allMatch(message -> message.html().contains(link));
    }

    /** The database forgot that it had been revoked, and what was told instead. */
    @Test
    void afterARestoreALinkThatIsGoneIsReplacedAndOneThatIsThereNotToldAgain() {
        String gone = bought();
        pay(1, core.order(shop, STRANGER));
        core.bean(Grants.class).knowBuyer(shop.seller(), STRANGER);
        core.awaitTasks();
        core.messenger.onExpire = url -> url.equals(gone)
                ? new Answer.Declined<>(Refusal.LINK_GONE, "INVITE_HASH_EXPIRED")
                : new Answer.Done<>(true);

        core.bean(PoolAfterRestore.class).putRight();
        passes(Duration.ofSeconds(10));

        assertThat(stateOf(gone)).isEqualTo("revoked");
        assertThat(core.messenger.sent.stream().filter(message -> message.chatId() == STRANGER))
                .hasSize(1);
        assertThat(toldLinks()).hasSize(2).startsWith(gone).doesNotHaveDuplicates();
        assertThat(stateOf(toldLinks().getLast())).isEqualTo("assigned");
    }

    /** In the time that was lost the buyer may have been told one of them. */
    @Test
    void afterARestoreNoLinkIsToldBeforeThoseThatWereFreeOpenNothing() {
        fill();
        String lost = core.strings("select url from access.pool_link order by link_id")
                .getFirst();
        core.messenger.onRevoke = url -> url.equals(lost) ? new Answer.Unknown<>("timeout") : new Answer.Done<>(true);
        core.bean(PoolAfterRestore.class).putRight();
        passes(Duration.ofSeconds(5));
        pay(core.order(shop));
        passes(Duration.ofSeconds(20));
        assertThat(stateOf(lost)).isEqualTo("revoking");
        assertThat(toldLinks()).isEmpty();

        core.messenger.onBan = user -> new Answer.NotNow<>(Duration.ofMinutes(5), "flood");
        joins(1, STRANGER, lost);
        core.messenger.onRevoke = url -> new Answer.Done<>(true);
        passes(Duration.ofMinutes(2));
        assertThat(stateOf(lost)).isEqualTo("revoked");
        assertThat(toldLinks()).isEmpty();

        core.messenger.onBan = user -> new Answer.Done<>(true);
        passes(Duration.ofMinutes(5));
        assertThat(toldLinks()).containsExactly(livingLink());
    }

    @Test
    void afterARestoreALinkThatWasToldIsToldAgainWithoutWaiting() {
        String link = bought();
        core.messenger.onRevoke = url -> new Answer.Unknown<>("timeout");
        core.bean(PoolAfterRestore.class).putRight();

        start(9);

        assertThat(toBuyer()).hasSize(2).allMatch(message -> message.html().contains(link));
    }

    /** What was free is no other bot's work, and observing lasts for weeks. */
    @Test
    void afterARestoreWhatWasFreeIsRevokedInAChannelThatIsOnlyObservedToo() {
        fill();
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Memberships.class)
                        .set(
                                shop.seller(),
                                shop.channel().id(),
                                new Membership(true, Membership.UnknownMembers.REPORT),
                                "seller",
                                "seller 1"));
        core.bean(PoolAfterRestore.class).putRight();
        passes(Duration.ofSeconds(5));

        pay(core.order(shop));
        passes(Duration.ofSeconds(20));

        assertThat(toldLinks()).containsExactly(livingLink());
    }

    /** It cannot be revoked, and may open for a year. */
    @Test
    void afterARestoreNobodyWaitsForALinkOfAnotherBot() {
        fill();
        core.owner().sql("update access.pool_link set bot_id = 1").update();
        core.bean(PoolAfterRestore.class).putRight();
        passes(Duration.ofSeconds(5));

        pay(core.order(shop));
        passes(Duration.ofSeconds(20));

        assertThat(toldLinks()).containsExactly(livingLink());
    }

    /** They came in and their link was revoked in the time that the database lost: by a second one somebody else could come in beside them. */
    @Test
    void afterARestoreABuyerWhoIsInsideUnheardIsToldNoSecondLink() {
        String gone = bought();
        core.messenger.inside.add(BUYER);
        core.messenger.onExpire = url -> url.equals(gone)
                ? new Answer.Declined<>(Refusal.LINK_GONE, "INVITE_HASH_EXPIRED")
                : new Answer.Done<>(true);

        core.bean(PoolAfterRestore.class).putRight();
        passes(Duration.ofSeconds(10));

        assertThat(toldLinks()).containsExactly(gone);
        assertThat(core.count("access.pool_link where state = 'assigned'")).isZero();
        assertThat(access()).containsExactly("admitted");
        assertThat(isSeenInside(BUYER)).isTrue();
    }

    /** As while the seller has taken the bot's rights away for a moment. */
    @ParameterizedTest
    @ValueSource(strings = {Refusal.TOKEN, Refusal.NO_RIGHTS, Refusal.CHAT_NOT_FOUND, Refusal.OTHER})
    void afterARestoreNoLinkIsAssignedToABuyerOfWhomTheMessengerDoesNotTell(String code) {
        String gone = bought();
        core.messenger.inside.add(BUYER);
        var tells = core.messenger.onMember;
        core.messenger.onMember = _ -> new Answer.Declined<>(code, "a test");
        core.messenger.onExpire = url -> url.equals(gone)
                ? new Answer.Declined<>(Refusal.LINK_GONE, "INVITE_HASH_EXPIRED")
                : new Answer.Done<>(true);

        core.bean(PoolAfterRestore.class).putRight();
        passes(Duration.ofSeconds(10));
        assertThat(core.count("access.pool_link where state = 'assigned'")).isZero();
        assertThat(core.strings("select last_error from tasks.task where kind = 'assign_link' and state = 'ready'"))
                .containsExactly(code + ": a test");

        core.messenger.onMember = tells;
        core.clock.advance(Duration.ofMinutes(10));
        passes(Duration.ofSeconds(5));
        assertThat(core.count("access.pool_link where state = 'assigned'")).isZero();
        assertThat(toldLinks()).containsExactly(gone);
        assertThat(access()).containsExactly("admitted");
    }

    @Test
    void whoAsksForALinkThatIsGoneAndIsInsideUnheardIsToldNoOther() {
        String gone = bought();
        core.messenger.inside.add(BUYER);
        core.messenger.onExpire = url -> url.equals(gone)
                ? new Answer.Declined<>(Refusal.LINK_GONE, "INVITE_HASH_EXPIRED")
                : new Answer.Done<>(true);

        start(9);

        assertThat(toldLinks()).containsExactly(gone);
        assertThat(access()).containsExactly("admitted");
    }

    /** Of a payment of the lost time that is heard of when all goes on again: the pool is full by then. */
    @Test
    void whoPaidInTheLostTimeAndIsInsideUnheardGetsNoLinkThoughThePoolIsFull() {
        fill();
        core.owner()
                .sql("""
                insert into hold.hold (seller_id, hold_id, epoch, reason, why, noticed_by, began_at, lifted_at, lifted_by)
                values (?, gen_random_uuid(), gen_random_uuid(), 'behind', 'a test', 'a test', ?, ?, 'Olga')
                """)
                .params(Columns.all(
                        SellerId.PLATFORM.value(),
                        Columns.at(core.clock.instant().minus(Duration.ofHours(2))),
                        Columns.at(core.clock.instant().minus(Duration.ofHours(1)))))
                .update();
        core.clock.advance(Duration.ofSeconds(2));
        core.messenger.inside.add(BUYER);

        pay(core.order(shop));
        core.awaitTasks();

        assertThat(core.count("access.pool_link where assigned_at is not null")).isZero();
        assertThat(access()).containsExactly("admitted");
    }

    /** Paid before and let in by a link that the database has lost, and paid once more as far as it knows. */
    @Test
    void whoPaysWhileThePoolIsEmptyAndIsInsideUnheardGetsNoLink() {
        poolStaysEmpty();
        pay(core.order(shop));
        core.awaitTasks(); // somebody has looked, and there was no link
        core.messenger.inside.add(BUYER);
        core.messenger.onLink = name -> new Answer.Done<>("https://t.me/+" + name);
        core.clock.advance(Duration.ofHours(1));
        core.awaitTasks();

        assertThat(core.count("access.pool_link where assigned_at is not null")).isZero();
        assertThat(access()).containsExactly("admitted");
        assertThat(toBuyer()).hasSize(1);
    }

    @Test
    void aRefundRevokesTheLink() {
        fill();
        Order order = core.order(shop);
        pay(order);
        core.awaitTasks();
        String link = livingLink();

        core.hear(Ipn.of(ID, order.id(), "refunded"));
        core.awaitTasks();

        assertThat(stateOf(link)).isEqualTo("revoked");
        core.messenger.inside.add(BUYER);
        joins(1, BUYER, link);
        passes(Duration.ofSeconds(2));
        assertThat(core.messenger.calls).as("no right, no stay").anyMatch(call -> call.startsWith("ban " + BUYER));
    }

    // coming back, buying again

    @Test
    void whoLeftGetsANewLinkByStart() {
        String link = bought();
        joins(1, BUYER, link);
        core.messenger.inside.remove(BUYER);
        admission.on(2, changed(BUYER, true, false, null));
        core.clock.advance(Duration.ofSeconds(4));

        start(9);

        assertThat(toldLinks()).containsExactly(link, livingLink());
        assertThat(core.strings("select access from access.grants")).containsExactly("admitted");
    }

    /** By an instance that slept right before it removed a stranger, who bought meanwhile. */
    @ParameterizedTest
    @CsvSource({"700, 2", "5, 1"})
    void whoIsPutOutByUsDespiteAGrantGetsANewLink(long by, int links) {
        String link = bought();
        joins(1, BUYER, link);
        core.clock.advance(Duration.ofSeconds(5));

        admission.on(2, putOut(BUYER, by));
        passes(Duration.ofSeconds(10));

        assertThat(toldLinks()).hasSize(links).startsWith(link);
    }

    @Test
    void whoseLeavingWasNotHeardGetsTheLinkThatIsOwedToThem() {
        String link = bought();
        joins(1, BUYER, link);
        core.clock.advance(Duration.ofSeconds(5));
        Grant grant = core.bean(Grants.class)
                .active(shop.seller(), shop.channel().id(), BUYER)
                .getFirst();

        core.transactions.run(
                shop.seller(), () -> core.bean(Tasks.class).owe(shop.seller(), Effects.assignLink(grant, "test")));
        passes(Duration.ofSeconds(10));

        assertThat(toldLinks()).containsExactly(link, livingLink());
    }

    /** An update of the second of the look may be older or newer: the next look tells. */
    @ParameterizedTest
    @CsvSource({"true, 0", "false, 1"})
    void whoIsHeardInsideAndSeenOutsideInOneSecondIsLookedAtAgain(boolean inside, int links) {
        fill();
        admission.on(1, changed(BUYER, false, true, null));
        pay(core.order(shop));
        core.awaitTasks();
        assertThat(core.count("access.pool_link where assigned_at is not null")).isZero();

        if (inside) {
            core.messenger.inside.add(BUYER);
        }
        passes(Duration.ofSeconds(5));

        assertThat(toldLinks()).hasSize(links);
        assertThat(isSeenInside(BUYER)).isEqualTo(inside);
    }

    @ParameterizedTest
    @CsvSource({"true, 1", "false, 2"})
    void whoIsHeardOutsideAndSeenInsideInOneSecondIsLookedAtAgain(boolean inside, int links) {
        String link = bought();
        joins(1, BUYER, link);
        core.clock.advance(Duration.ofSeconds(5));
        core.messenger.inside.add(BUYER);
        admission.on(2, changed(BUYER, true, false, null));
        Grant grant = core.bean(Grants.class)
                .active(shop.seller(), shop.channel().id(), BUYER)
                .getFirst();
        core.transactions.run(
                shop.seller(), () -> core.bean(Tasks.class).owe(shop.seller(), Effects.assignLink(grant, "test")));
        core.awaitTasks();
        assertThat(core.count("access.pool_link where assigned_at is not null")).isEqualTo(1);

        if (!inside) {
            core.messenger.inside.remove(BUYER);
        }
        passes(Duration.ofSeconds(10));

        assertThat(toldLinks()).hasSize(links);
        assertThat(isSeenInside(BUYER)).isEqualTo(inside);
    }

    @Test
    void whoIsInsideIsToldSoByStart() {
        String link = bought();
        core.messenger.inside.add(BUYER);
        joins(1, BUYER, link);
        core.clock.advance(Duration.ofSeconds(4));

        start(9);

        assertThat(toBuyer().getLast().html()).contains("You are inside").doesNotContain("t.me");
        assertThat(core.count("access.pool_link where state = 'assigned'")).isZero();
    }

    @Test
    void aRenewalOfOneInsideNeedsNoLink() {
        String link = bought();
        core.messenger.inside.add(BUYER);
        joins(1, BUYER, link);

        pay(1, core.order(shop));
        core.awaitTasks();

        assertThat(access()).containsExactly("admitted", "admitted");
        assertThat(core.count("access.pool_link where assigned_at is not null")).isEqualTo(1);
        assertThat(toBuyer().getLast().html()).contains("extended").doesNotContain("t.me");
    }

    @Test
    void aRenewalOfOneWhoseLeavingWasNotHeardGetsALink() {
        String link = bought();
        core.messenger.inside.add(BUYER);
        joins(1, BUYER, link);
        core.messenger.inside.remove(BUYER);
        core.clock.advance(Duration.ofSeconds(1));

        pay(1, core.order(shop));
        passes(Duration.ofSeconds(5));

        assertThat(toldLinks()).containsExactly(link, livingLink());
    }

    /** What is seen counts, though no message reaches them: who left unseen is not said to be in. */
    @ParameterizedTest
    @CsvSource({"true, admitted", "false, ready"})
    void aRenewalOfSomebodyWhoBlockedTheBotTellsWhereTheyAre(boolean inside, String access) {
        String link = bought();
        core.messenger.inside.add(BUYER);
        joins(1, BUYER, link);
        if (!inside) {
            core.messenger.inside.remove(BUYER);
        }
        core.clock.advance(Duration.ofSeconds(1));
        core.messenger.onSend = _ -> new Answer.Declined<>(Refusal.BLOCKED, "blocked");

        pay(1, core.order(shop));
        passes(Duration.ofSeconds(5));

        assertThat(access()).containsExactly("admitted", access);
        assertThat(core.count("access.pool_link where state = 'assigned'")).isEqualTo(inside ? 0 : 1);
        core.messenger.onSend = _ -> new Answer.Done<>(9L);
        if (!inside) {
            start(9);
            assertThat(toBuyer().getLast().html()).contains(livingLink());
        }
    }

    @Test
    void nobodyIsSaidToBeInBeforeSomebodyHasLooked() {
        String link = bought();
        core.messenger.inside.add(BUYER);
        joins(1, BUYER, link);
        core.messenger.onMember = _ -> new Answer.NotNow<>(Duration.ofHours(1), "no connection");

        pay(1, core.order(shop));
        passes(Duration.ofSeconds(5));

        assertThat(access()).containsExactly("admitted", "preparing");
    }

    @Test
    void aMessageThatFindsNoLinkASecondTimeGetsOneASecondTime() {
        String link = bought();
        core.messenger.inside.add(BUYER);
        joins(1, BUYER, link);
        core.messenger.inside.remove(BUYER);
        core.clock.advance(Duration.ofSeconds(1));
        core.messenger.onSend = message -> new Answer.NotNow<>(Duration.ofDays(8), "no connection");
        pay(1, core.order(shop));
        passes(Duration.ofSeconds(5));
        String expired = livingLink();

        core.messenger.onSend = message -> new Answer.Done<>(9L);
        core.clock.advance(Duration.ofDays(8));
        passes(Duration.ofSeconds(5));

        assertThat(toBuyer().getLast().html()).contains(livingLink()).doesNotContain(expired);
    }

    @Test
    void comingInByOneGrantsLinkRevokesThatOfTheOther() {
        String first = bought();
        pay(1, core.order(shop));
        core.awaitTasks();
        assertThat(core.count("access.pool_link where state = 'assigned'")).isEqualTo(2);

        joins(1, BUYER, first);

        assertThat(core.count("access.pool_link where state = 'assigned'")).isZero();
        assertThat(core.count("access.pool_link where state = 'revoked'")).isEqualTo(2);
        assertThat(access()).containsExactly("admitted", "admitted");
    }

    // more time by the same payment

    @Test
    void whatAPaymentBroughtTooMuchExtendsByTheSameLink() {
        fill();
        paysTooMuch();
        core.awaitTasks();
        String link = livingLink();

        extend();
        passes(Duration.ofSeconds(3));

        assertThat(core.count("access.pool_link where state = 'assigned'")).isEqualTo(1);
        assertThat(toldLinks()).containsExactly(link);
        assertThat(toBuyer()).as("told again, with the longer time").hasSize(2);
        start(9);
        assertThat(toBuyer()).hasSize(3);
        assertThat(toldLinks()).containsExactly(link);
    }

    @Test
    void anExtendedPaymentThatFoundThePoolEmptyGetsOneLink() {
        poolStaysEmpty();
        paysTooMuch();
        extend();
        core.awaitTasks();
        assertThat(core.tasks("assign_link")).hasSize(2);

        core.messenger.onLink = name -> new Answer.Done<>("https://t.me/+" + name);
        core.clock.advance(Duration.ofHours(1));
        passes(Duration.ofSeconds(3));

        assertThat(core.tasks("assign_link")).containsExactly("done", "done");
        assertThat(core.count("access.pool_link where state = 'assigned'")).isEqualTo(1);
        assertThat(toldLinks()).containsExactly(livingLink());
        assertThat(access()).as("nobody was inside").containsExactly("delivered", "delivered");
    }

    @Test
    void anExtendedPaymentsNextLinkIsNotToldWhileTheOneBeforeIsNotRevoked() {
        fill();
        paysTooMuch();
        extend();
        passes(Duration.ofSeconds(3));
        String link = livingLink();
        core.messenger.onRevoke = url -> new Answer.NotNow<>(Duration.ofMinutes(1), "flood");
        joins(1, STRANGER, link);

        start(9);
        assertThat(stateOf(link)).isEqualTo("revoking");
        assertThat(toldLinks()).containsExactly(link);

        core.messenger.onRevoke = url -> new Answer.Done<>(true);
        core.clock.advance(Duration.ofMinutes(1));
        passes(Duration.ofSeconds(15));
        assertThat(core.count("access.pool_link where state = 'assigned'")).isEqualTo(1);
        assertThat(toldLinks()).containsExactly(link, livingLink());
    }
}
