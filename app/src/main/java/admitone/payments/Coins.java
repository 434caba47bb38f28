package admitone.payments;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.payments.JdbcCoins.Known;
import admitone.runtime.Answer;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/**
 * What can be paid in: the coins that the provider's account has enabled, and the least that can be paid in each. Kept fresh in the
 * background, so that no page waits for the provider; while it is away, what it said last holds.
 */
@Component
public class Coins {
    private static final Logger log = LoggerFactory.getLogger(Coins.class);
    private static final Duration LIST_EVERY = Duration.ofMinutes(10);
    private static final Duration LIST_AGAIN = Duration.ofMinutes(1);
    private static final Duration MINIMUM_EVERY = Duration.ofMinutes(30);
    private static final Duration MINIMUM_AGAIN = Duration.ofMinutes(2);
    private static final int MOST_MINIMUMS_IN_A_ROUND = 10;

    private static final int MOST_PAIRS = 10_000;

    /** A minimum moves with the market between our asking and the buyer's choosing. */
    private static final BigDecimal PERCENT_OF_MINIMUM = BigDecimal.valueOf(105);

    private static final BigDecimal PERCENT_WITH_ROOM = BigDecimal.valueOf(110);

    private final JdbcCoins rows;
    private final PaymentProvider provider;
    private final Clock clock;
    private volatile List<Known> enabled = List.of();
    private volatile Instant listDue = Instant.MIN;
    private final Map<Pair, Told> intoOwnWallets = new ConcurrentHashMap<>();

    Coins(JdbcCoins rows, PaymentProvider provider, Clock clock) {
        this.rows = rows;
        this.provider = provider;
        this.clock = clock;
    }

    /** Whether the provider ever told the account's coins. */
    public boolean areKnown() {
        return !enabled.isEmpty();
    }

    /**
     * The coins in which {@code price} can be paid, by code; never asks the outside. A coin whose minimum was not told yet counts: the
     * provider still says no when it is chosen.
     */
    public List<Coin> payableAt(Money price) {
        return enabled.stream()
                .filter(known -> isPayable(price, known))
                .map(Known::coin)
                .toList();
    }

    /** Whether {@code price} can be paid in any coin; true also while none was ever told. */
    public boolean mayBePayable(Money price) {
        List<Known> told = enabled;
        return told.isEmpty() || told.stream().anyMatch(known -> isPayable(price, known));
    }

    /** The least price that can be paid in some coin; empty where none or not every minimum was told. */
    public Optional<Money> least() {
        return least(PERCENT_OF_MINIMUM);
    }

    /** As {@link #least}, with room for minimums to rise while an order is open. */
    public Optional<Money> leastWithRoom() {
        return least(PERCENT_WITH_ROOM);
    }

    private Optional<Money> least(BigDecimal percent) {
        List<Known> taken = enabled.stream().filter(known -> !known.isRefused()).toList();
        return taken.stream()
                        .allMatch(known -> known.minimum() != null
                                && known.minimum().asset().equals(Asset.USD))
                ? taken.stream()
                        .map(Known::minimum)
                        .filter(Objects::nonNull)
                        .min(Comparator.naturalOrder())
                        .map(minimum -> withMargin(minimum, percent))
                : Optional.empty();
    }

    private static Money withMargin(Money minimum, BigDecimal percent) {
        BigDecimal units = new BigDecimal(minimum.units())
                .multiply(percent)
                .movePointLeft(2)
                .setScale(0, RoundingMode.CEILING);
        return new Money(units.toBigIntegerExact(), minimum.asset());
    }

    /**
     * Whether {@code price} can be paid in a coin that is settled in another than the account's; asks the provider twice an hour at most
     * for each two. Where that is not told it counts: the provider still says no.
     */
    boolean isPayableInto(Money price, Asset coin, Asset settled) {
        Pair pair = new Pair(coin, settled);
        Told told = intoOwnWallets.get(pair);
        if (told == null || !clock.instant().isBefore(told.until())) {
            if (!(provider.minimum(coin, settled) instanceof Answer.Done<Money>(Money minimum))) {
                return true;
            }
            told = new Told(minimum, clock.instant().plus(MINIMUM_EVERY));
            if (intoOwnWallets.size() >= MOST_PAIRS) {
                intoOwnWallets.clear();
            }
            intoOwnWallets.put(pair, told);
        }
        return isAboveMinimum(price, told.minimum());
    }

    private record Pair(Asset coin, Asset settled) {}

    private record Told(Money minimum, Instant until) {}

    /** What the provider told of a coin, if anything. */
    public Coin of(Asset asset) {
        return enabled.stream()
                .map(Known::coin)
                .filter(coin -> coin.asset().equals(asset))
                .findFirst()
                .orElseGet(() -> new Coin(asset, null, null));
    }

    private static boolean isPayable(Money price, Known known) {
        Money minimum = known.minimum();
        return !known.isRefused() && (minimum == null || isAboveMinimum(price, minimum));
    }

    private static boolean isAboveMinimum(Money price, Money minimum) {
        return !minimum.asset().equals(price.asset()) || price.isAtLeastPercentOf(PERCENT_OF_MINIMUM, minimum);
    }

    /** Takes up what was known before a restart, and what other instances have heard. */
    public void load() {
        enabled = rows.enabled();
    }

    /** Called every ten seconds: asks for what is due, a little at a time. */
    public void refresh() {
        if (!clock.instant().isBefore(listDue)) {
            list();
        }
        int asked = 0;
        Optional<Asset> due = claim();
        while (due.isPresent() && askMinimum(due.get()) && ++asked < MOST_MINIMUMS_IN_A_ROUND) {
            due = claim();
        }
        load();
    }

    private Optional<Asset> claim() {
        Instant now = clock.instant();
        return rows.claimDue(now, now.plus(MINIMUM_AGAIN));
    }

    private void list() {
        listDue = clock.instant().plus(LIST_AGAIN);
        switch (provider.coins()) {
            case Answer.Done<List<Coin>>(List<Coin> coins) -> {
                rows.list(coins, clock.instant());
                listDue = clock.instant().plus(LIST_EVERY);
            }
            case Answer.Declined<List<Coin>>(String code, String reason) ->
                log.warn("the account's coins declined ({} {}), asked again in a minute", code, reason);
            case Answer.NotNow<List<Coin>>(Duration _, String reason) ->
                log.info("the account's coins not to be had now ({}), asked again in a minute", reason);
            case Answer.Unknown<List<Coin>>(String reason) ->
                log.info("the account's coins not answered ({}), asked again in a minute", reason);
        }
    }

    /** Whether the provider answers, so that it may be asked about the next one. */
    private boolean askMinimum(Asset coin) {
        return switch (provider.minimum(coin)) {
            case Answer.Done<Money>(Money minimum) -> {
                rows.minimum(coin, minimum, clock.instant().plus(MINIMUM_EVERY));
                yield true;
            }
            case Answer.Declined<Money>(String code, String reason) -> declined(coin, code, reason);
            case Answer.NotNow<Money> _, Answer.Unknown<Money> _ -> false;
        };
    }

    /** A question refused for another reason than the coin says nothing about it: it is offered as before, and its creation decides. */
    private boolean declined(Asset coin, String code, String reason) {
        Instant again = clock.instant().plus(MINIMUM_EVERY);
        switch (code) {
            case "coin_unavailable" -> rows.refused(coin, reason, again);
            case "key_refused" -> {
                return false;
            }
            default -> {
                rows.notTold(coin, again);
                log.warn(
                        "the minimum of {} is not told ({} {}); it is offered all the same", coin.code(), code, reason);
            }
        }
        return true;
    }
}
