package admitone.fulfillment;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.checkout.Order;
import admitone.checkout.OrderCopy;
import admitone.ledger.Ledger;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rates;
import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.Heard.Trigger;
import admitone.payments.InvoiceProvider.Listed;
import admitone.payments.PaymentCreation;
import admitone.payments.PaymentCreation.Request;
import admitone.payments.PaymentRules.Why;
import admitone.payments.Payments;
import admitone.payouts.Destinations;
import admitone.payouts.Paying;
import admitone.runtime.Answer;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A restore has lost an order, and the provider has been paid for it. */
class LostOrderDatabaseTests {
    private static final String ID = "5996609246";

    private final Core core = Core.start("lost-order");
    private final Shop shop = core.shop("0123456789ab");
    private final OrderCopy copies = core.bean(OrderCopy.class);
    private final Order lost = lost(30);

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void copyTellsTheOrderAndFitsTheDescription() {
        String text = copies.of(lost);

        assertThat(text)
                .startsWith("Access to Signals for 30 days at 1.35 usd, user 41 [ao1 ")
                .hasSizeLessThanOrEqualTo(200);
        assertThat(copies.read(lost.id(), text)).contains(lost);
        Order forLife = lost(null);
        assertThat(copies.read(forLife.id(), copies.of(forLife))).contains(forLife);
    }

    @Test
    void copyThatWasAlteredIsNone() {
        String text = copies.of(lost);

        assertThat(copies.read(lost(30).id(), text)).as("of another order").isEmpty();
        for (String other : List.of(
                text.replace("user 41", "user 42"),
                text.replace("30 days", "300 days"),
                text.replace("1.35", "0.35"),
                text.replace(" f5 ", " f0 "),
                text.substring(0, text.length() - 1),
                text.replace("[ao1 ", "[ao1 A"),
                "Access to Signals")) {
            assertThat(copies.read(lost.id(), other)).as(other).isEmpty();
        }
    }

    @Test
    void paymentOfALostOrderIsGrantedByOneClick() {
        core.bean(Rates.class).want(new Asset("eth"));
        Heard heard = core.heard(paid(copies.of(lost)), Cause.SWEEP);
        core.provider.onAll = (page, trigger) -> new Answer.Done<>(new Listed(List.of(heard), Map.of(), true));

        assertThat(sweep()).isEqualTo(1);
        assertThat(sweep()).as("known now").isZero();

        assertThat(core.state(ID)).isEqualTo("held");
        assertThat(core.cases(ID)).containsExactly(Why.ORDER_LOST);
        assertThat(core.count("access.grants")).isZero();
        assertThat(core.journal(ID)).containsExactly("suspense");

        CaseDecisions decisions = core.bean(CaseDecisions.class);
        Case open = core.bean(Cases.class).ofPayment(shop.seller(), ID).getFirst();
        assertThat(open.orderId()).isEqualTo(lost.id());
        assertThat(decisions.possible(shop.seller(), open)).anySatisfy(possible -> {
            assertThat(possible.decision()).isEqualTo("grant");
            assertThat(possible.needs()).isEmpty();
        });
        core.transactions.run(
                shop.seller(),
                () -> decisions.decide(
                        shop.seller(),
                        open.id(),
                        new CaseDecisions.Asked("grant", "it was paid", null, "operator", "Olga")));

        assertThat(core.strings("select telegram_user_id::text from access.grants where order_id = ?", lost.id()))
                .containsExactly("41");
        assertThat(core.bean(Ledger.class).balance(shop.seller()).accrued()).isEqualTo(Money.parse("1.01", Asset.USD));
    }

    /** Of a seller who was paid at once: granted by a person, it is not owed to them. */
    @Test
    void ofALostOrderTooWhatWentToTheSellersWalletIsNotOwed() {
        String description = marked(lost);
        assertThat(description).startsWith(copies.of(lost)).hasSizeLessThanOrEqualTo(200);
        core.bean(Rates.class).want(new Asset("eth"));
        core.hear(paid(description));

        CaseDecisions decisions = core.bean(CaseDecisions.class);
        Case open = core.bean(Cases.class).ofPayment(shop.seller(), ID).getFirst();
        core.transactions.run(
                shop.seller(),
                () -> decisions.decide(
                        shop.seller(),
                        open.id(),
                        new CaseDecisions.Asked("grant", "it was paid", null, "operator", "Olga")));

        assertThat(core.count("access.grants")).isEqualTo(1);
        assertThat(core.strings("select distinct holder from ledger.journal where debit = 'own_wallet'"))
                .containsExactly("Town");
        assertThat(core.bean(Ledger.class).balance(shop.seller()).available().units())
                .isZero();
    }

    @Test
    void withoutACopyThePaymentIsOfAnUnknownOrder() {
        core.hear(paid(copies.of(lost).replace("user 41", "user 42")));

        assertThat(core.cases(ID)).containsExactly(Why.UNKNOWN_ORDER);
        assertThat(core.count("checkout.orders")).isZero();
    }

