package admitone.access;

import admitone.access.Ending.Outcome;
import admitone.access.Schedule.Stage;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
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
 * Removes somebody whose time is over. Whether they have bought meanwhile is looked at right before the call; who buys during it is let in again by
 * {@link LiftBanTask}.
 */
@Component
class RemoveMemberTask implements TaskHandler {
    private static final Duration NOT_YET = Duration.ofSeconds(1);
    /** A link that cannot be revoked so long is no reason to leave somebody inside. */
    private static final int MOST_WAITS_FOR_LINK = 10;

    private final Endings endings;
    private final Grants grants;
    private final LinkPool pool;
    private final Catalog catalog;
    private final Cases cases;
    private final Observing observing;
    private final Removing removing;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Clock clock;

    RemoveMemberTask(
            Endings endings,
            Grants grants,
            LinkPool pool,
            Catalog catalog,
            Cases cases,
            Observing observing,
            Removing removing,
            Tasks tasks,
            Timeline timeline,
            Clock clock) {
        this.endings = endings;
        this.grants = grants;
        this.pool = pool;
        this.catalog = catalog;
        this.cases = cases;
        this.observing = observing;
        this.removing = removing;
        this.tasks = tasks;
        this.timeline = timeline;
        this.clock = clock;
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
        Stage stage = endings.find(key).orElseThrow().stage();
        if (!(stage instanceof Stage.Leaving || stage instanceof Stage.Settled)) {
            return Result.done(); // they are told anew first, and the removal is owed again
        }
        Channel channel = catalog.channel(seat.seller(), seat.channelId()).orElseThrow();
        var observed = observing.instead(task, seat.channelId(), seat.telegramUserId(), Observing.Deed.REMOVE);
        if (observed.isPresent()) {
            return observed.get();
        }
        if (pool.isBeingRevoked(seat) && task.attempt() <= MOST_WAITS_FOR_LINK) {
            return Result.later(NOT_YET, "the link is revoked first");
        }
        return removing.attempt(seat, channel.closedChat().value(), new Removal() {
            @Override
            public boolean begin() {
                // of an end before the last one it is not asked again
                grants.lockSeat(seat.seller(), seat.channelId(), seat.telegramUserId());
                boolean isLastEnd = Schedule.end(Endings.rights(endings.held(seat)))
                        .filter(key.endsAt()::equals)
                        .isPresent();
                return isLastEnd
                        && grants.active(seat.seller(), seat.channelId(), seat.telegramUserId())
                                .isEmpty()
                        && endings.removing(key);
            }

            @Override
            public void undone() {
                endings.notRemoved(key);
            }

            @Override
            public boolean mayBeDone() {
                return endings.isRemoving(key);
            }

            @Override
            public Result settled(Outcome outcome, Instant began) {
                return settle(task, key, outcome, began);
            }
        });
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
