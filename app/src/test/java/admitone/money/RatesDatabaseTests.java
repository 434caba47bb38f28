package admitone.money;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.Core;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class RatesDatabaseTests {
    private static final Asset USDT = new Asset("usdttrc20");
    private static final Asset ETH = new Asset("eth");
    private static final Asset BTC = new Asset("btc");

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

    @Test
    void whatIsWantedIsKeptFreshAndWhatIsOlderThanTenMinutesIsNoRate() {
        try (Core core = Core.start("rates-fresh")) {
            Rates rates = core.bean(Rates.class);
            rates.want(ETH);
            assertThat(rates.fresh(ETH)).map(Rate::usd).contains(new BigDecimal("3870"));

            core.rates.usd.put("eth", new BigDecimal("4000"));
            core.clock.advance(Duration.ofMinutes(4));
            rates.refresh();
            assertThat(usd(rates)).as("young enough").isEqualTo("3870");
            core.clock.advance(Duration.ofMillis(1));
            rates.refresh();
            assertThat(usd(rates)).isEqualTo("4000");

            core.rates.usd.remove("eth");
            core.clock.advance(Duration.ofMinutes(10));
            rates.refresh();
            assertThat(usd(rates)).as("not to be had, and young enough").isEqualTo("4000");
            core.clock.advance(Duration.ofMillis(1));
            assertThat(rates.fresh(ETH)).isEmpty();
            assertThat(rates.fetch(ETH)).isEmpty();

            core.rates.usd.put("eth", new BigDecimal("4100"));
            rates.refresh();
            assertThat(usd(rates)).isEqualTo("4100");
        }
    }

    @Test
    void aCoinThatNobodyWantedForAWeekIsAskedAboutNoMore() {
        try (Core core = Core.start("rates-unwanted")) {
            Rates rates = core.bean(Rates.class);
            rates.want(ETH);
            core.clock.advance(Duration.ofDays(7));
            rates.refresh();
            Instant asked = at(core);
            assertThat(asked).isEqualTo(core.clock.instant());

            core.clock.advance(Duration.ofMinutes(5));
            rates.refresh();

            assertThat(at(core)).isEqualTo(asked);
        }
    }

    /** After a restart, what was settled in before is asked about as before. */
    @Test
    void aRestartTakesUpWhatWasKnown() {
        try (Core core = Core.start("rates-restart")) {
            core.bean(Rates.class).want(ETH);
            Rates started = started(core);
            assertThat(started.fresh(ETH)).isEmpty();

            started.load();
            assertThat(usd(started)).isEqualTo("3870");
            core.clock.advance(Duration.ofMinutes(11));
            assertThat(started.fresh(ETH)).as("too old to count").isEmpty();
            started.refresh();
            assertThat(usd(started)).isEqualTo("3870");

            core.clock.advance(Duration.ofDays(8));
            Rates later = started(core);
            later.load();
            later.refresh();
            assertThat(later.fresh(ETH)).as("older than a week").isEmpty();
        }
    }

    @Test
    void twoHundredCoinsAreKeptFreshAndMoreAreFetchedWhenNeeded() {
        try (Core core = Core.start("rates-many")) {
            Rates rates = core.bean(Rates.class);
            core.rates.usd.put("btc", new BigDecimal("90000"));
            for (int i = 0; i < 200; i++) {
                rates.want(new Asset("coin" + i));
            }

            rates.want(BTC);
            assertThat(rates.fresh(BTC)).isEmpty();
            assertThat(rates.fetch(BTC)).map(Rate::usd).contains(new BigDecimal("90000"));
        }
    }

    private static Rates started(Core core) {
        return new Rates(
                core.bean(JdbcRates.class),
                core.rates,
                core.clock,
                Runnable::run,
                core.bean(admitone.runtime.Settings.class));
    }

    private static String usd(Rates rates) {
        return rates.fresh(ETH).orElseThrow().usd().toPlainString();
    }

    private static Instant at(Core core) {
        return core.owner()
                .sql("select at from money.rate where asset = 'eth'")
                .query((row, n) -> row.getTimestamp(1).toInstant())
                .single();
    }
}
