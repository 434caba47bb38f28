package admitone.checkout;

import admitone.money.Asset;
import admitone.money.Money;
import java.util.ArrayList;
import java.util.List;

/**
 * What is asked for a plan, and what was taken off its price. Values in, values out.
 *
 * @param least nothing is taken off below it: what a reduction has beyond that is not used
 */
public record Quote(Money list, Money least, List<Reduction> reductions) {
    /** Nothing is sold for less, whatever coins take. */
    public static final Money LEAST = Money.parse("1.00", Asset.USD);

    static Quote of(Money list, Money least) {
        return new Quote(list, least, List.of());
    }

    /** As much of the reduction as the price still bears. */
    public Quote less(Reduction wanted) {
        Money room = price().minus(least);
        Money taken = wanted.amount().compareTo(room) < 0 ? wanted.amount() : room;
        if (!taken.isPositive()) {
            return this;
        }
        List<Reduction> all = new ArrayList<>(reductions);
        all.add(new Reduction(wanted.kind(), wanted.reference(), taken));
        return new Quote(list, least, List.copyOf(all));
    }

    public Money price() {
        Money price = list;
        for (Reduction one : reductions) {
            price = price.minus(one.amount());
        }
        return price;
    }
}
