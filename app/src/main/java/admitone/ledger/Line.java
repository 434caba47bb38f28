package admitone.ledger;

import admitone.money.Money;
import admitone.money.Rate;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A line yet to be booked. The amount is positive.
 *
 * @param rate what a value in USD was worked out with, or null
 * @param holder whose account it is, where it is one of many: a referrer's, or the address of an own wallet; null otherwise
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
        /** The seller has paid it, past us: what was kept back for it is theirs again. */
        String REFERRAL_PAID = "referral_paid";
        /** As {@link #REFERRAL_PAID}, of what had come to the seller's own wallet. */
        String REFERRAL_PAID_DIRECT = "referral_paid_direct";
        /** Coins that wait for a person's decision. */
        String SUSPENSE = "suspense";
        /** They need not wait any longer. */
        String SUSPENSE_RELEASE = "suspense_release";
        /** Coins that were set aside with the provider are in the seller's own wallet now. */
        String DIRECT_COINS = "direct_coins";
        /** What a payout takes from the balance while it is under way. */
        String PAYOUT_RESERVE = "payout_reserve";
        /** Makes what a payout claims come to what was sent, where that was not ours to choose. */
        String PAYOUT_FIT = "payout_fit";
        /** Its other side, left for the next payout: the rest of an entry, or what the seller owes. */
        String PAYOUT_CARRIED = "payout_carried";
        /** What of it reached the seller. */
        String PAYOUT = "payout";
        /** What of it the provider took. */
        String PAYOUT_FEE = "payout_fee";
        /** The coins that the provider took beside, where it tells. */
        String PAYOUT_FEE_COINS = "payout_fee_coins";
        /** Coins that are set aside and are on their way back to their buyer. */
        String REFUND_RESERVE = "refund_reserve";
        /** What of them came when a part of them was set aside already. */
        String REFUND_FOUND = "refund_found";
        /** What a payment brought and its buyer did not get back: it is for the provider's fee. */
        String REFUND_KEPT = "refund_kept";
        /** What left for a buyer who had the money back already. */
        String REFUND_TWICE = "refund_twice";
        /** The coins that left for it. */
        String PAYOUT_COINS = "payout_coins";
        /** Coins that the provider has changed into others. */
        String CONVERSION = "conversion";
        /** Those that they became. */
        String CONVERSION_INTO = "conversion_into";
        /** What the coins were worth when they came, which leaves with them. */
        String CONVERSION_COST = "conversion_cost";
        /** The same, which is what those have cost that they became. */
        String CONVERSION_CARRIED = "conversion_carried";
        /** What its coins were worth more than when they came. */
        String MARKET_GAIN = "market_gain";
        /** What its coins were worth less than when they came. */
        String MARKET_LOSS = "market_loss";
        /** What is set aside for a payout: one of these. */
        Set<String> RESERVES = Set.of(PAYOUT_RESERVE, REFUND_RESERVE);
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
    public static List<Line> settlement(Money outcome, @Nullable Money suspended, Custody custody) {
        return settlement(outcome, suspended, custody, null);
    }

    /** The same; {@code wallet} is the address of the seller's own that they went to, where it is known. */
    public static List<Line> settlement(
            Money outcome, @Nullable Money suspended, Custody custody, @Nullable String wallet) {
        return settled(outcome, suspended, custody).stream()
                .map(line -> line.debit() == Account.OWN_WALLET
                        ? new Line(line.kind(), line.debit(), line.credit(), line.amount(), line.rate(), wallet)
                        : line)
                .toList();
    }

    private static List<Line> settled(Money outcome, @Nullable Money suspended, Custody custody) {
        List<Line> lines = new ArrayList<>();
        Money rest = outcome;
        if (suspended != null && suspended.asset().equals(outcome.asset())) {
            Money released =
                    suspended.compareTo(outcome) < 0 ? suspended : outcome; // what was more than it stays aside
            add(lines, Kind.SUSPENSE_RELEASE, Account.SUSPENSE, Account.EXCHANGE, released, null);
            if (custody == Custody.SELLER) {
                add(lines, Kind.DIRECT_COINS, custody.coins(), Account.PROVIDER_CLEARING, released, null);
            }
            rest = outcome.minus(released);
        }
        add(lines, Kind.SETTLEMENT, custody.coins(), Account.EXCHANGE, rest, null);
        return lines;
    }

    /** What somebody gets of the seller's part of a payment. */
    public record Share(String holder, BigDecimal percent) {}

    /**
     * The USD value of a paid payment, half-up to the cent, less the order's fee, half-up to the cent; and the share of whoever brought
     * the buyer, of the seller's part, half-up to the cent.
     */
    public static List<Line> accrual(
            Money outcome, Rate rate, BigDecimal feePercent, @Nullable Share share, Custody custody) {
        Money value = rate.value(outcome);
        Money fee = value.percentHalfUp(feePercent);
        Money sellers = value.minus(fee);
        List<Line> lines = new ArrayList<>();
        add(lines, Kind.ACCRUAL, Account.EXCHANGE, custody.earned(), sellers, rate);
        add(lines, Kind.FEE, Account.EXCHANGE, Account.FEE_INCOME, fee, rate);
        if (share != null && sellers.percentHalfUp(share.percent()).isPositive()) {
            lines.add(new Line(
                    Kind.REFERRAL,
                    custody.earned(),
                    Account.REFERRER_PAYABLE,
                    sellers.percentHalfUp(share.percent()),
                    null,
                    share.holder()));
        }
        return lines;
    }

    /** Coins that arrived and may not be acted on. */
    public static List<Line> suspense(Money outcome) {
        List<Line> lines = new ArrayList<>();
        add(lines, Kind.SUSPENSE, Account.PROVIDER_CLEARING, Account.SUSPENSE, outcome, null);
        return lines;
    }

    /** The seller has paid {@code direct} and {@code payable} to who brought buyers, by where each was kept back from. */
    static List<Line> referralPaid(String holder, Money direct, Money payable) {
        List<Line> lines = new ArrayList<>();
        if (direct.isPositive()) {
            lines.add(new Line(
                    Kind.REFERRAL_PAID_DIRECT, Account.REFERRER_PAYABLE, Account.SELLER_DIRECT, direct, null, holder));
        }
        if (payable.isPositive()) {
            lines.add(new Line(
                    Kind.REFERRAL_PAID, Account.REFERRER_PAYABLE, Account.SELLER_PAYABLE, payable, null, holder));
        }
        return lines;
    }

    /** Sets {@code amount} aside for a payout. */
    public static Line payoutReserve(Money amount) {
        return new Line(Kind.PAYOUT_RESERVE, Account.SELLER_PAYABLE, Account.PAYOUT_RESERVED, amount, null);
    }

    /**
     * Two lines that come to nothing together: one to claim, of {@code missing} (less than nothing: what the claimed entries have too
     * much), and one that stays for the next payout.
     */
    public static List<Line> payoutFit(Money missing) {
        Money none = Money.zero(missing.asset());
        if (missing.equals(none)) {
            return List.of();
        }
        boolean owed = missing.isPositive();
        Money amount = owed ? missing : none.minus(missing);
        String toSeller = owed ? Kind.PAYOUT_FIT : Kind.PAYOUT_CARRIED;
        String fromSeller = owed ? Kind.PAYOUT_CARRIED : Kind.PAYOUT_FIT;
        return List.of(
                new Line(toSeller, Account.PAYOUT_RESERVED, Account.SELLER_PAYABLE, amount, null),
                new Line(fromSeller, Account.SELLER_PAYABLE, Account.PAYOUT_RESERVED, amount, null));
    }

    /**
     * A payout that has reached the seller: what was set aside is paid, and {@code coins} have left. Where they had come at another value,
     * the difference is a gain or a loss.
     *
     * @param paid what of the reserve the coins stand for, in USD
     * @param fee what of the reserve the provider took, in USD; may be zero
     * @param rate what the coins were counted at
     * @param position what there was of them before
     */
    public static List<Line> payout(Money paid, Money fee, Money coins, Rate rate, Position position) {
        List<Line> lines = new ArrayList<>();
        add(lines, Kind.PAYOUT, Account.PAYOUT_RESERVED, Account.EXCHANGE, paid, rate);
        add(lines, Kind.PAYOUT_FEE, Account.PAYOUT_RESERVED, Account.PROVIDER_FEES, fee, null);
        add(lines, Kind.PAYOUT_COINS, Account.EXCHANGE, Account.PROVIDER_CLEARING, coins, null);
        addMarket(lines, paid.minus(position.costOf(coins).orElse(paid)), rate);
        return lines;
    }

    /**
     * Coins with the provider that became others there: the clearing of each coin is what the provider holds of it, and what the old ones
     * had cost is what the new ones have cost, more or less by what they are worth now.
     *
     * @param cost what {@code from} was worth when it came, in USD
     * @param rate of {@code into}
     */
    public static List<Line> conversion(Money from, Money into, Money cost, Rate rate) {
        List<Line> lines = new ArrayList<>();
        add(lines, Kind.CONVERSION, Account.EXCHANGE, Account.PROVIDER_CLEARING, from, null);
        add(lines, Kind.CONVERSION_INTO, Account.PROVIDER_CLEARING, Account.EXCHANGE, into, null);
        if (cost.isPositive()) {
            Rate had = new Rate(
                    from.asset(),
                    cost.amount().divide(from.amount(), MathContext.DECIMAL128),
                    rate.at(),
                    "the average when it came");
            add(lines, Kind.CONVERSION_COST, Account.MARKET, Account.EXCHANGE, cost, had);
            add(lines, Kind.CONVERSION_CARRIED, Account.EXCHANGE, Account.MARKET, cost, rate);
        }
        addMarket(lines, rate.value(into).minus(cost), rate);
        return lines;
    }

    private static void addMarket(List<Line> lines, Money gain, Rate rate) {
        add(lines, Kind.MARKET_GAIN, Account.EXCHANGE, Account.MARKET, gain, rate);
        add(
                lines,
                Kind.MARKET_LOSS,
                Account.MARKET,
                Account.EXCHANGE,
                Money.zero(gain.asset()).minus(gain),
                rate);
    }

    /** What the provider took in coins for sending a payout: against what was kept back for it in USD. */
    public static Line payoutFeeCoins(Money fee) {
        return new Line(Kind.PAYOUT_FEE_COINS, Account.PROVIDER_FEES, Account.PROVIDER_CLEARING, fee, null);
    }

    /**
     * Coins that are set aside, and {@code unbooked} of them that stand in no line yet, go back to their buyer: nothing else is done with
     * them until they have arrived, or it comes to nothing.
     */
    public static List<Line> refundReserve(Money coins, Money unbooked) {
        List<Line> lines = new ArrayList<>();
        add(lines, Kind.REFUND_FOUND, Account.PROVIDER_CLEARING, Account.SUSPENSE, unbooked, null);
        add(lines, Kind.REFUND_RESERVE, Account.SUSPENSE, Account.PAYOUT_RESERVED, coins, null);
        return lines;
    }

    /** What of a payment that was given back stayed with the provider, for its fee. */
    public static List<Line> refundKept(Money kept) {
        List<Line> lines = new ArrayList<>();
        add(lines, Kind.REFUND_KEPT, Account.PROVIDER_CLEARING, Account.PROVIDER_FEES, kept, null);
        return lines;
    }

    /** Coins that went to a buyer who had theirs back already: what is to be had of it waits for a person. */
    public static List<Line> refundTwice(Money sent) {
        List<Line> lines = new ArrayList<>();
        add(lines, Kind.REFUND_TWICE, Account.SUSPENSE, Account.PROVIDER_CLEARING, sent, null);
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
