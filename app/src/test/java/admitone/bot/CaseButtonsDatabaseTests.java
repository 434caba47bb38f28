package admitone.bot;

import static admitone.AtOnce.atOnce;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.access.UntoldCase;
import admitone.audit.Broken;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.cases.Telling;
import admitone.checkout.Order;
import admitone.fulfillment.CaseDecisions;
import admitone.fulfillment.CaseDecisions.Asked;
import admitone.fulfillment.CaseDecisions.Outcome;
import admitone.messaging.Incoming;
import admitone.messaging.Incoming.Pressed;
import admitone.messaging.Incoming.Said;
import admitone.messaging.IncomingListener;
import admitone.messaging.Language;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.PressButton;
import admitone.messaging.Messenger.Refusal;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rates;
import admitone.payments.Coin;
import admitone.payments.Coins;
import admitone.runtime.Answer;
import admitone.runtime.Handle;
import admitone.tasks.Owed;
import admitone.tasks.Tasks;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A seller is told of a buyer's money that needs them, and decides by a button. */
class CaseButtonsDatabaseTests {
    private static final String FIRST = "5996609246";
    private static final String SECOND = "5996609247";
    /** Of the shop. */
    private static final long OLGA = 1;

    private static final long EVE = 66;
    private static final long MESSAGE = 9;

    private final Core core = Core.start("case_buttons");
    private final Shop shop = core.shop("0123456789ab");
    private final AtomicLong updates = new AtomicLong(1);

    @BeforeEach
    void rates() {
        core.bean(Rates.class).want(new Asset("eth"));
    }

    @AfterEach
    void everythingHolds() {
        assertThat(Broken.in(core)).isEmpty();
        core.close();
    }

    @Test
    void sellerIsToldOnceWhoPaidWhatForWhichPlanAndWhatCanBeDecided() {
        Order order = core.order(shop);
        core.hear(half(FIRST, order));
        core.hear(half(FIRST, order).with("updated_at", BigDecimal.ONE));
        work();

        assertThat(toOlga()).singleElement().satisfies(message -> {
            assertThat(message.html())
                    .contains(
                            "Less arrived than was asked",
                            "set aside",
                            "<b>Signals</b>, Month (30 days)",
                            "tg://user?id=41",
                            "Price: 1.35 USD",
                            "Asked for: 0.0003 ETH",
                            "Arrived: 0.00014 ETH",
                            FIRST,
                            "may still pay the rest until");
            assertThat(labels(message))
                    .containsExactly("Let the buyer in: 30 days", "I gave it back by hand", "Leave it set aside");
            assertThat(message.buttons())
                    .allSatisfy(
                            button -> assertThat(((PressButton) button).data().getBytes(StandardCharsets.UTF_8))
                                    .hasSizeLessThanOrEqualTo(64));
        });
        assertThat(core.count("cases.cases where told_at is not null and untold_why is null"))
                .isEqualTo(1);
    }

    @Test
    void restThatNoCoinTakesIsNotExpected() {
        core.provider.onCoins = () -> new Answer.Done<>(List.of(new Coin(new Asset("eth"), "Ether", "eth")));
        core.provider.onMinimum = _ -> new Answer.Done<>(Money.parse("1.00", Asset.USD));
        core.bean(Coins.class).refresh();
        core.hear(half(FIRST, core.order(shop)));
        work();

        assertThat(toOlga())
                .singleElement()
                .satisfies(message -> assertThat(message.html()).doesNotContain("may still pay"));
    }

