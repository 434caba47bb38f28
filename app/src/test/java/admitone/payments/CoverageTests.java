package admitone.payments;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import admitone.money.Asset;
import admitone.money.Money;
import java.math.BigDecimal;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoverageTests {
    private static final Asset ETH = new Asset("eth");
    private static final Asset USDT = new Asset("usdttrc20");

    @ParameterizedTest(name = "of {0} USD, {1} of {2} received: {3} USD are missing")
    @CsvSource({
        "1.35, 0.00018, 0.0003, 0.54",
        "1.35, 0.0001, 0.0003, 0.90",
        "1.00, 0.0001, 0.0003, 0.67", // 0.66…: rounded up
        "1.00, 0.000299999999999999, 0.0003, 0.01",
        "10.00, 0.000000000000000001, 0.0003, 10.00",
        "10.00, 0.0003, 0.0003, 0.00",
        "10.00, 0.0004, 0.0003, 0.00",
    })
    void restIsWhatIsMissingRoundedUp(String price, String received, String asked, String rest) {
        Money whole = usd(price);

        Coverage coverage = Coverage.none(whole).plus(whole, eth(received), eth(asked));

        assertThat(coverage.rest()).isEqualTo(usd(rest));
    }

    @Test
    void partsOfDifferentCoinsAddUpInAnyOrder() {
        Money whole = usd("9.00");
        Coverage one =
                Coverage.none(whole).plus(whole, eth("0.001"), eth("0.003")).plus(usd("6.00"), usdt("2"), usdt("6.1"));
        Coverage other =
                Coverage.none(whole).plus(usd("6.00"), usdt("2"), usdt("6.1")).plus(whole, eth("0.001"), eth("0.003"));

        assertThat(one.rest()).isEqualTo(other.rest()).isEqualTo(usd("4.04")); // 9 - 3 - 12/6.1 = 4.0327…
    }

    @Test
    void thirdsAddUpExactly() {
        Money whole = usd("1.00");
        Coverage thirds = Coverage.none(whole);
        for (int i = 0; i < 3; i++) {
            thirds = thirds.plus(whole, eth("0.001"), eth("0.003"));
        }

        assertThat(thirds.isAtLeastPercent(BigDecimal.valueOf(100))).isTrue();
        assertThat(thirds.isMoreThanPercent(BigDecimal.valueOf(100))).isFalse();
        assertThat(thirds.rest()).isEqualTo(usd("0.00"));
    }

    @Test
    void restInTheCoinIsWhatWasAskedLessWhatCame() {
        Money whole = usd("1.00");
        Money asked = eth("0.000349216543210987");

        assertThat(Coverage.none(whole).plus(whole, eth("0.0001"), asked).restIn(whole, asked))
                .isEqualTo(asked.minus(eth("0.0001")));
    }

    @ParameterizedTest(name = "{1} of 0.0003 received buys {2} of {0} days more")
    @CsvSource({
        "30, 0.00032, 2",
        "30, 0.000319999999999999, 1",
        "30, 0.0003, 0",
        "30, 0.0002, 0",
        "30, 0.0006, 30",
        "365, 0.000301, 1",
        "1, 0.000599999999999999, 0",
    })
    void daysBeyondAreWholeOnes(int days, String received, int more) {
        Money whole = usd("1.35");

        assertThat(Coverage.none(whole)
                        .plus(whole, eth(received), eth("0.0003"))
                        .daysBeyond(days))
                .isEqualTo(more);
    }

    @Test
    void assetsNeverMix() {
        assertThatThrownBy(() -> Coverage.none(usd("1")).plus(usd("1"), eth("1"), usdt("1")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private static Money usd(String amount) {
        return Money.parse(amount, Asset.USD);
    }

    private static Money eth(String amount) {
        return Money.parse(amount, ETH);
    }

    private static Money usdt(String amount) {
        return Money.parse(amount, USDT);
    }
}
