package admitone.checkout.web;

import admitone.payments.Coin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** How coins are called for people: as wallets call them, with the network that they are sent on. */
final class CoinNames {
    private static final Map<String, String> COMMON = new LinkedHashMap<>();

    static {
        COMMON.put("btc", "Bitcoin");
        COMMON.put("eth", "Ether");
        COMMON.put("usdttrc20", "USDT on Tron");
        COMMON.put("usdterc20", "USDT on Ethereum");
        COMMON.put("usdtbsc", "USDT on BNB Smart Chain");
        COMMON.put("usdtton", "USDT on TON");
        COMMON.put("usdc", "USDC on Ethereum");
        COMMON.put("usdcsol", "USDC on Solana");
        COMMON.put("ton", "Toncoin");
        COMMON.put("sol", "Solana");
        COMMON.put("trx", "Tron");
        COMMON.put("ltc", "Litecoin");
        COMMON.put("bnbbsc", "BNB on BNB Smart Chain");
        COMMON.put("xmr", "Monero");
        COMMON.put("doge", "Dogecoin");
    }

    private static final Map<String, String> NETWORKS = Map.ofEntries(
            Map.entry("eth", "Ethereum"),
            Map.entry("trx", "Tron"),
            Map.entry("bsc", "BNB Smart Chain"),
            Map.entry("sol", "Solana"),
            Map.entry("ton", "TON"),
            Map.entry("matic", "Polygon"),
            Map.entry("arb", "Arbitrum"),
            Map.entry("arbitrum", "Arbitrum"),
            Map.entry("op", "Optimism"),
            Map.entry("base", "Base"),
            Map.entry("avaxc", "Avalanche"));
    private static final Set<String> NAMES_ITS_NETWORK = Set.of("(", " on ");

    private CoinNames() {}

    /** The codes of those that are paid in most, in this order. */
    static List<String> common() {
        return List.copyOf(COMMON.keySet());
    }

    /** Such as "USDT on Tron". */
    static String of(Coin coin) {
        String code = coin.asset().code();
        String common = COMMON.get(code);
        if (common != null) {
            return common;
        }
        String name = coin.name() == null ? Pages.upper(code) : coin.name();
        String network = coin.network();
        if (network == null
                || network.equalsIgnoreCase(code)
                || NAMES_ITS_NETWORK.stream().anyMatch(name::contains)) {
            return name;
        }
        String chain = NETWORKS.getOrDefault(network.toLowerCase(Locale.ROOT), Pages.upper(network));
        return name.equalsIgnoreCase(chain) ? name : name + " on " + chain;
    }

    /** What an amount is counted in: "USDT" of {@code usdttrc20}. */
    static String unit(String code) {
        String common = COMMON.getOrDefault(code, "");
        int on = common.indexOf(" on ");
        return on < 0 ? Pages.upper(code) : common.substring(0, on);
    }
}
