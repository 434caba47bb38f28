package admitone.simulators.nowpayments;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** A coin that can be paid with, and what one of its addresses looks like. */
record Coin(
        int id,
        String code,
        String name,
        String network,
        int precision,
        String prefix,
        Alphabet alphabet,
        int length,
        boolean memo) {
    /** The characters an address is made of. */
    enum Alphabet {
        HEX("0123456789abcdef"),
        BASE58("123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"),
        BASE64URL("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

        private final String characters;

        Alphabet(String characters) {
            this.characters = characters;
        }
    }

    private static final Map<String, Coin> KNOWN = List.of(
                    new Coin(1, "btc", "Bitcoin", "btc", 8, "3", Alphabet.BASE58, 33, false),
                    new Coin(2, "eth", "Ethereum", "eth", 18, "0x", Alphabet.HEX, 40, false),
                    new Coin(3, "usdttrc20", "Tether USD (Tron)", "trx", 6, "T", Alphabet.BASE58, 33, false),
                    new Coin(4, "usdtbsc", "Tether USD (BSC)", "bsc", 18, "0x", Alphabet.HEX, 40, false),
                    new Coin(5, "usdterc20", "Tether USD (Ethereum)", "eth", 6, "0x", Alphabet.HEX, 40, false),
                    new Coin(6, "trx", "Tron", "trx", 6, "T", Alphabet.BASE58, 33, false),
                    new Coin(7, "ltc", "Litecoin", "ltc", 8, "M", Alphabet.BASE58, 33, false),
                    new Coin(8, "sol", "Solana", "sol", 9, "", Alphabet.BASE58, 44, false),
                    new Coin(9, "ton", "Toncoin", "ton", 9, "UQ", Alphabet.BASE64URL, 46, false),
                    new Coin(10, "xrp", "Ripple", "xrp", 6, "r", Alphabet.BASE58, 33, true),
                    new Coin(11, "bnbbsc", "BNB (BSC)", "bsc", 18, "0x", Alphabet.HEX, 40, false))
            .stream()
            .collect(Collectors.toUnmodifiableMap(Coin::code, Function.identity()));

    static Optional<Coin> known(String code) {
        return Optional.ofNullable(KNOWN.get(code));
    }

    /** A coin that only a rate was given for looks like a token of Ethereum. */
    static Coin of(String code) {
        return known(code)
                .orElseGet(() -> new Coin(
                        1000 + Math.floorMod(code.hashCode(), 9000),
                        code,
                        code.toUpperCase(Locale.ROOT),
                        "eth",
                        18,
                        "0x",
                        Alphabet.HEX,
                        40,
                        false));
    }

    String newAddress(RandomGenerator random) {
        return prefix + text(alphabet.characters, length, random);
    }

    String addressRegex() {
        String dash = alphabet == Alphabet.BASE64URL ? "[A-Za-z0-9_-]" : "[" + alphabet.characters + "]";
        return "^" + prefix + dash + "{" + length + "}$";
    }

    static String text(String characters, int length, RandomGenerator random) {
        return random.ints(length, 0, characters.length())
                .mapToObj(i -> characters.substring(i, i + 1))
                .collect(Collectors.joining());
    }
}
