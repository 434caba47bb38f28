package admitone.simulators.nowpayments;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** USD per unit of each currency, and what follows from it: estimates, minimum amounts, the amount paid out. */
final class Rates {
    static final Set<String> FIAT = Set.of("usd", "eur", "cad", "gbp", "aud", "ils", "ron");
    private static final int DECIMALS = 8;
    private static final int FEE_DECIMALS = 12;
    private static final BigDecimal HUNDRED = BigDecimal.valueOf(100);
    private static final Map<String, String> DEFAULTS = Map.ofEntries(
            Map.entry("usd", "1"),
            Map.entry("eur", "1.09"),
            Map.entry("gbp", "1.28"),
            Map.entry("cad", "0.73"),
            Map.entry("aud", "0.66"),
            Map.entry("ils", "0.27"),
            Map.entry("ron", "0.22"),
            Map.entry("btc", "98000"),
            Map.entry("eth", "3870"),
            Map.entry("usdttrc20", "1"),
            Map.entry("usdtbsc", "1"),
            Map.entry("usdterc20", "1"),
            Map.entry("trx", "0.29"),
            Map.entry("ltc", "96"),
            Map.entry("sol", "187"),
            Map.entry("ton", "2.1"),
            Map.entry("xrp", "2.5"),
            Map.entry("bnbbsc", "1090"));

    private final Map<String, BigDecimal> usdPerUnit = new ConcurrentHashMap<>();

    Rates() {
        reset();
    }

    void reset() {
        usdPerUnit.clear();
        DEFAULTS.forEach((code, rate) -> usdPerUnit.put(code, new BigDecimal(rate)));
    }

    void set(String code, BigDecimal usd) {
        Settings.require(usd.signum() > 0, "a rate is positive: " + code);
        usdPerUnit.put(code.toLowerCase(Locale.ROOT), usd);
    }

    Map<String, BigDecimal> all() {
        return new TreeMap<>(usdPerUnit);
    }

    List<String> coins() {
        return all().keySet().stream().filter(code -> !FIAT.contains(code)).toList();
    }

    boolean knows(String code) {
        return usdPerUnit.containsKey(code);
    }

    BigDecimal usd(String code) {
        BigDecimal rate = usdPerUnit.get(code);
        if (rate == null) {
            throw ApiError.invalid("Currency " + code.toUpperCase(Locale.ROOT) + " was not found");
        }
        return rate;
    }

    /** How much of {@code to} the amount is worth, to the eight decimals the provider tells; half up, as a price. */
    BigDecimal convert(BigDecimal amount, String from, String to) {
        return tidy(exact(amount, from, to).setScale(DECIMALS, RoundingMode.HALF_UP));
    }

    /** What the buyer is asked to send; where the buyer bears the fee, enough that the price is left after it. */
    BigDecimal asked(BigDecimal price, String priceCurrency, String payCurrency, boolean feeByUser, Settings settings) {
        BigDecimal kept = HUNDRED.subtract(feeByUser ? settings.feePercent : BigDecimal.ZERO);
        BigDecimal grossed = price.multiply(HUNDRED).divide(kept, MathContext.DECIMAL64);
        return convert(grossed, priceCurrency, payCurrency);
    }

    /** The smallest amount of {@code from} that is taken, rounded up so that it is enough. A fixed rate asks for twice as much. */
    BigDecimal minimum(String from, boolean fixedRate, Settings settings) {
        BigDecimal floating = settings.minAmounts.containsKey(from)
                ? settings.minAmounts.get(from)
                : settings.minAmountUsd.divide(usd(from), DECIMALS, RoundingMode.UP);
        return tidy(fixedRate ? floating.add(floating) : floating);
    }

    BigDecimal fee(BigDecimal paid, String payCurrency, String outcomeCurrency, Settings settings) {
        return tidy(exact(paid, payCurrency, outcomeCurrency)
                .multiply(settings.feePercent)
                .divide(HUNDRED, FEE_DECIMALS, RoundingMode.UP));
    }

    /** What reaches the merchant: the worth of what was paid less the fee, never rounded up. */
    BigDecimal outcome(BigDecimal paid, String payCurrency, String outcomeCurrency, Settings settings) {
        BigDecimal kept = HUNDRED.subtract(settings.feePercent);
        return tidy(
                exact(paid, payCurrency, outcomeCurrency).multiply(kept).divide(HUNDRED, DECIMALS, RoundingMode.DOWN));
    }

    private BigDecimal exact(BigDecimal amount, String from, String to) {
        BigDecimal fromUsd = usd(from);
        BigDecimal toUsd = usd(to);
        return from.equals(to) ? amount : amount.multiply(fromUsd).divide(toUsd, MathContext.DECIMAL128);
    }

    private static BigDecimal tidy(BigDecimal amount) {
        return amount.signum() == 0 ? BigDecimal.ZERO : amount.stripTrailingZeros();
    }
}
