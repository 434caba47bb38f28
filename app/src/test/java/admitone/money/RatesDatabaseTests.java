package admitone.money;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import java.math.BigDecimal;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RatesDatabaseTests {
    private static final Asset USDT = new Asset("usdttrc20");

    @Test
    void stablecoinCountsOneToOneUnlessSetOtherwise() {
        try (Core core = Core.start("rates-one-to-one")) {
            core.rates.usd.put("usdttrc20", new BigDecimal("0.97"));

            assertThat(core.bean(Rates.class).fetch(USDT)).map(Rate::usd).contains(BigDecimal.ONE);
        }
        try (Core core = Core.start("rates-by-rate", Map.of("ADMITONE_STABLECOINS", "by_rate"))) {
            core.rates.usd.put("usdttrc20", new BigDecimal("0.97"));

            assertThat(core.bean(Rates.class).fresh(USDT)).isEmpty();
            assertThat(core.bean(Rates.class).fetch(USDT)).map(Rate::usd).contains(new BigDecimal("0.97"));
            assertThat(core.bean(Rates.class).fresh(Asset.USD)).map(Rate::usd).contains(BigDecimal.ONE);
        }
    }
}
