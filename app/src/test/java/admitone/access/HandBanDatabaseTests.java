package admitone.access;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.checkout.Order;
import admitone.checkout.PayOrder;
import admitone.checkout.PayOrder.Outcome;
import admitone.checkout.Purchases;
import admitone.checkout.StatusWords;
import admitone.checkout.Words;
import admitone.database.Transactions;
import admitone.fulfillment.CaseDecisions;
import admitone.fulfillment.CaseDecisions.Asked;
import admitone.messaging.Incoming;
import admitone.messaging.Language;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.PressButton;
import admitone.messaging.Messenger.Refusal;
import admitone.messaging.Messenger.Role;
import admitone.messaging.Messenger.Standing;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Payment;
import admitone.payments.PaymentProvider.Created;
import admitone.runtime.Answer;
import admitone.runtime.SellerId;
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
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A buyer is banned in Telegram itself, past us. */
class HandBanDatabaseTests {
    private static final long BUYER = Core.BUYER;
    private static final Asset ETH = new Asset("eth");

    private final Core core = Core.start("handban");
    private final Shop shop = core.shop("0123456789ab");
    private long update = 10;
    private boolean isBanned;

    @BeforeEach
    void maySeeWhoIsBanned() {
        core.provider.onCreate = _ ->
                new Answer.Done<>(new Created("50000000" + ++update, "address", Money.parse("0.1", ETH), null, null));
        core.messenger.onStanding = user -> user == BUYER && isBanned
                ? new Answer.Done<>(new Standing(Role.BANNED, false, false))
                : core.messenger.standing(user);
        core.messenger.onLift = _ -> {
            isBanned = false;
            return new Answer.Done<>(true);
        };
    }

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void betweenOfferAndAddressNoAddressIsGivenAndTheSellerIsAskedOnce() {
        Order order = core.order(shop);
        isBanned = true;

        assertThat(refusal(order)).isEqualTo("buyer_banned");
        assertThat(refusal(order)).isEqualTo("buyer_banned");
        assertThat(refusal(core.order(shop))).isEqualTo("buyer_banned");
        work();

        assertThat(core.provider.created).isEmpty();
        assertThat(words(order)).isEqualTo(Words.BANNED);
        assertThat(openCases()).extracting(Case::orderId).containsExactly(order.id());
        assertThat(toSeller()).singleElement().satisfies(message -> {
            assertThat(message.html())
                    .startsWith("<b>Somebody whom you have banned in Telegram")
                    .contains("Telegram user " + BUYER, "Signals")
                    .as("they may be let in later")
                    .doesNotContain("decides it for good");
            assertThat(message.buttons())
                    .extracting(button -> ((PressButton) button).text())
                    .containsExactly("They stay out", "Lift the ban");
        });
    }

    @Test
    void eachPurchaseOfWhomItConcernsSaysThatTheyAreBanned() {
        Order asked = core.order(shop);
        Order other = core.order(shop);
        isBanned = true;
        refusal(asked);

        assertThat(words(asked)).isEqualTo(Words.BANNED);
        assertThat(words(other)).as("whichever was asked about").isEqualTo(Words.BANNED);
        assertThat(words(core.order(shop, BUYER + 1))).isNotEqualTo(Words.BANNED);
    }

    /** Nor does the buyer, whose page it is, wait for it long. */
    @Test
    void whereTelegramDoesNotAnswerTheAddressIsGiven() {
        core.messenger.onStanding = _ -> new Answer.Unknown<>("timeout");

        assertThat(pay(core.order(shop))).isInstanceOf(Outcome.Ready.class);
        assertThat(core.messenger.waited).containsExactly(Duration.ofSeconds(2));
    }

    /** The operator replaces the bot's token at night. */
    @Test
    void questionThatIsRefusedLiftsNoBan() {
        Order order = core.order(shop);
        isBanned = true;
        refusal(order);
        core.messenger.onStanding = _ -> new Answer.Declined<>(Refusal.TOKEN, "401 Unauthorized");

        assertThat(refusal(order)).as("as it was last known").isEqualTo("buyer_banned");

        assertThat(openCases()).hasSize(1);
    }

    @Test
    void banThatWasLiftedThereLeavesNothingToDecide() {
        Order order = core.order(shop);
        isBanned = true;
        refusal(order);
        isBanned = false;

        assertThat(pay(order)).isInstanceOf(Outcome.Ready.class);
        assertThat(openCases()).isEmpty();

        isBanned = true;
        core.clock.advance(Duration.ofDays(1));
        assertThat(refusal(core.order(shop))).isEqualTo("buyer_banned");
        assertThat(openCases()).as("another ban, another question").hasSize(1);
    }

