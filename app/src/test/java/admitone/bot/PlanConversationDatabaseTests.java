package admitone.bot;

import static admitone.AtOnce.atOnce;
import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.catalog.Catalog;
import admitone.catalog.Plan;
import admitone.messaging.Incoming;
import admitone.messaging.Incoming.Pressed;
import admitone.messaging.Incoming.Said;
import admitone.messaging.IncomingListener;
import admitone.messaging.Language;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.PressButton;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.Handle;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A seller adds plans to a channel in the chat, at a price of their own, and takes them off sale. */
class PlanConversationDatabaseTests {
    /** Of the shop. */
    private static final long OLGA = 1;

    private static final long EVE = 66;

    private final Core core = Core.start("plan_conversation");
    private final Shop shop = core.shop("0123456789ab");
    private final AtomicLong updates = new AtomicLong(1);

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void planIsAddedAtAPriceThatIsWritten() {
        say("/mychannels");
        tap("Plans of Signals");
        assertThat(last().html()).contains("Month, 30 days: <b>1.35 USD</b>", "/c/signals-");
        tap("Add another plan");
        tap("90 days");
        assertThat(last().html()).contains("<b>Signals</b>, 90 days: what does it cost?");
        say(" $12,50 ");
        assertThat(last().html()).contains("90 days for <b>12.50 USD</b>");
        say("13");
        tap("Put it on sale");

        assertThat(onSale()).containsExactly("Month 1.35 30", "Membership 13.00 90");
        assertThat(last().html()).contains("On sale: 90 days for <b>13.00 USD</b>", "Month, 30 days");
        assertThat(core.count("bot.plan_post"))
                .as("the post in the open chat follows")
                .isEqualTo(1);
        say("14");
        assertThat(last().html()).as("nothing waits for a price").doesNotContain("14.00");
    }

    @Test
    void whatOneGetsIsWrittenAfterThePriceAndCanBeChangedOrTakenAway() {
        add();
        tap("7 days");
        say("Two calls a day");
        assertThat(last().html()).as("no price yet").contains("is no price");
        tap("9.00 USD");
        assertThat(last().html()).contains("You can also write what one gets, in at most 200 characters");

        say("Two calls a day,\n<b>and</b> a chat");
        assertThat(last().html())
                .contains(
                        "7 days for <b>9.00 USD</b>", "What one gets: Two calls a day, &lt;b&gt;and&lt;/b&gt; a chat");
        say("-");
        assertThat(last().html()).doesNotContain("Two calls");
        say("x".repeat(201));
        assertThat(last().html()).contains("too long", "200 characters");
        say("3 calls a day");
        say("10");
        assertThat(last().html()).contains("7 days for <b>10.00 USD</b>", "What one gets: 3 calls a day");
        say("12 EUR");
        assertThat(last().html()).contains("<b>12 EUR</b> is no price");
        press("plan:yes:" + draft() + ":1000");

        assertThat(onSale()).containsExactly("Month 1.35 30", "Membership 10.00 7");
        assertThat(core.strings("select description from catalog.plan where description is not null"))
                .containsExactly("3 calls a day");
    }

    @Test
    void planIsAddedByButtonsAlone() {
        add();
        tap("for life");
        tap("199.00 USD");
        tap("Put it on sale");

        assertThat(onSale()).containsExactly("Month 1.35 30", "Membership 199.00 null");
    }

    @Test
    void sellerIsToldOfAPriceThatNoCoinTakes() {
        core.coinsTakeAtLeast("9.00");

        say("/mychannels");
        assertThat(last().html()).contains("A plan cannot be bought", "(9.45 USD)");
        tap("Plans of Signals");
        tap("Add another plan");
        tap("30 days");
        say("9.44");
        assertThat(last().html()).contains("no coin takes less than 9.45 USD");
        say("9.45");
        assertThat(last().html()).contains("30 days for <b>9.45 USD</b>").doesNotContain("no coin");
    }

    @Test
    void yesPressedAgainAddsNoSecond() throws Exception {
        add();
        tap("7 days");
        tap("5.00 USD");
        Pressed yes = press(OLGA, button("Put it on sale"));
        atOnce(8, () -> {
            core.bean(Conversation.class).on(updates.incrementAndGet(), yes);
            return true;
        });
        work();

        assertThat(onSale()).containsExactly("Month 1.35 30", "Membership 5.00 7");
        assertThat(words())
                .filteredOn(word -> word.contains("does nothing any more"))
                .hasSize(7);
    }

