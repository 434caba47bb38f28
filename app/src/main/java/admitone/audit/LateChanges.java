package admitone.audit;

import admitone.audit.Reconciliation.Difference;
import admitone.audit.Reconciliation.Report;
import admitone.database.Transactions;
import admitone.fulfillment.Work;
import admitone.payments.Payments;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/**
 * A payment that counts is not asked about any more, and what becomes of it later may never be told: its notification is lost. Where the
 * provider's list says otherwise than we do, or knows one of an order of ours that we do not, it is asked about as when a person presses for
 * it, and taken in by the same door.
 */
@Component
public class LateChanges {
    /** Of one comparison; what is beyond differs still in the next. */
    static final int MOST = 500;

    private static final Set<String> KINDS = Set.of(
            PaymentComparison.UNKNOWN,
            PaymentComparison.NOT_TAKEN_IN,
            PaymentComparison.REFUNDED_THERE,
            PaymentComparison.NOT_SETTLED_THERE);

    private final Payments payments;
    private final Tasks tasks;
    private final Transactions transactions;

    LateChanges(Payments payments, Tasks tasks, Transactions transactions) {
        this.payments = payments;
        this.tasks = tasks;
        this.transactions = transactions;
    }

    /** Answers about how many the provider is asked again. */
    public int ask(Report report) {
        List<Difference> late = report.differences().stream()
                .filter(one -> KINDS.contains(one.kind()) || isOtherOutcome(one))
                .sorted(Comparator.comparing(LateChanges::isOtherOutcome)) // those are asked about once, and stay
                .limit(MOST)
                .toList();
        Map<String, SellerId> sellers =
                payments.sellersOf(late.stream().map(Difference::about).collect(Collectors.toSet()));
        late.forEach(one -> ask(sellers.getOrDefault(one.about(), SellerId.PLATFORM), one));
        return late.size();
    }

    private void ask(SellerId seller, Difference one) {
        transactions.run(seller, () -> {
            if (isOtherOutcome(one)) {
                tasks.owe(seller, Work.lookAt(one.about(), one.provider()));
            } else {
                tasks.oweAgain(seller, Work.look(one.about()));
            }
        });
    }

    /** What comes of it is the same each night, as long as the same is told: where it is within the tolerance, nothing. */
    private static boolean isOtherOutcome(Difference one) {
        return one.kind().equals(PaymentComparison.OTHER_OUTCOME);
    }
}
