package admitone.access;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Duration;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Looks whether anybody can still ask by a channel's standing link, by setting it again to what it is: its owner may revoke it in Telegram, and no update tells. One that
 * is gone is made anew.
 */
@Component
class LookLinkTask implements TaskHandler {
    private static final Duration LOOK_AGAIN = Duration.ofMinutes(1);

    private final Catalog catalog;
    private final LinkLook look;

    LookLinkTask(Catalog catalog, LinkLook look) {
        this.catalog = catalog;
        this.look = look;
    }

    @Override
    public String kind() {
        return Effects.LOOK_LINK;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // a dead letter would not be woken
    }

    @Override
    public boolean mayRunAgain() {
        return true;
    }

    @Override
    public Result attempt(Task task) {
        Channel channel = catalog.channel(task.seller(), UUID.fromString(task.need("channel")))
                .orElseThrow();
        String link = channel.standingLink();
        if (link == null) {
            return Result.done(); // it is being made, or none is needed
        }
        return switch (look.at(channel, link)) {
            case Answer.Done<Boolean> _ -> Result.done();
            case Answer.Declined<Boolean>(String code, String reason) ->
                switch (code) {
                    case Refusal.LINK_GONE -> new Result.Done(() -> look.gone(channel, link, task.source()));
                    case Refusal.TOKEN -> new Result.Failed(reason);
                    default ->
                        Result.done(); // not this link's fault; looked at again when rights are back, and each day
                };
            case Answer.NotNow<Boolean>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<Boolean>(String reason) -> new Result.Unknown(LOOK_AGAIN, reason);
        };
    }
}
