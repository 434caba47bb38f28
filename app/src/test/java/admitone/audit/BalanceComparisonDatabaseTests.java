package admitone.audit;

import static admitone.payouts.Paying.SELLER;
import static org.assertj.core.api.Assertions.assertThat;

import admitone.FakePayoutProvider.Lie;
import admitone.database.LongReads;
import admitone.ledger.Conversions;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.money.Rates;
import admitone.payouts.Paying;
import admitone.payouts.PayoutProvider.Status;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A payment brought 50 USDT, of which 2.50 are the operator's. */
class BalanceComparisonDatabaseTests {
    private static final Asset USDT = new Asset("usdttrc20");

    private final Paying paying = Paying.start("balance-comparison");
    private final BalanceComparison comparison =
            new BalanceComparison(paying.core.payouts, paying.core.bean(LongReads.class));

    @BeforeEach
    void aPayment() {
        paying.seller(SELLER, "instant", "1");
        paying.paid(SELLER, "50");
    }

    @AfterEach
    void stop() {
        paying.close();
    }

    @ParameterizedTest
    @CsvSource({
        "1000, false", // there may be more money on the account than ours
        "50, false",
        "47.46, false", // the operator's own may have been taken out, and the provider rounds
        "47.45, true",
        "0, true",
    })
    void lessThanSellersAreOwedIsADifference(String has, boolean isShort) {
        has(has);

        var compared = comparison.compare(paying.core.clock.instant());

        assertThat(compared.had()).isTrue();
        assertThat(compared.differences())
                .extracting(one -> one.kind() + " " + one.about() + ": " + one.provider())
                .isEqualTo(isShort ? List.of("balance_short usdttrc20: " + has + " usdttrc20") : List.of());
    }

    /** It has left there, and is booked here when the provider says that it has arrived. */
    @Test
    void whatIsOnItsWayIsNotMissing() {
        paying.core.payouts.end = row -> Status.SENDING;
        var payout = paying.refunded(SELLER, paying.paid(SELLER, "20"));
        paying.approve(payout);
        paying.pass(Duration.ofMinutes(5));
        assertThat(paying.core.strings("select state from payouts.payout")).containsExactly("sent");

        has("47.50");

        assertThat(comparison.compare(paying.core.clock.instant()).differences())
                .isEmpty();
    }

    /** 47.50 are the seller's and 47.49 of them are sent, but all of it may have left; the rest is the operator's own. */
    @ParameterizedTest
    @CsvSource({"SENDING, sent", "FINISHED, finished", "FAILED, failed"})
    void aPayoutTakesItsFeeWithItWhereTheProviderDoesNotTell(Status end, String state) {
        paying.core.payouts.end = row -> end;
        var payout = paying.made(SELLER);
        paying.approve(payout);
        paying.pass(Duration.ofMinutes(5));
        assertThat(paying.core.strings("select state from payouts.payout")).containsExactly(state);
        var held = comparison.held().getFirst();

        assertThat(held.least()).isEqualTo(Money.zero(USDT));
    }

    @Test
    void aRefundTakesWithItWhatWasKept() {
        String payment = paying.paid(SELLER, "20");
        paying.approve(paying.refunded(SELLER, payment));
        paying.pass(Duration.ofMinutes(10));
        assertThat(paying.core.state(payment)).isEqualTo("refunded");

        var held = comparison.held().getFirst();

        assertThat(held.ours().minus(held.leaving())).isEqualTo(Money.parse("50", USDT));
    }

    /** Of 0.02 eth, which came as 77.40 USD, five in a hundred are the operator's: 3.87 of the 80 that it became. */
    @ParameterizedTest
    @CsvSource({"123.51, false", "123.49, true"})
    void theOperatorsFeesMayBeTakenOutOfWhatTheirCoinBecame(String has, boolean isShort) {
        Asset eth = new Asset("eth");
        paying.core.bean(Rates.class).want(eth);
        paying.paid(SELLER, "0.02", eth);
        paying.core.transactions.run(
                SELLER,
                () -> paying.core
                        .bean(Conversions.class)
                        .book(
                                SELLER,
                                "c-1",
                                Money.parse("0.02", eth),
                                Money.parse("80", USDT),
                                Rate.oneToOne(USDT, paying.core.clock.instant()),
                                Money::zero));

        has(has); // 130 less 2.50 and 3.87, less a thousandth

        assertThat(comparison.compare(paying.core.clock.instant()).differences())
                .hasSize(isShort ? 1 : 0);
    }

    /** Of 0.02 eth 0.001 are the operator's; half of them went when half of it was converted. */
    @ParameterizedTest
    @CsvSource({"0.0095, false", "0.0094, true"})
    void theOperatorsFeesAreNotInTheCoinAnyMoreThatWasConverted(String has, boolean isShort) {
        Asset eth = new Asset("eth");
        paying.core.bean(Rates.class).want(eth);
        paying.paid(SELLER, "0.02", eth);
        paying.core.transactions.run(
                SELLER,
                () -> paying.core
                        .bean(Conversions.class)
                        .book(
                                SELLER,
                                "c-1",
                                Money.parse("0.01", eth),
                                Money.parse("40", USDT),
                                Rate.oneToOne(USDT, paying.core.clock.instant()),
                                Money::zero));
        has("1000");

        paying.core.payouts.balance.put(eth, Money.parse(has, eth));

        assertThat(comparison.compare(paying.core.clock.instant()).differences())
                .hasSize(isShort ? 1 : 0);
    }

    /** Set aside, and in the seller's own wallet. */
    @Test
    void whatWentToAWalletOfTheSellersIsNotWithTheProvider() {
        paying.core
                .owner()
                .sql("update payments.payment set wallet_coin = 'usdttrc20', wallet_address = 'T'")
                .update();

        assertThat(comparison.held()).isEmpty();
    }

    @Test
    void aCoinThatItDoesNotListItHasNothingOf() {
        paying.core.payouts.balance.clear();

        assertThat(comparison.compare(paying.core.clock.instant()).differences())
                .extracting(one -> one.provider())
                .containsExactly("0 usdttrc20");
    }

    @Test
    void aBalanceThatIsNotHadIsNoDifference() {
        has("0");
        paying.core.payouts.lies = _ -> Lie.LOST_BEFORE;
        var unknown = comparison.compare(paying.core.clock.instant());
        assertThat(unknown.had()).isFalse();
        assertThat(unknown.why()).isNotEmpty();
        assertThat(unknown.differences()).isEmpty();

        paying.core.payouts.canPay = false;
        assertThat(comparison.compare(paying.core.clock.instant()))
                .isEqualTo(new BalanceComparison.Compared(false, "", List.of()));
    }

    private void has(String usdt) {
        paying.core.payouts.balance.put(USDT, Money.parse(usdt, USDT));
    }
}
