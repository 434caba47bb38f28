package admitone.checkout.web;

import admitone.messaging.Language;
import admitone.messaging.PageWords;
import admitone.payments.Coin;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** How coins are called for people: as wallets call them, with the network that they are sent on. */
final class CoinNames {
    private static final Map<String, Common> COMMON = new LinkedHashMap<>();

    /** One that is paid in much; {@code network} null where its name says that too. */
    private record Common(String name, @Nullable String network) {}

    static {
        COMMON.put("btc", new Common("Bitcoin", null));
        COMMON.put("eth", new Common("Ether", null));
        COMMON.put("usdttrc20", new Common("USDT", "Tron"));
        COMMON.put("usdterc20", new Common("USDT", "Ethereum"));
        COMMON.put("usdtbsc", new Common("USDT", "BNB Smart Chain"));
        COMMON.put("usdtton", new Common("USDT", "TON"));
        COMMON.put("usdc", new Common("USDC", "Ethereum"));
        COMMON.put("usdcsol", new Common("USDC", "Solana"));
        COMMON.put("ton", new Common("Toncoin", null));
        COMMON.put("sol", new Common("Solana", null));
        COMMON.put("trx", new Common("Tron", null));
        COMMON.put("ltc", new Common("Litecoin", null));
        COMMON.put("bnbbsc", new Common("BNB", "BNB Smart Chain"));
        COMMON.put("xmr", new Common("Monero", null));
        COMMON.put("doge", new Common("Dogecoin", null));
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
    static String of(Coin coin, Language language) {
        String code = coin.asset().code();
        Common common = COMMON.get(code);
        if (common != null) {
            return on(common.name(), common.network(), language);
        }
        String name = coin.name() == null ? Pages.upper(code) : coin.name();
        String network = coin.network();
        if (network == null
                || network.equalsIgnoreCase(code)
                || NAMES_ITS_NETWORK.stream().anyMatch(name::contains)) {
            return name;
        }
        String chain = NETWORKS.getOrDefault(network.toLowerCase(Locale.ROOT), Pages.upper(network));
        return name.equalsIgnoreCase(chain) ? name : on(name, chain, language);
    }

    private static String on(String coin, @Nullable String network, Language language) {
        return network == null
                ? coin
                : PageWords.in(language, "coin.on").replace("{coin}", coin).replace("{network}", network);
    }
}
