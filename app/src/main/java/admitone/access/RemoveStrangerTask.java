package admitone.access;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.SellerId;
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
import org.springframework.stereotype.Component;

/**
 * Removes somebody who came in by a link that was not theirs, by a ban that ends by itself should lifting it be lost. The link
 * is revoked first, since a removal frees its place. Whoever has a grant of their own by then stays, or comes back in.
 */
@Component
class RemoveStrangerTask implements TaskHandler {
    private static final Duration LINK_IS_LIVING = Duration.ofSeconds(1);
    /** A link that cannot be revoked so long is no reason to leave a stranger inside. */
    private static final int MOST_WAITS_FOR_LINK = 10;

    private final Catalog catalog;
    private final Grants grants;
    private final LinkPool pool;
    private final Strangers strangers;
    private final Lists lists;
    private final Observing observing;
    private final Messenger messenger;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Clock clock;
    private final FaultPoints faults;

    RemoveStrangerTask(
            Catalog catalog,
            Grants grants,
            LinkPool pool,
            Strangers strangers,
            Lists lists,
            Observing observing,
            Messenger messenger,
            Tasks tasks,
            Timeline timeline,
            Clock clock,
            FaultPoints faults) {
        this.catalog = catalog;
        this.grants = grants;
        this.pool = pool;
        this.strangers = strangers;
        this.lists = lists;
        this.observing = observing;
        this.messenger = messenger;
        this.tasks = tasks;
        this.timeline = timeline;
        this.clock = clock;
        this.faults = faults;
    }

    @Override
    public String kind() {
        return Effects.REMOVE_STRANGER;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // shown as waiting until the bot may remove people
    }

    @Override
    public Result attempt(Task task) {
        SellerId seller = task.seller();
        UUID channelId = UUID.fromString(task.need("channel"));
        UUID linkId = UUID.fromString(task.need("link"));
        long user = Long.parseLong(task.need("user"));
        Seat.Key seat = new Seat.Key(seller, channelId, user);
        Optional<Strangers.Stay> mine = strangers.stays(seat).stream()
                .filter(stay -> task.subject().equals(Effects.strangerSubject(stay.linkId(), user, stay.updateId())))
                .findFirst();
        if (mine.isEmpty()) {
            return Result.done(); // left, or was settled by another task, or came in again, which is another task's
        }
        // the answer to a ban was lost, or an attempt was killed
        boolean mayBeOut = task.unknowns() > 0;
        if (!grants.active(seller, channelId, user).isEmpty()) {
            return stays(task, channelId, user, mayBeOut, "has_a_grant");
        }
        if (lists.isWhitelisted(seat)) {
            return stays(task, channelId, user, mayBeOut, "whitelisted");
        }
        if (lists.isBanned(seat)) {
            return Result
                    .done(); // for good, which a removal would end; where that is taken back undone, this is owed again
        }
        var observed = observing.instead(task, channelId, user, Observing.Deed.REMOVE);
        if (observed.isPresent()) {
            return observed.get();
        }
        PoolLink link = pool.find(seller, linkId).orElseThrow();
        if (link.state() != PoolLink.State.REVOKED && task.attempt() <= MOST_WAITS_FOR_LINK) {
            return Result.later(LINK_IS_LIVING, "the link is revoked first");
        }
        Channel channel = catalog.channel(seller, channelId).orElseThrow();
        Instant began = clock.instant();
        if (!mayBeOut && isOutside(channel, user)) { // by a person perhaps, whose ban is not ours to lift
            return new Result.Done(() -> wasOutside(task, link, seat, mine.get(), began));
        }
        Answer<Boolean> answer = messenger.ban(channel.closedChat().value(), user, began.plus(Removing.BANNED_FOR));
        faults.reach(Point.CP38_STRANGER_REMOVED);
        if (answer instanceof Answer.Done<Boolean>) {
            return new Result.Done(() -> removed(task, link, user, began));
        }
        if (NotDone.isRefusal(answer, Refusal.NOT_A_MEMBER)) {
            return new Result.Done(() -> wasOutside(task, link, seat, mine.get(), began));
        }
        return NotDone.isRefusal(answer, Refusal.ADMINISTRATOR)
                ? new Result.Done(() -> strangers.settle(seller, channelId, user, "administrator"))
                : NotDone.of(answer);
    }

    /** False also where nobody answers. */
    private boolean isOutside(Channel channel, long user) {
        return messenger.isMember(channel.closedChat().value(), user) instanceof Answer.Done<Boolean>(Boolean inside)
                && !inside;
    }

    private Result stays(Task task, UUID channelId, long user, boolean mayBeOut, String why) {
        return new Result.Done(
                mayBeOut
                        ? () -> outside(task, channelId, user, Strangers.REMOVED)
                        : () -> strangers.settle(task.seller(), channelId, user, why));
    }

    private void removed(Task task, PoolLink link, long user, Instant began) {
        grants.seen(task.seller(), link.channelId(), user, false, began);
        outside(task, link.channelId(), user, Strangers.REMOVED);
        note(task, link, user, "stranger_removed");
    }

    /** As a look told it: who has come in since, by whatever link, is another task's. */
    private void wasOutside(Task task, PoolLink link, Seat.Key seat, Strangers.Stay stay, Instant began) {
        grants.looked(seat, false, began);
        strangers.settle(seat, stay, Strangers.OUTSIDE);
        comesBackIn(task, link.channelId(), seat.telegramUserId());
        note(task, link, seat.telegramUserId(), "stranger_was_outside");
    }

    private void note(Task task, PoolLink link, long user, String kind) {
        timeline.append(
                task.seller(),
                new Event(
                        "channel:" + link.channelId(),
                        clock.instant(),
                        kind,
                        "task",
                        task.source(),
                        Map.of("user", Long.toString(user), "link", link.name())));
    }

    /** They are, or may be. */
    private void outside(Task task, UUID channelId, long user, String outcome) {
        strangers.settle(task.seller(), channelId, user, outcome);
        comesBackIn(task, channelId, user);
    }

    /** Who has bought since the call: the task that assigns a link looks whether they need one. */
    private void comesBackIn(Task task, UUID channelId, long user) {
        tasks.hurry(task.seller(), Effects.LIFT_BAN);
        List<Grant> bought = grants.active(task.seller(), channelId, user);
        if (!bought.isEmpty()) {
            tasks.owe(task.seller(), Effects.assignLink(bought.getLast(), "task-" + task.id()));
        }
    }
}
