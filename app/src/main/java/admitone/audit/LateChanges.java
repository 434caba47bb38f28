package admitone.audit;

import admitone.audit.Reconciliation.Difference;
import admitone.audit.Reconciliation.Report;
import admitone.database.Transactions;
import admitone.fulfillment.Work;
import admitone.payments.Payments;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
            PaymentComparison.NOT_SETTLED_THERE,
            PaymentComparison.OTHER_OUTCOME);

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
        List<String> late = report.differences().stream()
                .filter(one -> KINDS.contains(one.kind()))
                .map(Difference::about)
                .limit(MOST)
                .toList();
        Map<String, SellerId> sellers = payments.sellersOf(Set.copyOf(late));
        late.forEach(id -> {
            SellerId seller = sellers.getOrDefault(id, SellerId.PLATFORM);
            transactions.run(seller, () -> tasks.oweAgain(seller, Work.look(id)));
        });
        return late.size();
    }
}