    /** The seller banned them between two looks, and the later one was heard first. */
    @Test
    void lookThatBeganBeforeTheSellerWasAskedSettlesNothing() {
        Order order = core.order(shop);
        core.messenger.onStanding = user -> {
            core.clock.advance(Duration.ofSeconds(1));
            core.transactions.run(shop.seller(), () -> core.bean(HandBans.class).ask(seat(), order.id()));
            return core.messenger.standing(user);
        };

        assertThat(refusal(order)).isEqualTo("buyer_banned");

        assertThat(openCases()).hasSize(1);
    }

    /** Two windows of theirs ask at once. */
    @Test
    void banThatAnotherLookSettledMeanwhileRefusesNobody() {
        AtomicReference<Runnable> before = new AtomicReference<>(() -> {});
        try (Core two = Core.start("handban-two", plain -> new Transactions() {
            @Override
            public <T> T run(SellerId seller, Supplier<T> work) {
                before.getAndSet(() -> {}).run();
                return plain.run(seller, work);
            }
        })) {
            Shop other = two.shop("0123456789ab");
            Order order = two.order(other);
            two.provider.onCreate =
                    _ -> new Answer.Done<>(new Created("5000000001", "address", Money.parse("0.1", ETH), null, null));
            HandBans bans = two.bean(HandBans.class);
            two.transactions.run(other.seller(), () -> bans.ask(seatIn(other), order.id()));
            two.clock.advance(Duration.ofSeconds(1));
            two.messenger.onStanding = user -> {
                before.set(() ->
                        two.transactions.run(other.seller(), () -> bans.over(seatIn(other), two.clock.instant())));
                return two.messenger.standing(user);
            };

            assertThat(two.bean(PayOrder.class).inCoin(order, ETH)).isInstanceOf(Outcome.Ready.class);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"unban", "keep"})
    void whoWasBannedAfterPayingIsToldSoWhenTheyAskAndTheSellerDecides(String decision) {
        Order order = core.order(shop);
        core.hear(Ipn.finished("5996609246", order.id()));
        work();
        core.messenger.sent.clear();
        isBanned = true;

        asksForAccess();

        assertThat(toBuyer())
                .singleElement()
                .asString()
                .contains("You are banned from <b>Signals</b>")
                .doesNotContain("https://");
        assertThat(words(order)).isEqualTo(Words.HELD_BACK);
        assertThat(toSeller()).hasSize(1);
        core.messenger.sent.clear();

        decide(decision);
        work();

        assertThat(isBanned).isEqualTo(decision.equals("keep"));
        assertThat(core.bean(Lists.class).isBanned(seat())).isEqualTo(decision.equals("keep"));
        if (decision.equals("keep")) {
            assertThat(refusal(core.order(shop))).isEqualTo("buyer_banned");
            assertThat(words(order)).isEqualTo(Words.HELD_BACK);
        } else {
            assertThat(toBuyer()).singleElement().asString().contains("https://t.me/+standing");
            assertThat(words(order)).isEqualTo(Words.DELIVERED);
        }
    }

    @Test
    void whoWasBannedAfterPayingIsFoundByTheLookAtMembers() {
        core.hear(Ipn.finished("5996609246", core.order(shop).id()));
        work();
        core.messenger.sent.clear();
        isBanned = true;

        look();
        look();

        assertThat(toBuyer()).singleElement().asString().contains("You are banned from <b>Signals</b>");
        assertThat(toSeller()).hasSize(1);

        isBanned = false;
        look();
        assertThat(openCases()).isEmpty();
        assertThat(toBuyer())
                .as("was told of the ban")
                .hasSize(2)
                .last()
                .asString()
                .contains("https://t.me/+standing");
    }

    /** As they were opened before today, and as V173 leaves them. */
    @ParameterizedTest
    @ValueSource(strings = {"unban", "keep"})
    void oneThatWasAskedAboutBeforeTheDecisionsWereThereIsDecidedToo(String decision) throws Exception {
        String subject = "channel:" + shop.channel().id() + ":user-" + BUYER;
        core.transactions.run(
                shop.seller(),
                () -> core.bean(Cases.class)
                        .open(
                                shop.seller(),
                                new Case.Draft(
                                        HandBans.KIND,
                                        subject,
                                        null,
                                        null,
                                        Map.of("telegram_user_id", Long.toString(BUYER)))));
        migrate("/db/migration/cases/V173__hand_ban_named.sql");

        isBanned = true;
        assertThat(refusal(core.order(shop))).isEqualTo("buyer_banned");
        assertThat(openCases()).as("is asked about already").hasSize(1);
        core.messenger.sent.clear();
        decide(decision);
        work();

        assertThat(openCases()).isEmpty();
        assertThat(core.bean(Lists.class).isBanned(seat())).isEqualTo(decision.equals("keep"));
        assertThat(isBanned).isEqualTo(decision.equals("keep"));
    }

