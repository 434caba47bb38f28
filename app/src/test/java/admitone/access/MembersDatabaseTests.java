package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.AtOnce;
import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.access.Giving.By;
import admitone.access.Listed.Word;
import admitone.access.Membership.UnknownMembers;
import admitone.cases.Case;
import admitone.cases.CaseDecider;
import admitone.cases.Cases;
import admitone.catalog.Catalog;
import admitone.checkout.BuyerStatus;
import admitone.checkout.Order;
import admitone.checkout.PayOrder;
import admitone.checkout.Purchases;
import admitone.checkout.StatusWords;
import admitone.checkout.Words;
import admitone.messaging.Incoming;
import admitone.messaging.IncomingListener;
import admitone.messaging.Language;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.PressButton;
import admitone.messaging.Messenger.Refusal;
import admitone.messaging.Messenger.Role;
import admitone.messaging.Messenger.Standing;
import admitone.payments.Payment;
import admitone.runtime.Answer;
import admitone.tasks.Task;
import admitone.tasks.Tasks;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.LongStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Whitelist, bans, known members looked at, channels that are only observed. */
class MembersDatabaseTests {
    private static final long BUYER = Core.BUYER;
    private static final long STRANGER = 99;
    private static final By BY = new By("seller", "seller 1", "as agreed");

    private final Core core = Core.start("members");
    private final Shop shop = core.shop("mmmmmmmmmmmm");
    private final Seat.Key buyer = seat(BUYER);
    private final Listing listing = core.bean(Listing.class);
    private final AtomicInteger updates = new AtomicInteger(100);

    @AfterEach
    void stop() {
        core.close();
    }

    // whitelist

    @Test
    void whoIsWhitelistedIsLetInWithoutAPurchase() {
        asks(STRANGER);
        whitelist(STRANGER);
        work();
        assertThat(core.messenger.inside).containsExactly(STRANGER);

        core.messenger.inside.clear();
        asks(STRANGER);
        work();
        assertThat(core.messenger.inside).containsExactly(STRANGER);
    }

    @Test
    void whoIsWhitelistedIsSentTheWayInWhenTheyAskForIt() {
        whitelist(STRANGER);
        core.messenger.pending.add(STRANGER); // asked unheard

        says(STRANGER, "/access");

        assertThat(core.messenger.sent)
                .singleElement()
                .satisfies(message -> assertThat(message.html())
                        .contains("<b>Signals</b>", "without a purchase", "https://t.me/+standing"));
        assertThat(core.messenger.inside).containsExactly(STRANGER);
    }

    @Test
    void whoIsWhitelistedAndInsideIsToldThatTheyNeedNoLink() {
        comesIn(STRANGER);
        whitelist(STRANGER);
        core.messenger.sent.clear();

        says(STRANGER, "/access");

        assertThat(core.messenger.sent)
                .singleElement()
                .satisfies(message -> assertThat(message.html())
                        .startsWith("You are inside <b>Signals</b>")
                        .doesNotContain("https://t.me/"));
    }

    /** By the button of the post that their access is over, or by themselves. */
    @ParameterizedTest
    @ValueSource(strings = {"/start renew", "/start", "/access"})
    void whoseAccessIsOverIsLedToThePlans(String asks) {
        admit(BUYER);
        core.bean(Grants.class).knowBuyer(shop.seller(), BUYER);
        days(33);
        core.messenger.sent.clear();

        says(BUYER, asks);

        assertThat(core.messenger.sent).singleElement().satisfies(message -> {
            assertThat(message.html()).startsWith("You have no active access now");
            assertThat(message.buttons())
                    .containsExactly(new LinkButton(
                            "Signals",
                            "http://localhost:8080/c/" + shop.channel().slug()));
        });
    }

    private void says(long user, String text) {
        core.clock.advance(Duration.ofSeconds(2));
        core.bean(Admission.class).on(updates.incrementAndGet(), new Incoming.Said(user, text, core.clock.instant()));
        work();
    }

    @Test
    void whoIsWhitelistedIsNeitherRemindedNorRemoved() {
        admit(BUYER);
        whitelist(BUYER);
        core.messenger.sent.clear();

        days(40);

        assertThat(core.messenger.inside).containsExactly(BUYER);
        assertThat(messagesTo(BUYER)).isZero();
        assertThat(core.messenger.calls).noneMatch(call -> call.startsWith("ban"));
        takeBack(BUYER, Word.WHITELISTED);
        days(3);
        assertThat(messagesTo(BUYER)).as("the notice of the end").isEqualTo(1);
        assertThat(core.messenger.inside).isEmpty();
    }

    @Test
    void removalThatIsOwedIsNotDoneToWhoIsWhitelistedMeanwhile() {
        admit(BUYER);
        var ban = core.messenger.onBan;
        core.messenger.onBan = user -> new Answer.NotNow<>(Duration.ofMinutes(5), "429");
        days(32);
        assertThat(core.tasks("remove_member")).containsExactly("ready");
        core.messenger.onBan = ban;

        whitelist(BUYER);
        days(2);

        assertThat(core.messenger.inside).containsExactly(BUYER);
        assertThat(core.strings("select outcome from access.ending")).containsExactly("kept");
    }

