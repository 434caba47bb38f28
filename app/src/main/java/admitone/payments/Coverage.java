package admitone.payments;

import admitone.money.Money;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Collection;

/**
 * How much of an order's price its payments have brought, exactly: each brings the price it was made for, times received over
 * asked. The order in which they are added does not matter, and nothing is rounded before it is asked for.
 *
 * @param whole the order's price
 * @param top with {@code bottom} the sum in the price's smallest units, as a fraction
 */
public record Coverage(Money whole, BigInteger top, BigInteger bottom) {
    private static final BigInteger HUNDRED = BigInteger.valueOf(100);

    public static Coverage none(Money whole) {
        return new Coverage(whole, BigInteger.ZERO, BigInteger.ONE);
    }

    /** What those payments brought that are settled for less than was asked. */
    public static Coverage of(Money whole, Collection<Payment> payments) {
        Coverage sum = none(whole);
        for (Payment payment : payments) {
            sum = sum.plus(payment);
        }
        return sum;
    }

    /** What those payments brought that count. */
    public static Coverage counted(Money whole, Collection<Payment> payments) {
        Coverage sum = none(whole);
        for (Payment payment : payments) {
            Money asked = payment.payAmount();
            if (payment.state() instanceof PaymentState.Paid paid
                    && asked != null
                    && asked.isPositive()
                    && asked.asset().equals(paid.received().asset())) {
                sum = sum.plus(payment.price(whole), paid.received(), asked);
            }
        }
        return sum;
    }

    /**
     * And what one payment brought.
     *
     * @param price what it was made for
     * @param received of {@code asked}, in the same coin
     */
    public Coverage plus(Money price, Money received, Money asked) {
        if (!price.asset().equals(whole.asset()) || !received.asset().equals(asked.asset())) {
            throw new IllegalArgumentException(
                    "two assets never mix: " + price + " of " + whole + ", " + received + " of " + asked);
        }
        BigInteger partTop = price.units().multiply(received.units());
        BigInteger partBottom = asked.units();
        return new Coverage(whole, top.multiply(partBottom).add(partTop.multiply(bottom)), bottom.multiply(partBottom));
    }

    /** And what a payment brought that is settled for less than was asked; any other, and one that a person has dismissed, brings nothing. */
    public Coverage plus(Payment payment) {
        Money asked = payment.payAmount();
        return payment.hold() == null
                        && payment.state() instanceof PaymentState.PartiallyPaid(Money received)
                        && asked != null
                        && asked.isPositive()
                        && asked.asset().equals(received.asset())
                ? plus(payment.price(whole), received, asked)
                : this;
    }

    public boolean isNothing() {
        return top.signum() == 0;
    }

    /** Whether it is at least {@code percent} of the price, without rounding. */
    public boolean isAtLeastPercent(BigDecimal percent) {
        return compareToPercent(percent) >= 0;
    }

    /** Whether it is more than {@code percent} of the price, without rounding. */
    public boolean isMoreThanPercent(BigDecimal percent) {
        return compareToPercent(percent) > 0;
    }

    private int compareToPercent(BigDecimal percent) {
        BigDecimal part = new BigDecimal(whole.units().multiply(bottom)).multiply(percent);
        return new BigDecimal(top.multiply(HUNDRED)).compareTo(part);
    }

    /** What is missing of the price, rounded up to its smallest unit; zero where nothing is. */
    public Money rest() {
        return new Money(up(missing(), bottom), whole.asset());
    }

    /** What is missing, in the coin of a payment that was made for {@code price} and asked for {@code asked}; rounded up. */
    public Money restIn(Money price, Money asked) {
        return new Money(up(missing().multiply(asked.units()), bottom.multiply(price.units())), asked.asset());
    }

    /** So many of {@code days} as the price buys were bought by what is beyond the price; whole ones. */
    public int daysBeyond(int days) {
        BigInteger price = whole.units().multiply(bottom);
        return daysOf(days, top.subtract(price).max(BigInteger.ZERO), price);
    }

    /** So many of {@code days} as the price buys were bought by this; whole ones. */
    public int daysWithin(int days) {
        return daysOf(days, top, whole.units().multiply(bottom));
    }

    /** What was brought, rounded down to the price's smallest unit. */
    public Money brought() {
        return new Money(top.divide(bottom), whole.asset());
    }

    /** What was brought beyond the price, rounded down; zero where nothing was. */
    public Money beyond() {
        return new Money(
                top.subtract(whole.units().multiply(bottom))
                        .max(BigInteger.ZERO)
                        .divide(bottom),
                whole.asset());
    }

    private static int daysOf(int days, BigInteger part, BigInteger price) {
        return BigInteger.valueOf(days)
                .multiply(part)
                .divide(price)
                .min(BigInteger.valueOf(Integer.MAX_VALUE))
                .intValue();
    }

    private BigInteger missing() {
        return whole.units().multiply(bottom).subtract(top).max(BigInteger.ZERO);
    }

    private static BigInteger up(BigInteger dividend, BigInteger divisor) {
        BigInteger[] parts = dividend.divideAndRemainder(divisor);
        return parts[1].signum() == 0 ? parts[0] : parts[0].add(BigInteger.ONE);
    }
}
