package admitone.payouts;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.money.Asset;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressChecksumTests {
    @ParameterizedTest
    @CsvSource({
        "btc, 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "btc, 1111111111111111111114oLvT2",
        "btc, 3J98t1WpEZ73CNmQviecrnyiWrnqRhWNLy",
        "btc, bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4",
        "btc, BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4",
        "btc, bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj0",
        "trx, TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
        "usdttrc20, TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
        "eth, 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "usdterc20, 0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
        "eth, 0x52908400098527886E0F7030069857D2E4169EE7",
        "eth, 0x5aaeb6053f3e94c9b9a09f33669435e7ef1beaed",
        "xrp, rN7n7otQDd6FczFgLdSqtcsAUxDkw6fzRH"
    })
    void takesWhatHolds(String coin, String address) {
        assertThat(AddressChecksum.holds(Asset.of(coin), address)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "btc, 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb",
        "btc, 1A1zP1eP5QGefi2DMPTfTL5SLmv7Divf0a",
        "btc, 11111111111111111111114oLvT2",
        "btc, bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t5",
        "btc, bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3T4",
        "btc, bc1p0xlxvlhemja6c4dqv22uapctqupfhlxm9h8z3k2e72q4k9hcz7vqzk5jj1",
        "btc, ltc1qw508d6qejxtdg4y5r3zarvary0c5xw7kgmn4n9",
        "btc, TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t",
        "trx, 1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "usdttrc20, TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6u",
        "usdttrc20, 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
        "eth, 0x5aAeb6053F3E94C9b9A09f33669435E7Ef1Beaed",
        "btc, ''"
    })
    void refusesOneWrongCharacterAndOtherChains(String coin, String address) {
        assertThat(AddressChecksum.holds(Asset.of(coin), address)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "'', c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470",
        "abc, 4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"
    })
    void hashesAsEthereumDoes(String text, String hash) {
        assertThat(HexFormat.of().formatHex(Keccak256.hash(text.getBytes(StandardCharsets.US_ASCII))))
                .isEqualTo(hash);
    }

    /** The longest message of one block, and the shortest of two. */
    @ParameterizedTest
    @CsvSource({
        "135, 34367dc248bbd832f4e3e69dfaac2f92638bd0bbd18f2912ba4ef454919cf446",
        "136, a6c4d403279fe3e0af03729caada8374b5ca54d8065329a3ebcaeb4b60aa386e"
    })
    void hashesAroundTheEndOfABlock(int length, String hash) {
        byte[] message = "a".repeat(length).getBytes(StandardCharsets.US_ASCII);

        assertThat(HexFormat.of().formatHex(Keccak256.hash(message))).isEqualTo(hash);
    }
}
