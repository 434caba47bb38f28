package admitone.payouts;

import admitone.ledger.Account;
import admitone.ledger.Ledger.Posted;
import admitone.ledger.Line;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.payments.Payment;
import admitone.payments.PaymentState.Closed;
import admitone.payments.PaymentState.Confirming;
import admitone.payments.PaymentState.Held;
import admitone.payments.PaymentState.Paid;
import admitone.payments.PaymentState.PartiallyPaid;
import admitone.payments.PaymentState.Refunded;
import admitone.payments.PaymentState.Waiting;
import java.math.BigInteger;
import java.math.RoundingMode;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Whether a payment can be given back to its buyer by a payout, and how much of it arrives. Pure. */
final class RefundRules {
    private static final String BY_HAND = " Give it back by hand, then say so: POST /api/v1/payments/{id}/refund.";

    private RefundRules() {}

    /** Whether it can be given back. */
    sealed interface Found {}

    /** How much of it goes. */
    sealed interface Sum {}

    /** It cannot be; {@code code} is stable, {@code why} says what can. */
    record No(String code, String why) implements Found, Sum {}

    /**
     * It can be.
     *
     * @param coins what it brought, and the provider has
     * @param takes what of the seller's balance it takes, in USD; nothing where it is set aside
     * @param rate what it was booked at; null: it is set aside, and has none
     * @param unbooked what of the coins stands in no line: more was told of it when it was set aside already
     */
    record Brought(Money coins, Money takes, @Nullable Rate rate, Money unbooked) implements Found {
        boolean isSetAside() {
            return rate == null;
        }
    }

    /** What is sent, and what is kept of what it brought, for the provider's fee. */
    record Goes(Money sent, Money kept) implements Sum {}

    /** @param claimed whether a payout to the seller pays something of it; {@code available}: the seller's balance */
    static Found brought(Payment payment, List<Posted> booked, boolean claimed, Money available) {
        if (payment.wallet() != null || booked.stream().anyMatch(line -> line.debit() == Account.OWN_WALLET)) {
            return new No(
                    "own_wallet",
                    "It went to the seller's own wallet, and is not ours to send: the seller gives it back, and says"
                            + " so with POST /api/v1/payments/{id}/refund.");
        }
        return switch (payment.state()) {
            case Paid _ -> counted(booked, claimed, available);
            case Held _, PartiallyPaid _ -> setAside(payment, booked);
            case Waiting _, Confirming _, Closed _, Refunded _ ->
                new No(
                        "nothing_to_give_back",
                        "Nothing of it is here: it is " + payment.state().word() + ".");
        };
    }

    /** All that was told of it goes back, also what came when it was set aside already. */
    private static Found setAside(Payment payment, List<Posted> booked) {
        Optional<Asset> coin = booked.stream()
                .filter(line -> line.credit() == Account.SUSPENSE)
                .map(line -> line.amount().asset())
                .findFirst();
        if (coin.isEmpty()) {
            return new No(
                    "not_booked_yet",
                    "The provider has not said what it came to, so it is not known how much can be sent." + BY_HAND);
        }
        Money aside = withProvider(booked, coin.get());
        Money told = Objects.requireNonNullElse(payment.outcome(), aside);
        if (!aside.isPositive() || !told.asset().equals(coin.get())) {
            return new No("nothing_set_aside", "Nothing of it is set aside in one coin." + BY_HAND);
        }
        Money none = Money.zero(coin.get());
        return new Brought(told, Money.zero(Asset.USD), null, told.compareTo(aside) > 0 ? told.minus(aside) : none);
    }

    private static Found counted(List<Posted> booked, boolean claimed, Money available) {
        Optional<Rate> rate = booked.stream()
                .filter(line -> line.kind().equals(Line.Kind.ACCRUAL))
                .flatMap(line -> Optional.ofNullable(line.rate()).stream())
                .findFirst();
        if (rate.isEmpty()) {
            return new No(
                    "not_booked_yet", "What it brought is not booked yet: its rate is missing. Ask again when it is.");
        }
        if (claimed) {
            return new No(
                    "paid_out", "A payout to the seller pays what it brought, so those coins are gone." + BY_HAND);
        }
        Money takes = booked.stream().map(Posted::change).reduce(Money.zero(Asset.USD), Money::plus);
        Money coins = withProvider(booked, rate.get().from());
        if (!takes.isPositive() || !coins.isPositive()) {
            return new No("nothing_of_the_sellers", "Nothing of it is on the seller's balance." + BY_HAND);
        }
        return available.compareTo(takes) < 0
                ? new No(
                        "seller_owes",
                        "It takes " + takes + " of the seller's balance, which is " + available
                                + ": they owe what was paid out before." + BY_HAND)
                : new Brought(coins, takes, rate.get(), Money.zero(coins.asset()));
    }

    private static Money withProvider(List<Posted> booked, Asset coin) {
        BigInteger units = booked.stream()
                .filter(line -> line.amount().asset().equals(coin))
                .map(line -> line.debit() == Account.PROVIDER_CLEARING
                        ? line.amount().units()
                        : line.credit() == Account.PROVIDER_CLEARING
                                ? line.amount().units().negate()
                                : BigInteger.ZERO)
                .reduce(BigInteger.ZERO, BigInteger::add);
        return new Money(units, coin);
    }

    /**
     * A payment is given back whole: what is kept of it is the provider's fee at most.
     *
     * @param wanted null: all but the fee
     */
    static Sum goes(Money coins, Money fee, Money minimum, @Nullable Money wanted) {
        Money least = sendable(coins.minus(fee));
        Money sent = wanted == null ? least : wanted;
        if (!sent.equals(sendable(sent))) {
            return new No("too_exact", "The provider sends at most " + PayoutProvider.DECIMALS + " decimals.");
        }
        if (sent.compareTo(coins) > 0) {
            return new No("too_much", "The payment brought " + coins + ", and no more can be given back by it.");
        }
        if (sent.compareTo(least) < 0) {
            return new No(
                    "too_little",
                    "A payment is given back whole, since its access ends: at least " + least
                            + ", which is what it brought less the provider's fee of " + fee + ".");
        }
        if (!sent.isPositive()) {
            return new No("fee_too_high", "The provider's fee of " + fee + " would take all of it." + BY_HAND);
        }
        return sent.compareTo(minimum) < 0
                ? new No("below_minimum", "The provider does not send less than " + minimum + "." + BY_HAND)
                : new Goes(sent, coins.minus(sent));
    }

    private static Money sendable(Money coins) {
        return Money.of(coins.amount().setScale(PayoutProvider.DECIMALS, RoundingMode.FLOOR), coins.asset());
    }
}
