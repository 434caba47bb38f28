package admitone.access;

import admitone.access.Ending.Outcome;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.database.Transactions;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Removes somebody whose time is over, by a ban that ends by itself should lifting it be lost. Whether they have bought meanwhile is looked
 * at under the lock of their seat right before the call; who buys during it is let in again by {@link LiftBanTask}. It is done when Telegram
 * says that they are outside, and not before.
 */
@Component
class RemoveMemberTask implements TaskHandler {
    /** Long enough not to be taken for ever where our clock is minutes behind: Telegram takes an end less than 30 seconds away for never. */
    static final Duration BANNED_FOR = Duration.ofMinutes(10);

    private static final Duration NOT_YET = Duration.ofSeconds(1);
    /** A link that cannot be revoked so long is no reason to leave somebody inside. */
    private static final int MOST_WAITS_FOR_LINK = 10;

    private final Endings endings;
    private final Grants grants;
    private final LinkPool pool;
    private final Catalog catalog;
    private final Cases cases;
    private final Messenger messenger;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Transactions transactions;
    private final Clock clock;
    private final FaultPoints faults;

    RemoveMemberTask(
            Endings endings,
            Grants grants,
            LinkPool pool,
            Catalog catalog,
            Cases cases,
            Messenger messenger,
            Tasks tasks,
            Timeline timeline,
            Transactions transactions,
            Clock clock,
            FaultPoints faults) {
        this.endings = endings;
        this.grants = grants;
        this.pool = pool;
        this.catalog = catalog;
        this.cases = cases;
        this.messenger = messenger;
        this.tasks = tasks;
        this.timeline = timeline;
        this.transactions = transactions;
        this.clock = clock;
        this.faults = faults;
    }

    @Override
    public String kind() {
        return Effects.REMOVE_MEMBER;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // shown as waiting until the bot may remove people
    }

    @Override
    public Result attempt(Task task) {
        Ending.Key key = Ending.Key.of(task);
        Seat.Key seat = key.seat();
        long user = seat.telegramUserId();
        Channel channel = catalog.channel(seat.seller(), seat.channelId()).orElseThrow();
        long chat = channel.closedChat().value();
        if (pool.isBeingRevoked(seat) && task.attempt() <= MOST_WAITS_FOR_LINK) {
            return Result.later(NOT_YET, "the link is revoked first");
        }
        Instant began = clock.instant();
        Answer<Boolean> inside = inside(chat, user);
        if (!(inside instanceof Answer.Done<Boolean>(Boolean isInside))) {
            return NotDone.of(inside);
        }
        if (!isInside) {
            // of an attempt before this one, whose answer was lost, or of somebody else
            return settle(task, key, endings.isRemoving(key) ? Outcome.REMOVED : Outcome.OUTSIDE, began);
        }
        if (!transactions.run(seat.seller(), () -> isOverStill(key))) {
            return settle(task, key, Outcome.RENEWED, began);
        }
        Answer<Boolean> answer = messenger.ban(chat, user, clock.instant().plus(BANNED_FOR));
        faults.reach(Point.CP19_MEMBER_REMOVED);
        if (answer instanceof Answer.Declined<Boolean> || answer instanceof Answer.NotNow<Boolean>) {
            transactions.run(seat.seller(), () -> endings.notRemoved(key)); // who bans them after this is a person
        }
        if (NotDone.isRefusal(answer, Refusal.ADMINISTRATOR)) {
            return settle(task, key, Outcome.ADMINISTRATOR, began);
        }
        return answer instanceof Answer.Done<Boolean> || NotDone.isRefusal(answer, Refusal.NOT_A_MEMBER)
                ? verify(task, key, chat)
                : NotDone.of(answer);
    }

    private Answer<Boolean> inside(long chat, long user) {
        Answer<Boolean> answer = messenger.isMember(chat, user);
        return NotDone.isRefusal(answer, Refusal.NOT_A_MEMBER) ? new Answer.Done<>(false) : answer;
    }

    /** Within a transaction: nobody buys for this seat until it ends, and then the call is on record. Of an end before the last one it is not asked again. */
    private boolean isOverStill(Ending.Key key) {
        Seat.Key seat = key.seat();
        grants.lockSeat(seat.seller(), seat.channelId(), seat.telegramUserId());
        boolean isLastEnd = Schedule.end(Endings.rights(endings.held(seat)))
                .filter(key.endsAt()::equals)
                .isPresent();
        return isLastEnd
                && grants.active(seat.seller(), seat.channelId(), seat.telegramUserId())
                        .isEmpty()
                && endings.removing(key);
    }

    private Result verify(Task task, Ending.Key key, long chat) {
        Instant began = clock.instant();
        Answer<Boolean> inside = inside(chat, key.seat().telegramUserId());
        if (!(inside instanceof Answer.Done<Boolean>(Boolean isInside))) {
            return NotDone.of(inside);
        }
        return isInside
                ? new Result.Failed("they are inside still, although the removal was answered with yes")
                : settle(task, key, Outcome.REMOVED, began);
    }

    private Result settle(Task task, Ending.Key key, Outcome outcome, Instant began) {
        Seat.Key seat = key.seat();
        return new Result.Done(() -> {
            if (outcome == Outcome.REMOVED || outcome == Outcome.OUTSIDE) {
                grants.seen(seat.seller(), seat.channelId(), seat.telegramUserId(), false, began);
            }
            endings.settle(key, outcome);
            tasks.hurryFirst(seat.seller(), Effects.LIFT_BAN, task.payload());
            Grant last = grants.find(seat.seller(), UUID.fromString(task.need("grant")))
                    .orElseThrow();
            Map<String, String> detail = Map.of("user", Long.toString(seat.telegramUserId()), "grant", last.handle());
            if (outcome == Outcome.ADMINISTRATOR) {
                cases.open(
                        seat.seller(),
                        new Case.Draft(
                                "administrator_inside",
                                key.subject(),
                                last.paymentId().orElse(null),
                                last.orderId().orElse(null),
                                detail));
            }
            timeline.append(
                    seat.seller(),
                    new Event(
                            last.subject(),
                            clock.instant(),
                            switch (outcome) {
                                case REMOVED -> "member_removed";
                                case OUTSIDE -> "member_was_outside";
                                case RENEWED -> "removal_not_needed";
                                case ADMINISTRATOR -> "administrator_not_removed";
                                case KEPT -> "member_kept";
                            },
                            "task",
                            task.source(),
                            detail));
        });
    }
}
