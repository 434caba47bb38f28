package admitone.ledger;

import admitone.money.Asset;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.runtime.SellerId;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.springframework.stereotype.Component;

/** What the provider holds of a coin became another coin there: a person has converted it, and says so. */
@Component
public class Conversions {
    private final Ledger ledger;
    private final Claims claims;

    Conversions(Ledger ledger, Claims claims) {
        this.ledger = ledger;
        this.claims = claims;
    }

    public sealed interface Outcome {
        /**
         * @param gain what the coins are worth more now than when they came, in USD; negative: less
         * @param isNew false: it was said before
         */
        record Booked(Money gain, boolean isNew) implements Outcome {}

        /** By the journal the provider holds {@code there} of the seller's, less {@code needed} for payouts that are under way. */
        record MoreThanThereIs(Money there, Money needed) implements Outcome {}

        /** The reference stands for another conversion. */
        record Taken() implements Outcome {}
    }

    public static String subject(String reference) {
        return "conversion:" + reference;
    }

    /**
     * Within the current transaction; of several at once each sees what the others booked.
     *
     * @param reference of the operator's own, once for each seller; a second time changes nothing
     * @param rate of {@code into}
     * @param needed what payouts that are under way will send of a coin; asked when nobody else can make one of the seller's
     */
    public Outcome book(
            SellerId seller, String reference, Money from, Money into, Rate rate, Function<Asset, Money> needed) {
        claims.lockAccount(seller);
        List<Ledger.Posted> before = ledger.of(seller, subject(reference));
        if (!before.isEmpty()) {
            return amount(before, Line.Kind.CONVERSION).equals(Optional.of(from))
                            && amount(before, Line.Kind.CONVERSION_INTO).equals(Optional.of(into))
                    ? new Outcome.Booked(gain(before), /* isNew= */ false)
                    : new Outcome.Taken();
        }
        Position position = ledger.position(seller, from.asset());
        Money held = ledger.heldByProvider(seller, from.asset());
        Money there = held.compareTo(position.coins()) < 0 ? held : position.coins();
        Money bound = needed.apply(from.asset());
        if (from.plus(bound).compareTo(there) > 0) {
            return new Outcome.MoreThanThereIs(there, bound);
        }
        Money cost = position.costOf(from).orElseThrow();
        ledger.book(seller, subject(reference), Line.conversion(from, into, cost, rate));
        return new Outcome.Booked(rate.value(into).minus(cost), /* isNew= */ true);
    }

    private static Optional<Money> amount(List<Ledger.Posted> lines, String kind) {
        return lines.stream()
                .filter(line -> line.kind().equals(kind))
                .map(Ledger.Posted::amount)
                .findFirst();
    }

    private static Money gain(List<Ledger.Posted> lines) {
        Money none = Money.zero(Asset.USD);
        return amount(lines, Line.Kind.MARKET_GAIN)
                .or(() -> amount(lines, Line.Kind.MARKET_LOSS).map(none::minus))
                .orElse(none);
    }
}
