package admitone.payouts;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.payouts.RefundRules.Goes;
import admitone.payouts.RefundRules.No;
import java.math.BigInteger;
import java.util.Random;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How much of what a payment brought goes back, where the provider asks 0.5 and sends no less than 2. */
class RefundRulesTests {
    private static final Asset USDT = new Asset("usdttrc20");

    @ParameterizedTest
    @CsvSource({
        "50,         ,         49.5",
        "50,         50,       50",
        "50,         49.5,     49.5",
        "50,         49.75,    49.75",
        "50,         49.49,    too_little",
        "50,         50.01,    too_much",
        "50,         49.5000001, too_exact",
        "10.1234567, ,         9.623456",
        "10.1234567, 10.1234567, too_exact",
        "2.5,        ,         2",
        "2.4,        ,         below_minimum",
        "0.5,        ,         fee_too_high",
        "0.4,        ,         fee_too_high",
    })
    void isGivenBackWholeLessTheFeeAtMost(String brought, String wanted, String comesTo) {
        Money coins = coins(brought);

        RefundRules.Sum found =
                RefundRules.goes(coins, coins("0.5"), coins("2"), wanted == null ? null : coins(wanted));

        assertThat(found)
                .isInstanceOfAny(Goes.class, No.class)
                .satisfies(it -> assertThat(it instanceof No(String code, String _) ? code : "")
                        .isEqualTo(comesTo.contains("_") ? comesTo : ""));
        if (found instanceof Goes(Money sent, Money kept)) {
            assertThat(sent).isEqualTo(coins(comesTo));
            assertThat(sent.plus(kept)).isEqualTo(coins);
        }
    }

    @Test
    void whatIsSentAndWhatIsKeptAreAllThatItBrought() {
        long seed = new Random().nextLong();
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < 200_000; i++) {
            Money brought = new Money(
                    BigInteger.valueOf(random.nextLong(1L << 60))
                            .multiply(BigInteger.valueOf(random.nextLong(1, 1L << 30))),
                    USDT);
            Money fee = new Money(BigInteger.valueOf(random.nextLong(1L << 60)), USDT);
            if (RefundRules.goes(brought, fee, coins("0.000001"), null) instanceof Goes(Money sent, Money kept)
                    && (!sent.plus(kept).equals(brought)
                            || !sent.isPositive()
                            || kept.compareTo(fee) < 0
                            || kept.minus(fee).compareTo(coins("0.000001")) >= 0)) {
                throw new AssertionError(
                        "seed " + seed + ": of " + brought + ", fee " + fee + ": " + sent + " and " + kept);
            }
        }
    }

    private static Money coins(String amount) {
        return Money.parse(amount, USDT);
    }
}
