package admitone.bot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.access.Grants;
import admitone.catalog.Catalog;
import admitone.checkout.Coupon;
import admitone.checkout.Coupons;
import admitone.checkout.PrivateLinks;
import admitone.messaging.Incoming.Said;
import admitone.messaging.IncomingListener;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.Refusal;
import admitone.messaging.Messenger.Role;
import admitone.messaging.Messenger.Standing;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.runtime.Answer;
import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PlanPickedDatabaseTests {
    private static final long BUYER = Core.BUYER;

    private final Core core = Core.start("bot");
    private final Shop shop = core.shop("0123456789ab");
    private long update;

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void whoPicksAPlanGetsThePageWhereItIsPaid() {
        says(1, BUYER, "/start " + shop.plan().handle());
        work();

        assertThat(core.strings("select order_id from checkout.orders where telegram_user_id = ?", BUYER))
                .hasSize(1);
        Message offer = only();
        assertThat(offer.chatId()).isEqualTo(BUYER);
        assertThat(offer.html())
                .contains("<b>Signals</b>: Month, 30 days, for <b>1.35 USD</b>", "for your Telegram account");
        assertThat(offer.buttons())
                .containsExactly(new LinkButton(
                        "Pay 1.35 USD", core.bean(PrivateLinks.class).payPage(orders().getFirst())));
        assertThat(core.strings(
                        "select kind || ' ' || source from timeline.event where subject = ?",
                        "order:" + orders().getFirst()))
                .containsExactly("plan_picked update 1");
    }

    /** Whoever has a place in a channel is looked at again and again. */
    @Test
    void whoPicksAPlanHasNoPlaceInTheChannelYet() {
        says(1, BUYER, "/start " + shop.plan().handle());
        work();

        assertThat(orders()).hasSize(1);
        assertThat(core.count("access.seat")).isZero();
    }

    @Test
    void whatNoCoinTakesIsNotOffered() {
        core.coinsTakeAtLeast("9.00");

        says(1, BUYER, "/start " + shop.plan().handle());
        work();

        assertThat(only().html()).contains("<b>Signals</b> cannot be bought for 1.35 USD", "only from 9.45 USD on");
        assertThat(only().buttons()).isEmpty();
    }

    @Test
    void theSameUpdateToldAgainChangesNothing() {
        says(1, BUYER, "/start " + shop.plan().handle());
        says(1, BUYER, "/start " + shop.plan().handle());
        work();

        assertThat(orders()).hasSize(1);
        only();
    }

    @Test
    void theSameUpdateToldAgainAfterThePaymentMakesNoOtherOrder() {
        says(1, BUYER, "/start " + shop.plan().handle());
        core.hear(Ipn.finished("5996609246", orders().getFirst()));

        says(1, BUYER, "/start " + shop.plan().handle());

        assertThat(orders()).hasSize(1);
    }

    @Test
    void pickedAgainItIsTheSameOrderWhileHalfOfItsTimeIsLeft() {
        says(1, BUYER, "/start " + shop.plan().handle());
        core.clock.advance(Duration.ofHours(11));
        says(2, BUYER, "/start " + shop.plan().handle());
        assertThat(orders()).hasSize(1);

        core.clock.advance(Duration.ofHours(2));
        says(3, BUYER, "/start " + shop.plan().handle());
        assertThat(orders()).hasSize(2);
    }

    @Test
    void anotherBuyerAPaidOrderOrANewPriceMakesAnOrderOfItsOwn() {
        says(1, BUYER, "/start " + shop.plan().handle());
        core.clock.advance(Duration.ofSeconds(1)); // they are listed in the order they were made
        says(2, BUYER + 1, "/start " + shop.plan().handle());
        assertThat(orders()).hasSize(2);

        core.hear(Ipn.finished("5996609246", orders().getFirst()));
        says(3, BUYER, "/start " + shop.plan().handle());
        assertThat(orders()).hasSize(3);

        core.owner()
                .sql("update catalog.plan set price_units = 2 * price_units")
                .update();
        says(4, BUYER, "/start " + shop.plan().handle());
        assertThat(orders()).hasSize(4);
    }

    @Test
    void whoHasAccessIsToldThatThePurchaseAddsToIt() {
        says(1, BUYER, "/start " + shop.plan().handle());
        core.hear(Ipn.finished("5996609246", orders().getFirst()));
        work();
        core.messenger.sent.clear();

        says(2, BUYER, "/start " + shop.plan().handle());
        core.awaitTasks();

        assertThat(only().html()).contains("You have access until", "this begins when that ends");
    }

    @Test
    void aCouponInTheLinkTakesItsPartOffAndOneThatCannotBeUsedIsToldWithTheUsualPrice() {
        Coupon coupon = core.transactions
                .run(shop.seller(), () -> core.bean(Coupons.class).add(shop.channel(), SPRING))
                .orElseThrow();
        says(1, BUYER, "/start " + coupon.startToken(shop.plan()));
        work();

        assertThat(only().html())
                .contains("for <b>1.00 USD</b>", "The plan costs 1.35 USD", "Coupon <b>SPRING</b>: 0.35 USD less");
        core.messenger.sent.clear();
        says(2, BUYER + 1, "/start " + coupon.startToken(shop.plan()));
        says(2, BUYER + 1, "/start " + coupon.startToken(shop.plan()));
        core.awaitTasks();

        assertThat(only().html())
                .startsWith("All uses of your coupon are taken")
                .contains("for <b>1.35 USD</b>")
                .doesNotContain("The plan costs");
        assertThat(orders()).hasSize(2);
        core.messenger.sent.clear();
        says(3, BUYER, "/start " + shop.plan().handle() + "-nonsense");
        core.awaitTasks();
        assertThat(only().html()).contains("for <b>1.00 USD</b>"); // the order that they have already
    }

    private static final Coupons.Draft SPRING =
            new Coupons.Draft("SPRING", new Coupon.Off.Amount(Money.parse("5.00", Asset.USD)), null, 1, null, null);

    @Test
    void channelWhereTheBotMayNotLetInIsNotOfferedAndTheSellerIsAskedOnce() {
        for (Answer<Standing> lacking : List.of(
                may(Role.ADMINISTRATOR, false, true),
                may(Role.ADMINISTRATOR, true, false),
                may(Role.MEMBER, false, false),
                new Answer.Declined<Standing>(Refusal.NO_RIGHTS, "403 Forbidden: bot was kicked"),
                new Answer.Declined<Standing>(Refusal.CHAT_NOT_FOUND, "400 Bad Request: chat not found"))) {
            core.messenger.sent.clear();
            core.messenger.onStanding = _ -> lacking;
            says(++update, BUYER, "/start " + shop.plan().handle());
            work();

            assertThat(only().html()).contains("do not pay", "<b>Signals</b>");
            assertThat(only().buttons()).isEmpty();
        }
        assertThat(core.strings("select kind || ' ' || (detail ->> 'why') from cases.cases"))
                .containsExactly("cannot_admit the bot may not invite users");
    }

    @Test
    void whoIsBannedIsOfferedNothing() {
        core.messenger.onStanding =
                user -> user == BUYER ? may(Role.BANNED, false, false) : core.messenger.standing(user);
        says(1, BUYER, "/start " + shop.plan().handle());
        says(2, BUYER + 1, "/start " + shop.plan().handle());
        work();

        assertThat(core.messenger.sent)
                .extracting(Message::chatId)
                .as("both, and the seller")
                .containsExactlyInAnyOrder(BUYER, BUYER + 1, 1L);
        assertThat(core.messenger.sent).anySatisfy(message -> {
            assertThat(message.chatId()).isEqualTo(BUYER);
            assertThat(message.html()).startsWith("You are banned from <b>Signals</b>");
            assertThat(message.buttons()).isEmpty();
        });
        assertThat(core.strings("select kind || ' ' || (detail ->> 'telegram_user_id') from cases.cases"))
                .containsExactly("buyer_banned " + BUYER);
    }

    @Test
    void offerWaitsForAnAnswerAndGoesOutWithoutOneInTheEnd() {
        AtomicInteger asked = new AtomicInteger();
        core.messenger.onStanding = _ -> {
            asked.incrementAndGet();
            return new Answer.Unknown<>("lost");
        };
        says(1, BUYER, "/start " + shop.plan().handle());
        core.startTasks();
        await().until(() -> asked.get() > 0);
        core.clock.advance(Duration.ofSeconds(10));
        await().until(() -> asked.get() > 1);
        assertThat(core.messenger.sent).isEmpty();

        core.clock.advance(Duration.ofSeconds(15));
        core.awaitTasks();

        assertThat(only().buttons()).hasSize(1);
        assertThat(core.strings("select kind from cases.cases")).isEmpty();
    }

    @Test
    void offerGoesOutAsSoonAsTheMessengerAnswers() {
        AtomicInteger asked = new AtomicInteger();
        core.messenger.onStanding =
                user -> asked.getAndIncrement() == 0 ? new Answer.Unknown<>("lost") : core.messenger.standing(user);
        says(1, BUYER, "/start " + shop.plan().handle());
        core.startTasks();
        await().until(() -> asked.get() > 0);
        core.clock.advance(Duration.ofSeconds(3));
        core.awaitTasks();

        assertThat(only().buttons()).hasSize(1);
    }

    private static Answer<Standing> may(Role role, boolean invite, boolean remove) {
        return new Answer.Done<>(new Standing(role, invite, remove));
    }

    @Test
    void aPlanThatIsGoneIsSaidToBeGone() {
        says(1, BUYER, "/start " + new Handle(Handle.PLAN, shop.seller(), UUID.randomUUID()));
        says(2, BUYER, "/start " + new Handle(Handle.PLAN, new SellerId("zzzzzzzzzzzz"), UUID.randomUUID()));
        core.transactions.run(shop.seller(), () -> core.bean(Catalog.class).close(shop.plan(), core.clock.instant()));
        says(3, BUYER, "/start " + shop.plan().handle());
        work();

        assertThat(core.messenger.sent)
                .hasSize(3)
                .allMatch(message -> message.html().startsWith("That offer does not exist"));
        assertThat(orders()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/start",
                "/start hello",
                "/start pl_",
                "hello",
                "/startled pl_",
                "start",
                "/plans",
                "/access pl_"
            })
    void whateverElseIsSaidMakesNoOrder(String text) {
        says(1, BUYER, text);
        work();

        assertThat(orders()).isEmpty();
    }

    @Test
    void theBotKnowsItsBuyerOnceThePlanIsPicked() {
        says(1, BUYER, "/start@admit_bot " + shop.plan().handle());
        core.hear(Ipn.finished("5996609246", orders().getFirst()));
        work();
        core.messenger.sent.clear();
        core.clock.advance(Duration.ofSeconds(1));

        says(2, BUYER, "/start");
        core.awaitTasks();

        assertThat(only().html()).contains("Your payment arrived", "https://t.me/+standing");
        assertThat(core.bean(Grants.class).active(shop.seller(), shop.channel().id(), BUYER))
                .hasSize(1);
    }

    private void says(long updateId, long user, String text) {
        Said said = new Said(user, text, core.clock.instant());
        core.beans(IncomingListener.class).forEach(listener -> listener.on(updateId, said));
    }

    private void work() {
        core.startTasks();
        core.awaitTasks();
    }

    /** In the order they were made. */
    private List<String> orders() {
        return core.strings("select order_id from checkout.orders order by created_at, order_id");
    }

    /** The one message to buyers. */
    private Message only() {
        List<Message> toBuyers = core.messenger.sent.stream()
                .filter(message -> message.chatId() >= BUYER)
                .toList();
        assertThat(toBuyers).hasSize(1);
        return toBuyers.getFirst();
    }
}