    @ParameterizedTest
    @ValueSource(strings = {"twelve", "0", "0.00", "12.505", "1000000.01", "1,000", "-5", "12 EUR"})
    void whatIsNoPriceIsRefusedWithWhatToDo(String written) {
        add();
        tap("7 days");
        say(written);

        assertThat(last().html()).contains("<b>" + written + "</b> is no price. Write an amount in USD");
        tap("9.00 USD");
        assertThat(last().html()).contains("7 days for <b>9.00 USD</b>");
    }

    @ParameterizedTest
    @CsvSource({"12, 12.00", "12.5, 12.50", "$0.01, 0.01", "1000000, 1000000.00", "9.99 usdt, 9.99", "19$, 19.00"})
    void readsAPriceAsItIsWritten(String written, String price) {
        assertThat(PlanConversation.price(written)).contains(Money.parse(price, Asset.USD));
    }

    @Test
    void whatIsWrittenADayLaterIsNoPrice() {
        add();
        tap("7 days");
        core.clock.advance(Duration.ofDays(1));
        say("12");

        assertThat(last().html()).doesNotContain("12.00");
    }

    @Test
    void commandsAreCommandsWhileAPriceIsAskedFor() {
        add();
        tap("7 days");
        say("/help");

        assertThat(last().html()).contains("/mychannels");
    }

    @Test
    void pictureIsTakenNeitherForAPriceNorForWhatOneGets() {
        add();
        tap("7 days");
        say("10");
        say("Two calls a day");

        say("");

        assertThat(last().html()).contains("/help").doesNotContain("is no price");
        say("11");
        assertThat(last().html()).contains("7 days for <b>11.00 USD</b>", "What one gets: Two calls a day");
    }

    @Test
    void notNowAndAnotherBeginningEndTheOneBefore() {
        add();
        tap("7 days");
        String old = button("5.00 USD");
        add();
        tap("30 days");
        hear(press(OLGA, old));
        tap("Not now");
        say("12");

        assertThat(words()).anyMatch(word -> word.contains("does nothing any more"));
        assertThat(words()).anyMatch(word -> word.contains("Nothing is added"));
        assertThat(last().html()).doesNotContain("12.00");
        assertThat(onSale()).hasSize(1);
    }

    @Test
    void yesIsToThePriceThatItsMessageTells() {
        add();
        tap("7 days");
        tap("9.00 USD");
        String toNine = button("Put it on sale");
        say("19");
        hear(press(OLGA, toNine));
        assertThat(onSale()).hasSize(1);
        assertThat(words().getLast()).contains("does nothing any more");

        tap("Put it on sale");
        assertThat(onSale()).containsExactly("Month 1.35 30", "Membership 19.00 7");
    }

    @Test
    void notNowAfterItWasAddedSaysNotThatNothingIs() {
        add();
        tap("7 days");
        tap("9.00 USD");
        String no = button("Not now");
        tap("Put it on sale");
        hear(press(OLGA, no));

        assertThat(words().getLast()).contains("does nothing any more");
        assertThat(onSale()).hasSize(2);
    }

    @Test
    void updateThatIsToldAgainBeginsNoOther() {
        add();
        Pressed week = press(OLGA, button("7 days"));
        hear(1000, week);
        String nine = button("9.00 USD");
        hear(1000, week);
        hear(press(OLGA, nine));
        tap("Put it on sale");

        assertThat(onSale()).containsExactly("Month 1.35 30", "Membership 9.00 7");
    }

    @Test
    void priceThatIsWrittenIsOfTheDraftBegunLast() {
        Shop other = core.shop("zzzzzzzzzzzz");
        for (Shop last : List.of(other, shop, other)) {
            core.clock.advance(Duration.ofSeconds(10));
            hear(press(OLGA, "plan:days:" + last.channel().handle() + ":7"));
            say("12");
            assertThat(button("Put it on sale")).contains(last.seller().value());
        }
    }

    @Test
    void listTellsHowManyItLeavesOut() {
        core.transactions.run(shop.seller(), () -> {
            for (int i = 0; i < 22; i++) {
                core.bean(Catalog.class).addPlan(shop.channel(), new Catalog.NewPlan("More", Core.PRICE, 30));
            }
        });
        hear(press(OLGA, "plan:list:" + shop.channel().handle()));

        assertThat(last().html()).contains("… and 3 more.");
    }

