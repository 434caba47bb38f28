package admitone.bot;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.access.ChannelTerms;
import admitone.access.Giving.By;
import admitone.access.Listing;
import admitone.access.Terms;
import admitone.catalog.Catalog;
import admitone.checkout.PayOrder;
import admitone.checkout.PayOrder.Outcome;
import admitone.messaging.Incoming.BotPlaced;
import admitone.messaging.Incoming.JoinRequested;
import admitone.messaging.Incoming.Link;
import admitone.messaging.Incoming.Said;
import admitone.messaging.IncomingListener;
import admitone.messaging.Language;
import admitone.messaging.Messenger.ChatKind;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.Refusal;
import admitone.messaging.Messenger.Role;
import admitone.messaging.Messenger.Standing;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Payment;
import admitone.payments.PaymentProvider.Created;
import admitone.runtime.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The bot loses a right in a channel that is on sale. */
class LostRightsDatabaseTests {
    private static final Asset ETH = new Asset("eth");

    private final Core core = Core.start("rights");
    private final Shop shop = core.shop("0123456789ab");
    private long update = 10;

    @BeforeEach
    void makesPayments() {
        core.provider.onCreate = asked ->
                new Answer.Done<>(new Created("50000000" + ++update, "address", Money.parse("0.1", ETH), null, null));
    }

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void nothingIsSoldWhereTheBotWasDemotedUntilItHasItsRightsAgain() {
        lacks(new Standing(Role.MEMBER, false, false));
        placed(true, false);

        assertThat(isClosed()).isTrue();
        assertThat(pay())
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo("cannot_admit"));
        assertThat(core.provider.created).isEmpty();
        assertThat(core.strings("select kind || ' ' || (detail ->> 'why') from cases.cases"))
                .containsExactly("cannot_admit the bot is no administrator");

        core.messenger.onStanding = core.messenger::standing;
        placed(false, true);

