package admitone.checkout.web;

import admitone.messaging.Language;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.Coin;
import admitone.payments.Coins;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a buyer may choose from.
 *
 * @param common those that are paid in most, in the order of how much
 * @param others by name
 */
record CoinChoice(List<Named> common, List<Named> others) {
    private static final Pattern NAME_AND_CODE = Pattern.compile(".*\\(([A-Za-z0-9_-]{1,32})\\)\\s*");

    record Named(String code, String name) {
        /** Such as "USDT on Tron (usdttrc20)". */
        public String label() {
            return name + " (" + code + ")";
        }
    }

    /** The coins in which {@code price} can be paid; where the provider never told any, the common ones. */
    static CoinChoice of(Coins coins, Money price, Language language) {
        Map<String, Named> payable = new LinkedHashMap<>();
        offered(coins, price)
                .forEach(coin ->
                        payable.put(coin.asset().code(), new Named(coin.asset().code(), CoinNames.of(coin, language))));
        List<Named> common = CoinNames.common().stream()
                .map(payable::remove)
                .filter(Objects::nonNull)
                .toList();
        List<Named> others = payable.values().stream()
                .sorted(Comparator.comparing((Named named) -> named.name().toLowerCase(Locale.ROOT)))
                .toList();
        return new CoinChoice(common, others);
    }

    private static List<Coin> offered(Coins coins, Money price) {
        return coins.areKnown()
                ? coins.payableAt(price)
                : CoinNames.common().stream()
                        .map(code -> new Coin(new Asset(code), null, null))
                        .toList();
    }

    public boolean isEmpty() {
        return common.isEmpty() && others.isEmpty();
    }

    /** The code of what somebody wrote: a code, a name, or both as a list shows them. */
    String code(String written) {
        var both = NAME_AND_CODE.matcher(written);
        if (both.matches()) {
            return both.group(1);
        }
        return Stream.concat(common.stream(), others.stream())
                .filter(named -> named.name().equalsIgnoreCase(written.strip()))
                .map(Named::code)
                .findFirst()
                .orElse(written);
    }
}
