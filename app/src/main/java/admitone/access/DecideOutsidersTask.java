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

/** Does to all of a day, a few in a transaction, what a person decided about them together; removals a few at a time, none while the channel is only observed. */
@Component
class DecideOutsidersTask implements TaskHandler {
    static final int MOST_AT_ONCE = 50;
    /** Between two of so many removals: time to stop them, by observing. */
    private static final Duration PAUSE = Duration.ofMinutes(10);

    private final Outsiders outsiders;
    private final OutsiderDecision decision;
    private final Observing observing;
    private final Transactions transactions;

    DecideOutsidersTask(
            Outsiders outsiders, OutsiderDecision decision, Observing observing, Transactions transactions) {
        this.outsiders = outsiders;
        this.decision = decision;
        this.observing = observing;
        this.transactions = transactions;
    }

    @Override
    public String kind() {
        return Effects.DECIDE_OUTSIDERS;
    }

    @Override
    public Result attempt(Task task) {
        UUID channelId = UUID.fromString(task.need("channel"));
        List<Outsider> some = outsiders.beyond(
                task.seller(),
                channelId,
                Instant.parse(task.need("from")),
                Instant.parse(task.need("until")),
                MOST_AT_ONCE);
        String decided = task.need("decision");
        boolean removes = decided.equals(Outsiders.REMOVE);
        if (removes) {
            var observed = observing.instead(task.seller(), channelId);
            if (observed.isPresent()) {
                return observed.get();
            }
        }
        transactions.run(task.seller(), () -> some.forEach(one -> decision.take(one, decided, "case")));
        return some.size() < MOST_AT_ONCE
                ? Result.done()
                : Result.later(removes ? PAUSE : Duration.ZERO, "there are more");
    }
}
