package admitone.access;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Sends the buyer the message with the way in. Sent again, it carries the same link. */
@Component
class DeliverAccessTask implements TaskHandler {
    /** After so many sends whose answer was lost, the link stays on the buyer's page and /start sends it again. */
    private static final int MOST_UNKNOWN = 3;

    /** Whoever makes the link hurries what waits for it. */
    private static final Duration LINK_IS_MISSING = Duration.ofMinutes(5);

    private final Catalog catalog;
    private final Grants grants;
    private final Messenger messenger;
    private final Timeline timeline;
    private final Clock clock;
    private final FaultPoints faults;

    DeliverAccessTask(
            Catalog catalog, Grants grants, Messenger messenger, Timeline timeline, Clock clock, FaultPoints faults) {
        this.catalog = catalog;
        this.grants = grants;
        this.messenger = messenger;
        this.timeline = timeline;
        this.clock = clock;
        this.faults = faults;
    }

    @Override
    public String kind() {
        return Effects.DELIVER_ACCESS;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // ends with the grant
    }

    @Override
    public Result attempt(Task task) {
        Grant grant =
                grants.find(task.seller(), UUID.fromString(task.need("grant"))).orElseThrow();
        if (grant.access() == Grant.Access.ENDED) {
            return new Result.Done(() -> timeline.append(
                    task.seller(), event(task, grant, "message_not_needed", Map.of("why", "the grant was ended"))));
        }
        if (!grant.isActiveAt(clock.instant())) {
            return dead(task, grant, "message_too_late", "the grant's time was over before the message could be sent");
        }
        if (task.unknowns() >= MOST_UNKNOWN) {
            return dead(
                    task,
                    grant,
                    "message_unknown",
                    MOST_UNKNOWN + " answers were lost: the link stays on the buyer's page");
        }
        Channel channel = catalog.channel(task.seller(), grant.channelId()).orElseThrow();
        if (channel.standingLink() == null) {
            return Result.later(LINK_IS_MISSING, "the channel's link is not made yet");
        }
        faults.reach(Point.CP12_BEFORE_MESSAGE);
        Answer<Long> answer = messenger.send(new Messenger.Message(
                grant.telegramUserId(),
                Words.wayIn(channel.title(), grant.endsAt(), channel.standingLink()),
                List.of()));
        faults.reach(Point.CP14_AFTER_MESSAGE);
        return switch (answer) {
            case Answer.Done<Long>(Long messageId) ->
                new Result.Done(() -> {
                    grants.delivered(grant, messageId);
                    timeline.append(
                            task.seller(),
                            event(task, grant, "message_sent", Map.of("message_id", messageId.toString())));
                });
            case Answer.Declined<Long>(String code, String reason) -> declined(task, grant, code, reason);
            case Answer.NotNow<Long>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<Long>(String reason) -> new Result.Unknown(Duration.ofSeconds(2), reason);
        };
    }

    private Result declined(Task task, Grant grant, String code, String reason) {
        return switch (code) {
            case Refusal.BLOCKED, Refusal.NOT_STARTED, Refusal.CHAT_NOT_FOUND ->
                dead(task, grant, "buyer_unreachable", code + ": the link is on the buyer's page, /start sends it");
            case Refusal.TOKEN -> new Result.Failed(reason);
            default -> dead(task, grant, "message_refused", reason);
        };
    }

    private Result dead(Task task, Grant grant, String kind, String why) {
        return new Result.Dead(why, () -> timeline.append(task.seller(), event(task, grant, kind, Map.of("why", why))));
    }

    private Event event(Task task, Grant grant, String kind, Map<String, String> detail) {
        Map<String, String> all = new LinkedHashMap<>(detail);
        all.put("grant", grant.handle());
        all.put("attempt", Integer.toString(task.attempt()));
        return new Event(Event.payment(grant.paymentId()), clock.instant(), kind, "task", task.source(), all);
    }
}
