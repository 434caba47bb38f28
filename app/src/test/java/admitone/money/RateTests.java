package admitone.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import admitone.HandClock;
import java.math.BigDecimal;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RateTests {
    private static final Asset ETH = new Asset("eth");

    @Test
    void valuesTheIncidentsOutcome() {
        Money value = rate("3870").value(Money.parse("0.0002736", ETH));

        assertThat(value).isEqualTo(Money.parse("1.06", Asset.USD));
    }

    @ParameterizedTest
    @CsvSource({"1, 0.005, 0.01", "1, 0.0049, 0.00", "1, 1.005, 1.01", "1, 1.015, 1.02", "3, 0.335, 1.01"})
    void roundsHalfUpToTheCent(String outcome, String usd, String value) {
        assertThat(rate(usd).value(Money.parse(outcome, ETH)).text()).isEqualTo(value);
    }

    @Test
    void countsAStablecoinOneToOne() {
        Asset tether = new Asset("usdttrc20");

        assertThat(Rate.oneToOne(tether, HandClock.BEGIN).value(Money.parse("1.3549", tether)))
                .isEqualTo(Money.parse("1.35", Asset.USD));
    }

    @Test
    void isFreshForTenMinutes() {
        Rate rate = rate("3870");

        assertThat(rate.isFreshAt(HandClock.BEGIN.plus(Duration.ofMinutes(10)))).isTrue();
        assertThat(rate.isFreshAt(HandClock.BEGIN.plus(Duration.ofMinutes(10)).plusMillis(1)))
                .isFalse();
    }

    @Test
    void valuesItsOwnCoinOnly() {
        assertThatIllegalArgumentException().isThrownBy(() -> rate("3870").value(Money.parse("1", new Asset("btc"))));
    }

    private static Rate rate(String usd) {
        return new Rate(ETH, new BigDecimal(usd), HandClock.BEGIN, "test");
    }
}
