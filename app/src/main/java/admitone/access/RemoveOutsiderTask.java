package admitone.access;

import admitone.access.Ending.Outcome;
import admitone.cases.Case;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Removes somebody who is inside without a right, as a person or the channel's rule decided. Whoever has one by then, or is whitelisted, stays. */
@Component
class RemoveOutsiderTask implements TaskHandler {
    private final Outsiders outsiders;
    private final Grants grants;
    private final Lists lists;
    private final Removing removing;

    RemoveOutsiderTask(Outsiders outsiders, Grants grants, Lists lists, Removing removing) {
        this.outsiders = outsiders;
        this.grants = grants;
        this.lists = lists;
        this.removing = removing;
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
        return removing.attempt(task, seat, new Removal() {
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
            public void settle(Outcome outcome) {
                outsiders.settle(one, outcome == Outcome.RENEWED ? Outsiders.HAS_A_RIGHT : outcome.word());
            }

            @Override
            public Case.Draft administratorInside() {
                return new Case.Draft("administrator_inside", one.subject(), null, null, one.told());
            }

            @Override
            public String subject() {
                return "channel:" + seat.channelId();
            }

            @Override
            public String word(Outcome outcome) {
                return "outsider_" + outcome.word();
            }

            @Override
            public Map<String, String> detail() {
                return Map.of("user", Long.toString(seat.telegramUserId()));
            }
        });
    }
}
