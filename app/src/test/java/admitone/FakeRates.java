package admitone;

import admitone.money.Asset;
import admitone.money.RateSource;
import admitone.runtime.Answer;
import java.math.BigDecimal;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Rates in USD as a test sets them. */
public final class FakeRates implements RateSource {
    public final Map<String, BigDecimal> usd = new ConcurrentHashMap<>(Map.of("eth", new BigDecimal("3870")));

    @Override
    public Answer<BigDecimal> usdPerUnit(Asset asset) {
        BigDecimal rate = usd.get(asset.code());
        return rate == null ? new Answer.Unknown<>("no rate set") : new Answer.Done<>(rate);
    }

    @Override
    public String name() {
        return "test";
    }
}
