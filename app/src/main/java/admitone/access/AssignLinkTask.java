package admitone.access;

import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.database.Transactions;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Finds a link for a grant that has none: the pool was empty when it was paid for, or the one before was used up. */
@Component
class AssignLinkTask implements TaskHandler {
    /** After so many strangers by the links of one grant, no further link is given: a person is asked. */
    static final int MOST_STRANGERS = 5;

    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    private final Grants grants;
    private final LinkPool pool;
    private final Strangers strangers;
    private final Cases cases;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Transactions transactions;
    private final Clock clock;

    AssignLinkTask(
            Grants grants,
            LinkPool pool,
            Strangers strangers,
            Cases cases,
            Tasks tasks,
            Timeline timeline,
            Transactions transactions,
            Clock clock) {
        this.grants = grants;
        this.pool = pool;
        this.strangers = strangers;
        this.cases = cases;
        this.tasks = tasks;
        this.timeline = timeline;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return Effects.ASSIGN_LINK;
    }

    @Override
    public Result attempt(Task task) {
        UUID grantId = UUID.fromString(task.need("grant"));
        // committed before the task is recorded as done: an attempt that follows finds the grant's link and changes
        // nothing
        boolean settled = transactions.run(task.seller(), () -> settle(task, grantId));
        Duration pause = Duration.ofSeconds(2L * Math.min(task.attempt(), 30));
        return settled
                ? Result.done()
                : Result.later(
                        pause.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : pause,
                        "no link of the channel is free yet");
    }

    /** Within the current transaction; false when the pool is empty. */
    private boolean settle(Task task, UUID grantId) {
        Grant seen = grants.find(task.seller(), grantId).orElseThrow();
        grants.lockSeat(seen.seller(), seen.channelId(), seen.telegramUserId());
        Grant grant = grants.find(task.seller(), grantId).orElseThrow();
        if (!grant.isActiveAt(clock.instant())) {
            return true;
        }
        if (grants.isInside(grant.seller(), grant.channelId(), grant.telegramUserId())) {
            return needsNone(task, grant);
        }
        var living = pool.living(grant);
        if (living.isPresent() && living.get().expiresAt().isAfter(clock.instant())) {
            return true;
        }
        living.ifPresent(link -> pool.retire(link, "expired"));
        if (strangers.countOf(grant) >= MOST_STRANGERS) {
            return leftToAPerson(task, grant);
        }
        List<PoolLink> free = pool.lockFree(grant.seller(), grant.channelId(), 1);
        tasks.wake(grant.seller(), Effects.fillPool(grant.channelId()));
        if (free.isEmpty()) {
            return false;
        }
        PoolLink link = free.getFirst();
        pool.supersede(link, grant);
        grants.advance(grant, Grant.Access.READY);
        tasks.owe(grant.seller(), Effects.freshen(link.id()));
        timeline.append(grant.seller(), event(task, grant, "link_assigned", Map.of("link", link.name())));
        return true;
    }

    /** The buyer is inside, and is told so unless a message about this grant was owed before. */
    private boolean needsNone(Task task, Grant grant) {
        if (grants.advance(grant, Grant.Access.ADMITTED)) {
            timeline.append(grant.seller(), event(task, grant, "admitted", Map.of("how", "was inside")));
        }
        tasks.owe(grant.seller(), Effects.deliver(grant.id()));
        return true;
    }

    private boolean leftToAPerson(Task task, Grant grant) {
        boolean isNew = cases.open(
                grant.seller(),
                new Case.Draft(
                        "too_many_strangers",
                        Event.payment(grant.paymentId()),
                        grant.paymentId(),
                        grant.orderId(),
                        Map.of("grant", grant.handle(), "strangers", Integer.toString(strangers.countOf(grant)))));
        if (isNew) {
            timeline.append(grant.seller(), event(task, grant, "case_opened", Map.of("kind", "too_many_strangers")));
        }
        return true;
    }

    private Event event(Task task, Grant grant, String kind, Map<String, String> detail) {
        return new Event(Event.payment(grant.paymentId()), clock.instant(), kind, "task", task.source(), detail);
    }
}
