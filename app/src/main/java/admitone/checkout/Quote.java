package admitone.checkout;

import admitone.money.Asset;
import admitone.money.Money;
import java.util.ArrayList;
import java.util.List;

/** What is asked for a plan, and what was taken off its price. Values in, values out. */
public record Quote(Money list, List<Reduction> reductions) {
    /** Nothing is sold for less: what a reduction has beyond that is not used. */
    public static final Money LEAST = Money.parse("1.00", Asset.USD);

    public static Quote of(Money list) {
        return new Quote(list, List.of());
    }

    /** As much of the reduction as the price still bears. */
    public Quote less(Reduction wanted) {
        Money room = price().minus(LEAST);
        Money taken = wanted.amount().compareTo(room) < 0 ? wanted.amount() : room;
        if (!taken.isPositive()) {
            return this;
        }
        List<Reduction> all = new ArrayList<>(reductions);
        all.add(new Reduction(wanted.kind(), wanted.reference(), taken));
        return new Quote(list, List.copyOf(all));
    }

    public Money price() {
        Money price = list;
        for (Reduction one : reductions) {
            price = price.minus(one.amount());
        }
        return price;
    }
}
