package admitone.bot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.Core;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.Channel.Admission;
import admitone.catalog.ClosedChatId;
import admitone.catalog.Seller;
import admitone.catalog.Seller.PayoutMode;
import admitone.catalog.Seller.PayoutTerms;
import admitone.messaging.Incoming;
import admitone.messaging.Incoming.BotPlaced;
import admitone.messaging.Incoming.Pressed;
import admitone.messaging.Incoming.Said;
import admitone.messaging.IncomingListener;
import admitone.messaging.Language;
import admitone.messaging.Messenger.ChatKind;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.PressButton;
import admitone.messaging.Messenger.Refusal;
import admitone.messaging.Messenger.Role;
import admitone.messaging.Messenger.Standing;
import admitone.runtime.Answer;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SaleSetupDatabaseTests {
    private static final long OLGA = 61;
    private static final long EVE = 66;
    private static final long CHAT = -1001234567890L;
    private static final Standing ALL = new Standing(Role.ADMINISTRATOR, true, true);
    private static final Standing NOTHING = new Standing(Role.MEMBER, false, false);

    private final Core core = Core.start("sale_setup", Map.of("ADMITONE_SELLERS", "anyone"));
    private final AtomicLong updates = new AtomicLong(1);

    @BeforeEach
    void olgaRunsTheChat() {
        core.messenger.onStanding =
                user -> new Answer.Done<>(user == OLGA || user == core.messenger.self.id() ? ALL : NOTHING);
    }

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void whoAddsTheBotSellsInFourTaps() {
        place();
        tap("9.00 USD, 30 days");
        tap("They ask to join");
        assertThat(last().html()).contains("30 days for <b>9.00 USD</b>", "They ask to join", "Put it on sale?");
        tap("Put it on sale");

        Channel channel = channel();
        assertThat(channel.title()).isEqualTo("VIP <&>");
        assertThat(channel.admission()).isEqualTo(Admission.JOIN_REQUEST);
        assertThat(core.bean(Catalog.class).plans(channel.seller(), channel.id()))
                .singleElement()
                .satisfies(plan -> {
                    assertThat(plan.name()).as("its days are told beside it").isEqualTo("Membership");
                    assertThat(plan.price().text()).isEqualTo("9.00");
                    assertThat(plan.days()).isEqualTo(30);
                });
        assertThat(core.bean(Catalog.class).seller(channel.seller())).hasValueSatisfying(seller -> {
            assertThat(seller.telegramUserId()).isEqualTo(OLGA);
            assertThat(seller.payout().mode().name()).isEqualTo("DIRECT");
        });
        assertThat(last().html())
                .contains("<b>VIP &lt;&amp;&gt;</b> is on sale", "http://localhost:8080/c/" + channel.slug());
        assertThat(last().html()).contains("Who is inside already stays", "they are shown your Telegram account");
        hear(new Said(OLGA, "/mychannels", core.clock.instant()));
        assertThat(last().html()).contains("are shown your Telegram account by /support");
        assertThat(core.tasks("standing_link")).containsExactly("done");
        assertThat(core.tasks("answer_press")).containsOnly("done").hasSize(3);
    }

    @Test
    void whoSellsForLessThanAnyCoinTakesIsToldSo() {
        core.coinsTakeAtLeast("900.00");

        sell();

        assertThat(core.messenger.sent.getLast().html()).contains("is on sale", "no coin takes less than 945.00 USD");
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void whoSellsAGroupWhereMembersMayAddOthersIsWarned(boolean may) {
        core.messenger.onKind = chat -> new Answer.Done<>(new ChatKind(chat, false, false, "", may));

        sell();

        assertThat(last().html().contains("Every member there may add others")).isEqualTo(may);
        assertThat(last().html()).contains("is on sale");
    }

    @Test
    void onlyKnownSellersSellUnlessTheOperatorSaysOtherwise() {
        try (Core known = Core.start("known_sellers")) {
            known.messenger.onStanding = core.messenger.onStanding;
            BotPlaced byEve = new BotPlaced(CHAT, "VIP", EVE, false, true, Language.ENGLISH);
            long seller = known.bean(Catalog.class)
                    .seller(known.shop("0123456789ab").seller())
                    .orElseThrow()
                    .telegramUserId();
            BotPlaced byTheSeller = new BotPlaced(CHAT, "VIP", seller, false, true, Language.ENGLISH);

            known.beans(IncomingListener.class).forEach(listener -> listener.on(1, byEve));
            known.beans(IncomingListener.class).forEach(listener -> listener.on(2, byTheSeller));
            known.startTasks();
            known.awaitTasks();

            assertThat(known.strings("select payload ->> 'step' from tasks.task where kind = 'sale_setup' order by 1"))
                    .containsExactly("ASK", "REFUSE");
            assertThat(known.messenger.sent)
                    .anySatisfy(message -> assertThat(message.html()).contains("not put on sale", "66"));
        }
    }

    /** The first hour with the default settings: the bot is made an administrator before anybody has written to it, or is known. */
    @ParameterizedTest
    @CsvSource({"/start", "/mychannels", "''"})
    void whoBecomesASellerLaterIsAskedByItselfOrWhenTheyWrite(String writes) {
        try (Core known = Core.start("known_sellers_later")) {
            known.messenger.onStanding = core.messenger.onStanding;
            known.messenger.onSend = _ -> new Answer.Declined<>(Refusal.NOT_STARTED, "can't initiate conversation");
            hear(known, new BotPlaced(CHAT, "VIP", OLGA, false, true, Language.ENGLISH));
            known.messenger.sent.clear();
            known.messenger.onSend = _ -> new Answer.Done<>(1L);

            hear(known, new Said(OLGA, "/start", known.clock.instant()));
            assertThat(texts(known))
                    .filteredOn(text -> text.contains("not put on sale"))
                    .hasSize(1);
            known.clock.advance(Duration.ofMinutes(2));
            hear(known, new Said(OLGA, "/start", known.clock.instant()));
            assertThat(texts(known))
                    .as("told once")
                    .filteredOn(text -> text.contains("not put on sale"))
                    .hasSize(1);
            hear(known, new Said(OLGA, "/mychannels", known.clock.instant()));
            assertThat(texts(known))
                    .as("asks")
                    .filteredOn(text -> text.contains("not put on sale"))
                    .hasSize(2);
            assertThat(texts(known)).noneMatch(text -> text.contains("Sell access to it here?"));

            SellerId seller = known.bean(Ids.class).nextSeller();
            known.transactions.run(seller, () -> {
                known.bean(Catalog.class)
                        .add(new Seller(
                                seller, "Olga", OLGA, BigDecimal.ONE, new PayoutTerms(PayoutMode.DIRECT, null)));
                if (writes.isEmpty()) {
                    known.bean(Tasks.class).owe(seller, AskSellerTask.ask(seller, OLGA));
                }
            });
            hear(known, new Said(OLGA, writes, known.clock.instant()));
            assertThat(texts(known))
                    .filteredOn(text -> text.contains("Sell access to it here?"))
                    .hasSize(1);
            hear(known, new Said(OLGA, "/start", known.clock.instant()));
            assertThat(texts(known))
                    .as("once")
                    .filteredOn(text -> text.contains("Sell access to it here?"))
                    .hasSize(1);

            String plan = SaleConversation.plan("", CHAT, SaleOffer.WEEK_5).data();
            hear(known, new Pressed(OLGA, "press", plan, Language.ENGLISH));
            assertThat(texts(known).getLast()).contains("How do buyers come in");
        }
    }

    @Test
    void whoIsNoSellerPutsNothingOnSaleByForgedButtons() {
        try (Core known = Core.start("known_sellers_forged")) {
            known.messenger.onStanding = core.messenger.onStanding;
            hear(known, new BotPlaced(CHAT, "VIP", OLGA, false, true, Language.ENGLISH));
            for (String data : List.of("plan:MONTH_9", "by:join_request", "yes:")) {
                hear(known, new Pressed(OLGA, "press-" + data, "sale:" + CHAT + ":" + data, Language.ENGLISH));
            }

            assertThat(known.messenger.calls)
                    .filteredOn(call -> call.startsWith("answer"))
                    .hasSize(3)
                    .allMatch(call -> call.contains("does nothing any more"));
            assertThat(known.strings("select title from catalog.channel")).isEmpty();
        }
    }

    private static List<String> texts(Core core) {
        return core.messenger.sent.stream().map(Message::html).toList();
    }

    private void hear(Core there, Incoming incoming) {
        long update = updates.getAndIncrement();
        there.beans(IncomingListener.class).forEach(listener -> listener.on(update, incoming));
        there.startTasks();
        there.awaitTasks();
    }

    @Test
    void secondChatIsSoldByTheSameSeller() {
        sell();
        hear(new BotPlaced(CHAT - 1, "Second", OLGA, false, true, Language.ENGLISH));
        tap("199.00 USD, for life");
        tap("One-time links");
        tap("Put it on sale");

        assertThat(core.strings("select seller_id from catalog.seller")).hasSize(1);
        assertThat(core.strings("select title from catalog.channel order by channel_id"))
                .containsExactly("VIP <&>", "Second");
        hear(new Said(OLGA, "/mychannels", core.clock.instant()));
        assertThat(last().html()).contains("<b>Second</b>", "<b>VIP &lt;&amp;&gt;</b>");
    }

    @Test
    void buttonsPressedAgainMakeOneShopOnly() {
        place();
        tap("9.00 USD, 30 days");
        tap("They ask to join");
        PressButton yes = button("Put it on sale");
        press(OLGA, yes.data());
        press(OLGA, yes.data());

        assertThat(core.strings("select title from catalog.channel")).hasSize(1);
        assertThat(core.strings("select name from catalog.plan")).hasSize(1);
    }

    @Test
    void sameUpdateToldAgainIsAskedOnce() {
        BotPlaced placed = new BotPlaced(CHAT, "VIP", OLGA, false, true, Language.ENGLISH);
        core.beans(IncomingListener.class).forEach(listener -> listener.on(77, placed));
        core.beans(IncomingListener.class).forEach(listener -> listener.on(77, placed));
        work();

        assertThat(core.messenger.sent).hasSize(1);
    }

    @Test
    void whoHasNotStartedTheBotIsAskedWhenTheyDo() {
        core.messenger.onSend = _ -> new Answer.Declined<>(Refusal.NOT_STARTED, "can't initiate conversation");
        place();
        core.messenger.sent.clear();
        core.messenger.onSend = _ -> new Answer.Done<>(1L);

        hear(new Said(OLGA, "/start", core.clock.instant()));
        assertThat(core.messenger.sent).anyMatch(message -> message.html().contains("Sell access to it here?"));

        core.messenger.sent.clear();
        hear(new Said(OLGA, "/start", core.clock.instant()));
        assertThat(core.messenger.sent).noneMatch(message -> message.html().contains("Sell access to it here?"));
    }

    @Test
    void strangerWhoForgesAButtonSellsNothing() {
        place();
        press(EVE, button("9.00 USD, 30 days").data());
        press(EVE, "sale:" + CHAT + ":yes:");

        assertThat(core.messenger.calls)
                .filteredOn(call -> call.startsWith("answer"))
                .hasSize(2)
                .allMatch(call -> call.contains("does nothing any more"));
        assertThat(core.strings("select title from catalog.channel")).isEmpty();
        assertThat(core.messenger.sent).hasSize(1);
    }

    @Test
    void buttonsBeforeTheirTimeAreAnsweredAndDoNothing() {
        place();
        press(OLGA, "sale:" + CHAT + ":yes:");
        press(OLGA, "sale:" + CHAT + ":by:join_request");
        press(OLGA, "sale:" + CHAT + ":plan:MONTH_0");
        press(OLGA, "sale:" + CHAT + ":fly:");
        press(OLGA, "sale:99999999999999999:yes:");

        assertThat(core.tasks("answer_press")).hasSize(5).containsOnly("done");
        assertThat(core.messenger.sent).hasSize(1);
    }

    @Test
    void whoIsNoAdministratorAnyMoreSellsNothing() {
        core.messenger.onStanding = user -> new Answer.Done<>(user == OLGA ? NOTHING : ALL);
        sell();

        assertThat(last().html()).contains("only an administrator");
        assertThat(core.strings("select title from catalog.channel")).isEmpty();
    }

    /** Of whom Telegram then tells nothing. */
    @Test
    void ownerWhoTookTheBotsRightsAwayAgainIsNotTakenForAStranger() {
        core.messenger.onStanding = user -> user == OLGA
                ? new Answer.Declined<>(Refusal.NO_RIGHTS, "400 CHAT_ADMIN_REQUIRED")
                : new Answer.Done<>(NOTHING);
        sell();

        assertThat(last().html()).contains("needs the rights").doesNotContain("only an administrator");
    }

    @Test
    void botWithoutItsRightsSaysWhatItNeedsAndTheButtonWorksOnceItHasThem() {
        sellWithoutRights();
        assertThat(last().html()).contains("needs the rights");
        assertThat(core.strings("select title from catalog.channel")).isEmpty();

        olgaRunsTheChat();
        press(OLGA, "sale:" + CHAT + ":yes:");
        assertThat(last().html()).contains("is on sale");
    }

    @ParameterizedTest
    @CsvSource({"true, false, is a basic group", "false, true, is public"})
    void chatThatKeepsNobodyOutIsNotPutOnSaleUntilItDoes(boolean isBasic, boolean isPublic, String words) {
        core.messenger.onKind = chat -> new Answer.Done<>(new ChatKind(chat, isBasic, isPublic, "", false));
        sell();
        assertThat(last().html()).contains(words);
        assertThat(core.strings("select title from catalog.channel")).isEmpty();

        long now = isBasic ? CHAT - 1_000_000 : CHAT; // a supergroup has another id
        core.messenger.onKind = _ -> new Answer.Done<>(new ChatKind(now, false, false, "", false));
        press(OLGA, "sale:" + CHAT + ":yes:");
        assertThat(last().html()).contains("is on sale");
        assertThat(core.strings("select closed_chat_id::text from catalog.channel"))
                .containsExactly(Long.toString(now));
    }

    @Test
    void lostAnswersAreAskedForAgain() {
        AtomicInteger asked = new AtomicInteger();
        core.messenger.onStanding =
                _ -> asked.getAndIncrement() < 2 ? new Answer.Unknown<>("lost") : new Answer.Done<>(ALL);
        sell();
        core.clock.advance(Duration.ofSeconds(3));
        await().until(() -> !core.strings("select title from catalog.channel").isEmpty());
    }

    @Test
    void chatThatAnotherSellsIsNotTaken() {
        core.shop("0123456789ab");
        core.owner()
                .sql("update catalog.route set key = ? where kind = 'closed_chat'")
                .param(Long.toString(CHAT))
                .update();
        sell();

        assertThat(last().html()).contains("by another seller");
        assertThat(core.strings("select title from catalog.channel")).containsExactly("Signals");
    }

    @Test
    void chatOnSaleIsNotAskedAbout() {
        sell();
        core.messenger.sent.clear();
        place();

        assertThat(core.messenger.sent).isEmpty();
    }

    @Test
    void botThatIsNoAdministratorAsksNothing() {
        hear(new BotPlaced(CHAT, "VIP", OLGA, false, false, Language.ENGLISH));

        assertThat(core.messenger.sent).isEmpty();
    }

    @Test
    void otherRightsOfABotThatWasAdministratorBeginNothingAnew() {
        sellWithoutRights();
        hear(new BotPlaced(CHAT, "VIP <&>", OLGA, true, true, Language.ENGLISH));

        assertThat(last().html()).contains("needs the rights");
    }

    @Test
    void chatThatWasPutOnSaleOtherwiseIsNotAskedAbout() {
        core.messenger.onSend = _ -> new Answer.Declined<>(Refusal.NOT_STARTED, "can't initiate conversation");
        place();
        core.shop("0123456789ab");
        core.owner()
                .sql("update catalog.route set key = ? where kind = 'closed_chat'")
                .param(Long.toString(CHAT))
                .update();
        core.owner()
                .sql("update catalog.channel set closed_chat_id = ?")
                .param(CHAT)
                .update();
        core.messenger.sent.clear();

        hear(new Said(OLGA, "/start", core.clock.instant()));
        assertThat(core.messenger.sent).noneMatch(message -> message.html().contains("Sell access to it here?"));
    }

    @Test
    void noButtonIsTooLongForTelegram() {
        hear(new BotPlaced(-(1L << 52), "VIP", OLGA, false, true, Language.ENGLISH));

        assertThat(last().buttons())
                .hasSize(7)
                .allSatisfy(button -> assertThat(((PressButton) button).data().getBytes(StandardCharsets.UTF_8).length)
                        .isLessThanOrEqualTo(64));
    }

    @Test
    void noIsAnsweredWithAWord() {
        place();
        tap("Do not sell");

        assertThat(core.messenger.calls)
                .containsExactly("answer press-2 Nothing is put on sale. Pick a plan above if you change your mind.");
    }

    private void sell() {
        place();
        tap("9.00 USD, 30 days");
        tap("They ask to join");
        tap("Put it on sale");
    }

    private void sellWithoutRights() {
        core.messenger.onStanding =
                user -> new Answer.Done<>(user == OLGA ? ALL : new Standing(Role.ADMINISTRATOR, true, false));
        sell();
    }

    private void place() {
        hear(new BotPlaced(CHAT, "VIP <&>", OLGA, false, true, Language.ENGLISH));
    }

    /** Presses this button of the last message. */
    private void tap(String text) {
        press(OLGA, button(text).data());
    }

    private PressButton button(String text) {
        return last().buttons().stream()
                .map(PressButton.class::cast)
                .filter(button -> button.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no button " + text + " in " + last()));
    }

    private void press(long user, String data) {
        hear(new Pressed(user, "press-" + updates.get(), data, Language.ENGLISH));
    }

    private Channel channel() {
        return core.bean(Catalog.class).channelOf(new ClosedChatId(CHAT)).orElseThrow();
    }

    private Message last() {
        List<Message> toOlga = core.messenger.sent.stream()
                .filter(message -> message.chatId() == OLGA)
                .toList();
        return toOlga.getLast();
    }

    private void hear(Incoming incoming) {
        hear(core, incoming);
    }

    private void work() {
        core.startTasks();
        core.awaitTasks();
    }
}
