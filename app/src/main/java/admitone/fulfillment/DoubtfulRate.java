package admitone.fulfillment;

import admitone.cases.Case;
import admitone.cases.CaseDecider;
import admitone.cases.Cases;
import admitone.checkout.Order;
import admitone.money.Money;
import admitone.money.Rate;
import admitone.payments.Payment;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.springframework.stereotype.Component;

/**
 * A rate that is far from what the order's price says is not believed: what a payment brought is not booked at it. It is booked by itself
 * when a rate comes that is near, or when a person says that this one is right.
 */
@Component
class DoubtfulRate implements CaseDecider {
    static final String KIND = "rate_doubtful";
    static final String BELIEVE = "believe";
    private static final String WAIT = "wait";
    private static final BigDecimal TWO = BigDecimal.valueOf(2);

    /** The provider's own fee may take more than half of less. */
    private static final BigDecimal SMALL = BigDecimal.TEN;

    private final Cases cases;
    private final Tasks tasks;

    DoubtfulRate(Cases cases, Tasks tasks) {
        this.cases = cases;
        this.tasks = tasks;
    }

    /** Whether coins that came for a price are worth between half and double of it; what was received beyond or below what was asked counts. */
    static boolean isBelieved(Rate rate, Money outcome, Order order, Payment payment, Money received) {
        Money asked = payment.payAmount();
        if (rate.isOneToOne()
                || asked == null
                || !asked.isPositive()
                || !asked.asset().equals(received.asset())) {
            return true;
        }
        BigDecimal expected = payment.price(order.price())
                .amount()
                .multiply(received.amount())
                .divide(asked.amount(), MathContext.DECIMAL64);
        BigDecimal value = outcome.amount().multiply(rate.usd());
        return value.compareTo(expected.multiply(TWO)) <= 0
                && (expected.compareTo(SMALL) < 0 || value.multiply(TWO).compareTo(expected) >= 0);
    }

    /** Whether a person has said that what is told now is right. */
    boolean mayBeBooked(Payment payment) {
        return cases.ofPayment(payment.seller(), payment.id()).stream()
                .filter(one -> one.kind().equals(KIND))
                .anyMatch(
                        one -> one.decided() != null && one.decided().decision().equals(BELIEVE));
    }

    /** Within the current transaction. Once for each payment. */
    void ask(Payment payment, Rate rate, Money outcome, Order order) {
        cases.open(
                payment.seller(),
                new Case.Draft(
                        KIND,
                        Event.payment(payment.id()),
                        payment.id(),
                        payment.orderId(),
                        Map.of(
                                "price", payment.price(order.price()).toString(),
                                "outcome", outcome.toString(),
                                "rate", rate.usd().toPlainString(),
                                "rate_at", rate.at().toString(),
                                "worth", rate.value(outcome).toString())));
    }

    /** Within the current transaction: a rate has come that is near. */
    void settle(Payment payment) {
        cases.settle(payment.seller(), Event.payment(payment.id()), KIND, "over", "booked at a rate that is near");
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Map<String, String> decisions() {
        return Map.of(
                BELIEVE,
                "What the payment brought is booked at the rate that is told then.",
                WAIT,
                "It is booked by itself when a rate comes that is near the price. It may be believed later.");
    }

    @Override
    public Set<String> forNow() {
        return Set.of(WAIT);
    }

    @Override
    public boolean isForOperator() {
        return true;
    }

    @Override
    public void decided(SellerId seller, Case one, String decision, String by) {
        if (decision.equals(BELIEVE)) {
            tasks.hurryFirst(seller, Work.ACCRUE, Map.of("payment", Objects.requireNonNull(one.paymentId())));
        }
    }
}
