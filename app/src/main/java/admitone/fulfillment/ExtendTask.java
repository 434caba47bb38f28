package admitone.fulfillment;

import admitone.cases.Cases;
import admitone.fulfillment.CaseDecisions.Asked;
import admitone.payments.PaymentRules.Why;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.timeline.Event;
import org.springframework.stereotype.Component;

/** Decides about what came on top of a counted payment as its seller has said beforehand: it adds time, if it is worth a day. Else a person decides. */
@Component
class ExtendTask implements TaskHandler {
    private final Cases cases;
    private final CaseDecisions decisions;

    ExtendTask(Cases cases, CaseDecisions decisions) {
        this.cases = cases;
        this.decisions = decisions;
    }

    @Override
    public String kind() {
        return Work.EXTEND;
    }

    @Override
    public boolean harmlessAfterRestore() {
        return true;
    }

    @Override
    public Result attempt(Task task) {
        return new Result.Done(() -> cases.find(task.seller(), Event.payment(task.need("payment")), Why.MORE_ARRIVED)
                .ifPresent(one -> decisions.decide(
                        task.seller(),
                        one.id(),
                        new Asked(
                                Ruling.EXTEND,
                                "overpayment of the channel is extend",
                                null,
                                "seller",
                                task.source()))));
    }
}
