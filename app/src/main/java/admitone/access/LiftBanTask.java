package admitone.access;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.tasks.Tasks;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Lets somebody whom we removed come in again, once the removal is on record: a stranger, a member whose time was over, somebody without a right;
 * or whom the seller banned and no longer does. Who has bought meanwhile gets the way in. A ban that a person made stays.
 */
@Component
class LiftBanTask implements TaskHandler {
    private static final Set<String> REMOVALS =
            Set.of(Effects.REMOVE_STRANGER, Effects.REMOVE_MEMBER, Effects.REMOVE_OUTSIDER, Effects.BAN_MEMBER);
    /** Times the attempts: whoever removes them wakes this task. */
    private static final Duration NOT_REMOVED_YET = Duration.ofSeconds(10);

    private static final int LONGEST_PAUSE = 60; // times that

    private final Catalog catalog;
    private final Strangers strangers;
    private final Endings endings;
    private final Outsiders outsiders;
    private final Lists lists;
    private final Observing observing;
    private final Grants grants;
    private final Messenger messenger;
    private final Tasks tasks;
    private final Clock clock;

    LiftBanTask(
            Catalog catalog,
            Strangers strangers,
            Endings endings,
            Outsiders outsiders,
            Lists lists,
            Observing observing,
            Grants grants,
            Messenger messenger,
            Tasks tasks,
            Clock clock) {
        this.catalog = catalog;
        this.strangers = strangers;
        this.endings = endings;
        this.outsiders = outsiders;
        this.lists = lists;
        this.observing = observing;
        this.grants = grants;
        this.messenger = messenger;
        this.tasks = tasks;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return Effects.LIFT_BAN;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // shown as waiting until the bot may let people in again
    }

    @Override
    public Result attempt(Task task) {
        boolean isRemoving = tasks.ofSubject(task.seller(), task.subject()).stream()
                .anyMatch(other -> REMOVALS.contains(other.kind()) && other.isUnderWay());
        if (isRemoving) {
            return Result.later(
                    NOT_REMOVED_YET.multipliedBy(Math.min(task.attempt(), LONGEST_PAUSE)), "the removal comes first");
        }
        long user = Long.parseLong(task.need("user"));
        Seat.Key seat = Seat.Key.of(task);
        if (!mayBeBannedByUs(task, user) || lists.isBanned(seat)) {
            return Result.done();
        }
        var observed = observing.instead(task, seat.channelId(), user, Observing.Deed.LIFT_BAN);
        if (observed.isPresent()) {
            return observed.get();
        }
        Channel channel = catalog.channel(task.seller(), seat.channelId()).orElseThrow();
        Answer<Boolean> answer = messenger.liftBan(channel.closedChat().value(), user);
        return answer instanceof Answer.Done<Boolean>
                        || NotDone.isRefusal(answer, Refusal.BASIC_GROUP)
                        || NotDone.isRefusal(answer, Refusal.NOT_A_MEMBER)
                        || NotDone.isRefusal(answer, Refusal.ADMINISTRATOR)
                ? new Result.Done(() -> letInAgain(task, channel, user))
                : NotDone.of(answer);
    }

    /**
     * A member's ban is lifted however late: where our clock is behind Telegram's, it may not end by itself. Where no call of ours
     * can have done it, what bars them is a person's; of a stranger that is taken to be so once our ban has ended.
     */
    private boolean mayBeBannedByUs(Task task, long user) {
        if (task.payload().containsKey("turn")) {
            return true; // the seller's own, which they took back
        }
        if (task.payload().containsKey("found_at")) {
            return outsiders.isRemoving(Outsider.of(task));
        }
        String link = task.payload().get("link");
        return link == null
                ? endings.isRemoving(Ending.Key.of(task))
                : strangers.isRemovedSince(
                        task.seller(),
                        UUID.fromString(link),
                        user,
                        clock.instant().minus(Removing.BANNED_FOR));
    }

    /** A member's purchase that was made while they were being removed: their way in was none, or not open yet. */
    private void letInAgain(Task task, Channel channel, long user) {
        var banned = lists.of(Seat.Key.of(task)).filter(listed -> listed.word() == Listed.Word.BANNED);
        if (banned.isPresent()) { // while the call was under way
            tasks.oweAgain(
                    task.seller(),
                    Effects.keepOut(banned.get().seat(), banned.get().turn()));
            return;
        }
        if (task.payload().containsKey("link")) {
            return; // the removal of a stranger who bought meanwhile owes it
        }
        List<Grant> bought = grants.active(channel.seller(), channel.id(), user);
        if (!bought.isEmpty() && !isBeingTold(bought.getLast())) {
            tasks.owe(channel.seller(), Effects.deliverAgain(bought.getLast().id(), "task-" + task.id()));
        }
    }

    private boolean isBeingTold(Grant grant) {
        Owed message = Effects.deliver(grant.id());
        return tasks.ofSubject(grant.seller(), message.subject()).stream()
                .anyMatch(other -> other.kind().equals(message.kind()) && other.isUnderWay());
    }
}
