package admitone.ledger;

import admitone.money.Asset;
import admitone.money.Money;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;

/**
 * What there is of a coin in the journal, and what it was worth in USD when it came.
 *
 * @param cost in USD; what of the coins' value was given away by payouts is taken off
 */
public record Position(Money coins, Money cost) {
    /** What {@code leaving} of the coins were worth when they came, on the average, half-up to the cent; empty where there are fewer. */
    public Optional<Money> costOf(Money leaving) {
        if (!coins.isPositive() || leaving.compareTo(coins) > 0) {
            return Optional.empty();
        }
        BigDecimal part = new BigDecimal(cost.units())
                .multiply(new BigDecimal(leaving.units()))
                .divide(new BigDecimal(coins.units()), 0, RoundingMode.HALF_UP);
        return Optional.of(new Money(part.toBigIntegerExact(), Asset.USD));
    }
}
