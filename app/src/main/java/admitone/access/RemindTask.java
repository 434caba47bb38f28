package admitone.access;

import admitone.access.Schedule.Right;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.messaging.Messenger;
import admitone.runtime.Answer;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
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
 * Reminds a buyer that their time ends soon. Nobody is reminded twice for one thing: a reminder that may have been sent is not repeated, and
 * one that was overtaken by a purchase, by the next reminder or by the end is not sent.
 */
@Component
class RemindTask implements TaskHandler {
    private final Endings endings;
    private final Grants grants;
    private final Catalog catalog;
    private final ChannelTerms terms;
    private final Lists lists;
    private final Observing observing;
    private final EndLetters letters;
    private final Timeline timeline;
    private final Clock clock;

    RemindTask(
            Endings endings,
            Grants grants,
            Catalog catalog,
            ChannelTerms terms,
            Lists lists,
            Observing observing,
            EndLetters letters,
            Timeline timeline,
            Clock clock) {
        this.endings = endings;
        this.grants = grants;
        this.catalog = catalog;
        this.terms = terms;
        this.lists = lists;
        this.observing = observing;
        this.letters = letters;
        this.timeline = timeline;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return Effects.REMIND;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // ends with what it reminds of
    }

    @Override
    public Result attempt(Task task) {
        Ending.Key key = Ending.Key.of(task);
        Seat.Key seat = key.seat();
        Duration before = Duration.parse(task.need("before"));
        Grant grant =
                grants.find(seat.seller(), UUID.fromString(task.need("grant"))).orElseThrow();
        if (task.interrupted()) {
            return done(
                    task, grant, "reminder_unknown", "the attempt before this one was cut off and may have sent it");
        }
        Optional<String> needless = whyNeedless(key, before);
        if (needless.isPresent()) {
            return done(task, grant, "reminder_not_needed", needless.get());
        }
        Optional<Result> observed =
                grant.isImported() ? observing.instead(seat.seller(), seat.channelId()) : Optional.empty();
        if (observed.isPresent()) {
            return observed.get(); // they pay where they have paid so far, until we take over
        }
        Channel channel = catalog.channel(seat.seller(), seat.channelId()).orElseThrow();
        Answer<Long> answer =
                letters.send(task, grant, channel, texts -> texts.endsSoon(channel.title(), key.endsAt()));
        return switch (answer) {
            case Answer.Done<Long>(Long messageId) ->
                new Result.Done(() -> {
                    endings.told(key, clock.instant());
                    timeline.append(
                            seat.seller(),
                            event(
                                    task,
                                    grant,
                                    "reminder_sent",
                                    Map.of("before", before.toString(), "message_id", messageId.toString())));
                });
            case Answer.Declined<Long>(String code, String reason)
            when code.equals(Messenger.Refusal.TOKEN) -> new Result.Failed(reason);
            case Answer.Declined<Long>(String code, String reason) -> done(task, grant, "reminder_refused", reason);
            case Answer.NotNow<Long>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<Long>(String reason) -> done(task, grant, "reminder_unknown", reason);
        };
    }

    private Optional<String> whyNeedless(Ending.Key key, Duration before) {
        List<Right> rights = Endings.rights(endings.held(key.seat()));
        Instant now = clock.instant();
        if (!Schedule.end(rights).filter(key.endsAt()::equals).isPresent()) {
            return Optional.of("the time in the channel ends at another time now");
        }
        if (lists.of(key.seat()).isPresent()) {
            return Optional.of("they are whitelisted or banned: nothing depends on their time");
        }
        if (!now.isBefore(key.endsAt())) {
            return Optional.of("the time is over, and the notice of the end says so");
        }
        Terms ours = terms.of(key.seat().seller(), key.seat().channelId());
        return Schedule.newestReminder(rights, key.endsAt(), ours, now)
                .filter(newer -> newer.compareTo(before) < 0)
                .map(newer -> "the next reminder is due");
    }

    private Result done(Task task, Grant grant, String kind, String why) {
        return new Result.Done(() -> timeline.append(grant.seller(), event(task, grant, kind, Map.of("why", why))));
    }

    private Event event(Task task, Grant grant, String kind, Map<String, String> detail) {
        return new Event(grant.subject(), clock.instant(), kind, "task", task.source(), detail);
    }
}
