package admitone.bot;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.access.Giving.By;
import admitone.access.Grants;
import admitone.access.HandBans;
import admitone.access.Listing;
import admitone.access.Seat;
import admitone.catalog.Catalog;
import admitone.catalog.Plan;
import admitone.catalog.Seller;
import admitone.checkout.Coupon;
import admitone.checkout.Coupons;
import admitone.checkout.PrivateLinks;
import admitone.messaging.BotName;
import admitone.messaging.Html;
import admitone.messaging.Incoming;
import admitone.messaging.Incoming.JoinRequested;
import admitone.messaging.Incoming.Link;
import admitone.messaging.Incoming.Pressed;
import admitone.messaging.Incoming.Said;
import admitone.messaging.IncomingListener;
import admitone.messaging.Language;
import admitone.messaging.Messenger.Button;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConversationDatabaseTests {
    private static final long BUYER = Core.BUYER;
    private static final Button SHOP = new LinkButton("Signals", "http://localhost:8080/c/signals-0123456789ab");

    private final Core core = Core.start("conversation");
    private final Shop shop = core.shop("0123456789ab");
    private final AtomicLong updates = new AtomicLong(1);

    @AfterEach
    void stop() {
        core.close();
    }

    @ParameterizedTest
    @EnumSource(Command.class)
    void everyCommandIsAnsweredToAStranger(Command command) {
        assertThat(answer("/" + command.word()).html()).isNotEmpty();
    }

    @Test
    void plansAreThoseOfTheChannelsWhereSomebodyBeganToBuy() {
        assertThat(answer("/plans").buttons()).isEmpty();

        answer("/start " + shop.plan().handle());

        assertThat(answer("/plans").buttons()).containsExactly(SHOP);
    }

    @Test
    void couponIsAnsweredWithThePlansAtTheirLowerPrice() {
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Coupons.class)
                        .add(shop.channel(), new Coupons.Draft("SPRING", TEN_PERCENT, null, null, null, null)));
        BotName name = core.bean(BotName.class);
        name.start();
        Awaitility.await().until(() -> name.startLink("x").isPresent());
        name.stop();
        assertThat(answer("/coupon spring").html()).startsWith("<b>spring</b> is not a coupon");
        pick();

        Message plans = answer("/coupon spring");

        assertThat(plans.html()).isEqualTo("Coupon <b>SPRING</b> for <b>Signals</b>. Pick a plan:");
        Coupon coupon = core.bean(Coupons.class)
                .find(shop.seller(), shop.channel().id(), "SPRING")
                .orElseThrow();
        assertThat(plans.buttons())
                .containsExactly(new LinkButton(
                        "Month, 30 days: 1.21 USD", "https://t.me/admit_bot?start=" + coupon.startToken(shop.plan())));
        assertThat(answer("/coupon").html()).contains("/coupon SPRING-20");
        assertThat(answer("/coupon <b>").html()).startsWith("<b>&lt;b&gt;</b> is not a coupon");
    }

    private static final Coupon.Off TEN_PERCENT = new Coupon.Off.Percent(BigDecimal.TEN);

    @Test
    void plansAreThoseOfTheChannelsWhereSomebodyAskedToJoin() {
        tell(new JoinRequested(
                Core.CLOSED_CHAT, BUYER, BUYER, core.clock.instant(), new Link("https://t.me/+standing", "ao-", true)));

        assertThat(answer("/plans").buttons()).containsExactly(SHOP);
    }

    @Test
    void statusTellsWhatIsBeingPaidInTheWordsOfItsPage() {
        String order = pick();

        Message status = answer("/status");

        assertThat(status.html())
                .isEqualTo("<b>Signals</b>: Not paid yet. This purchase waits for you to choose a coin and pay.");
        assertThat(status.buttons())
                .containsExactly(new LinkButton(
                        "Open the purchase: Signals",
                        core.bean(PrivateLinks.class).payPage(order)));
    }

    @Test
    void statusTellsFirstOfMoneyUnderWayHoweverManyPurchasesWereBegunSince() {
        String begun = pick();
        core.hear(Ipn.of("5996609246", begun, "confirming"));
        Plan other = core.transactions.run(
                shop.seller(),
                () -> core.bean(Catalog.class).addPlan(shop.channel(), new Catalog.NewPlan("Week", Core.PRICE, 7)));
        answer("/start " + other.handle());

        Message status = answer("/status");

        assertThat(status.html()).startsWith("<b>Signals</b>: ").contains("\n\n<b>Signals</b>: Not paid yet.");
        assertThat(status.html().substring(0, status.html().indexOf("\n\n"))).doesNotContain("Not paid yet");
        assertThat(status.buttons())
                .hasSize(2)
                .first()
                .isEqualTo(new LinkButton(
                        "Open the purchase: Signals",
                        core.bean(PrivateLinks.class).payPage(begun)));
    }

    @Test
    void statusTellsWhatSomebodyHasAndUntilWhen() {
        core.hear(Ipn.finished("5996609246", pick()));
        work(); // the way in is told before they ask

        Message status = answer("/status");

        assertThat(status.html())
                .startsWith("<b>Signals</b>: you have access until ")
                .endsWith(" UTC.");
        assertThat(status.buttons())
                .containsExactly(new LinkButton("Renew Signals", "http://localhost:8080/c/signals-0123456789ab"));
    }

    /** Telegram takes no message of more than a hundred. */
    @Test
    void statusHasAButtonForEachLineThatFitsAndNoOther() {
        for (int one = 0; one < 20; one++) {
            Shop other = core.shop("%012x".formatted(4096 + one));
            core.bean(Grants.class).knowBuyer(other.seller(), BUYER);
            core.hear(Ipn.finished(
                    Long.toString(6_000_000_000L + one), core.order(other).id()));
        }
        core.owner().sql("update catalog.channel set title = repeat('t', 200)").update();
        core.owner().sql("delete from tasks.task").update(); // each way in is told in a second of its own

        Message status = answer("/status");

        List<String> lines =
                status.html().lines().filter(line -> !line.isEmpty()).toList();
        assertThat(lines).hasSizeBetween(10, 19);
        assertThat(status.buttons()).hasSize(lines.size() - 1);
    }

    @Test
    void statusTellsWhoMayStillRenewUntilWhen() {
        isInGrace();

        Message status = answer("/status");

        assertThat(status.html())
                .startsWith("<b>Signals</b>: your access ended on ")
                .contains("Renew before ");
        assertThat(status.buttons()).extracting("text").containsExactly("Renew Signals");
        core.clock.advance(Duration.ofDays(1));
        assertThat(answer("/status").html()).startsWith("You have no access now");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/start", "/access"})
    void whoMayStillRenewIsToldSoAlsoWhenTheyAskToBeLetIn(String asks) {
        isInGrace();

        Message answer = answer(asks);

        assertThat(answer.html())
                .startsWith("<b>Signals</b>: your access ended on ")
                .contains("Renew before ");
        assertThat(answer.buttons())
                .as("one for the same page")
                .extracting("text")
                .containsExactly("Renew Signals");
    }

    @ParameterizedTest
    @ValueSource(strings = {"/start", "/access"})
    void whosePaymentIsUnderWayIsToldSoAlsoWhenTheyAskToBeLetIn(String asks) {
        String order = pick();
        core.hear(Ipn.of("5996609246", order, "confirming"));
        String status = answer("/status").html();

        Message answer = answer(asks);

        assertThat(answer.html()).isEqualTo(status).doesNotContain("no active access");
        assertThat(answer.buttons()).extracting("text").containsExactly("Open the purchase: Signals", "Signals");
    }

    @Test
    void statusPromisesNoRenewalToWhomeverTheSellerBannedInTheChat() {
        isInGrace();
        Seat.Key seat = new Seat.Key(shop.seller(), shop.channel().id(), BUYER);
        core.transactions.run(shop.seller(), () -> core.bean(HandBans.class).ask(seat, null));

        Message status = answer("/status");

        assertThat(status.html()).startsWith("You have no access now");
        assertThat(status.buttons()).isEmpty();
    }

    private void isInGrace() {
        core.hear(Ipn.finished("5996609246", pick()));
        work();
        core.clock.advance(Duration.ofDays(30).plusHours(4));
        core.owner().sql("""
                        insert into access.ending (seller_id, channel_id, telegram_user_id, ends_at, grant_id, notice_at, told_at, remove_at)
                        select seller_id, channel_id, telegram_user_id, ends_at, grant_id, ends_at, ends_at, ends_at + interval '24 hours' from access.grants
                        """).update();
    }

    @Test
    void statusTellsWhoIsLetInWithoutAPurchase() {
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Listing.class).whitelist(shop.channel(), BUYER, new By("test", "test", "")));

        assertThat(answer("/status").html()).isEqualTo("<b>Signals</b>: the seller lets you in without a purchase.");
    }

    @Test
    void statusOfManyLongTitlesFitsAMessage() {
        core.owner().sql("update catalog.channel set title = repeat('<&>', 85)").update();
        for (int n = 0; n < 8; n++) {
            String letter = String.valueOf("cdefghjk".charAt(n));
            Shop other = core.shop("0123456789a" + letter);
            core.owner()
                    .sql("update catalog.channel set title = repeat('<&>', 85)")
                    .update();
            core.transactions.run(
                    other.seller(),
                    () -> core.bean(Listing.class).whitelist(other.channel(), BUYER, new By("test", "test", "")));
        }

        assertThat(answer("/status").html()).contains("more.").hasSizeBetween(1_000, 4_096);
    }

    /** All of a seller whom each shop of a test has. */
    @Test
    void ninthChannelOfASellerHasItsButtonToo() {
        for (int n = 0; n < 11; n++) {
            core.shop("0123456789a" + "cdefghjkmnp".charAt(n));
        }
        core.owner().sql("update catalog.channel set title = repeat('<&>', 85)").update();
        long seller =
                core.bean(Catalog.class).seller(shop.seller()).orElseThrow().telegramUserId();
        tell(new Said(seller, "/mychannels", core.clock.instant()));

        Message channels = core.messenger.sent.getLast();
        assertThat(channels.chatId()).isEqualTo(seller);
        assertThat(channels.buttons()).hasSize(12);
        assertThat(channels.html()).contains("more.").hasSizeLessThan(4_096);
    }

    @Test
    void channelsBeyondThoseWithAButtonAreCounted() {
        core.owner().sql("""
                        insert into catalog.channel (seller_id, channel_id, closed_chat_id, open_chat_id, title, slug, admission)
                        select seller_id, gen_random_uuid(), -n, null, 'n' || n, 'n' || n, admission
                        from catalog.channel, generate_series(1, 52) as n
                        """).update();
        long seller =
                core.bean(Catalog.class).seller(shop.seller()).orElseThrow().telegramUserId();
        tell(new Said(seller, "/mychannels", core.clock.instant()));

        Message channels = core.messenger.sent.getLast();
        assertThat(channels.buttons()).hasSize(50);
        int named = channels.html().split("/c/", -1).length - 1;
        assertThat(channels.html()).contains("… and " + (53 - named) + " more.");

        core.owner().sql("""
                        insert into access.seat (seller_id, channel_id, telegram_user_id)
                        select seller_id, channel_id, 41 from catalog.channel where title <> 'Signals'
                        """).update();
        core.bean(Grants.class).knowBuyer(shop.seller(), BUYER);
        Message plans = answer("/plans");
        assertThat(plans.buttons()).hasSize(30);
        assertThat(plans.html()).contains("… and 22 more.");
    }

    @Test
    void statusTellsWhoIsBannedThatNoWayInIsOpen() {
        core.hear(Ipn.finished("5996609246", pick()));
        core.transactions.run(
                shop.seller(), () -> core.bean(Listing.class).ban(shop.channel(), BUYER, new By("test", "test", "")));

        assertThat(answer("/status").html())
                .startsWith("<b>Signals</b>: you are banned, so no way in is open to you.")
                .doesNotContain("you have access");
    }

    @Test
    void statusIsSilentAboutAnOfferThatNobodyPaid() {
        pick();
        core.clock.advance(Duration.ofHours(25));

        assertThat(answer("/status").html()).startsWith("You have no access now");
    }

    @Test
    void accessSendsTheLinkAgainAndApprovesWhoWaits() {
        core.hear(Ipn.finished("5996609246", pick()));
        core.clock.advance(Duration.ofSeconds(2));
        core.messenger.pending.add(BUYER);

        Message access = answer("/access");

        assertThat(access.html()).contains("https://t.me/+standing");
        assertThat(core.messenger.inside).contains(BUYER);
    }

    @Test
    void accessWithoutOneIsSaidToBeNone() {
        assertThat(answer("/access").html()).contains("no active access");
    }

    @Test
    void supportAndTermsAreTheSellersOwnWordsEscaped() {
        pick();
        notice("@ann <b>", "https://example.org/terms?a=1&b=2");

        assertThat(answer("/support").html()).endsWith(": @ann &lt;b&gt;");
        assertThat(answer("/paysupport").html()).contains("never lost").endsWith(": @ann &lt;b&gt;");
        assertThat(answer("/terms").html()).endsWith(": https://example.org/terms?a=1&amp;b=2");
    }

    @Test
    void supportAndTermsSayWhatToDoWhereTheSellerSaidNothing() {
        pick();

        String seller = "tg://user?id="
                + core.bean(Catalog.class).seller(shop.seller()).orElseThrow().telegramUserId();
        assertThat(answer("/support").html()).as("who set up in the chat").contains(seller);
        assertThat(answer("/paysupport").html()).contains(seller);
        assertThat(answer("/terms").html()).contains("has set no other terms");
    }

    @Test
    void helpListsTheMenu() {
        Html help = answer("/help").text();

        assertThat(core.bean(Menu.class).commands(Language.ENGLISH))
                .hasSize(Command.values().length)
                .allSatisfy(
                        command -> assertThat(help.value()).contains("/" + command.name() + " – " + command.does()));
    }

    @Test
    void answerIsInTheLanguageOfWhoAsked() {
        tell(new Said(BUYER, "/help", core.clock.instant(), Language.SPANISH));

        assertThat(last().html()).startsWith("Este bot");
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "/nothing", "/plansx", "plans", "/", "\n/plans", ""})
    void anythingElseGetsOneHelpfulAnswer(String text) {
        assertThat(answer(text).html()).contains("/help", "/support", "/status");
    }

    @Test
    void whoTalksAndTalksIsAnsweredOncePerMinute() {
        for (int i = 0; i < 50; i++) {
            says("hello " + i);
        }
        work();
        assertThat(core.messenger.sent).hasSize(1);

        core.clock.advance(Duration.ofMinutes(1));
        says("hello?");
        work();
        assertThat(core.messenger.sent).hasSize(2);
    }

    @Test
    void sameCommandIsAnsweredOncePerFiveSeconds() {
        says("/help");
        says("/help@admit_bot now");
        says("/status");
        work();

        assertThat(core.messenger.sent).hasSize(2);
    }

    @Test
    void whoIsToldToWriteACodeIsAnsweredWhenTheyDo() {
        says("/coupon");
        says("/coupon SPRING");
        says("/coupon SUMMER");
        work();

        assertThat(core.messenger.sent).hasSize(2);
    }

    @Test
    void answerThatMayHaveArrivedIsNotSentAgain() {
        core.messenger.onSend = _ -> new Answer.Unknown<>("lost");
        says("/status");
        work();

        assertThat(core.messenger.sent).hasSize(1);
        assertThat(core.tasks("answer")).containsExactly("done");
    }

    @Test
    void everyButtonIsAnsweredAndAnOldOneWithAWord() {
        tell(new Pressed(BUYER, "press-1", "whatever", Language.ENGLISH));
        core.messenger.onAnswer = _ -> new Answer.Declined<>(Refusal.OTHER, "query is too old");
        tell(new Pressed(BUYER, "press-2", "", Language.SPANISH));

        assertThat(core.messenger.calls)
                .containsExactly(
                        "answer press-1 This button does nothing any more. Send /help.",
                        "answer press-2 Este botón ya no hace nada. Envía /help.");
        assertThat(core.tasks("answer_press")).containsExactly("done", "done");
        assertThat(core.messenger.sent).isEmpty();
    }

    private void notice(String support, String terms) {
        core.transactions.run(
                shop.seller(), () -> core.bean(Catalog.class).notice(shop.seller(), new Seller.Notice(support, terms)));
    }

    /** The order of a picked plan. */
    private String pick() {
        says("/start " + shop.plan().handle());
        work();
        return core.strings("select order_id from checkout.orders").getFirst();
    }

    private Message answer(String text) {
        core.clock.advance(Duration.ofSeconds(5));
        says(text);
        work();
        return last();
    }

    private Message last() {
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() == BUYER)
                .toList()
                .getLast();
    }

    private void says(String text) {
        hears(new Said(BUYER, text, core.clock.instant()));
    }

    private void tell(Incoming incoming) {
        hears(incoming);
        work();
    }

    private void hears(Incoming incoming) {
        long update = updates.getAndIncrement();
        core.beans(IncomingListener.class).forEach(listener -> listener.on(update, incoming));
    }

    private boolean isWorking;

    private void work() {
        if (!isWorking) {
            core.startTasks();
            isWorking = true;
        }
        core.awaitTasks();
    }
}
