package admitone.access;

import admitone.access.Ending.Outcome;
import admitone.cases.Cases;
import admitone.catalog.Catalog;
import admitone.database.Transactions;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.springframework.stereotype.Component;

/**
 * Puts somebody out, by a ban that ends by itself should lifting it be lost. Whether they may stay meanwhile is looked at under the lock of their
 * seat right before the call. It is done when the messenger says that they are outside, and not before.
 */
@Component
class Removing {
    /** Long enough not to be taken for ever where our clock is minutes behind: Telegram takes an end less than 30 seconds away for never. */
    static final Duration BANNED_FOR = Duration.ofMinutes(10);

    private final Grants grants;
    private final Catalog catalog;
    private final Observing observing;
    private final Messenger messenger;
    private final Cases cases;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Transactions transactions;
    private final Clock clock;
    private final FaultPoints faults;

    Removing(
            Grants grants,
            Catalog catalog,
            Observing observing,
            Messenger messenger,
            Cases cases,
            Tasks tasks,
            Timeline timeline,
            Transactions transactions,
            Clock clock,
            FaultPoints faults) {
        this.grants = grants;
        this.catalog = catalog;
        this.observing = observing;
        this.messenger = messenger;
        this.cases = cases;
        this.tasks = tasks;
        this.timeline = timeline;
        this.transactions = transactions;
        this.clock = clock;
        this.faults = faults;
    }

    /** One attempt, outside of any transaction. */
    Result attempt(Task task, Seat.Key seat, Removal removal) {
        var waits = observing
                .instead(task, seat.channelId(), seat.telegramUserId(), Observing.Deed.REMOVE)
                .or(removal::notYet);
        if (waits.isPresent()) {
            return waits.get();
        }
        long chat = catalog.channel(seat.seller(), seat.channelId())
                .orElseThrow()
                .closedChat()
                .value();
        long user = seat.telegramUserId();
        Instant began = clock.instant();
        Answer<Boolean> inside = messenger.isMember(chat, user);
        if (!(inside instanceof Answer.Done<Boolean>(Boolean isInside))) {
            return NotDone.of(inside);
        }
        if (!isInside) {
            // of an attempt before this one, whose answer was lost, or of somebody else
            return settled(task, seat, removal, removal.mayBeDone() ? Outcome.REMOVED : Outcome.OUTSIDE, began);
        }
        if (!transactions.run(seat.seller(), removal::begin)) {
            return settled(task, seat, removal, Outcome.RENEWED, began);
        }
        Answer<Boolean> answer = messenger.ban(chat, user, clock.instant().plus(BANNED_FOR));
        faults.reach(Point.CP19_MEMBER_REMOVED);
        if (answer instanceof Answer.Declined<Boolean> || answer instanceof Answer.NotNow<Boolean>) {
            transactions.run(seat.seller(), removal::undone); // who bans them after this is a person
        }
        if (NotDone.isRefusal(answer, Refusal.ADMINISTRATOR)) {
            return settled(task, seat, removal, Outcome.ADMINISTRATOR, began);
        }
        return answer instanceof Answer.Done<Boolean> || NotDone.isRefusal(answer, Refusal.NOT_A_MEMBER)
                ? verify(task, seat, removal, chat)
                : NotDone.of(answer);
    }

    private Result verify(Task task, Seat.Key seat, Removal removal, long chat) {
        Instant began = clock.instant();
        Answer<Boolean> inside = messenger.isMember(chat, seat.telegramUserId());
        if (!(inside instanceof Answer.Done<Boolean>(Boolean isInside))) {
            return NotDone.of(inside);
        }
        return isInside
                ? new Result.Failed("they are inside still, although the removal was answered with yes")
                : settled(task, seat, removal, Outcome.REMOVED, began);
    }

    /** The look that told it began at {@code began}. */
    private Result settled(Task task, Seat.Key seat, Removal removal, Outcome outcome, Instant began) {
        return new Result.Done(() -> {
            if (outcome == Outcome.REMOVED || outcome == Outcome.OUTSIDE) {
                grants.seen(seat.seller(), seat.channelId(), seat.telegramUserId(), false, began);
            }
            removal.settle(outcome);
            tasks.hurryFirst(seat.seller(), Effects.LIFT_BAN, task.payload());
            if (outcome == Outcome.ADMINISTRATOR) {
                cases.openAndTell(seat.seller(), removal.administratorInside());
            }
            timeline.append(
                    seat.seller(),
                    new Event(
                            removal.subject(),
                            clock.instant(),
                            removal.word(outcome),
                            "task",
                            task.source(),
                            removal.detail()));
        });
    }
}
