package admitone.checkout;

import admitone.money.Money;
import admitone.payments.Coins;
import admitone.payments.Payments;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** The least that can be paid: whoever is asked for less stands before a page without a coin. It moves with the market. */
@Component
public class LeastPrice {
    private final Coins coins;
    private final Payments payments;

    LeastPrice(Coins coins, Payments payments) {
        this.coins = coins;
        this.payments = payments;
    }

    /** Nothing is taken off a price below it. A little above what some coin takes: an order that stood exactly there could not be paid any more after a cent. */
    Money now() {
        return coins.leastWithRoom()
                .filter(least -> least.compareTo(Quote.LEAST) > 0)
                .orElse(Quote.LEAST);
    }

    /** The least that some coin takes; empty where that is not known. */
    public Optional<Money> known() {
        return coins.least();
    }

    /** The least that some coin takes, where none takes {@code price}; empty also where that is not known. */
    public Optional<Money> above(Money price) {
        return coins.least().filter(least -> price.compareTo(least) < 0);
    }

    /** The same of an order; what was begun can be paid to its address. */
    public Optional<Money> above(Order order) {
        return above(order.price())
                .filter(_ -> payments.ofOrder(order.seller(), order.id()).isEmpty());
    }
}