    @Test
    void whoIsNotTheSellerChangesNothing() {
        add();
        tap("7 days");
        tap("5.00 USD");
        hear(press(EVE, button("Put it on sale")));
        hear(press(EVE, "plan:add:" + shop.channel().handle()));
        hear(press(EVE, "plan:close:" + shop.plan().handle()));
        hear(press(OLGA, "plan:days:" + shop.channel().handle() + ":36501"));
        hear(press(OLGA, "plan:fly:" + shop.channel().handle()));

        assertThat(words().subList(words().size() - 5, words().size()))
                .allMatch(word -> word.contains("does nothing any more"));
        assertThat(onSale()).hasSize(1);
    }

    @Test
    void planIsTakenOffSaleAndTheLastOneOnceTheSellerIsSure() {
        add();
        tap("7 days");
        tap("5.00 USD");
        tap("Put it on sale");
        String week = button("Stop selling 7 days for 5.00 USD");
        tap("Stop selling 30 days for 1.35 USD");
        hear(press(OLGA, week));

        assertThat(words()).contains("It is not sold any more. Who has it keeps it.");
        assertThat(onSale()).as("the last one is asked about").containsExactly("Membership 5.00 7");
        assertThat(last().html()).contains("<b>Signals</b> sells nothing from then on");

        tap("Stop selling 7 days for 5.00 USD");

        assertThat(onSale()).isEmpty();
        say("/mychannels");
        assertThat(last().html()).contains("Nothing is on sale");
    }

    @Test
    void channelHasAsManyPlansAsOverRest() {
        Catalog catalog = core.bean(Catalog.class);
        add();
        tap("7 days");
        tap("5.00 USD");
        core.transactions.run(shop.seller(), () -> {
            for (int i = 1; i < Plan.MOST_OF_A_CHANNEL; i++) {
                catalog.addPlan(shop.channel(), new Catalog.NewPlan("More", Core.PRICE, 30));
            }
        });
        tap("Put it on sale");

        assertThat(last().html()).contains("has 50 plans on sale");
        assertThat(onSale()).hasSize(50);
    }

    @Test
    void noButtonIsTooLongForTelegram() {
        Money most = Plan.MOST_PRICE;
        assertThat(PlanConversation.price("", shop.plan().handle(), most).data().getBytes(StandardCharsets.UTF_8))
                .hasSizeLessThanOrEqualTo(64);
    }

    private String draft() {
        String seller = shop.seller().value();
        return new Handle(
                        Handle.PLAN,
                        shop.seller(),
                        UUID.fromString(
                                core.strings("select plan_id::text from bot.plan_draft where seller_id = ?", seller)
                                        .getFirst()))
                .toString();
    }

    private void press(String data) {
        hear(press(OLGA, data));
    }

    private void add() {
        hear(press(OLGA, "plan:add:" + shop.channel().handle()));
    }

    private List<String> onSale() {
        return core.bean(Catalog.class).plans(shop.seller(), shop.channel().id()).stream()
                .map(plan -> plan.name() + " " + plan.price().text() + " " + plan.days())
                .toList();
    }

    private Message last() {
        return core.messenger.sent.getLast();
    }

    private void say(String text) {
        core.clock.advance(Duration.ofSeconds(10));
        hear(new Said(OLGA, text, core.clock.instant()));
    }

    private void tap(String text) {
        hear(press(OLGA, button(text)));
    }

    private String button(String text) {
        return last().buttons().stream()
                .map(PressButton.class::cast)
                .filter(button -> button.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no button " + text + " in " + last()))
                .data();
    }

    private Pressed press(long user, String data) {
        return new Pressed(user, "press-" + updates.incrementAndGet(), data, Language.ENGLISH);
    }

    private List<String> words() {
        return core.messenger.calls.stream()
                .filter(call -> call.startsWith("answer"))
                .map(call -> call.substring(call.indexOf(' ', call.indexOf(' ') + 1) + 1))
                .toList();
    }

    private void hear(Incoming incoming) {
        hear(updates.incrementAndGet(), incoming);
    }

    private void hear(long update, Incoming incoming) {
        core.beans(IncomingListener.class).forEach(listener -> listener.on(update, incoming));
        work();
    }

    private void work() {
        core.startTasks();
        core.awaitTasks();
    }
}