        assertThat(isClosed()).isFalse();
        pay();
        assertThat(core.provider.created).hasSize(1);
        assertThat(core.count("timeline.event where kind in ('rights_lost', 'rights_given_back')"))
                .isEqualTo(2);
    }

    @Test
    void oneRightThatWasTakenIsNoticedAndWhatIsGivenBackUnheardTooInTime() {
        lacks(new Standing(Role.ADMINISTRATOR, true, false));
        placed(true, true);
        assertThat(isClosed()).isTrue();

        core.messenger.onStanding = core.messenger::standing;
        lookAgain(Duration.ofMinutes(2));

        assertThat(isClosed()).isFalse();
    }

    @Test
    void whatWaitedForTheRightsGoesOnAtOnceWhenTheyAreBack() {
        lacks(new Standing(Role.MEMBER, false, false));
        core.messenger.onBan = _ -> new Answer.Declined<>(Refusal.NO_RIGHTS, "not enough rights");
        placed(true, false);
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Listing.class).ban(shop.channel(), 99, new By("operator", "operator", "a test")));
        for (int minute = 0; minute < 20; minute++) { // until it is tried every ten minutes
            core.clock.advance(Duration.ofMinutes(1));
            core.awaitTasks();
        }
        assertThat(core.tasks("ban_member")).containsExactly("ready");

        core.messenger.onBan = _ -> new Answer.Done<>(true);
        core.messenger.onStanding = core.messenger::standing;
        placed(false, true);

        assertThat(core.tasks("ban_member")).containsExactly("done");
    }

    @Test
    void ofTwoWhoFindTheRightsBackAtOnceOneTellsIt() throws Exception {
        Catalog catalog = core.bean(Catalog.class);
        core.transactions.run(shop.seller(), () -> catalog.cannotAdmit(shop.channel(), core.clock.instant()));
        List<Boolean> told = Collections.synchronizedList(new ArrayList<>());
        Runnable mends = () -> told.add(catalog.mayAdmit(shop.channel()).isPresent());

        core.whileUncommitted(shop.seller(), mends, () -> core.transactions.run(shop.seller(), mends));

        assertThat(told).containsExactlyInAnyOrder(true, false);
    }

    @Test
    void ofTwoWhoHearANewNameAtOnceOneChangesIt() throws Exception {
        Catalog catalog = core.bean(Catalog.class);
        core.transactions.run(
                shop.seller(),
                () -> catalog.chatTitle(shop.channel(), shop.channel().title()));
        List<Boolean> renamed = Collections.synchronizedList(new ArrayList<>());
        Runnable hears = () -> renamed.add(catalog.chatTitle(shop.channel(), "Another name"));

        core.whileUncommitted(shop.seller(), hears, () -> core.transactions.run(shop.seller(), hears));

        assertThat(renamed).containsExactlyInAnyOrder(true, false);
    }

    /** Whether links outlive the bot's rights is not known: Telegram is asked. */
    @Test
    void linkIsLookedAtWhenTheRightsAreBackAndMadeAnewWhereItIsGone() {
        lacks(new Standing(Role.MEMBER, false, false));
        placed(true, false);
        core.messenger.onKeep = _ -> new Answer.Declined<>(Refusal.LINK_GONE, "INVITE_HASH_EXPIRED");
        core.messenger.onStanding = core.messenger::standing;
        placed(false, true);

        assertThat(core.bean(Catalog.class)
                        .channel(shop.seller(), shop.channel().id())
                        .orElseThrow()
                        .standingLink())
                .startsWith("https://t.me/+link-ao-");
    }

    /** The update is gone after a day without us, and orders over REST ask nobody. */
    @Test
    void lossOfWhichNoUpdateToldIsFoundWithinAnHourAndSoIsItsEnd() {
        lacks(new Standing(Role.MEMBER, false, false));
        looksRound();
        assertThat(isClosed()).isTrue();
        assertThat(toSeller()).hasSize(1);

        core.messenger.onStanding = core.messenger::standing;
        looksRound();
        assertThat(isClosed()).isFalse();
        int links = (int) core.messenger.calls.stream()
                .filter(call -> call.startsWith("keep"))
                .count();
        looksRound();
        assertThat(core.messenger.calls)
                .filteredOn(call -> call.startsWith("keep"))
                .hasSize(links);
    }

    @Test
    void channelThatIsCalledAsItsChatFollowsItAndOneThatWasNamedOtherwiseKeepsItsName() {
        called("Signals");
        called("Alpha Signals");
        assertThat(title()).isEqualTo("Alpha Signals");

        core.owner().sql("update catalog.channel set title = 'My best'").update();
        called("Beta Signals");
        assertThat(title()).isEqualTo("My best");
        assertThat(core.strings("select slug from catalog.channel"))
                .as("its page stays where it is")
                .containsExactly(shop.channel().slug());
    }

    @Test
    void sellerIsWarnedOfAGroupWhereMembersMayAddOthersAsLongAsTheyMay() {
        membersMayAdd(true);
        assertThat(myChannels()).contains("Every member there may add others");

        membersMayAdd(false);
        assertThat(myChannels()).doesNotContain("Every member there");
        assertThat(isClosed()).isFalse();
    }

    private void membersMayAdd(boolean may) {
        core.messenger.onKind = chat -> new Answer.Done<>(new ChatKind(chat, false, false, "Signals", may));
        looksRound();
    }

    @ParameterizedTest
    @CsvSource({"true, it is a basic group", "false, it is public"})
    void nothingIsSoldWhereNobodyCanBeKeptOutUntilTheyCan(boolean isBasic, String why) {
        core.messenger.onKind = chat -> new Answer.Done<>(new ChatKind(chat, isBasic, !isBasic, "Signals", false));
        looksRound();
        looksRound();

        assertThat(isClosed()).isTrue();
        assertThat(pay()).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo("cannot_admit");
            assertThat(refused.reason())
                    .as("what to mend, to callers of the API")
                    .contains(isBasic ? "Make it a supergroup" : "Make it private")
                    .doesNotContain("administrator");
        });
        assertThat(core.strings("select kind || ' ' || (detail ->> 'why') from cases.cases"))
                .containsExactly("cannot_admit " + why);
        assertThat(toSeller())
                .singleElement()
                .satisfies(text -> assertThat(text).startsWith("<b>Signals</b> is not sold at the moment: " + why));
        assertThat(myChannels()).contains("Not sold: " + why);
        assertThat(picks()).contains("is not sold at the moment").doesNotContain("Pay");

        core.messenger.onKind = _ -> new Answer.Unknown<>("lost");
        looksRound();
        assertThat(isClosed()).as("without an answer it is as it was").isTrue();

        core.messenger.onKind = chat -> new Answer.Done<>(new ChatKind(chat, false, false, "Signals", false));
        looksRound();
        assertThat(isClosed()).isFalse();
        assertThat(toSeller().getLast()).contains("is sold again");
        assertThat(core.count("cases.cases where decided_at is null")).isZero();
    }

    /** What a buyer who picks the plan is told. */
    private String picks() {
        Said start = new Said(Core.BUYER, "/start " + shop.plan().handle(), core.clock.instant());
        core.beans(IncomingListener.class).forEach(one -> one.on(++update, start));
        core.awaitTasks();
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() == Core.BUYER)
                .toList()
                .getLast()
                .html();
    }

    @Test
    void whoGivesTheRightsBackReadsWhatElseIsAmiss() {
        lacks(new Standing(Role.MEMBER, false, false));
        looksRound();
        core.messenger.onStanding = core.messenger::standing;
        core.messenger.onKind = chat -> new Answer.Done<>(new ChatKind(chat, false, true, "Signals", false));
        looksRound();

        assertThat(isClosed()).isTrue();
        assertThat(toSeller()).hasSize(2).last().asString().contains("it is public");
        assertThat(core.strings("select detail ->> 'why' from cases.cases where decided_at is null"))
                .containsExactly("it is public");
    }

    private void called(String title) {
        core.messenger.onKind = chat -> new Answer.Done<>(new ChatKind(chat, false, false, title, false));
        looksRound();
    }

    private String title() {
        return core.bean(Catalog.class)
                .channel(shop.seller(), shop.channel().id())
                .orElseThrow()
                .title();
    }

    private void looksRound() {
        core.clock.advance(RightsKeeper.BETWEEN_LOOKS);
        core.bean(RightsKeeper.class).round();
        core.startTasks();
        core.wakeTasks();
        core.awaitTasks();
    }

    @Test
    void whoWaitedForTheRightsIsLetInAsSoonAsTheyAreBack() {
        core.hear(Ipn.finished("5000000001", core.order(shop).id()));
        lacks(new Standing(Role.MEMBER, false, false));
        placed(true, false);
        var approve = core.messenger.onApprove;
        core.messenger.onApprove = _ -> new Answer.Declined<>(Refusal.NO_RIGHTS, "400 not enough rights");
        core.messenger.pending.add(Core.BUYER);
        core.beans(IncomingListener.class)
                .forEach(listener -> listener.on(
                        ++update,
                        new JoinRequested(
                                shop.channel().closedChat().value(),
                                Core.BUYER,
                                Core.BUYER,
                                core.clock.instant(),
                                new Link("https://t.me/+standing", "", true))));
        core.awaitTasks();

        core.messenger.onApprove = approve;
        core.messenger.onStanding = core.messenger::standing;
        placed(false, true);
        core.wakeTasks();
        core.awaitTasks();

        assertThat(core.messenger.inside).contains(Core.BUYER);
    }

    @Test
    void sellerIsToldOfEachLossOnceAndThatItIsSoldAgain() {
        lacks(new Standing(Role.MEMBER, false, false));
        placed(true, false);
        lookAgain(Duration.ofDays(1));
        lookAgain(Duration.ofDays(1));

        assertThat(toSeller())
                .singleElement()
                .satisfies(text -> assertThat(text)
                        .startsWith("<b>Signals</b> is not sold at the moment")
                        .contains("to add users by link and to ban users"));
        assertThat(states()).containsExactly("open");

        core.messenger.onStanding = core.messenger::standing;
        lookAgain(Duration.ofHours(2));
        placed(true, true);

        assertThat(toSeller()).hasSize(2).last().asString().startsWith("<b>Signals</b> is sold again");
        assertThat(states()).containsExactly("decided");

        lacks(new Standing(Role.MEMBER, false, false));
        placed(true, false);

        assertThat(toSeller()).hasSize(3);
        assertThat(states()).containsExactly("decided", "open");
    }

    /** With what to do about it. */
    @Test
    void mychannelsTellsWhatIsAmiss() {
        assertThat(myChannels()).contains("<b>Signals</b>").doesNotContain("⚠️", "ℹ️", "⏳");

        lacks(new Standing(Role.MEMBER, false, false));
        placed(true, false);
        assertThat(myChannels()).contains("Not sold: this bot may let nobody in there. Make it an administrator");

        core.messenger.onStanding = core.messenger::standing;
        placed(false, true);
        core.owner().sql("update catalog.plan set closed_at = now()").update();
        core.owner().sql("update catalog.channel set standing_link = null").update();
        core.owner().sql("""
                        insert into access.membership (seller_id, channel_id, observing)
                        select seller_id, channel_id, true from catalog.channel
                        on conflict (seller_id, channel_id) do update set observing = true
                        """).update();
        core.transactions.run(
                shop.seller(),
                () -> core.bean(ChannelTerms.class)
                        .set(shop.seller(), shop.channel().id(), Terms.DEFAULT));
        core.owner()
                .sql("update access.channel_terms set stopped_at = now(), stopped = gen_random_uuid()")
                .update();
        assertThat(myChannels())
                .contains(
                        "Nothing is on sale: add a plan",
                        "Only observed",
                        "they wait for you",
                        "Its link is being made")
                .doesNotContain("Not sold", "On hold");
    }

    /** It is answered all the same, since nothing is done by it. */
    @Test
    void mychannelsTellsThatEffectsAreOnHold() {
        core.owner().sql("""
                        insert into hold.hold (seller_id, hold_id, epoch, reason, why, noticed_by, began_at)
                        values ('000000000000', gen_random_uuid(), gen_random_uuid(), 'behind', 'a test', 'a test', now())
                        """).update();
        core.clock.advance(Duration.ofSeconds(10)); // it is looked at anew

        assertThat(myChannels()).contains("<b>Signals</b>", "On hold: nobody is removed");

        core.owner()
                .sql("update hold.hold set lifted_at = began_at, lifted_by = 'a test'")
                .update();
        assertThat(myChannels()).contains("<b>Signals</b>").doesNotContain("On hold");
    }

    private String myChannels() {
        core.clock.advance(Duration.ofSeconds(10)); // it is answered once in a few
        core.messenger.sent.clear();
        core.beans(IncomingListener.class)
                .forEach(one -> one.on(++update, new Said(1, "/mychannels", core.clock.instant())));
        core.startTasks();
        core.awaitTasks();
        return toSeller().getLast();
    }

    @Test
    void whereTelegramDoesNotAnswerItIsAskedLessAndLessOften() {
        AtomicInteger asked = new AtomicInteger();
        core.messenger.onStanding = _ -> {
            asked.incrementAndGet();
            return new Answer.Unknown<>("timeout");
        };
        placed(true, false);
        lookAgain(Duration.ofSeconds(30));
        assertThat(asked).hasValue(1);
        lookAgain(Duration.ofSeconds(31));
        assertThat(asked).hasValue(2);
        lookAgain(Duration.ofSeconds(90));
        assertThat(asked).hasValue(2);
    }

    /** The update of the loss is told after that of the gain. */
    @Test
    void whatTelegramAnswersCountsAndNotWhatWasTold() {
        placed(true, false);

        assertThat(isClosed()).isFalse();
        assertThat(core.count("cases.cases")).isZero();
    }

    @Test
    void whatWasGivenBeforeStays() {
        var order = core.order(shop);
        Outcome<Payment> before = core.bean(PayOrder.class).inCoin(order, ETH);
        lacks(new Standing(Role.MEMBER, false, false));
        placed(true, false);

        assertThat(before).isInstanceOf(Outcome.Ready.class);
        assertThat(core.bean(PayOrder.class).inCoin(order, ETH)).isEqualTo(before);
    }

    private void lookAgain(Duration after) {
        core.clock.advance(after);
        core.wakeTasks();
        core.awaitTasks();
    }

    private List<String> toSeller() {
        long seller =
                core.bean(Catalog.class).seller(shop.seller()).orElseThrow().telegramUserId();
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() == seller)
                .map(Message::html)
                .toList();
    }

    private List<String> states() {
        return core.strings("select state from cases.cases order by case_id");
    }

    private boolean isClosed() {
        return core.bean(Catalog.class).isClosed(shop.seller(), shop.channel().id());
    }

    private Outcome<Payment> pay() {
        return core.bean(PayOrder.class).inCoin(core.order(shop), ETH);
    }

    private void lacks(Standing standing) {
        core.messenger.onStanding = _ -> new Answer.Done<>(standing);
    }

    private void placed(boolean ran, boolean runs) {
        BotPlaced placed =
                new BotPlaced(shop.channel().closedChat().value(), "Signals", 1, ran, runs, Language.ENGLISH);
        update++;
        core.beans(IncomingListener.class).forEach(listener -> listener.on(update, placed));
        core.startTasks();
        core.awaitTasks();
    }
}
