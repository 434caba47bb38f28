package admitone.checkout.web;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.checkout.web.CoinChoice.Named;
import admitone.messaging.Language;
import admitone.money.Asset;
import admitone.payments.Coin;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CoinChoiceTests {
    private static final CoinChoice CHOICE = new CoinChoice(
            List.of(new Named("btc", "Bitcoin"), new Named("usdttrc20", "USDT on Tron")),
            List.of(new Named("ada", "Cardano")));

    @ParameterizedTest
    @CsvSource({
        "usdttrc20, Tether USD (Tron), trx, USDT on Tron",
        "usdttrc20,, , USDT on Tron",
        "aave, Aave, eth, Aave on Ethereum",
        "ada, Cardano, ada, Cardano",
        "usdtsol, Tether USD (Solana), sol, Tether USD (Solana)",
        "algo, Algorand, algo, Algorand",
        "new,, xyz, NEW on XYZ",
        "new,, , NEW",
    })
    void namesACoinForPeople(String code, String name, String network, String called) {
        assertThat(CoinNames.of(new Coin(new Asset(code), name, network), Language.ENGLISH))
                .isEqualTo(called);
    }

    @Test
    void namesTheNetworkInTheLanguageOfThePage() {
        assertThat(CoinNames.of(new Coin(new Asset("usdttrc20"), null, "trx"), Language.SPANISH))
                .isEqualTo("USDT en Tron");
        assertThat(CoinNames.of(new Coin(new Asset("aave"), "Aave", "eth"), Language.SPANISH))
                .isEqualTo("Aave en Ethereum");
    }

    @ParameterizedTest
    @CsvSource({
        "btc, btc",
        "BTC, BTC",
        "bitcoin, btc",
        "' USDT on Tron ', usdttrc20",
        "USDT on Tron (usdttrc20), usdttrc20",
        "Cardano (ada), ada",
        "Something Else, Something Else",
        "(, (",
    })
    void understandsWhatSomebodyWrites(String written, String code) {
        assertThat(CHOICE.code(written)).isEqualTo(code);
    }
}
