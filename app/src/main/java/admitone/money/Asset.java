package admitone.money;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A currency or coin, by the provider's code in lower case. Fiat counts hundredths. Every coin counts 10^-18: the provider
 * speaks decimals of differing length, and one scale for all can never change under rows already stored.
 */
public record Asset(String code) {
    private static final Pattern FORM = Pattern.compile("[a-z0-9_-]{1,32}");

    public static final Asset USD = new Asset("usd"); // after FORM, which it is checked against
    private static final Set<String> FIAT = Set.of(
            "usd", "eur", "cad", "gbp", "aud", "ils", "ron", "chf", "sek", "nok", "dkk", "pln", "czk", "brl", "mxn",
            "inr");
    private static final Set<String> USD_STABLE = Set.of(
            "usdc",
            "usdcerc20",
            "usdcbsc",
            "usdcmatic",
            "usdcsol",
            "usdcarb",
            "usdcbase",
            "usdcop",
            "usdt",
            "usdterc20",
            "usdttrc20",
            "usdtbsc",
            "usdtmatic",
            "usdtsol",
            "usdtton",
            "usdtarb",
            "usdtop",
            "dai",
            "pyusd",
            "usdp",
            "tusd");

    public Asset {
        if (!FORM.matcher(code).matches()) {
            throw new IllegalArgumentException("not an asset code: " + code);
        }
    }

    /** @throws IllegalArgumentException when the text is no asset code */
    public static Asset of(String code) {
        return new Asset(code.strip().toLowerCase(Locale.ROOT));
    }

    /** The codes of those that count hundredths. */
    public static Set<String> fiats() {
        return FIAT;
    }

    /** Decimal places of the smallest unit. */
    public int scale() {
        return FIAT.contains(code) ? 2 : 18;
    }

    /** Whether one of it is counted as one USD. */
    public boolean isUsdStable() {
        return USD_STABLE.contains(code);
    }

    /** What people count it in, whatever network it is on: {@code USDT} of {@code usdttrc20}. */
    public String ticker() {
        String word = isUsdStable() && code.matches("usd[tc].+") ? code.substring(0, 4) : code;
        return (word.equals("bnbbsc") ? "bnb" : word).toUpperCase(Locale.ROOT);
    }

    @Override
    public String toString() {
        return code;
    }
}
