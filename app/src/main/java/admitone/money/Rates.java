package admitone.money;

import admitone.runtime.Answer;
import admitone.runtime.Settings;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Keeps the rates of the coins that settle here fresh in the background, so that no payment waits for one. */
@Component
public class Rates {
    private static final Logger log = LoggerFactory.getLogger(Rates.class);
    /** A coin nobody was paid in for this long is no longer asked about. */
    private static final Duration KEEP_ASKING = Duration.ofDays(7);

    private static final Duration REFRESH_AFTER = Duration.ofMinutes(4);
    private static final int MOST_COINS = 200;

    private final JdbcRates rows;
    private final RateSource source;
    private final Clock clock;
    private final Executor executor;
    private final boolean stablecoinsOneToOne;
    private final Map<Asset, Rate> latest = new ConcurrentHashMap<>();
    private final Map<Asset, Instant> wanted = new ConcurrentHashMap<>();
    private final Map<Asset, Boolean> asking = new ConcurrentHashMap<>();

    Rates(JdbcRates rows, RateSource source, Clock clock, Executor executor, Settings settings) {
        this.rows = rows;
        this.source = source;
        this.clock = clock;
        this.executor = executor;
        this.stablecoinsOneToOne = settings.stablecoinsOneToOne();
    }

    /** A rate young enough to value a payment now; never asks the outside. */
    public Optional<Rate> fresh(Asset asset) {
        Instant now = clock.instant();
        if (isOneToOne(asset)) {
            return Optional.of(Rate.oneToOne(asset, now));
        }
        return Optional.ofNullable(latest.get(asset)).filter(rate -> rate.isFreshAt(now));
    }

    /** Says that {@code asset} will settle here soon: its rate is fetched in the background. */
    public void want(Asset asset) {
        if (isOneToOne(asset) || wanted.size() >= MOST_COINS) {
            return;
        }
        wanted.put(asset, clock.instant());
        if (isDue(asset)) {
            executor.execute(() -> ask(asset));
        }
    }

    /** Fetches the rate now, outside any transaction, unless a fresh one is at hand. */
    public Optional<Rate> fetch(Asset asset) {
        Optional<Rate> known = fresh(asset);
        if (known.isEmpty()) {
            wanted.put(asset, clock.instant());
            ask(asset);
        }
        return fresh(asset);
    }

    /** Called once a minute. */
    public void refresh() {
        Instant now = clock.instant();
        wanted.values().removeIf(at -> at.isBefore(now.minus(KEEP_ASKING)));
        wanted.keySet().stream().filter(this::isDue).forEach(this::ask);
    }

    /** Takes up what was known before a restart. */
    public void load() {
        for (Rate rate : rows.since(clock.instant().minus(KEEP_ASKING))) {
            latest.putIfAbsent(rate.from(), rate);
            wanted.putIfAbsent(rate.from(), rate.at());
        }
    }

    private boolean isOneToOne(Asset asset) {
        return asset.equals(Asset.USD) || (stablecoinsOneToOne && asset.isUsdStable());
    }

    private boolean isDue(Asset asset) {
        Rate rate = latest.get(asset);
        return rate == null || rate.at().isBefore(clock.instant().minus(REFRESH_AFTER));
    }

    private void ask(Asset asset) {
        if (asking.putIfAbsent(asset, true) != null) {
            return;
        }
        try {
            switch (source.usdPerUnit(asset)) {
                case Answer.Done<java.math.BigDecimal>(java.math.BigDecimal usd) -> {
                    Rate rate = new Rate(asset, usd, clock.instant(), source.name());
                    rows.save(rate);
                    latest.put(asset, rate);
                }
                case Answer.Declined<java.math.BigDecimal>(String code, String reason) ->
                    log.warn("rate of {} declined ({} {}), asked again in {} min", asset, code, reason, 1);
                case Answer.NotNow<java.math.BigDecimal>(Duration after, String reason) ->
                    log.info("rate of {} not to be had now ({}), asked again in a minute", asset, reason);
                case Answer.Unknown<java.math.BigDecimal>(String reason) ->
                    log.info("rate of {} not answered ({}), asked again in a minute", asset, reason);
            }
        } catch (RuntimeException e) {
            log.warn("rate of {} could not be kept ({}), asked again in a minute", asset, e.toString());
        } finally {
            asking.remove(asset);
        }
    }
}
