package admitone.money;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MoneyTests {
    private static final Asset ETH = new Asset("eth");
    private static final Asset EUR = new Asset("eur");

    @ParameterizedTest
    @CsvSource({"1.35, 135, 1.35", "0, 0, 0.00", "1.350, 135, 1.35", "1e2, 10000, 100.00", "-0.01, -1, -0.01"})
    void readsFiatInHundredths(String text, String units, String shown) {
        Money money = Money.parse(text, Asset.USD);

        assertThat(money.units()).isEqualTo(units);
        assertThat(money.text()).isEqualTo(shown);
    }

    @ParameterizedTest
    @CsvSource({
        "0.0002736, 273600000000000, 0.0002736",
        "0.000000000000000001, 1, 0.000000000000000001",
        "100, 100000000000000000000, 100",
        "0.000, 0, 0"
    })
    void readsCoinsInOneScale(String text, String units, String shown) {
        Money money = Money.parse(text, ETH);

        assertThat(money.units()).isEqualTo(units);
        assertThat(money.text()).isEqualTo(shown);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "1.355",
                "0.001",
                "1e-3",
                "1e99",
                "1e-200",
                "1e2147483647",
                "123456789012345678901234567890123456789"
            })
    void neverRoundsByAccident(String text) {
        assertThatThrownBy(() -> Money.parse(text, Asset.USD)).isInstanceOf(ArithmeticException.class);
    }

    @Test
    void fitsIntoItsColumn() {
        BigInteger most = BigInteger.TEN.pow(38).subtract(BigInteger.ONE);

        assertThat(new Money(most, Asset.USD).units()).isEqualTo(most);
        assertThatThrownBy(() -> new Money(most.add(BigInteger.ONE), Asset.USD))
                .isInstanceOf(ArithmeticException.class);
        assertThatThrownBy(() -> new Money(most, Asset.USD).plus(Money.parse("0.01", Asset.USD)))
                .isInstanceOf(ArithmeticException.class);
    }

    @Test
    void neverMixesTwoAssets() {
        Money dollar = Money.parse("1", Asset.USD);
        Money euro = Money.parse("1", EUR);

        assertThatIllegalArgumentException().isThrownBy(() -> dollar.plus(euro));
        assertThatIllegalArgumentException().isThrownBy(() -> dollar.minus(euro));
        assertThatIllegalArgumentException().isThrownBy(() -> dollar.compareTo(euro));
        assertThatIllegalArgumentException().isThrownBy(() -> dollar.isAtLeastPercentOf(BigDecimal.ONE, euro));
        assertThat(dollar).isNotEqualTo(euro);
    }

    @ParameterizedTest(name = "{1} % of {0} is {2}")
    @CsvSource({
        "1.06, 5, 0.05", // 0.053
        "1.10, 5, 0.06", // 0.055: the half goes up
        "1.09, 5, 0.05",
        "0.10, 5, 0.01",
        "0.09, 5, 0.00",
        "100, 99.99, 99.99",
        "1.00, 0, 0.00",
    })
    void roundsAPercentageHalfUp(String amount, String percent, String part) {
        assertThat(Money.parse(amount, Asset.USD)
                        .percentHalfUp(new BigDecimal(percent))
                        .text())
                .isEqualTo(part);
    }

    @Test
    void partsOfASplitAddUpToTheWhole() {
        long seed = 20_261_123;
        Random random = new Random(seed);
        for (int i = 0; i < 20_000; i++) {
            Money whole = new Money(new BigInteger(1 + random.nextInt(60), random), Asset.USD);
            Money part = whole.percentHalfUp(new BigDecimal(random.nextInt(10_000)).movePointLeft(2));

            assertThat(whole.minus(part).plus(part)).as("seed %s", seed).isEqualTo(whole);
            assertThat(part.compareTo(whole))
                    .as("seed %s: %s of %s", seed, part, whole)
                    .isNotPositive();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "us d", "USD$", "é", "0123456789012345678901234567890123"})
    void refusesWhatIsNoAssetCode(String code) {
        assertThatIllegalArgumentException().isThrownBy(() -> new Asset(code));
    }

    @Test
    void readsAnAssetInAnyCase() {
        assertThat(Asset.of(" USDTTRC20 ")).isEqualTo(new Asset("usdttrc20"));
        assertThat(Asset.of("usdttrc20").isUsdStable()).isTrue();
        assertThat(Asset.of("usdttrc20").ticker()).isEqualTo("USDT");
        assertThat(Asset.of("usdc").ticker()).isEqualTo("USDC");
        assertThat(Asset.of("bnbbsc").ticker()).isEqualTo("BNB");
        assertThat(ETH.ticker()).isEqualTo("ETH");
        assertThat(Asset.of("usd").isUsdStable()).isFalse();
        assertThat(ETH.isUsdStable()).isFalse();
    }
}
