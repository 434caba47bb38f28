package admitone.payouts;

import admitone.catalog.Seller.PayoutMode;
import admitone.catalog.Seller.PayoutTerms;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rate;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Whether a seller is to be paid out now, and how much of it arrives. Pure. */
sealed interface Due {
    /** Who is paid as soon as possible is not paid while the fee takes more of it: there will be more, soon. */
    BigDecimal MOST_FEE_AT_ONCE = BigDecimal.TEN;

    /** Nobody is paid while the fee takes more of it, not even who asks for it. */
    BigDecimal MOST_FEE = BigDecimal.valueOf(50);

    /** {@code amount} and {@code fee} add up to what is taken; {@code coins} are what arrives. */
    record Pay(Money amount, Money fee, Money coins) implements Due {}

    /** {@code least}: from which balance on it might be, where that is known. */
    record NotYet(Why why, @Nullable Money least) implements Due {}

    enum Why {
        NOTHING_PAYABLE,
        BELOW_THRESHOLD,
        /** The provider's fee would take too much of it. */
        FEE_TOO_HIGH,
        /** The provider sends no less. */
        BELOW_MINIMUM,
        NO_DESTINATION,
        /** There is one, and a person must look first whether it is what the seller confirmed. */
        DESTINATION_CHECKED,
        /** The last one came back, or failed: a person looks first. */
        LAST_CAME_BACK,
        /** One of the seller's waits for a person's word already: what comes meanwhile goes with the next. */
        ONE_AWAITS_APPROVAL;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** What the provider asks for sending, at which rate. */
    record Quote(Rate rate, Money fee, Money minimum) {}

    /** What can be said without asking the provider; {@code byHand}: a person asks for it, whatever the seller's terms are. */
    static @Nullable NotYet beforeQuote(Money payable, PayoutTerms terms, boolean byHand) {
        if (!payable.isPositive()) {
            return new NotYet(Why.NOTHING_PAYABLE, null);
        }
        if (byHand) {
            return null;
        }
        return switch (terms.mode()) {
            case DIRECT, INSTANT -> null;
            case THRESHOLD ->
                terms.threshold() != null && payable.compareTo(terms.threshold()) < 0
                        ? new NotYet(Why.BELOW_THRESHOLD, terms.threshold())
                        : null;
        };
    }

    static Due of(Money payable, PayoutTerms terms, boolean byHand, Quote quote) {
        NotYet early = beforeQuote(payable, terms, byHand);
        if (early != null) {
            return early;
        }
        Money fee = usdUp(quote.fee(), quote.rate());
        BigDecimal most = byHand || terms.mode() == PayoutMode.THRESHOLD ? MOST_FEE : MOST_FEE_AT_ONCE;
        if (fee.isMoreThanPercentOf(most, payable) || payable.compareTo(fee) <= 0) {
            return new NotYet(Why.FEE_TOO_HIGH, least(fee, most));
        }
        Money amount = payable.minus(fee);
        Money coins = coins(amount, quote.rate());
        return coins.compareTo(quote.minimum()) < 0 || !coins.isPositive()
                ? new NotYet(
                        Why.BELOW_MINIMUM, usdUp(quote.minimum(), quote.rate()).plus(fee))
                : new Pay(amount, fee, coins);
    }

    /** What coins are worth, rounded up to the cent, so that a fee is never more than what is kept for it. */
    static Money usdUp(Money coins, Rate rate) {
        return Money.of(coins.amount().multiply(rate.usd()).setScale(Asset.USD.scale(), RoundingMode.UP), Asset.USD);
    }

    /** The smallest sum of which {@code fee} is no more than {@code percent}. */
    private static Money least(Money fee, BigDecimal percent) {
        return Money.of(fee.amount().movePointRight(2).divide(percent, Asset.USD.scale(), RoundingMode.UP), Asset.USD);
    }

    /** As many coins as the amount buys, rounded down to what the provider sends: what that keeps stays in the exchange account. */
    static Money coins(Money amount, Rate rate) {
        return Money.of(amount.amount().divide(rate.usd(), PayoutProvider.DECIMALS, RoundingMode.DOWN), rate.from());
    }
}
