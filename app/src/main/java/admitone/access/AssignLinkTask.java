package admitone.access;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.database.Transactions;
import admitone.messaging.Messenger;
import admitone.runtime.Answer;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Finds a link for a grant that has none: the pool was empty when it was paid for, or the one before was used up. More time by the same
 * payment has no link of its own: whatever needs one, the payment's first grant that still runs has it. Somebody looks whether the buyer is inside
 * before one is assigned: they may have come in unheard, by a link that this database has lost, and whoever gets the next from them would be inside beside them.
 * Where nobody can look, it waits.
 */
@Component
class AssignLinkTask implements TaskHandler {
    /** Of two seconds each. */
    private static final int MOST_PAUSES = 30;

    private final Catalog catalog;
    private final Grants grants;
    private final LinkPool pool;
    private final TooManyStrangers tooMany;
    private final Arrival arrival;
    private final Messenger messenger;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Transactions transactions;
    private final Clock clock;

    AssignLinkTask(
            Catalog catalog,
            Grants grants,
            LinkPool pool,
            TooManyStrangers tooMany,
            Arrival arrival,
            Messenger messenger,
            Tasks tasks,
            Timeline timeline,
            Transactions transactions,
            Clock clock) {
        this.catalog = catalog;
        this.grants = grants;
        this.pool = pool;
        this.tooMany = tooMany;
        this.arrival = arrival;
        this.messenger = messenger;
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
    public int mostAttempts() {
        return Integer.MAX_VALUE; // ends with the grant
    }

    @Override
    public Result attempt(Task task) {
        UUID grantId = UUID.fromString(task.need("grant"));
        Grant grant = grants.find(task.seller(), grantId).orElseThrow();
        if (!grant.isActiveAt(clock.instant())) {
            return Result.done();
        }
        Channel channel = catalog.channel(task.seller(), grant.channelId()).orElseThrow();
        Instant began = clock.instant();
        Answer<Boolean> answer = messenger.isMember(channel.closedChat().value(), grant.telegramUserId());
        if (!(answer instanceof Answer.Done<Boolean>(Boolean inside))) {
            return NotDone.of(answer);
        }
        // committed before the task is recorded as done: an attempt that follows finds the grant's link and changes
        // nothing
        return transactions
                .run(task.seller(), () -> settle(task, grant, inside, began))
                .map(why -> Result.later(Duration.ofSeconds(2L * Math.min(task.attempt(), MOST_PAUSES)), why))
                .orElseGet(Result::done);
    }

    /** Within the current transaction; answers what it waits for. */
    private Optional<String> settle(Task task, Grant seen, boolean inside, Instant began) {
        grants.lockSeat(seen.seller(), seen.channelId(), seen.telegramUserId());
        Grant grant = grants.find(task.seller(), seen.id()).orElseThrow();
        if (!grant.isActiveAt(clock.instant())) {
            return Optional.empty();
        }
        grants.looked(grant, inside, began);
        boolean heardInside = grants.isInside(grant.seller(), grant.channelId(), grant.telegramUserId());
        if (heardInside != inside) {
            // an update of the same second may be older or newer than the look: the next look tells
            return Optional.of(
                    inside ? "heard outside and seen inside at once" : "heard inside and seen outside at once");
        }
        if (inside) {
            return needsNone(task, grant);
        }
        Instant now = clock.instant();
        var living = pool.living(grant);
        if (living.isPresent() && living.get().expiresAt().isAfter(now)) {
            return isTold(task, grant, living.get().grantId());
        }
        living.ifPresent(link -> pool.retire(link, "expired"));
        Grant holder = firstOfItsPayment(grant);
        if (tooMany.areTooMany(holder)) {
            tooMany.ask(task, holder);
            return Optional.empty();
        }
        List<PoolLink> free = pool.lockFree(holder.seller(), holder.channelId(), 1);
        // whoever holds that task may wait for this seat; what is missed the keeper of the pool finds within a minute
        tasks.wakeUnlessHeld(holder.seller(), Effects.fillPool(holder.channelId()));
        if (free.isEmpty()) {
            return Optional.of("no link of the channel is free yet");
        }
        PoolLink link = free.getFirst();
        pool.supersede(link, holder);
        grants.advance(holder, Grant.Access.READY);
        tasks.owe(holder.seller(), Effects.freshen(link.id()));
        timeline.append(holder.seller(), event(task, holder, "link_assigned", Map.of("link", link.name())));
        return isTold(task, grant, holder.id());
    }

    /** The holder of the link has its own message; the same link is told for the grant too, with how long that one lasts. */
    private Optional<String> isTold(Task task, Grant grant, @Nullable UUID holder) {
        if (!grant.id().equals(holder)) {
            tasks.owe(grant.seller(), Effects.deliverAgain(grant.id(), "task-" + task.id()));
        }
        return Optional.empty();
    }

    /** Active; the seat is locked. */
    private Grant firstOfItsPayment(Grant grant) {
        return grants.active(grant.seller(), grant.channelId(), grant.telegramUserId()).stream()
                .filter(one -> one.sharesPayment(grant))
                .findFirst()
                .orElse(grant);
    }

    /** The buyer is inside, and is told so unless a message about this grant was owed before. */
    private Optional<String> needsNone(Task task, Grant grant) {
        arrival.seenInside(
                grants.active(grant.seller(), grant.channelId(), grant.telegramUserId()), "task", task.source());
        tasks.owe(grant.seller(), Effects.deliver(grant.id()));
        return Optional.empty();
    }

    private Event event(Task task, Grant grant, String kind, Map<String, String> detail) {
        return new Event(grant.subject(), clock.instant(), kind, "task", task.source(), detail);
    }
}
