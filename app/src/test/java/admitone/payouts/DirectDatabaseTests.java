package admitone.payouts;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import admitone.Core.Shop;
import admitone.Ipn;
import admitone.checkout.Order;
import admitone.hold.HoldMemory;
import admitone.ledger.Ledger;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Made;
import admitone.payments.OwnWallets;
import admitone.payments.Payment;
import admitone.payments.PaymentCreation;
import admitone.payments.PaymentCreation.Request;
import admitone.payments.PaymentProvider.Created;
import admitone.payments.PaymentProvider.NewPayment;
import admitone.payments.Wallet;
import admitone.payouts.Payout.HeldBy;
import admitone.runtime.Answer;
import admitone.runtime.SellerId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Who is paid by the provider itself gets it where they have said. */
class DirectDatabaseTests {
    private static final Asset ETH = new Asset("eth");

    private final Core core = Core.start("direct");
    private final Shop shop = core.shop("0123456789ab");
    private final Order order = core.order(shop);
    private final PaymentCreation creation = core.bean(PaymentCreation.class);
    private final Destinations destinations = core.bean(Destinations.class);

    @BeforeEach
    void direct() {
        core.provider.onCreate = payment -> new Answer.Done<>(
                new Created("5000000001", "0x5e", Money.parse("0.0003", payment.payCurrency()), null, null));
        core.provider.onMinimum = coin -> new Answer.Done<>(Money.parse("0.10", Asset.USD));
        mode("direct");
    }

    @AfterEach
    void stop() {
        core.close();
    }

    @Test
    void providerIsToldTheDestinationThatCounts() {
        destination("Tfirst", core.clock.instant());
        destination("Tlater", core.clock.instant().plus(Duration.ofHours(24)));

        Payment payment = made();

        assertThat(sent().wallet()).isEqualTo(new Wallet(Paying.USDT, "Tfirst", null));
        assertThat(payment.wallet()).isEqualTo(sent().wallet());
        assertThat(core.provider.minimums)
                .as("the least is asked for as it is settled")
                .containsExactly(Paying.USDT);
        assertThat(core.strings("select detail ->> 'settled_to' from timeline.event where kind = 'payment_created'"))
                .containsExactly("usdttrc20 Tfirst");
    }

    @Test
    void destinationChangedByHandIsNotToldAndAPersonIsAsked() {
        destination("Tfirst", core.clock.instant());
        core.owner().sql("update payouts.destination set address = 'Tstranger'").update();

        assertThat(made().wallet()).isNull();

        assertThat(sent().wallet()).isNull();
        assertThat(core.strings("select kind from cases.cases")).containsExactly("destination_altered");
    }

    @Test
    void whoIsPaidByUsAndWhoHasNoDestinationIsSettledAsTheAccountIsSet() {
        assertThat(made().wallet()).as("no destination").isNull();
        destination("Tfirst", core.clock.instant());
        mode("instant");
        core.provider.onCreate = payment -> new Answer.Done<>(
                new Created("5000000002", "0x5e", Money.parse("0.0004", payment.payCurrency()), null, null));

        creation.create(new Request(shop.seller(), core.order(shop).id(), order.price(), ETH, "Signals"));

        assertThat(core.provider.created).extracting(NewPayment::wallet).containsOnlyNulls();
    }

    @Test
    void lessThanTheProviderTakesToSettleThereIsRefusedBeforeAnybodyPays() {
        destination("Tfirst", core.clock.instant());
        core.provider.onMinimum = coin -> new Answer.Done<>(order.price());

        assertThat(create())
                .isInstanceOfSatisfying(
                        Made.Declined.class,
                        declined -> assertThat(declined.code()).isEqualTo("below_minimum"));
        assertThat(core.provider.created).isEmpty();
    }

    /** It is there already: paid out by us it would be paid twice. */
    @Test
    void whatWentToTheirOwnWalletIsBookedThereThoughTheyArePaidByUsSince() {
        destination("Tfirst", core.clock.instant());
        made();
        mode("instant");

        assertThat(booked()).containsExactly("exchange seller_direct ", "own_wallet exchange Tfirst");
        assertThat(core.bean(Ledger.class).balance(shop.seller()).available().units())
                .isZero();
    }

    @Test
    void ofTheOnlySellerTheAccountIsTheirs() {
        made();

        assertThat(booked()).containsExactly("exchange seller_direct ", "own_wallet exchange ");
    }

    /** It may be in the account of somebody else: what is not certainly with them is owed to them. */
    @Test
    void whatIsSettledAsTheAccountIsSetIsOwedToWhoIsNotTheOnlySeller() {
        core.shop("0123456789ac");
        made();

        assertThat(booked()).containsExactly("exchange seller_payable ", "provider_clearing exchange ");
        assertThat(core.bean(Ledger.class).balance(shop.seller()).available().isPositive())
                .isTrue();
    }

    @Test
    void whatIsPaidToADestinationChangedByHandIsOwed() {
        core.shop("0123456789ac");
        destination("Tfirst", core.clock.instant());
        core.owner().sql("update payouts.destination set address = 'Tstranger'").update();
        made();

        assertThat(booked()).containsExactly("exchange seller_payable ", "provider_clearing exchange ");
    }

    @Test
    void whatNamesTheirWalletIsThereHoweverManySellersThereAre() {
        core.shop("0123456789ac");
        destination("Tfirst", core.clock.instant());
        made();

        assertThat(booked()).containsExactly("exchange seller_direct ", "own_wallet exchange Tfirst");
    }

