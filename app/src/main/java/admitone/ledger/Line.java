package admitone.ledger;

import admitone.money.Money;
import admitone.money.Rate;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A line yet to be booked. The amount is positive.
 *
 * @param rate what a value in USD was worked out with, or null
 * @param holder whose account it is, where it is one of many: a referrer's; null otherwise
 */
public record Line(
        String kind,
        Account debit,
        Account credit,
        Money amount,
        @Nullable Rate rate,
        @Nullable String holder) {
    public Line(String kind, Account debit, Account credit, Money amount, @Nullable Rate rate) {
        this(kind, debit, credit, amount, rate, null);
    }

    public Line {
        if (!amount.isPositive()) {
            throw new IllegalArgumentException("a journal line has a positive amount: " + kind + " " + amount);
        }
    }

    /** The kinds of lines; one of each per payment. */
    public interface Kind {
        /** The coins of a paid payment. */
        String SETTLEMENT = "settlement";
        /** The seller's part of their value. */
        String ACCRUAL = "accrual";
        /** The operator's part of their value. */
        String FEE = "fee";
        /** What the seller gives of their part to whoever brought the buyer. */
        String REFERRAL = "referral";
        /** Coins that wait for a person's decision. */
        String SUSPENSE = "suspense";
        /** They need not wait any longer. */
        String SUSPENSE_RELEASE = "suspense_release";
        /** Put before the kind of a line that is taken back. */
        String REVERSAL = "reversal_of_";
    }

    /** The line in words, for a timeline. */
    public Map<String, String> told() {
        Map<String, String> words = new LinkedHashMap<>();
        words.put("kind", kind);
        words.put("amount", amount.toString());
        if (holder != null) {
            words.put("holder", holder);
        }
        if (rate != null) {
            words.put(
                    "rate",
                    "1 " + rate.from() + " = " + rate.usd().toPlainString() + " usd at " + rate.at() + ", "
                            + rate.source());
        }
        return words;
    }

    /** The coins of a payment that counts; {@code suspended} is what was set aside of them before. */
    public static List<Line> settlement(Money outcome, @Nullable Money suspended) {
        List<Line> lines = new ArrayList<>();
        Money rest = outcome;
        if (suspended != null && suspended.asset().equals(outcome.asset())) {
            Money released =
                    suspended.compareTo(outcome) < 0 ? suspended : outcome; // what was more than it stays aside
            add(lines, Kind.SUSPENSE_RELEASE, Account.SUSPENSE, Account.EXCHANGE, released, null);
            rest = outcome.minus(released);
        }
        add(lines, Kind.SETTLEMENT, Account.PROVIDER_CLEARING, Account.EXCHANGE, rest, null);
        return lines;
    }

    /** The USD value of a paid payment, half-up to the cent, less the order's fee, half-up to the cent. */
    public static List<Line> accrual(Money outcome, Rate rate, BigDecimal feePercent) {
        Money value = rate.value(outcome);
        Money fee = value.percentHalfUp(feePercent);
        List<Line> lines = new ArrayList<>();
        add(lines, Kind.ACCRUAL, Account.EXCHANGE, Account.SELLER_PAYABLE, value.minus(fee), rate);
        add(lines, Kind.FEE, Account.EXCHANGE, Account.FEE_INCOME, fee, rate);
        return lines;
    }

    /** What somebody gets of the seller's part of a payment. */
    public record Share(String holder, BigDecimal percent) {}

    /** As {@link #accrual(Money, Rate, BigDecimal)}; and the share of whoever brought the buyer, of the seller's part, half-up to the cent. */
    public static List<Line> accrual(Money outcome, Rate rate, BigDecimal feePercent, @Nullable Share share) {
        List<Line> lines = new ArrayList<>(accrual(outcome, rate, feePercent));
        if (share != null) {
            lines.stream()
                    .filter(line -> line.kind().equals(Kind.ACCRUAL))
                    .map(line -> line.amount().percentHalfUp(share.percent()))
                    .filter(Money::isPositive)
                    .findFirst()
                    .ifPresent(amount -> lines.add(new Line(
                            Kind.REFERRAL,
                            Account.SELLER_PAYABLE,
                            Account.REFERRER_PAYABLE,
                            amount,
                            null,
                            share.holder())));
        }
        return lines;
    }

    /** Coins that arrived and may not be acted on. */
    public static List<Line> suspense(Money outcome) {
        List<Line> lines = new ArrayList<>();
        add(lines, Kind.SUSPENSE, Account.PROVIDER_CLEARING, Account.SUSPENSE, outcome, null);
        return lines;
    }

    /** Takes back what was booked, line by line. */
    public static List<Line> reversal(List<Ledger.Posted> booked) {
        return booked.stream()
                .filter(line -> !line.kind().startsWith(Kind.REVERSAL))
                .map(line -> new Line(
                        Kind.REVERSAL + line.kind(),
                        /* debit= */ line.credit(),
                        /* credit= */ line.debit(),
                        line.amount(),
                        line.rate(),
                        line.holder()))
                .toList();
    }

    private static void add(
            List<Line> lines, String kind, Account debit, Account credit, Money amount, @Nullable Rate rate) {
        if (amount.isPositive()) {
            lines.add(new Line(kind, debit, credit, amount, rate));
        }
    }
}
