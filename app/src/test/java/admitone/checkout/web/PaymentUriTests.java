package admitone.checkout.web;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.money.Asset;
import admitone.money.Money;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PaymentUriTests {
    @ParameterizedTest
    @CsvSource({
        "btc, bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq, 0.0001234, bitcoin:bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq?amount=0.0001234",
        "ltc, MGxNPPB7eBoWPUaprtX9v9CXJZoD2465zN, 12, litecoin:MGxNPPB7eBoWPUaprtX9v9CXJZoD2465zN?amount=12",
        "doge, DBXu2kgc3xtvCUWFcxFE3r9hEYgmuaaCyD, 100.5, dogecoin:DBXu2kgc3xtvCUWFcxFE3r9hEYgmuaaCyD?amount=100.5",
        "xmr, 888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvk, 0.123456789012, monero:888tNkZrPN6JsEgekjMnABU4TBzc2Dt29EPAvk?tx_amount=0.123456789012",
        // of these not every wallet means the same
        "eth, 0x52908400098527886E0F7030069857D2E4169EE7, 1,",
        "usdttrc20, TXLAQ63Xg1NAzckPwKHvzw7CSEmLMEqcdj, 10,",
        // nor may these be written so
        "btc, bc1q?amount=9&x=, 1,",
        "btc, bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq, 0.000000001,",
    })
    void isMadeWhereItsFormIsCertain(String coin, String address, String amount, String uri) {
        assertThat(PaymentUri.of(address, Money.parse(amount, new Asset(coin))).orElse(null))
                .isEqualTo(uri);
    }
}
