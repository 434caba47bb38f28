package admitone.access;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
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
    private final Messenger messenger;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Clock clock;

    LookLinkTask(Catalog catalog, Messenger messenger, Tasks tasks, Timeline timeline, Clock clock) {
        this.catalog = catalog;
        this.messenger = messenger;
        this.tasks = tasks;
        this.timeline = timeline;
        this.clock = clock;
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
        return switch (messenger.keepRequestLink(
                channel.closedChat().value(), link, StandingLinkTask.name(channel.id()))) {
            case Answer.Done<Boolean> _ -> Result.done();
            case Answer.Declined<Boolean>(String code, String reason) ->
                switch (code) {
                    case Refusal.LINK_GONE -> new Result.Done(() -> gone(task, channel, link));
                    case Refusal.TOKEN -> new Result.Failed(reason);
                    default ->
                        Result.done(); // not this link's fault; looked at again when rights are back, and each day
                };
            case Answer.NotNow<Boolean>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<Boolean>(String reason) -> new Result.Unknown(LOOK_AGAIN, reason);
        };
    }

    /** In the order in which the task that makes links locks: its own row before the channel's. */
    private void gone(Task task, Channel channel, String link) {
        tasks.oweAgain(channel.seller(), Effects.standingLink(channel.id()));
        if (catalog.linkIsGone(channel, link)) {
            timeline.append(
                    channel.seller(),
                    new Event(
                            "channel:" + channel.id(), clock.instant(), "link_gone", "task", task.source(), Map.of()));
        }
    }
}