    @Test
    void caseIsOpenedAgainAndToldOnce() throws Exception {
        Case.Draft draft = new Case.Draft("paid_late", "payment:" + FIRST, FIRST, null, Map.of());
        atOnce(
                8,
                () -> core.transactions.run(
                        shop.seller(), () -> core.bean(Cases.class).open(shop.seller(), draft)));
        work();
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Tasks.class)
                        .wake(
                                shop.seller(),
                                Owed.now(
                                        "tell_case",
                                        "case:" + only().id(),
                                        Map.of("case", only().id().toString()))));
        work();

        assertThat(core.tasks("tell_case")).hasSize(1);
        assertThat(toOlga()).hasSize(1);
    }

    @Test
    void pressDecidesOnRecordAndTheMessageSaysSo() {
        core.hear(half(FIRST, core.order(shop)));
        work();
        Pressed press = press(OLGA, button("Let the buyer in: 30 days"));
        hear(50, press);
        hear(50, press); // the update told again

        assertThat(core.strings("select decision || ', ' || reason || ', ' || decided_by from cases.cases"))
                .containsExactly("grant, decided in the chat by the seller, Telegram user 1");
        assertThat(core.strings("select cause from timeline.event where kind = 'case_decided'"))
                .containsExactly("seller");
        assertThat(core.count("access.grants")).isEqualTo(1);
        assertThat(answers()).containsExactly("Decided.");
        assertThat(core.messenger.calls)
                .filteredOn(call -> call.startsWith("edit"))
                .containsExactly("edit 9");
        assertThat(edited().html())
                .contains("Less arrived", "<b>You decided:</b> it counts as paid, and the buyer is let in.");
        assertThat(edited().buttons()).isEmpty();
    }

    @Test
    void whoIsNotTheSellerDecidesNothing() {
        core.hear(half(FIRST, core.order(shop)));
        work();
        hear(press(EVE, button("Let the buyer in: 30 days")));
        hear(press(OLGA, "case:grant:cs_zzzzzzzzzzzz_" + "0".repeat(26)));
        hear(press(OLGA, "case:grant:x"));

        assertThat(answers()).hasSize(3).allMatch(word -> word.contains("does nothing any more"));
        assertThat(core.count("cases.cases where state = 'open'")).isEqualTo(1);
        assertThat(core.count("access.grants")).isZero();
        assertThat(core.messenger.edited).isEmpty();
    }

    @Test
    void sellerInTheChatAndOperatorAtOnceDecideOnce() throws Exception {
        core.hear(half(FIRST, core.order(shop)));
        work();
        String grant = button("Let the buyer in: 30 days");
        AtomicInteger turn = new AtomicInteger();

        List<Boolean> decided = atOnce(12, () -> {
            int mine = turn.incrementAndGet();
            if (mine % 2 == 0) {
                return decide("dismiss") instanceof Outcome.Decided;
            }
            tell(100 + mine, press(OLGA, grant));
            return false;
        });
        core.awaitTasks();

        boolean byOperator = decided.contains(true);
        assertThat(decided.stream().filter(it -> it)).hasSizeLessThanOrEqualTo(1);
        assertThat(core.count("access.grants")).isEqualTo(byOperator ? 0 : 1);
        assertThat(answers()).hasSize(6);
        assertThat(answers().stream().filter("Decided."::equals)).hasSize(byOperator ? 0 : 1);
        assertThat(core.count("timeline.event where kind = 'case_decided'")).isEqualTo(1);
        assertThat(edited().html()).contains(byOperator ? "Decided by Olga at work" : "You decided");
    }

    @Test
    void latePressSaysWhoDecidedIt() {
        core.hear(half(FIRST, core.order(shop)));
        work();
        decide("dismiss");
        hear(press(OLGA, button("Let the buyer in: 30 days")));

        assertThat(answers()).containsExactly("This was decided before. The message says how.");
        assertThat(edited().html()).contains("<b>Decided by Olga at work:</b> it stays as it is.");
        assertThat(core.count("access.grants")).isZero();
    }

    @Test
    void whatTheRestHasSettledIsSaidSo() {
        Order order = core.order(shop);
        core.hear(half(FIRST, order));
        work();
        core.hear(Ipn.of(SECOND, order.id(), "partially_paid").paid("0.00016"));
        hear(press(OLGA, button("Leave it set aside")));

        assertThat(edited().html()).contains("<b>Settled by itself:</b> the rest of the price came.");
        assertThat(core.count("access.grants")).isEqualTo(1);
    }

    @Test
    void whatIsNotPossibleAnyMoreIsAnsweredAndTheMessageSaysWhatIs() {
        Order order = core.order(shop);
        core.hear(Ipn.of(FIRST, order.id(), "waiting"));
        core.hear(Ipn.finished(FIRST, order.id()).with("pay_currency", "trx"));
        work();
        String grant = button("Let the buyer in: 30 days");
        core.hear(Ipn.finished(SECOND, order.id()));
        hear(press(OLGA, grant));

        assertThat(answers()).containsExactly("That is not possible any more. The message says what is.");
        assertThat(labels(edited())).contains("Leave it set aside").doesNotContain("Let the buyer in: 30 days");
        assertThat(edited().html()).contains("counted for another purchase");
    }

    @Test
    void whatIsDecidedBeforeItIsSentIsNotTold() {
        core.hear(half(FIRST, core.order(shop)));
        decide("dismiss");
        work();

        assertThat(toOlga()).isEmpty();
        assertThat(core.tasks("tell_case")).containsExactly("done");
    }

    @Test
    void latePaymentIsToldAndNoted() {
        Order order = core.order(shop);
        core.clock.advance(Duration.ofHours(25));
        core.hear(Ipn.finished(FIRST, order.id()));
        work();
        assertThat(toOlga())
                .anySatisfy(message -> assertThat(message.html()).contains("arrived after its offer had ended"));
        hear(press(OLGA, button("Noted")));

        assertThat(core.strings("select kind || ' ' || decision from cases.cases"))
                .containsExactly("paid_late dismiss");
    }

    @Test
    void whatTheOperatorAloneDecidesIsNotTold() {
        Case.Draft draft = new Case.Draft("refund_after_payout", "payment:" + FIRST, FIRST, null, Map.of());
        core.transactions.run(shop.seller(), () -> core.bean(Cases.class).open(shop.seller(), draft));
        work();

        assertThat(toOlga()).isEmpty();
        Case one = only();
        hear(press(OLGA, "case:deduct:" + new Handle(Handle.CASE, shop.seller(), one.id())));
        assertThat(only().decided()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"stranger_first", "other_kind"})
    void whatHasNoWordsOfItsOwnIsNotToldAndNoButtonDecidesIt(String kind) {
        Case.Draft draft = new Case.Draft(kind, "payment:" + FIRST, FIRST, null, Map.of());
        core.transactions.run(shop.seller(), () -> {
            core.bean(Cases.class).open(shop.seller(), draft);
            core.bean(Telling.class).notTold(shop.seller(), only().id(), "opened_before");
        });
        work();
        hear(press(OLGA, "case:dismiss:" + new Handle(Handle.CASE, shop.seller(), only().id())));

        assertThat(toOlga()).isEmpty();
        assertThat(core.tasks("tell_case")).containsExactly("done");
        assertThat(only().untoldWhy()).as("waits for no start of the bot").isNull();
        assertThat(only().decided()).isNull();
        assertThat(answers()).singleElement().asString().contains("does nothing any more");
    }

    @Test
    void whyAPostDoesNotStandIsSaidInWordsAndNotAsTelegramSaysIt() {
        String channel = shop.channel().id().toString();
        for (String why : List.of("no_rights: Bad Request: not enough rights", UntoldCase.NOT_KNOWN + ": HTTP 502")) {
            core.transactions.run(
                    shop.seller(),
                    () -> core.bean(Cases.class)
                            .openAndTell(
                                    shop.seller(),
                                    new Case.Draft(
                                            UntoldCase.KIND,
                                            "untold:" + why,
                                            null,
                                            null,
                                            Map.of("channel", channel, "members", "1", "users", "41", "why", why))));
        }
        work();

        assertThat(toOlga())
                .extracting(Message::html)
                .anySatisfy(html -> assertThat(html).contains("Why: Telegram does not let the bot post there"))
                .anySatisfy(html -> assertThat(html).contains("Why: Telegram does not say whether the post stands"))
                .noneSatisfy(html -> assertThat(html).containsAnyOf("no_rights", "HTTP"));
    }

    /** As V155 leaves them. */
    @Test
    void whatWasOpenedBeforeAnybodyWasToldIsToldAtTheStart() throws IOException, SQLException {
        core.hear(half(FIRST, core.order(shop)));
        try (Connection owner = core.connection();
                Statement statement = owner.createStatement()) {
            statement.execute("delete from tasks.task where kind = 'tell_case'");
            statement.execute(updateOf("/db/migration/cases/V155__told.sql"));
        }
        assertThat(only().untoldWhy()).isEqualTo("opened_before");
        hear(new Said(OLGA, "/start", core.clock.instant()));

        assertThat(toOlga().stream().filter(it -> it.html().contains("Less arrived")))
                .hasSize(1);
    }

    /** As V270 leaves them, with as little in them as there was. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "too_many_strangers",
                "inside_without_grant",
                "many_inside_without_grant",
                "administrator_inside",
                "orphan_link"
            })
    void whoStandsSomewhereWithoutARightSinceBeforeIsToldAtTheStart(String kind) throws IOException, SQLException {
        Map<String, String> detail =
                Map.of("user", "41", "grant", new Handle(Handle.GRANT, shop.seller(), UUID.randomUUID()).toString());
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Cases.class).open(shop.seller(), new Case.Draft(kind, "somebody", null, null, detail)));
        try (Connection owner = core.connection();
                Statement statement = owner.createStatement()) {
            statement.execute(updateOf("/db/migration/cases/V270__told_of_strangers.sql"));
        }
        hear(new Said(OLGA, "/start", core.clock.instant()));

        assertThat(only().toldAt()).isNotNull();
        assertThat(toOlga().stream().filter(it -> !labels(it).isEmpty())).hasSize(1);
    }

    private static String updateOf(String script) throws IOException {
        try (InputStream in = CaseButtonsDatabaseTests.class.getResourceAsStream(script)) {
            return new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("--"))
                    .dropWhile(line -> !line.startsWith("update "))
                    .takeWhile(line -> !line.startsWith("create "))
                    .collect(Collectors.joining(" "));
        }
    }

    @Test
    void floodIsToldInHours() {
        for (int i = 0; i < 25; i++) {
            core.hear(half("70000000" + (10 + i), core.order(shop, 100 + i)));
        }
        core.startTasks();
        await().until(
                        () -> { // whatever had to be tried again
                            core.clock.advance(Duration.ofSeconds(1));
                            core.wakeTasks();
                            core.awaitTasks();
                            return core.count("tasks.task where kind = 'tell_case' and last_error like 'told of 20%'")
                                    == 5;
                        });

        assertThat(toOlga()).hasSize(Telling.MOST_IN_AN_HOUR);
        assertThat(toOlga().stream().filter(it -> it.html().contains("number 20 in this hour")))
                .hasSize(1);

        core.clock.advance(Duration.ofHours(1));
        core.wakeTasks();
        core.awaitTasks();
        assertThat(toOlga()).hasSize(25);
    }

    @Test
    void placesOfAnHourAreGivenOnce() throws Exception {
        var hour = core.clock.instant();
        Telling telling = core.bean(Telling.class);
        List<Optional<Integer>> places =
                atOnce(30, () -> core.transactions.run(shop.seller(), () -> telling.takePlace(shop.seller(), hour)));

        assertThat(places.stream().flatMap(Optional::stream))
                .hasSize(Telling.MOST_IN_AN_HOUR)
                .doesNotHaveDuplicates();
    }

    @Test
    void sellerWhoCannotBeReachedIsToldWhenTheyStartTheBot() {
        core.messenger.onSend = _ -> new Answer.Declined<>(Refusal.BLOCKED, "bot was blocked by the user");
        core.hear(half(FIRST, core.order(shop)));
        work();

        assertThat(only().toldAt()).isNull();
        assertThat(only().untoldWhy()).isEqualTo(Refusal.BLOCKED);
        assertThat(core.count("timeline.event where kind = 'seller_not_told' and subject = ?", "payment:" + FIRST))
                .isEqualTo(1);

        core.messenger.sent.clear();
        core.messenger.onSend = _ -> new Answer.Done<>(MESSAGE);
        hear(new Said(OLGA, "/start", core.clock.instant()));
        hear(new Said(OLGA, "/start", core.clock.instant()));
        assertThat(toOlga().stream().filter(it -> it.html().contains("Less arrived")))
                .hasSize(1);
        assertThat(only().untoldWhy()).isNull();
    }

    @Test
    void saysItInTheLanguageOfWhoPresses() {
        core.hear(half(FIRST, core.order(shop)));
        work();

        hear(new Pressed(OLGA, "press", button("Leave it set aside"), Language.SPANISH, MESSAGE));

        assertThat(answers()).containsExactly("Decidido.");
        assertThat(edited().html()).contains("Llegó menos", "Has decidido");
    }

    private static Ipn half(String id, Order order) {
        return Ipn.of(id, order.id(), "partially_paid")
                .paid("0.00014")
                .with("outcome_amount", new BigDecimal("0.00012768"));
    }

    private Outcome decide(String decision) {
        Case one = only();
        return core.transactions.run(
                shop.seller(),
                () -> core.bean(CaseDecisions.class)
                        .decide(
                                shop.seller(),
                                one.id(),
                                new Asked(decision, "a test", null, "operator", "Olga at work")));
    }

    private Case only() {
        return core.bean(Cases.class)
                .list(shop.seller(), Optional.empty(), Optional.empty(), 2)
                .getFirst();
    }

    private Pressed press(long user, String data) {
        return new Pressed(user, "press-" + updates.incrementAndGet(), data, Language.ENGLISH, MESSAGE);
    }

    /** Of the last message about a case. */
    private String button(String text) {
        return toOlga().reversed().stream()
                .flatMap(message -> message.buttons().stream())
                .filter(PressButton.class::isInstance)
                .map(PressButton.class::cast)
                .filter(button -> button.text().equals(text))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no button " + text + " in " + toOlga()))
                .data();
    }

    private static List<String> labels(Message message) {
        return message.buttons().stream()
                .map(button -> ((PressButton) button).text())
                .toList();
    }

    private List<Message> toOlga() {
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() == OLGA)
                .toList();
    }

    private Message edited() {
        return core.messenger.edited.getLast();
    }

    private List<String> answers() {
        return core.messenger.calls.stream()
                .filter(call -> call.startsWith("answer"))
                .map(call -> call.substring(call.indexOf(' ', call.indexOf(' ') + 1) + 1))
                .toList();
    }

    private void hear(Incoming incoming) {
        hear(updates.incrementAndGet(), incoming);
    }

    private void hear(long update, Incoming incoming) {
        tell(update, incoming);
        work();
    }

    private void tell(long update, Incoming incoming) {
        core.beans(IncomingListener.class).forEach(listener -> listener.on(update, incoming));
    }

    private void work() {
        core.startTasks();
        core.awaitTasks();
    }
}
