package admitone.access;

import admitone.access.Ending.Outcome;
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
import java.time.Instant;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Removes somebody who is inside without a right, as a person or the channel's rule decided. Whoever has one by then, or is whitelisted, stays. */
@Component
class RemoveOutsiderTask implements TaskHandler {
    private final Outsiders outsiders;
    private final Grants grants;
    private final Lists lists;
    private final Catalog catalog;
    private final Cases cases;
    private final Observing observing;
    private final Removing removing;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Clock clock;

    RemoveOutsiderTask(
            Outsiders outsiders,
            Grants grants,
            Lists lists,
            Catalog catalog,
            Cases cases,
            Observing observing,
            Removing removing,
            Tasks tasks,
            Timeline timeline,
            Clock clock) {
        this.outsiders = outsiders;
        this.grants = grants;
        this.lists = lists;
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
        return Effects.REMOVE_OUTSIDER;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // shown as waiting until the bot may remove people
    }

    @Override
    public Result attempt(Task task) {
        Outsider one = Outsider.of(task);
        Seat.Key seat = one.seat();
        Channel channel = catalog.channel(seat.seller(), seat.channelId()).orElseThrow();
        var observed = observing.instead(task, seat.channelId(), seat.telegramUserId(), Observing.Deed.REMOVE);
        return observed.isPresent()
                ? observed.get()
                : removing.attempt(seat, channel.closedChat().value(), removal(task, one));
    }

    private Removal removal(Task task, Outsider one) {
        Seat.Key seat = one.seat();
        return new Removal() {
            @Override
            public boolean begin() {
                grants.lockSeat(seat.seller(), seat.channelId(), seat.telegramUserId());
                return grants.active(seat.seller(), seat.channelId(), seat.telegramUserId())
                                .isEmpty()
                        && lists.of(seat).isEmpty()
                        && outsiders.removing(one);
            }

            @Override
            public void undone() {
                outsiders.notRemoved(one);
            }

            @Override
            public boolean mayBeDone() {
                return outsiders.isRemoving(one);
            }

            @Override
            public Result settled(Outcome outcome, Instant began) {
                return new Result.Done(() -> settle(task, one, outcome, began));
            }
        };
    }

    private void settle(Task task, Outsider one, Outcome outcome, Instant began) {
        Seat.Key seat = one.seat();
        if (outcome == Outcome.REMOVED || outcome == Outcome.OUTSIDE) {
            grants.seen(seat.seller(), seat.channelId(), seat.telegramUserId(), false, began);
        }
        outsiders.settle(one, outcome == Outcome.RENEWED ? Outsiders.HAS_A_RIGHT : outcome.word());
        tasks.hurryFirst(seat.seller(), Effects.LIFT_BAN, task.payload());
        Map<String, String> detail = Map.of("user", Long.toString(seat.telegramUserId()));
        if (outcome == Outcome.ADMINISTRATOR) {
            cases.open(seat.seller(), new Case.Draft("administrator_inside", one.subject(), null, null, detail));
        }
        timeline.append(
                seat.seller(),
                new Event(
                        "channel:" + seat.channelId(),
                        clock.instant(),
                        outcome == Outcome.REMOVED ? "outsider_removed" : "outsider_" + outcome.word(),
                        "task",
                        task.source(),
                        detail));
    }
}
