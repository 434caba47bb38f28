package admitone.access;

import admitone.access.Schedule.Stage;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.ChannelTexts;
import admitone.messaging.Html;
import admitone.messaging.Lasting;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
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
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Tells a buyer that their time is over and until when they may renew. From its confirmation on the grace period runs; from an attempt that
 * failed for good, the longer time for those whom the bot cannot reach, which begins with a post in the channel. So nobody is removed untold, and nobody stays because a message failed.
 */
@Component
class TellEndTask implements TaskHandler {
    /** After so many sends whose answer was lost, they count as not told. */
    private static final int MOST_UNKNOWN = 3;

    /** Who has left long ago is not written to, as where a service has stood still, or begins to keep time. */
    private static final Duration LONG_AGO = Duration.ofDays(3);

    private final Endings endings;
    private final UnreachablePosts posts;
    private final Grants grants;
    private final Catalog catalog;
    private final ChannelTerms terms;
    private final Observing observing;
    private final EndLetters letters;
    private final ChannelTexts channelTexts;
    private final Messenger messenger;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Clock clock;

    TellEndTask(
            Endings endings,
            UnreachablePosts posts,
            Grants grants,
            Catalog catalog,
            ChannelTerms terms,
            Observing observing,
            EndLetters letters,
            ChannelTexts channelTexts,
            Messenger messenger,
            Tasks tasks,
            Timeline timeline,
            Clock clock) {
        this.endings = endings;
        this.posts = posts;
        this.grants = grants;
        this.catalog = catalog;
        this.terms = terms;
        this.observing = observing;
        this.letters = letters;
        this.channelTexts = channelTexts;
        this.messenger = messenger;
        this.tasks = tasks;
        this.timeline = timeline;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return Effects.TELL_END;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // shown as waiting: nobody is removed before it has come to something
    }

    @Override
    public Result attempt(Task task) {
        Ending.Key key = Ending.Key.of(task);
        Seat.Key seat = key.seat();
        Grant grant =
                grants.find(seat.seller(), UUID.fromString(task.need("grant"))).orElseThrow();
        if (!Schedule.end(Endings.rights(endings.held(seat)))
                .filter(key.endsAt()::equals)
                .isPresent()) {
            return new Result.Done(() -> {
                endings.settle(key, Ending.Outcome.RENEWED);
                note(task, grant, "notice_not_needed", "their time ends at another time now");
            });
        }
        Stage stage = endings.find(key).orElseThrow().stage();
        if (stage instanceof Stage.Leaving || stage instanceof Stage.Settled) {
            return new Result.Done(
                    () -> note(task, grant, "notice_not_needed", "their removal is under way, or settled"));
        }
        // the notice promises a time after which we remove
        var observed = observing.instead(task, seat.channelId(), seat.telegramUserId(), Observing.Deed.REMOVE);
        if (observed.isPresent()) {
            return observed.get();
        }
        if (task.unknowns() >= MOST_UNKNOWN) {
            return unreachable(task, key, grant, MOST_UNKNOWN + " answers were lost");
        }
        Channel channel = catalog.channel(seat.seller(), seat.channelId()).orElseThrow();
        if (key.endsAt().plus(LONG_AGO).isBefore(clock.instant())) {
            Answer<Boolean> inside = messenger.isMember(channel.closedChat().value(), seat.telegramUserId());
            if (!(inside instanceof Answer.Done<Boolean>(Boolean isInside))) {
                return NotDone.of(inside);
            }
            if (!isInside) {
                return new Result.Done(() -> {
                    endings.settle(key, Ending.Outcome.OUTSIDE);
                    note(task, grant, "notice_not_needed", "they have left, and their time was over long ago");
                });
            }
        }
        return send(task, key, grant, channel);
    }

    private Result send(Task task, Ending.Key key, Grant grant, Channel channel) {
        Duration grace = Duration.parse(task.need("grace"));
        Html sellers = channelTexts
                .at(channel.seller(), channel.id(), ChannelTexts.Kind.EXPIRY, task.owedAt())
                .map(Html::escaped)
                .orElse(Html.NOTHING);
        Answer<Long> answer = letters.send(
                task,
                grant,
                channel,
                texts -> Html.paragraphs(
                        texts.ended(channel.title(), key.endsAt(), new Lasting.Hours(Math.toIntExact(grace.toHours()))),
                        sellers));
        return switch (answer) {
            case Answer.Done<Long>(Long messageId) ->
                new Result.Done(() -> {
                    endings.told(key, clock.instant(), grace);
                    note(task, grant, "notice_sent", "message " + messageId);
                });
            case Answer.Declined<Long>(String code, String reason) -> declined(task, key, grant, code, reason);
            case Answer.NotNow<Long>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<Long>(String reason) -> new Result.Unknown(Duration.ofSeconds(2), reason);
        };
    }

    /** Only what is known to lie with the buyer counts as not to be reached. */
    private Result declined(Task task, Ending.Key key, Grant grant, String code, String reason) {
        return switch (code) {
            case Refusal.BLOCKED, Refusal.NOT_STARTED, Refusal.CHAT_NOT_FOUND ->
                unreachable(task, key, grant, code + ": " + reason);
            default -> new Result.Failed(code + ": " + reason);
        };
    }

    private Result unreachable(Task task, Ending.Key key, Grant grant, String why) {
        SellerId seller = key.seat().seller();
        UUID channelId = key.seat().channelId();
        return new Result.Done(() -> {
            Instant now = clock.instant();
            Instant day = now.truncatedTo(ChronoUnit.DAYS);
            Duration stay = terms.of(seller, channelId).unreachable();
            UnreachablePosts.Next next = posts.next(seller, channelId, now);
            UnreachablePosts.Key post = next.key();
            endings.unreachable(key, now);
            if (!posts.isPosted(post)) { // before the lock, which the post's own task takes while it holds its row
                tasks.wake(seller, Effects.postUnreachable(post, next.notBefore()));
            }
            if (posts.lockPosted(post)) { // otherwise the post says until when, once it stands
                endings.staysUntil(key, Schedule.removeAt(key.endsAt(), now, stay));
            }
            tasks.owe(seller, Effects.tellUnreachable(channelId, day, day.plus(Duration.ofDays(1))));
            note(task, grant, "notice_undeliverable", why);
        });
    }

    private void note(Task task, Grant grant, String kind, String why) {
        timeline.append(
                grant.seller(),
                new Event(grant.subject(), clock.instant(), kind, "task", task.source(), Map.of("why", why)));
    }
}
