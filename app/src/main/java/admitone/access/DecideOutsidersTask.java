package admitone.access;

import admitone.database.Transactions;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Does to all of a day, a few in a transaction, what a person decided about them together. */
@Component
class DecideOutsidersTask implements TaskHandler {
    private static final int MOST_AT_ONCE = 50;

    private final Outsiders outsiders;
    private final OutsiderDecision decision;
    private final Transactions transactions;

    DecideOutsidersTask(Outsiders outsiders, OutsiderDecision decision, Transactions transactions) {
        this.outsiders = outsiders;
        this.decision = decision;
        this.transactions = transactions;
    }

    @Override
    public String kind() {
        return Effects.DECIDE_OUTSIDERS;
    }

    @Override
    public Result attempt(Task task) {
        List<Outsider> some = outsiders.beyond(
                task.seller(),
                UUID.fromString(task.need("channel")),
                Instant.parse(task.need("from")),
                Instant.parse(task.need("until")),
                MOST_AT_ONCE);
        transactions.run(task.seller(), () -> some.forEach(one -> decision.take(one, task.need("decision"), "case")));
        return some.size() < MOST_AT_ONCE ? Result.done() : Result.later(Duration.ZERO, "there are more");
    }
}
