package admitone.money;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.time.Duration;
import java.time.Instant;

/** What one of {@code from} was worth in USD, when, and who said so. */
public record Rate(Asset from, BigDecimal usd, Instant at, String source) {
    /** Older than this, a rate is not used to value a payment. */
    public static final Duration FRESH = Duration.ofMinutes(10);

    /** USD and its stablecoins count one to one. */
    public static Rate oneToOne(Asset asset, Instant at) {
        return new Rate(
                asset, BigDecimal.ONE, at, asset.equals(Asset.USD) ? "same currency" : "stablecoin counted 1:1");
    }

    /** Whether there is nothing in it that can change. */
    public boolean isOneToOne() {
        return usd.compareTo(BigDecimal.ONE) == 0;
    }

    public boolean isFreshAt(Instant now) {
        return !at.isBefore(now.minus(FRESH));
    }

    /** The value in USD, half-up to the cent: the one place where an outcome is rounded. */
    public Money value(Money outcome) {
        if (!outcome.asset().equals(from)) {
            throw new IllegalArgumentException("a rate of " + from + " does not value " + outcome.asset());
        }
        BigDecimal cents = outcome.amount().multiply(usd).movePointRight(Asset.USD.scale());
        BigInteger units = cents.setScale(0, RoundingMode.HALF_UP).toBigIntegerExact();
        return new Money(units, Asset.USD);
    }
}