    /** Said before the end, after the notice of it, or when the removal was owed already. */
    @ParameterizedTest
    @CsvSource({"29, WHITELISTED", "30, WHITELISTED", "31, WHITELISTED", "29, BANNED", "30, BANNED"})
    void endThatWasUnderWayIsToldAnewWhenTheWordIsTakenBack(int day, Word word) {
        admit(BUYER);
        var ban = core.messenger.onBan;
        core.messenger.onBan = user -> new Answer.NotNow<>(Duration.ofMinutes(5), "429");
        days(day);
        core.messenger.onBan = ban;
        if (word == Word.WHITELISTED) {
            whitelist(BUYER);
        } else {
            ban(BUYER);
        }
        days(3);
        takeBack(BUYER, word);
        core.messenger.inside.add(BUYER);
        core.messenger.sent.clear();
        core.messenger.calls.clear();

        work();
        core.clock.advance(Duration.ofSeconds(10));
        core.bean(TimeKeeper.class).look();
        work();
        assertThat(messagesTo(BUYER)).as("the notice of the end").isEqualTo(1);
        assertThat(core.messenger.inside).as("has the whole grace").containsExactly(BUYER);

        days(3);
        assertThat(core.messenger.inside).isEmpty();
        assertThat(messagesTo(BUYER)).isEqualTo(1);
        assertThat(core.messenger.calls).endsWith("lift " + BUYER);
    }

    /** That they were to stay once is not about the time that they bought after it. */
    @Test
    void whoStayedOnceAndIsInsideAgainAfterALaterEndIsReported() {
        admit(BUYER);
        days(30);
        core.owner()
                .sql("update access.ending set settled_at = notice_at, outcome = 'kept'")
                .update();
        core.hear(Ipn.finished("5996609248", core.order(shop).id()));
        days(34);
        assertThat(core.messenger.inside).isEmpty();

        comesIn(BUYER);
        look();

        assertThat(openCases()).extracting(Case::kind).containsExactly("inside_without_grant");
    }

    @Test
    void isSaidOnceHoweverOftenAndAtOnce() throws Exception {
        AtOnce.atOnce(20, () -> {
            ban(STRANGER);
            return true;
        });

        assertThat(core.tasks("ban_member")).hasSize(1);
        assertThat(core.strings("select turn from access.listed")).containsExactly("1");
        assertThat(core.count("timeline.event where kind = 'banned'")).isEqualTo(1);
    }

    // bans

