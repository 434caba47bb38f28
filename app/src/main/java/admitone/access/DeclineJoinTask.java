package admitone.access;

import admitone.catalog.Catalog;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Duration;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Declines somebody who asked and did not buy in the time given. Who bought, is buying or was whitelisted meanwhile is left alone, and so
 * is everybody in a channel that is only observed: another bot has answered them by the time it no longer is. */
@Component
class DeclineJoinTask implements TaskHandler {
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(30);

    private final Catalog catalog;
    private final Grants grants;
    private final OpenOrders openOrders;
    private final Lists lists;
    private final Observing observing;
    private final Messenger messenger;

    DeclineJoinTask(
            Catalog catalog,
            Grants grants,
            OpenOrders openOrders,
            Lists lists,
            Observing observing,
            Messenger messenger) {
        this.catalog = catalog;
        this.grants = grants;
        this.openOrders = openOrders;
        this.lists = lists;
        this.observing = observing;
        this.messenger = messenger;
    }

    @Override
    public String kind() {
        return Effects.DECLINE_JOIN;
    }

    @Override
    public Result attempt(Task task) {
        UUID channelId = UUID.fromString(task.need("channel"));
        long user = Long.parseLong(task.need("user"));
        long update = Long.parseLong(task.need("update"));
        if (grants.waitingRequest(task.seller(), channelId, user)
                .filter(waiting -> waiting == update)
                .isEmpty()) {
            return Result.done(); // answered, or asked anew: the newer request has its own task
        }
        Seat.Key seat = new Seat.Key(task.seller(), channelId, user);
        boolean isBanned = lists.isBanned(seat);
        if (!isBanned
                && (lists.isWhitelisted(seat)
                        || !grants.active(task.seller(), channelId, user).isEmpty())) {
            return Result.done(); // the purchase owed the approval
        }
        if (observing.isOn(task.seller(), channelId)) {
            return new Result.Done(() -> observing.note(seat, Observing.Deed.DECLINE, task.subject()));
        }
        if (!isBanned && openOrders.anyFor(task.seller(), channelId, user)) {
            return Result.later(LOOK_AGAIN, "an order is open");
        }
        var channel = catalog.channel(task.seller(), channelId).orElseThrow();
        return switch (messenger.declineJoin(channel.closedChat().value(), user)) {
            case Answer.Done<Boolean> _ -> declined(task, channelId, user, update);
            case Answer.Declined<Boolean>(String code, String reason) ->
                code.equals(Refusal.NO_RIGHTS) || code.equals(Refusal.TOKEN)
                        ? new Result.Failed(reason)
                        : declined(task, channelId, user, update);
            case Answer.NotNow<Boolean>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<Boolean>(String reason) -> new Result.Unknown(Duration.ofSeconds(2), reason);
        };
    }

    private Result declined(Task task, UUID channelId, long user, long update) {
        return new Result.Done(() -> grants.answered(task.seller(), channelId, user, update));
    }
}
