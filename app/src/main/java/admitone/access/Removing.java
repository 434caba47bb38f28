package admitone.access;

import admitone.access.Ending.Outcome;
import admitone.database.Transactions;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.tasks.Result;
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

    private final Messenger messenger;
    private final Transactions transactions;
    private final Clock clock;
    private final FaultPoints faults;

    Removing(Messenger messenger, Transactions transactions, Clock clock, FaultPoints faults) {
        this.messenger = messenger;
        this.transactions = transactions;
        this.clock = clock;
        this.faults = faults;
    }

    /** One attempt, outside of any transaction. */
    Result attempt(Seat.Key seat, long chat, Removal removal) {
        long user = seat.telegramUserId();
        Instant began = clock.instant();
        Answer<Boolean> inside = inside(chat, user);
        if (!(inside instanceof Answer.Done<Boolean>(Boolean isInside))) {
            return NotDone.of(inside);
        }
        if (!isInside) {
            // of an attempt before this one, whose answer was lost, or of somebody else
            return removal.settled(removal.mayBeDone() ? Outcome.REMOVED : Outcome.OUTSIDE, began);
        }
        if (!transactions.run(seat.seller(), removal::begin)) {
            return removal.settled(Outcome.RENEWED, began);
        }
        Answer<Boolean> answer = messenger.ban(chat, user, clock.instant().plus(BANNED_FOR));
        faults.reach(Point.CP19_MEMBER_REMOVED);
        if (answer instanceof Answer.Declined<Boolean> || answer instanceof Answer.NotNow<Boolean>) {
            transactions.run(seat.seller(), removal::undone); // who bans them after this is a person
        }
        if (NotDone.isRefusal(answer, Refusal.ADMINISTRATOR)) {
            return removal.settled(Outcome.ADMINISTRATOR, began);
        }
        return answer instanceof Answer.Done<Boolean> || NotDone.isRefusal(answer, Refusal.NOT_A_MEMBER)
                ? verify(removal, chat, user)
                : NotDone.of(answer);
    }

    private Result verify(Removal removal, long chat, long user) {
        Instant began = clock.instant();
        Answer<Boolean> inside = inside(chat, user);
        if (!(inside instanceof Answer.Done<Boolean>(Boolean isInside))) {
            return NotDone.of(inside);
        }
        return isInside
                ? new Result.Failed("they are inside still, although the removal was answered with yes")
                : removal.settled(Outcome.REMOVED, began);
    }

    private Answer<Boolean> inside(long chat, long user) {
        Answer<Boolean> answer = messenger.isMember(chat, user);
        return NotDone.isRefusal(answer, Refusal.NOT_A_MEMBER) ? new Answer.Done<>(false) : answer;
    }
}