    @Test
    void banRemovesForGoodAndTakingItBackLetsInAgain() {
        admit(BUYER);

        ban(BUYER);
        work();
        assertThat(core.messenger.inside).isEmpty();
        assertThat(core.messenger.calls).contains("ban " + BUYER + " 1970-01-01T00:00:00Z");
        asks(BUYER);
        work();
        assertThat(core.messenger.calls).endsWith("decline " + BUYER);
        core.messenger.sent.clear();

        takeBack(BUYER, Word.BANNED);
        seconds(30);
        assertThat(core.messenger.calls).endsWith("lift " + BUYER);
        assertThat(messagesTo(BUYER)).as("the way in").isEqualTo(1);
        asks(BUYER);
        work();
        assertThat(core.messenger.inside).containsExactly(BUYER);

        ban(BUYER);
        work();
        assertThat(core.messenger.inside).as("banned again").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"whitelist", "ban", "take back"})
    void nobodyElseDecidesAboutTheSeatMeanwhile(String word) {
        asks(STRANGER);
        whitelist(STRANGER);
        core.transactions.run(shop.seller(), () -> {
            switch (word) {
                case "whitelist" -> listing.whitelist(shop.channel(), STRANGER, BY);
                case "ban" -> listing.ban(shop.channel(), STRANGER, BY);
                default -> listing.takeBack(shop.channel(), STRANGER, Word.WHITELISTED, BY);
            }
            assertThat(core.strings("select telegram_user_id from access.seat for update skip locked"))
                    .isEmpty();
        });
    }

    @Test
    void banWhileARequestWaitsDeclinesIt() {
        core.order(shop);
        asks(BUYER);
        work();
        assertThat(core.messenger.pending).containsExactly(BUYER);

        ban(BUYER);
        work();

        assertThat(core.messenger.pending).isEmpty();
        assertThat(core.messenger.calls).doesNotContain("approve " + BUYER).contains("decline " + BUYER);
    }

    @Test
    void approvalThatIsOwedIsNotDoneToWhoIsBannedMeanwhile() {
        pay(core.order(shop));
        asks(BUYER);
        ban(BUYER);

        work();

        assertThat(core.messenger.calls).doesNotContain("approve " + BUYER);
        assertThat(core.messenger.inside).isEmpty();
    }

    @Test
    void banThatThePersonTookBackBeforeItWasDoneIsNotDone() {
        admit(BUYER);
        core.stopTasks();
        ban(BUYER);
        takeBack(BUYER, Word.BANNED);
        seconds(30);

        assertThat(core.messenger.calls).noneMatch(call -> call.startsWith("ban"));
        assertThat(core.messenger.inside).containsExactly(BUYER);
    }

    @Test
    void removalIsNotLiftedFromWhoIsBannedMeanwhile() {
        admit(BUYER);
        core.messenger.onLift = user -> new Answer.NotNow<>(Duration.ofMinutes(10), "429");
        days(32);
        assertThat(core.messenger.inside).isEmpty();
        core.messenger.calls.clear();
        core.messenger.onLift = user -> new Answer.Done<>(true);

        ban(BUYER);
        days(1);

        assertThat(core.messenger.calls).noneMatch(call -> call.startsWith("lift"));
    }

    @Test
    void liftThatWasUnderWayWhenTheyWereBannedIsFollowedByTheBan() {
        admit(BUYER);
        core.messenger.onLift = user -> {
            core.messenger.onLift = again -> new Answer.Done<>(true);
            ban(BUYER);
            // it is done before the lift is recorded
            Awaitility.await().until(() -> core.tasks("ban_member").equals(List.of("done")));
            return new Answer.Done<>(true);
        };

        days(32);

        assertThat(core.messenger.calls)
                .filteredOn(call -> call.startsWith("ban " + BUYER + " 1970"))
                .as("once more after the lift")
                .hasSize(2);
    }

    @Test
    void administratorIsAskedAbout() {
        core.messenger.onBan = user -> new Answer.Declined<>(Refusal.ADMINISTRATOR, "400 user is an administrator");

        ban(STRANGER);
        work();

        assertThat(openCases()).extracting(Case::kind).containsExactly("administrator_inside");
        assertThat(toldAboutCases())
                .singleElement()
                .satisfies(
                        message -> assertThat(message.html()).contains("no bot can remove", "Signals", "user?id=99"));
    }

    /** A seller who set up in the chat has nothing else to decide it by. */
    @Test
    void whoIsInsideWithoutARightIsToldInTheChatAndDecidedThere() {
        comesIn(STRANGER);
        look();

        Messenger.Message asked = toldAboutCases().getFirst();
        assertThat(asked.html()).contains("Somebody is inside who has no access here", "Signals", "user?id=99");
        assertThat(asked.buttons())
                .extracting(button -> ((PressButton) button).text())
                .containsExactly("Leave it as it is", "Let them stay, without buying", "Remove them");

        PressButton remove = (PressButton) asked.buttons().getLast();
        core.beans(IncomingListener.class)
                .forEach(listener -> listener.on(
                        updates.incrementAndGet(),
                        new Incoming.Pressed(asked.chatId(), "press-1", remove.data(), Language.ENGLISH, 9)));
        seconds(30);

        assertThat(openCases()).isEmpty();
        assertThat(core.messenger.inside).isEmpty();
        assertThat(core.messenger.edited.getLast().html()).contains("You decided:", "they are removed.");
    }

    /** In a group whose members may add others, one payment would let in many. */
    @Test
    void whoAddedThoseWithoutARightIsNamed() {
        int all = MemberKeeper.MOST_A_DAY + 3;
        LongStream.range(1000, 1000 + all).forEach(user -> isAdded(user, user < 1000 + all - 1 ? BUYER : 42));

        for (int i = 0; i < 4; i++) {
            look();
        }
        assertThat(toldAboutCases().getFirst().html()).contains("user?id=10", "Added by: <a href=\"tg://user?id=41\"");
        assertThat(core.strings("select detail ->> 'added_by' from timeline.event where kind = 'joined_without_grant'"))
                .hasSize(all)
                .contains("41", "42");
        core.clock.advance(Duration.ofDays(1));
        core.wakeTasks();
        core.awaitTasks();
        assertThat(toldAboutCases().getLast().html()).contains("How many: 3", "Added by: 41 (2), 42 (1)");
    }

    @Test
    void whoComesBackByThemselvesWasAddedByNobody() {
        isAdded(STRANGER, BUYER);
        goes(STRANGER);
        comesIn(STRANGER);

        look();

        assertThat(openCases())
                .singleElement()
                .satisfies(one -> assertThat(one.detail()).doesNotContainKey("added_by"));
    }

    private void isAdded(long user, long by) {
        core.messenger.inside.add(user);
        changes(user, by, false, true);
    }

    private List<Messenger.Message> toldAboutCases() {
        long seller =
                core.bean(Catalog.class).seller(shop.seller()).orElseThrow().telegramUserId();
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() == seller
                        && message.buttons().stream()
                                .anyMatch(button -> button instanceof PressButton press
                                        && press.data().startsWith("case:")))
                .toList();
    }

    @Test
    void whoIsBannedIsAskedForNoPayment() {
        Order order = core.order(shop);
        ban(BUYER);

        assertThat(core.bean(PayOrder.class).inCoin(order, "eth"))
                .matches(outcome -> outcome instanceof PayOrder.Outcome.Refused<Payment>(String code, String _)
                        && code.equals("buyer_banned"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lift", "keep"})
    void paymentThatArrivesAllTheSameIsAskedAboutAndKeepsItsGrant(String decision) {
        Order order = core.order(shop);
        ban(BUYER);
        pay(order);
        work();

        assertThat(core.strings("select access from access.grants")).containsExactly("ready");
        assertThat(core.count("ledger.journal where kind = 'accrual'")).isEqualTo(1);
        assertThat(core.messenger.sent)
                .filteredOn(message -> message.chatId() == BUYER)
                .extracting(Messenger.Message::html)
                .singleElement()
                .asString()
                .startsWith("Your payment arrived. You are banned from")
                .doesNotContain("https://");
        assertThat(core.messenger.sent)
                .filteredOn(message -> message.chatId() != BUYER)
                .singleElement()
                .satisfies(message -> {
                    assertThat(message.html()).startsWith("<b>Somebody paid whom you have banned");
                    assertThat(message.buttons())
                            .as("lift it, or they stay out")
                            .hasSize(2);
                });
        BuyerStatus told = StatusWords.of(
                core.bean(Purchases.class).find(order.id()).orElseThrow(),
                core.clock.instant(),
                BigDecimal.ONE,
                StatusWords.Asker.HOLDER,
                Language.ENGLISH);
        assertThat(told.words()).isEqualTo(Words.HELD_BACK);
        assertThat(told.showsWayIn()).isFalse();
        decide(openCases().getFirst(), "paid_while_banned", decision);
        seconds(30);

        assertThat(messagesTo(BUYER)).isEqualTo(decision.equals("lift") ? 2 : 1);
        assertThat(core.bean(Lists.class).isBanned(buyer)).isEqualTo(decision.equals("keep"));
    }

    @Test
    void messageThatNoWayInIsOpenIsRepeatedAfterALostAnswer() {
        Order order = core.order(shop);
        ban(BUYER);
        var send = core.messenger.onSend;
        core.messenger.onSend = message -> new Answer.Unknown<>("a lost answer");
        pay(order);
        work();
        core.messenger.onSend = send;
        seconds(10);

        assertThat(messagesTo(BUYER)).isEqualTo(2);
        assertThat(core.messenger.sent.stream().filter(message -> message.chatId() == BUYER))
                .containsOnly(core.messenger.sent.getFirst());
        assertThat(core.tasks("tell_held_back")).containsExactly("done");
        assertThat(openCases()).hasSize(1);

        core.messenger.sent.clear();
        core.messenger.onSend = message -> new Answer.Unknown<>("a lost answer");
        Order second = core.order(shop);
        core.hear(Ipn.finished("5996609299", second.id()));
        seconds(60);
        assertThat(messagesTo(BUYER)).as("three times at most").isEqualTo(3);
    }

    @Test
    void banTakenBackAtThatMomentHoldsNothingBack() throws Exception {
        Order order = core.order(shop);
        ban(BUYER);
        core.stopTasks();
        pay(order);
        DeliverAccessTask delivery = core.bean(DeliverAccessTask.class);
        Grant grant =
                core.bean(Grants.class).find(shop.seller(), core.grantOf(order)).orElseThrow();
        Task task = new Task(
                shop.seller(),
                new UUID(7, 7),
                delivery.kind(),
                grant.subject(),
                Map.of("grant", grant.id().toString()),
                1,
                0,
                0,
                core.clock.instant(),
                false);

        core.whileUncommitted(
                shop.seller(),
                () -> listing.takeBack(shop.channel(), BUYER, Word.BANNED, BY),
                () -> core.transactions.run(
                        shop.seller(), delivery.attempt(task).record()));

        assertThat(openCases()).isEmpty();
        assertThat(core.tasks("tell_held_back")).isEmpty();
        assertThat(core.count("tasks.task where kind = 'deliver_access' and subject like '%:task-%'"))
                .isEqualTo(1);
    }

    // looking at members

    @Test
    void whoIsInsideWithoutAGrantIsReportedOncePerStay() {
        comesIn(STRANGER);

        look();
        later();
        look();
        assertThat(openCases()).extracting(Case::kind).containsExactly("inside_without_grant");

        goes(STRANGER);
        assertThat(openCases()).as("they left").isEmpty();
        comesIn(STRANGER);
        later();
        look();
        assertThat(openCases()).hasSize(1);
        assertThat(core.count("cases.cases")).isEqualTo(2);
        assertThat(core.messenger.inside).containsExactly(STRANGER);
    }

    @Test
    void lookByTwoInstancesAtOnceReportsOnce() throws Exception {
        comesIn(STRANGER);

        List<Boolean> rounds =
                AtOnce.atOnce(8, () -> core.bean(MemberKeeper.class).look());

        assertThat(rounds).containsOnlyOnce(true);
        assertThat(openCases()).hasSize(1);
        assertThat(core.bean(MemberKeeper.class).look()).isFalse();
    }

    /** Should the rounds of two instances overlap after all, their findings do not. */
    @Test
    void aStayIsFoundOnce() {
        core.transactions.run(shop.seller(), () -> {
            Outsiders outsiders = core.bean(Outsiders.class);
            assertThat(outsiders.found(seat(STRANGER), false)).isPresent();
            core.clock.advance(Duration.ofSeconds(1));
            assertThat(outsiders.found(seat(STRANGER), false)).isEmpty();
        });
    }

    @Test
    void whoIsInsideWithoutAGrantIsRemovedOnceWhereTheChannelSaysSo() {
        set(new Membership(false, UnknownMembers.REMOVE));
        comesIn(STRANGER);

        look();
        later();
        look();
        seconds(30);

        assertThat(core.messenger.inside).isEmpty();
        assertThat(core.messenger.calls)
                .filteredOn(call -> call.startsWith("ban"))
                .hasSize(1);
        assertThat(core.messenger.calls).endsWith("lift " + STRANGER);
        assertThat(openCases()).isEmpty();
        assertThat(core.strings("select outcome from access.outsider")).containsExactly("removed");
    }

    @Test
    void whoBuysBeforeTheRemovalStays() {
        set(new Membership(false, UnknownMembers.REMOVE));
        comesIn(BUYER);
        core.messenger.onMember = user -> {
            core.messenger.onMember = again -> new Answer.Done<>(core.messenger.inside.contains(again));
            pay(core.order(shop));
            return new Answer.Done<>(true);
        };

        look();

        assertThat(core.messenger.inside).containsExactly(BUYER);
        assertThat(core.messenger.calls).noneMatch(call -> call.startsWith("ban"));
    }

    @Test
    void removalOfAnOutsiderWhoseAnswerWasLostIsLifted() {
        set(new Membership(false, UnknownMembers.REMOVE));
        comesIn(STRANGER);
        core.messenger.onBan = user -> {
            core.messenger.inside.remove(user);
            return new Answer.Unknown<>("timeout");
        };

        look();
        seconds(40);

        assertThat(core.strings("select outcome from access.outsider")).containsExactly("removed");
        assertThat(core.messenger.calls).endsWith("lift " + STRANGER);
    }

    @ParameterizedTest
    @ValueSource(strings = {"keep", "remove", "dismiss"})
    void aPersonDecidesAboutAnOutsider(String decision) {
        comesIn(STRANGER);
        look();

        decide(openCases().getFirst(), OutsiderCase.KIND, decision);
        seconds(30);
        later();
        look();

        assertThat(core.messenger.inside.contains(STRANGER)).isEqualTo(!decision.equals("remove"));
        assertThat(core.bean(Lists.class).isWhitelisted(seat(STRANGER))).isEqualTo(decision.equals("keep"));
        assertThat(openCases()).isEmpty();
    }

    @Test
    void whoIsKeptIsSentTheWayInWhenTheyAskForItLater() {
        comesIn(STRANGER);
        look();
        decide(openCases().getFirst(), OutsiderCase.KIND, "keep");
        goes(STRANGER);
        core.messenger.sent.clear();

        says(STRANGER, "/access");

        assertThat(core.messenger.sent)
                .singleElement()
                .satisfies(message -> assertThat(message.html()).contains("https://t.me/+standing"));
    }

    @Test
    void tooManyOfADayAreAskedAboutInOneCase() {
        int all = MemberKeeper.MOST_A_DAY + 3;
        LongStream.range(1000, 1000 + all).forEach(this::comesIn);

        for (int i = 0; i < 4; i++) {
            look();
        }
        assertThat(openCases()).hasSize(MemberKeeper.MOST_A_DAY);
        core.clock.advance(Duration.ofDays(1));
        core.wakeTasks();
        core.awaitTasks();

        Case many = openCases().getFirst();
        assertThat(many.kind()).isEqualTo("many_inside_without_grant");
        assertThat(many.detail()).containsEntry("count", "3");
        assertThat(toldAboutCases().getLast().html()).contains("Many are inside who have no access", "How many: 3");
        decide(many, ManyOutsidersCase.KIND, "remove");
        seconds(30);
        assertThat(core.messenger.inside).hasSize(MemberKeeper.MOST_A_DAY);
    }

    @Test
    void lastOfADaysCasesIsTakenByOneOfTwoWhoFindSomebodyAtOnce() throws Exception {
        comesIn(STRANGER);
        core.clock.advance(Duration.ofMinutes(1));
        Outsiders outsiders = core.bean(Outsiders.class);
        Memberships memberships = core.bean(Memberships.class);
        core.transactions.run( // the row is there
                shop.seller(),
                () -> memberships.lock(shop.seller(), shop.channel().id()));

        core.whileUncommitted(
                shop.seller(),
                () -> {
                    memberships.lock(shop.seller(), shop.channel().id());
                    LongStream.range(1000, 1000 + MemberKeeper.MOST_A_DAY)
                            .forEach(user -> outsiders.found(seat(user), false));
                },
                () -> core.bean(MemberKeeper.class).look());

        assertThat(core.strings("select beyond from access.outsider where telegram_user_id = ?", STRANGER))
                .containsExactly("t");
        assertThat(openCases()).isEmpty();
    }

    @Test
    void oneInstanceLooksAtMembersInAMinute() {
        LongStream.range(1000, 1001 + MemberKeeper.MOST_LOOKS).forEach(this::comesIn);
        core.clock.advance(Duration.ofMinutes(1));

        assertThat(core.bean(MemberKeeper.class).look()).isTrue();
        assertThat(core.bean(MemberKeeper.class).look()).isFalse();
    }

    /** As where each call waits for an answer, and another instance takes the next round meanwhile. */
    @Test
    void nobodyIsLookedAtByTwoRoundsAtOnce() {
        Shop other = core.shop("nnnnnnnnnnnn");
        comesIn(STRANGER);
        core.transactions.run(
                other.seller(),
                () -> core.bean(Grants.class)
                        .seen(other.seller(), other.channel().id(), BUYER, true, core.clock.instant()));
        core.clock.advance(Duration.ofMinutes(1));
        List<Long> asked = new ArrayList<>();
        core.messenger.onStanding = user -> {
            asked.add(user);
            if (asked.size() == 1) {
                core.clock.advance(Duration.ofSeconds(61));
                core.bean(MemberKeeper.class).look();
            }
            return core.messenger.standing(user);
        };

        core.bean(MemberKeeper.class).look();

        assertThat(asked).containsExactlyInAnyOrder(STRANGER, BUYER);
    }

    @Test
    void ofManyWhoAreRemovedTogetherFiftyGoAtATimeAndObservingStopsTheRest() {
        Instant day = core.clock.instant().truncatedTo(ChronoUnit.DAYS);
        UUID channel = shop.channel().id();
        core.owner()
                .sql("""
                        insert into access.outsider (seller_id, channel_id, telegram_user_id, found_at, beyond)
                        select ?, ?, g, ?, true from generate_series(1000, 1109) g
                        """)
                .params(shop.seller().value(), channel, core.clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Tasks.class)
                        .owe(
                                shop.seller(),
                                Effects.decideOutsiders(channel, day, day.plus(Duration.ofDays(1)), "remove")));
        work();
        assertThat(core.count("access.outsider where decided = 'remove'")).isEqualTo(50);
        seconds(30);
        assertThat(core.count("access.outsider where decided = 'remove'")).isEqualTo(50);
        core.clock.advance(Duration.ofMinutes(10));
        work();
        assertThat(core.count("access.outsider where decided = 'remove'")).isEqualTo(100);

        set(new Membership(true, UnknownMembers.REPORT));
        core.clock.advance(Duration.ofHours(1));
        work();
        assertThat(core.count("access.outsider where decided = 'remove'")).isEqualTo(100);
    }

    @Test
    void looksAtAFewInARoundAndAtAllInTheEnd() {
        int members = MemberKeeper.MOST_LOOKS + 2;
        LongStream.range(1000, 1000 + members).forEach(this::comesIn);
        AtomicInteger looks = new AtomicInteger();
        core.messenger.onStanding = user -> {
            looks.incrementAndGet();
            return core.messenger.standing(user);
        };

        look();
        assertThat(looks).hasValue(MemberKeeper.MOST_LOOKS);
        look();
        assertThat(looks).hasValue(members);
        look();
        assertThat(looks).as("an hour has not passed").hasValue(members);
    }

    @Test
    void nobodyIsLookedAtAfterARestoreOrWhileTheMessengerDoesNotAnswer() {
        comesIn(STRANGER);
        core.messenger.onStanding = user -> new Answer.Unknown<>("timeout");
        look();
        assertThat(openCases()).isEmpty();
        core.messenger.onStanding = core.messenger::standing;
        core.owner().sql("""
                        insert into hold.hold (seller_id, hold_id, epoch, reason, why, noticed_by, began_at)
                        values ('000000000000', gen_random_uuid(), gen_random_uuid(), 'behind', 'a test', 'test', now())
                        """).update();
        core.clock.advance(Duration.ofMinutes(2));

        assertThat(core.bean(MemberKeeper.class).look()).isFalse();
        assertThat(openCases()).isEmpty();
    }

    @Test
    void whoseEndIsUnderWayOrWhoRunsTheChatIsNotReported() {
        admit(BUYER);
        core.owner()
                .sql("update access.grants set ends_at = starts_at + interval '1 hour'")
                .update();
        core.clock.advance(Duration.ofHours(2));
        comesIn(STRANGER);
        core.messenger.onStanding = user -> user == STRANGER
                ? new Answer.Done<>(new Standing(Role.ADMINISTRATOR, true, true))
                : core.messenger.standing(user);

        look();

        assertThat(openCases()).isEmpty();
    }

    @Test
    void whoNeverCameInIsToldTheWayOnceMore() {
        pay(core.order(shop));
        work();
        assertThat(messagesTo(BUYER)).isEqualTo(1);

        look();
        assertThat(messagesTo(BUYER)).isEqualTo(1);
        for (int day = 0; day < 3; day++) {
            core.clock.advance(Duration.ofDays(1));
            look();
        }

        assertThat(messagesTo(BUYER)).isEqualTo(2);
    }

    @Test
    void whoWaitsToBeLetInByARightIsLetInByTheLook() {
        Order order = core.order(shop);
        asks(BUYER);
        pay(order);
        core.owner().sql("delete from tasks.task where kind = 'approve_join'").update(); // as if nobody had owed it
        work();
        assertThat(core.messenger.inside).isEmpty();

        core.clock.advance(Duration.ofDays(1));
        look();

        assertThat(core.messenger.inside).containsExactly(BUYER);
    }

    @Test
    void approvalThatWasGivenUpIsTakenUpByTheLookThoughTheyAskedAfterPaying() {
        core.messenger.onApprove = _ -> new Answer.Declined<>(Refusal.OTHER, "400 something");
        pay(core.order(shop));
        whitelist(STRANGER);
        asks(BUYER);
        asks(STRANGER);
        work();
        assertThat(core.tasks("approve_join")).containsOnly("dead");

        core.messenger.onApprove = this::approves;
        later();
        look();

        assertThat(core.messenger.inside).containsExactlyInAnyOrder(BUYER, STRANGER);
    }

    @Test
    void whoseApprovalWasNeverOwedIsLetInByTheLookAfterADay() {
        pay(core.order(shop));
        work();
        core.messenger.pending.add(BUYER); // asked, and we were not told

        core.clock.advance(MemberRule.ABSENT_AFTER);
        look();

        assertThat(core.messenger.inside).containsExactly(BUYER);
    }

    @Test
    void approvalWaitsForTheBotsRightsHoweverLongTheyAreGone() {
        core.messenger.onApprove = _ -> new Answer.Declined<>(Refusal.NO_RIGHTS, "400 not enough rights");
        pay(core.order(shop));
        asks(BUYER);
        work();
        for (int i = 0; i < 80; i++) {
            core.clock.advance(Duration.ofMinutes(10));
            work();
        }
        assertThat(core.tasks("approve_join")).containsExactly("ready");

        core.messenger.onApprove = this::approves;
        core.clock.advance(Duration.ofMinutes(10));
        work();

        assertThat(core.messenger.inside).containsExactly(BUYER);
    }

    @Test
    void approvalInAChatThatIsGoneIsTriedSeldomerAndSeldomer() {
        AtomicInteger calls = new AtomicInteger();
        core.messenger.onApprove = _ -> {
            calls.incrementAndGet();
            return new Answer.Declined<>(Refusal.CHAT_NOT_FOUND, "400 chat not found");
        };
        pay(core.order(shop));
        asks(BUYER);
        work();
        for (int i = 0; i < 100; i++) {
            core.clock.advance(Duration.ofMinutes(10));
            work();
        }

        assertThat(calls.get()).isBetween(10, 20); // 100 by the same pause
        assertThat(core.tasks("approve_join")).containsExactly("ready");
    }

    @Test
    void whoIsInTooManyChannelsIsToldOnceAndLetInWhenTheyHaveLeftOne() {
        core.messenger.onApprove = _ -> new Answer.Declined<>(Refusal.TOO_MANY_CHANNELS, "400 USER_CHANNELS_TOO_MUCH");
        core.bean(Grants.class).knowBuyer(shop.seller(), BUYER);
        pay(core.order(shop));
        asks(BUYER);
        work();
        for (int hour = 0; hour < 30; hour++) {
            later();
            work();
        }
        assertThat(core.messenger.sent)
                .filteredOn(message -> message.html().contains("as many channels and groups as Telegram allows"))
                .singleElement()
                .satisfies(message -> assertThat(message.chatId()).isEqualTo(BUYER));

        core.messenger.onApprove = this::approves;
        core.bean(Admission.class)
                .on(updates.incrementAndGet(), new Incoming.Said(BUYER, "/access", core.clock.instant()));
        work();

        assertThat(core.messenger.inside).containsExactly(BUYER);
    }

    // observing

    @Test
    void observedChannelIsLeftAloneAndWhatIsStillDueIsDoneAfterwards() {
        set(new Membership(true, UnknownMembers.REMOVE));
        asks(STRANGER);
        pay(core.order(shop));
        asks(BUYER);
        comesIn(77);
        admitByHand(55);
        work();
        look();
        core.owner()
                .sql(
                        "update access.grants set ends_at = starts_at + interval '1 hour', look_at = starts_at where telegram_user_id = 55")
                .update();
        days(8);
        ban(66);
        work();

        assertThat(core.messenger.calls).isEmpty();
        assertThat(observed()).contains("approve 41", "decline 99", "remove 77", "remove 55", "ban 66");
        core.messenger.pending.remove(STRANGER); // answered by the other bot

        assertThat(messagesTo(55)).as("the way in alone").isEqualTo(1);
        set(Membership.DEFAULT);
        seconds(10);
        assertThat(messagesTo(55)).as("the notice of the end").isEqualTo(2);
        assertThat(core.messenger.inside).as("has the whole grace").contains(BUYER, 55L);
        days(2);

        assertThat(core.messenger.inside).contains(BUYER).doesNotContain(55L);
        assertThat(core.messenger.calls).contains("approve " + BUYER).doesNotContain("decline " + STRANGER);
        assertThat(core.messenger.calls)
                .filteredOn(call -> call.startsWith("ban 66"))
                .hasSize(1);
    }

    @Test
    void nothingIsPostedInAnObservedChannelAndWhoCannotBeToldHasTheWholeTimeAfterwards() {
        admit(BUYER);
        core.messenger.onSend = message ->
                message.chatId() == BUYER ? new Answer.Declined<>(Refusal.BLOCKED, "403") : new Answer.Done<>(7L);
        set(new Membership(true, UnknownMembers.REPORT));
        days(60);
        assertThat(posts()).isZero();
        assertThat(core.count("access.ending where remove_at is not null")).isZero();

        set(Membership.DEFAULT);
        days(1);
        assertThat(posts()).isEqualTo(1);
        assertThat(core.messenger.inside).containsExactly(BUYER);
        days(8);
        assertThat(core.messenger.inside).isEmpty();
    }

    @Test
    void postThatIsOwedWaitsWhileTheChannelIsObserved() {
        admit(BUYER);
        core.messenger.onSend = message -> message.chatId() == BUYER
                ? new Answer.Declined<>(Refusal.BLOCKED, "403")
                : new Answer.NotNow<>(Duration.ofHours(1), "429");
        days(31);
        core.messenger.sent.clear();
        set(new Membership(true, UnknownMembers.REPORT));
        core.messenger.onSend = message -> new Answer.Done<>(7L);
        days(10);
        assertThat(posts()).isZero();

        set(Membership.DEFAULT);
        seconds(10);
        assertThat(posts()).isEqualTo(1);
        days(1);
        assertThat(core.messenger.inside).containsExactly(BUYER);
    }

    /** The time of those who were told before it was observed. */
    @Test
    void timeToStayThatRanWhenObservingBeganBeginsAnew() {
        admit(BUYER);
        days(30);
        set(new Membership(true, UnknownMembers.REPORT));
        days(10);
        assertThat(core.messenger.inside).containsExactly(BUYER);
        core.messenger.sent.clear();

        set(Membership.DEFAULT);
        seconds(10);
        core.bean(TimeKeeper.class).look();
        work();

        assertThat(messagesTo(BUYER)).isEqualTo(1);
        assertThat(core.messenger.inside).containsExactly(BUYER);
        days(3);
        assertThat(core.messenger.inside).isEmpty();
    }

    @Test
    void whatIsObservedAgainIsRecordedOnce() {
        set(new Membership(true, UnknownMembers.REPORT));
        comesIn(STRANGER);
        look();
        later();
        look();

        assertThat(observed()).containsExactly("report 99");
        assertThat(openCases()).isEmpty();
    }

    /** By the other bot, whose time for them was over sooner. */
    @Test
    void whoIsBannedThereWhileItIsObservedIsNotAskedAboutAndIsToldNothing() {
        admit(BUYER);
        set(new Membership(true, UnknownMembers.REPORT));
        core.messenger.sent.clear();
        core.messenger.onStanding = _ -> new Answer.Done<>(new Standing(Role.BANNED, false, false));
        later();

        look();

        assertThat(openCases()).isEmpty();
        assertThat(messagesTo(BUYER)).isZero();

        set(Membership.DEFAULT);
        later();
        look();
        assertThat(openCases()).extracting(Case::kind).containsExactly(HandBans.KIND);
    }

    /** Many bots leave whoever they put out banned until they pay. */
    @Test
    void whoIsBannedThereWhileItIsObservedAndAsksIsAnsweredAsWhoeverIsOutside() {
        admit(BUYER);
        core.bean(Grants.class).knowBuyer(shop.seller(), BUYER);
        goes(BUYER);
        set(new Membership(true, UnknownMembers.REPORT));
        core.messenger.onStanding = _ -> new Answer.Done<>(new Standing(Role.BANNED, false, false));
        core.messenger.sent.clear();

        says(BUYER, "/access");

        assertThat(openCases()).isEmpty();
        assertThat(core.messenger.sent)
                .singleElement()
                .satisfies(message -> assertThat(message.html())
                        .contains("https://t.me/+standing")
                        .doesNotContain("banned"));
        assertThat(core.strings("select deed || ' ' || occasion from access.observed"))
                .containsExactly("report banned:" + BUYER);
    }

    // acting

    private Seat.Key seat(long user) {
        return new Seat.Key(shop.seller(), shop.channel().id(), user);
    }

    private void whitelist(long user) {
        core.transactions.run(shop.seller(), () -> listing.whitelist(shop.channel(), user, BY));
    }

    private void ban(long user) {
        core.transactions.run(shop.seller(), () -> listing.ban(shop.channel(), user, BY));
    }

    private void takeBack(long user, Word word) {
        assertThat(core.transactions.run(shop.seller(), () -> listing.takeBack(shop.channel(), user, word, BY)))
                .isEqualTo(true);
    }

    private void set(Membership membership) {
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Memberships.class)
                        .set(shop.seller(), shop.channel().id(), membership, "seller", "seller 1"));
    }

    private void pay(Order order) {
        core.hear(Ipn.finished("5996609246", order.id()));
    }

    private void admit(long user) {
        pay(core.order(shop, user));
        asks(user);
        work();
        assertThat(core.messenger.inside).contains(user);
        core.messenger.calls.clear();
    }

    /** Bought and inside, though we let nobody in. */
    private void admitByHand(long user) {
        core.hear(Ipn.finished("5996609247", core.order(shop, user).id()));
        comesIn(user);
    }

    private void asks(long user) {
        core.messenger.pending.add(user);
        core.bean(Admission.class)
                .on(
                        updates.incrementAndGet(),
                        new Incoming.JoinRequested(
                                shop.channel().closedChat().value(),
                                user,
                                user,
                                core.clock.instant(),
                                new Incoming.Link("https://t.me/+standing", "", true)));
    }

    private Answer<Boolean> approves(long user) {
        boolean asked = core.messenger.pending.remove(user);
        core.messenger.inside.add(user);
        return asked ? new Answer.Done<>(true) : new Answer.Declined<>(Refusal.ALREADY_MEMBER, "already inside");
    }

    private void comesIn(long user) {
        core.messenger.inside.add(user);
        changes(user, false, true);
    }

    private void goes(long user) {
        core.messenger.inside.remove(user);
        changes(user, true, false);
    }

    private void changes(long user, boolean was, boolean is) {
        changes(user, user, was, is);
    }

    private void changes(long user, long by, boolean was, boolean is) {
        core.clock.advance(Duration.ofSeconds(2));
        core.bean(Admission.class)
                .on(
                        updates.incrementAndGet(),
                        new Incoming.MembershipChanged(
                                shop.channel().closedChat().value(), user, by, was, is, core.clock.instant(), null));
    }

    /** One round. */
    private void look() {
        core.clock.advance(Duration.ofMinutes(1));
        core.bean(MemberKeeper.class).look();
        work();
    }

    /** Everybody is due to be looked at again. */
    private void later() {
        core.clock.advance(MemberKeeper.BETWEEN_LOOKS);
    }

    private void work() {
        core.startTasks();
        core.wakeTasks();
        core.awaitTasks();
    }

    private void seconds(int count) {
        for (int second = 0; second < count; second += 5) {
            core.clock.advance(Duration.ofSeconds(5));
            work();
        }
    }

    /** By steps in which whatever is due is done. */
    private void days(int count) {
        for (int hour = 0; hour < count * 24; hour += 6) {
            core.clock.advance(Duration.ofHours(6));
            core.bean(TimeKeeper.class).look();
            work();
        }
    }

    private long messagesTo(long user) {
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() == user)
                .count();
    }

    private long posts() {
        return messagesTo(shop.channel().closedChat().value());
    }

    private List<String> observed() {
        return core.strings("select deed || ' ' || telegram_user_id from access.observed order by observed_id");
    }

    private List<Case> openCases() {
        return core.bean(Cases.class).list(shop.seller(), Optional.of("open"), Optional.empty(), 100);
    }

    private void decide(Case one, String kind, String decision) {
        assertThat(one.kind()).isEqualTo(kind);
        CaseDecider decider = core.beans(CaseDecider.class).stream()
                .filter(it -> it.kind().equals(kind))
                .findFirst()
                .orElseThrow();
        core.transactions.run(
                shop.seller(),
                () -> decider.decided(
                        shop.seller(),
                        core.bean(Cases.class)
                                .decide(shop.seller(), one.id(), decision, "as agreed", "operator")
                                .orElseThrow(),
                        decision,
                        "operator"));
    }
}
