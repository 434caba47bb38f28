package admitone.payments;

import admitone.cases.Cases;
import admitone.payments.PaymentRules.Why;
import admitone.payments.PaymentState.Closed;
import admitone.payments.PaymentState.Confirming;
import admitone.payments.PaymentState.Held;
import admitone.payments.PaymentState.Paid;
import admitone.payments.PaymentState.PartiallyPaid;
import admitone.payments.PaymentState.Refunded;
import admitone.payments.PaymentState.Waiting;
import admitone.runtime.SellerId;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.springframework.stereotype.Component;

/** Money for orders that has bought nothing yet and still may. Not what a person has set aside, or is giving back. */
@Component
public class MoneyUnderWay {
    private final Cases cases;

    MoneyUnderWay(Cases cases) {
        this.cases = cases;
    }

    public enum Stage {
        COMING,
        /** The rest is awaited, or what a person says. */
        ARRIVED
    }

    /** By order, of a seller's payments; an order without any is not in the answer. */
    public Map<String, Stage> of(SellerId seller, Collection<Payment> payments) {
        List<Payment> arrived =
                payments.stream().filter(MoneyUnderWay::hasArrived).toList();
        Set<String> asked =
                cases.openAbout(seller, arrived.stream().map(Payment::id).toList());
        Map<String, Stage> stages = new HashMap<>();
        arrived.stream()
                .filter(payment -> asked.contains(payment.id()))
                .forEach(payment -> stages.put(Objects.requireNonNull(payment.orderId()), Stage.ARRIVED));
        payments.stream()
                .filter(payment -> payment.state() instanceof Confirming)
                .forEach(payment -> stages.put(Objects.requireNonNull(payment.orderId()), Stage.COMING));
        return stages;
    }

    private static boolean hasArrived(Payment payment) {
        return switch (payment.state()) {
            case PartiallyPaid _, Held _ -> !Why.DISMISSED.equals(payment.hold());
            case Waiting _, Confirming _, Closed _, Paid _, Refunded _ -> false;
        };
    }
}
