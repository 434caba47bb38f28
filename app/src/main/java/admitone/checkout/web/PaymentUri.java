package admitone.checkout.web;

import admitone.money.Money;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** What a wallet opens with address and amount filled in, for the coins where every wallet means the same by it. */
final class PaymentUri {
    /** BIP 21, and the same with another scheme. */
    private static final Map<String, String> SCHEMES =
            Map.of("btc", "bitcoin", "ltc", "litecoin", "doge", "dogecoin", "dash", "dash");

    private static final String MONERO = "xmr";
    private static final Pattern PLAIN_ADDRESS = Pattern.compile("[A-Za-z0-9]{8,128}");
    private static final int MOST_DECIMALS = 8;
    private static final int MOST_DECIMALS_OF_MONERO = 12;

    private PaymentUri() {}

    static Optional<String> of(String address, Money amount) {
        String coin = amount.asset().code();
        boolean isMonero = coin.equals(MONERO);
        String scheme = isMonero ? "monero" : SCHEMES.get(coin);
        int decimals = amount.amount().stripTrailingZeros().scale();
        if (scheme == null
                || !PLAIN_ADDRESS.matcher(address).matches()
                || decimals > (isMonero ? MOST_DECIMALS_OF_MONERO : MOST_DECIMALS)) {
            return Optional.empty();
        }
        return Optional.of(scheme + ":" + address + (isMonero ? "?tx_amount=" : "?amount=") + amount.text());
    }
}
