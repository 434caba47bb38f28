package admitone.money;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.RoundingMode;

/** A whole number of an asset's smallest units. Equality is plain, and nothing rounds by accident. */
public record Money(BigInteger units, Asset asset) implements Comparable<Money> {
    private static final BigInteger MOST = BigInteger.TEN.pow(38);

    public Money {
        if (units.abs().compareTo(MOST) >= 0) {
            throw new ArithmeticException("more than 38 digits of " + asset);
        }
    }

    public static Money zero(Asset asset) {
        return new Money(BigInteger.ZERO, asset);
    }

    /**
     * Exactly the amount of the text.
     *
     * @throws ArithmeticException when it has more decimals than the asset, or too many digits
     * @throws NumberFormatException when it is no number
     */
    public static Money parse(String decimal, Asset asset) {
        return of(new BigDecimal(decimal), asset);
    }

    /** @throws ArithmeticException when the amount has more decimals than the asset, or too many digits */
    public static Money of(BigDecimal amount, Asset asset) {
        if (Math.abs((long) amount.scale()) > 100 || amount.precision() > 60) {
            throw new ArithmeticException("an amount out of any reasonable range");
        }
        return new Money(amount.movePointRight(asset.scale()).toBigIntegerExact(), asset);
    }

    public Money plus(Money other) {
        return new Money(units.add(same(other).units), asset);
    }

    public Money minus(Money other) {
        return new Money(units.subtract(same(other).units), asset);
    }

    /** {@code percent} of this, half-up to the smallest unit. */
    public Money percentHalfUp(BigDecimal percent) {
        BigDecimal part = new BigDecimal(units).multiply(percent).movePointLeft(2);
        return new Money(part.setScale(0, RoundingMode.HALF_UP).toBigIntegerExact(), asset);
    }

    /** {@code part} of {@code whole} equal parts of this, half-up to the smallest unit. */
    public Money shareHalfUp(long part, long whole) {
        BigDecimal share = new BigDecimal(units).multiply(BigDecimal.valueOf(part));
        return new Money(
                share.divide(BigDecimal.valueOf(whole), 0, RoundingMode.HALF_UP).toBigIntegerExact(), asset);
    }

    /** Whether this is at least {@code percent} of {@code whole}, without rounding. */
    public boolean isAtLeastPercentOf(BigDecimal percent, Money whole) {
        return compareToPercentOf(percent, whole) >= 0;
    }

    /** Whether this is more than {@code percent} of {@code whole}, without rounding. */
    public boolean isMoreThanPercentOf(BigDecimal percent, Money whole) {
        return compareToPercentOf(percent, whole) > 0;
    }

    private int compareToPercentOf(BigDecimal percent, Money whole) {
        BigDecimal part = new BigDecimal(same(whole).units).multiply(percent).movePointLeft(2);
        return new BigDecimal(units).compareTo(part);
    }

    public boolean isPositive() {
        return units.signum() > 0;
    }

    /** The amount in whole units of the asset, without an exponent. */
    public BigDecimal amount() {
        return new BigDecimal(units, asset.scale());
    }

    /** For fiat always two decimals; for a coin as many as it needs. */
    public String text() {
        BigDecimal amount = amount();
        if (asset.scale() <= 2) {
            return amount.toPlainString();
        }
        return amount.signum() == 0 ? "0" : amount.stripTrailingZeros().toPlainString();
    }

    @Override
    public int compareTo(Money other) {
        return units.compareTo(same(other).units);
    }

    @Override
    public String toString() {
        return text() + " " + asset;
    }

    private Money same(Money other) {
        if (!asset.equals(other.asset)) {
            throw new IllegalArgumentException("two assets never mix: " + asset + " and " + other.asset);
        }
        return other;
    }
}
