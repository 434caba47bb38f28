package admitone.payouts;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.HandClock;
import admitone.catalog.Seller.PayoutMode;
import admitone.catalog.Seller.PayoutTerms;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.payouts.Due.NotYet;
import admitone.payouts.Due.Pay;
import admitone.payouts.Due.Quote;
import admitone.payouts.Due.Why;
import java.math.BigDecimal;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DueTests {
    private static final Asset ETH = new Asset("eth");

    /** The fee is in eth at 2000 USD. */
    @ParameterizedTest(name = "{0}, by hand {1}: {2} at a fee of {3} eth, at least {4} eth: {5}")
    @CsvSource({
        "DIRECT, false, 100, 0.001, 0.001, pays 98.00 + 2.00", // what was settled to the account all the same
        "DIRECT, true, 100, 0.001, 0.001, pays 98.00 + 2.00",
        "INSTANT, false, 0, 0.001, 0.001, NOTHING_PAYABLE",
        "INSTANT, true, -1, 0.001, 0.001, NOTHING_PAYABLE",
        "INSTANT, false, 20, 0.001, 0.001, pays 18.00 + 2.00",
        "INSTANT, false, 19.99, 0.001, 0.001, FEE_TOO_HIGH from 20.00",
        "INSTANT, true, 19.99, 0.001, 0.001, pays 17.99 + 2.00",
        "INSTANT, true, 4, 0.001, 0.001, pays 2.00 + 2.00",
        "INSTANT, true, 3.99, 0.001, 0.001, FEE_TOO_HIGH from 4.00",
        "THRESHOLD, false, 49.99, 0.001, 0.001, BELOW_THRESHOLD from 50.00",
        "THRESHOLD, true, 49.99, 0.001, 0.001, pays 47.99 + 2.00",
        "THRESHOLD, false, 50, 0.0125, 0.001, pays 25.00 + 25.00",
        "THRESHOLD, false, 50, 0.012501, 0.001, FEE_TOO_HIGH from 50.02",
        "INSTANT, false, 50, 0.001, 0.024, pays 48.00 + 2.00",
        "INSTANT, false, 50, 0.001, 0.024001, BELOW_MINIMUM from 50.01",
        "INSTANT, true, 50, 0.001, 0.024001, BELOW_MINIMUM from 50.01",
        "INSTANT, false, 0.01, 0, 0, pays 0.01 + 0.00",
    })
    void paysWhatIsWorthIt(
            PayoutMode mode, boolean byHand, String payable, String fee, String minimum, String expected) {
        var terms = new PayoutTerms(mode, mode == PayoutMode.THRESHOLD ? usd("50") : null);

        Due due = Due.of(usd(payable), terms, byHand, new Quote(rate("2000"), eth(fee), eth(minimum)));

        String what = switch (due) {
            case Pay(Money amount, Money taken, Money _) -> "pays " + amount.text() + " + " + taken.text();
            case NotYet(Why why, Money least) -> why + (least == null ? "" : " from " + least.text());
        };
        assertThat(what).isEqualTo(expected);
    }

    /** Less than a millionth of a coin is not sent. */
    @Test
    void whatBuysNoCoinsIsNotSent() {
        Due due = Due.of(
                usd("0.01"),
                new PayoutTerms(PayoutMode.INSTANT, null),
                true,
                new Quote(rate("20000"), eth("0"), eth("0")));

        assertThat(due)
                .isInstanceOfSatisfying(
                        NotYet.class, not -> assertThat(not.why()).isEqualTo(Why.BELOW_MINIMUM));
    }

    /** Whatever the rate: the parts are the whole, the fee never takes more than half, and no more coins leave than were paid for. */
    @Test
    void amountAndFeeAreAllThatIsPayable() {
        long seed = new java.util.Random().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 200_000; i++) {
            Money payable = Money.of(BigDecimal.valueOf(random.nextLong(1, 100_000_000_000L), 2), Asset.USD);
            Rate rate = rate(BigDecimal.valueOf(random.nextLong(1, 1L << 50), random.nextInt(12))
                    .toPlainString());
            Money fee = Money.of(BigDecimal.valueOf(random.nextLong(1_000_000_000L), random.nextInt(18)), ETH);
            Due due = Due.of(
                    payable,
                    new PayoutTerms(PayoutMode.INSTANT, null),
                    random.nextBoolean(),
                    new Quote(rate, fee, eth("0.000001")));
            if (due instanceof Pay(Money amount, Money taken, Money coins)
                    && (!amount.plus(taken).equals(payable)
                            || taken.isMoreThanPercentOf(Due.MOST_FEE, payable)
                            || taken.amount().compareTo(fee.amount().multiply(rate.usd())) < 0
                            || coins.amount().multiply(rate.usd()).compareTo(amount.amount()) > 0)) {
                throw new AssertionError(
                        "seed " + seed + ": " + payable + " at " + rate.usd() + ", fee " + fee + ": " + due);
            }
        }
    }

    private static Rate rate(String usd) {
        return new Rate(ETH, new BigDecimal(usd), HandClock.BEGIN, "test");
    }

    private static Money usd(String amount) {
        return Money.parse(amount, Asset.USD);
    }

    private static Money eth(String amount) {
        return Money.parse(amount, ETH);
    }
}
