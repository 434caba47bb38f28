package admitone.checkout;

import org.springframework.stereotype.Component;

/** What took the prices of orders down, once their time to be paid is over. */
@Component
public class Reductions {
    private final Orders orders;
    private final Coupons coupons;

    Reductions(Orders orders, Coupons coupons) {
        this.orders = orders;
        this.coupons = coupons;
    }

    /** Within the current transaction, before the first address of an order: what was taken off its price is its own for a while again. False: it is another's. */
    boolean hold(Order order) {
        return orders.reductions(order).stream()
                .allMatch(one -> one.kind() != Reduction.Kind.COUPON || coupons.hold(order, one.reference()));
    }

    /**
     * Within the current transaction, and until it ends nobody takes a use of the same coupon: whether an order that was not paid in time
     * has lost what took its price down. A use may be another's, or the same person's by another order; unused time has been used meanwhile.
     */
    public boolean isGone(Order late) {
        return orders.reductions(late).stream().anyMatch(one -> switch (one.kind()) {
            case COUPON -> coupons.isGone(late, one.reference());
            case UPGRADE -> true;
        });
    }
}