    @Test
    void noWalletIsNamedWhileTheSellersPayoutsAreSwitchedOff() {
        core.shop("0123456789ac");
        destination("Tstolen", core.clock.instant());
        guard(shop.seller(), guards -> guards.hold(shop.seller(), new HeldBy("Olga", "the wallet was stolen")));

        assertThat(made().wallet()).isNull();
        assertThat(booked()).as("owed").containsExactly("exchange seller_payable ", "provider_clearing exchange ");
    }

    @Test
    void noWalletIsNamedWhileAllPayoutsAreStopped() {
        destination("Tfirst", core.clock.instant());
        guard(SellerId.PLATFORM, guards -> guards.stop(SellerId.PLATFORM, "contradicted", core.clock.instant()));

        assertThat(made().wallet()).isNull();
    }

    @Test
    void noWalletIsNamedWhileOutsideEffectsAreOnHold() {
        destination("Tfirst", core.clock.instant());
        HoldMemory.blind(core, true);

        assertThat(core.bean(OwnWallets.class).of(shop.seller())).isEmpty();
    }

    /** The wallet that the seller gave up in the time that was lost counts again, intact. */
    @Test
    void noWalletIsNamedAfterARestoreBeforeAPersonHasLooked() {
        core.shop("0123456789ac");
        destination("Tstolen", core.clock.instant());
        core.bean(PayoutsAfterRestore.class).putRight();

        assertThat(made().wallet()).isNull();
        assertThat(booked()).as("owed").containsExactly("exchange seller_payable ", "provider_clearing exchange ");

        guard(SellerId.PLATFORM, Safeguards::believed);
        assertThat(core.bean(OwnWallets.class).of(shop.seller())).isPresent();
    }

    /** A restore, or an answer that did not come, has lost the row that says where it went; owed, it would be paid a second time. */
    @Test
    void whatWentToTheirWalletIsBookedThereThoughThePaymentIsNotOnRecord() {
        core.shop("0123456789ac");
        destination("Tfirst", core.clock.instant());
        core.provider.onCreate = payment -> new Answer.Unknown<>("reset");
        create();

        assertThat(booked(sent().description()))
                .containsExactly("exchange seller_direct ", "own_wallet exchange Tfirst");
        assertThat(core.bean(Ledger.class).balance(shop.seller()).available().units())
                .isZero();
    }

    @Test
    void whatWentToAWalletThatIsNotOnRecordEitherIsNotOwed() {
        core.shop("0123456789ac");
        destination("Tfirst", core.clock.instant());
        core.provider.onCreate = payment -> new Answer.Unknown<>("reset");
        create();
        core.owner().sql("delete from payouts.destination").update();

        assertThat(booked(sent().description()))
                .hasSize(2)
                .contains("exchange seller_direct ")
                .anySatisfy(line -> assertThat(line).startsWith("own_wallet exchange #"));
    }

    @Test
    void walletOfAnotherOrderSaysNothing() {
        core.shop("0123456789ac");
        destination("Tfirst", core.clock.instant());
        creation.create(new Request(shop.seller(), core.order(shop).id(), order.price(), ETH, "Signals"));

        assertThat(booked(sent().description()))
                .containsExactly("exchange seller_payable ", "provider_clearing exchange ");
    }

    /** Nobody would think of it: what comes from then on goes to the wallet. */
    @Test
    void whatWasOwedBeforeThereWasAWalletIsPaidOutByItself() {
        core.shop("0123456789ac");
        made();
        booked();
        PayoutKeeper keeper = core.bean(PayoutKeeper.class);
        assertThat(keeper.look()).as("nowhere to send it to").isZero();
        assertThat(core.strings("select payload ->> 'what' from tasks.task where kind = 'tell_payout'"))
                .containsExactly("no_destination");

        destination("Tfirst", core.clock.instant());
        core.clock.advance(Duration.ofMinutes(11));

        assertThat(keeper.look()).isEqualTo(1);
        assertThat(core.strings("select kind from cases.cases")).containsExactly("payout_awaits_approval");
    }

    /** As after an upgrade: the first sale would be the first to tell. */
    @Test
    void versionsThatAPersonMustAcceptAreAskedAboutBeforeAnybodyBuys() {
        destination("Tfirst", core.clock.instant());
        core.owner().sql("delete from payouts.destination_head").update();

        core.bean(PayoutKeeper.class).look();

        assertThat(core.strings("select kind from cases.cases")).containsExactly("destinations_set_back");
    }

    private void guard(SellerId seller, Consumer<Safeguards> change) {
        core.transactions.run(seller, () -> change.accept(core.bean(Safeguards.class)));
    }

    private List<String> booked() {
        return heard(Ipn.finished("5000000001", order.id()));
    }

    /** Of a payment that is not on record. */
    private List<String> booked(String description) {
        return heard(Ipn.finished("5000000009", order.id()).with("order_description", description));
    }

    private List<String> heard(Ipn ipn) {
        core.hear(ipn);
        return core.strings(
                "select debit || ' ' || credit || ' ' || coalesce(holder, '') from ledger.journal where kind in ('settlement', 'accrual') order by kind");
    }

    private void mode(String mode) {
        core.owner()
                .sql("update catalog.seller set payout_mode = ?")
                .param(mode)
                .update();
    }

    private void destination(String address, Instant from) {
        core.transactions.run(shop.seller(), () -> Paying.destination(destinations, shop.seller(), address, from));
    }

    private NewPayment sent() {
        return core.provider.created.getLast();
    }

    private Made<Payment> create() {
        return creation.create(new Request(shop.seller(), order.id(), order.price(), ETH, "Signals"));
    }

    private Payment made() {
        return ((Made.Ready<Payment>) create()).made();
    }
}