    private void migrate(String script) throws IOException, SQLException {
        try (Connection owner = core.connection();
                Statement statement = owner.createStatement();
                InputStream in = HandBanDatabaseTests.class.getResourceAsStream(script)) {
            statement.execute(new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8));
        }
    }

    /** The look before an address, and the look at members, a moment later. */
    @Test
    void ofTwoWhoFindItAtOnceOneAsks() throws Exception {
        HandBans bans = core.bean(HandBans.class);

        core.whileUncommitted(shop.seller(), () -> bans.ask(seat(), null), () -> {
            core.clock.advance(Duration.ofSeconds(1));
            core.transactions.run(shop.seller(), () -> bans.ask(seat(), null));
        });

        assertThat(core.count("cases.cases")).isEqualTo(1);
    }

    /** Each press locks the place before the case, as the look does that finds the ban over. */
    @Test
    void decisionWaitsForWhoeverHasThePlaceBeforeItTakesTheCase() throws Exception {
        Order order = core.order(shop);
        isBanned = true;
        refusal(order);
        Case one = openCases().getFirst();
        CountDownLatch has = new CountDownLatch(1);
        CountDownLatch goesOn = new CountDownLatch(1);

        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var look = threads.submit(() -> core.transactions.run(shop.seller(), () -> {
                core.bean(Grants.class).lockSeat(shop.seller(), shop.channel().id(), BUYER);
                has.countDown();
                OneTimeLinkFixture.awaitUnchecked(goesOn);
                core.bean(HandBans.class).over(seat(), core.clock.instant());
                return true;
            }));
            has.await();
            var press = threads.submit(() -> core.transactions.run(
                    shop.seller(),
                    () -> core.bean(CaseDecisions.class)
                            .decide(shop.seller(), one.id(), new Asked("keep", "as agreed", null, "seller", "Olga"))));
            core.awaitLock();
            goesOn.countDown();

            assertThat(look.get()).isTrue();
            assertThat(press.get()).isInstanceOf(CaseDecisions.Outcome.Refused.class);
        }
    }

    private void look() {
        core.clock.advance(MemberKeeper.BETWEEN_LOOKS.plusMinutes(1));
        core.bean(MemberKeeper.class).look();
        work();
    }

    private void asksForAccess() {
        core.bean(Grants.class).knowBuyer(shop.seller(), BUYER);
        core.clock.advance(Duration.ofMinutes(5));
        core.bean(Admission.class).on(++update, new Incoming.Said(BUYER, "/access", core.clock.instant()));
        work();
    }

    private void decide(String decision) {
        Case one = openCases().getFirst();
        assertThat(core.transactions.run(
                        shop.seller(),
                        () -> core.bean(CaseDecisions.class)
                                .decide(
                                        shop.seller(),
                                        one.id(),
                                        new Asked(decision, "as agreed", null, "seller", "Olga"))))
                .isInstanceOf(CaseDecisions.Outcome.Decided.class);
    }

    private Outcome<Payment> pay(Order order) {
        return core.bean(PayOrder.class).inCoin(order, ETH);
    }

    private String refusal(Order order) {
        return ((Outcome.Refused<Payment>) pay(order)).code();
    }

    private Words words(Order order) {
        return StatusWords.of(
                        core.bean(Purchases.class).find(order.id()).orElseThrow(),
                        core.clock.instant(),
                        BigDecimal.ONE,
                        StatusWords.Asker.HOLDER,
                        Language.ENGLISH)
                .words();
    }

    private Seat.Key seat() {
        return seatIn(shop);
    }

    private static Seat.Key seatIn(Shop shop) {
        return new Seat.Key(shop.seller(), shop.channel().id(), BUYER);
    }

    private List<Case> openCases() {
        return core.bean(Cases.class).list(shop.seller(), Optional.of("open"), Optional.empty(), 100);
    }

    /** Of the ban; sales are told too. */
    private List<Message> toSeller() {
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() != BUYER && message.html().contains("banned"))
                .toList();
    }

    private List<String> toBuyer() {
        return core.messenger.sent.stream()
                .filter(message -> message.chatId() == BUYER)
                .map(Message::html)
                .toList();
    }

    private void work() {
        core.startTasks();
        core.wakeTasks();
        core.awaitTasks();
    }
}