    /** A restore has lost the channel too: there is nothing to place the payment by, and a person is told what was bought. */
    @Test
    void whatTheCopySaysStandsInTheCaseWhereTheChannelIsLostToo() {
        Order gone = new Order(
                shop.seller(),
                core.bean(Ids.class).nextOrderId(shop.seller()),
                new java.util.UUID(1, 2),
                new java.util.UUID(3, 4),
                42,
                lost.price(),
                30,
                lost.feePercent(),
                lost.createdAt(),
                lost.expiresAt(),
                null);

        // of a direct seller, whose wallet the provider was told
        core.hear(Ipn.finished(ID, gone.id()).with("order_description", marked(gone)));

        Case asked = core.bean(Cases.class).ofPayment(SellerId.PLATFORM, ID).getFirst();
        assertThat(asked.kind()).isEqualTo(Why.UNKNOWN_ORDER);
        assertThat(asked.detail())
                .containsEntry("copy_seller", shop.seller().value())
                .containsEntry("copy_channel", gone.channelId().toString())
                .containsEntry("copy_plan", gone.planId().toString())
                .containsEntry("copy_user", "42")
                .containsEntry("copy_price", lost.price().toString())
                .containsEntry("copy_days", "30");
        assertThat(core.strings("select wallet_address from payments.payment"))
                .as("it is not in the account")
                .containsExactly("Town");
    }

    /** Others use the provider's account too, and many never pay. */
    @Test
    void nothingElseOfTheListIsTakenIn() {
        Heard other = core.heard(Ipn.finished("7", "SHOP-1"), Cause.SWEEP);
        Heard unpaid =
                core.heard(Ipn.of("8", lost.id(), "expired").with("order_description", copies.of(lost)), Cause.SWEEP);
        core.provider.onAll = (page, trigger) ->
                new Answer.Done<>(new Listed(page == 0 ? List.of(other) : List.of(unpaid), Map.of(), page == 1));

        assertThat(sweep()).isZero();

        assertThat(core.count("payments.payment")).isZero();
        assertThat(core.count("cases.cases")).isZero();
    }

    /** Backups are weekly, or older. */
    @Test
    void atStartTheListIsLookedThroughAMonthBack() {
        core.provider.onAll = (page, trigger) -> new Answer.Done<>(new Listed(List.of(), Map.of(), true));

        core.bean(ListSweep.class).round();
        assertThat(core.provider.listedSince).isEqualTo(core.clock.instant().minus(Duration.ofDays(31)));

        core.bean(ListSweep.class).round();
        assertThat(core.provider.listedSince).isEqualTo(core.clock.instant().minus(Duration.ofDays(8)));
    }

    /** A restart of everything at once: the provider comes back after us. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void theLookOfTheStartIsMadeUpForWhereTheProviderDidNotShowAll(int failing) {
        core.provider.onAll = (page, trigger) -> page == failing
                ? new Answer.NotNow<>(Duration.ofSeconds(5), "429")
                : new Answer.Done<>(new Listed(List.of(), Map.of(), false));
        ListSweep sweep =
                new ListSweep(core.provider, core.bean(Payments.class), core.bean(Fulfillment.class), core.clock);
        sweep.round();
        core.provider.onAll = (page, trigger) -> new Answer.Done<>(new Listed(List.of(), Map.of(), true));

        sweep.round();
        assertThat(core.provider.listedSince).isEqualTo(core.clock.instant().minus(Duration.ofDays(31)));

        sweep.round();
        assertThat(core.provider.listedSince).isEqualTo(core.clock.instant().minus(Duration.ofDays(8)));
    }

    private int sweep() {
        return core.bean(ListSweep.class).look(new Trigger(Cause.SWEEP, "test", core.clock.instant()));
    }

    private Ipn paid(String description) {
        return Ipn.finished(ID, lost.id()).with("order_description", description);
    }

    /** What the provider was told of an order whose seller is settled to their own wallet. */
    private String marked(Order order) {
        core.shop("0123456789ac");
        core.owner().sql("update catalog.seller set payout_mode = 'direct'").update();
        core.transactions.run(
                shop.seller(),
                () -> Paying.destination(core.bean(Destinations.class), shop.seller(), "Town", core.clock.instant()));
        core.provider.onCreate = payment -> new Answer.Unknown<>("reset");
        core.bean(PaymentCreation.class)
                .create(new Request(shop.seller(), order.id(), order.price(), new Asset("eth"), copies.of(order)));
        return core.provider.created.getLast().description();
    }

    private Order lost(@Nullable Integer days) {
        return new Order(
                shop.seller(),
                core.bean(Ids.class).nextOrderId(shop.seller()),
                shop.channel().id(),
                shop.plan().id(),
                Core.BUYER,
                Core.PRICE,
                days,
                new BigDecimal("5"),
                core.clock.instant(),
                core.clock.instant().plus(Duration.ofHours(24)),
                null);
    }
}
