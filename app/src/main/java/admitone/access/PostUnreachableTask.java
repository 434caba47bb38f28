package admitone.access;

import admitone.access.UnreachablePosts.Posted;
import admitone.access.UnreachablePosts.Waiting;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.messaging.BotName;
import admitone.messaging.Languages;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Button;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.Refusal;
import admitone.messaging.Texts;
import admitone.runtime.Answer;
import admitone.runtime.Settings;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Says in a channel, naming nobody, that the access of some members ends and how they renew: for those whom the bot cannot write to. Only Telegram's word that it is
 * posted begins their time: one whose answer is lost is posted again, since twice told harms nobody and untold does. While it is not known to stand, a person is asked.
 */
@Component
class PostUnreachableTask implements TaskHandler {
    private static final Texts<AccessTexts> TEXTS = Texts.of(AccessTexts.class);

    /** Until it may be posted, or another day's post has said it. */
    private static final Duration LOOK_AGAIN = Duration.ofHours(1);

    /** After so many lost answers a person is asked, and it is tried once a day. */
    private static final int MOST_UNKNOWN = 3;

    private static final Duration POST_AGAIN = Duration.ofMinutes(1);
    private static final Duration AFTER_MANY_UNKNOWN = Duration.ofDays(1);

    private final UnreachablePosts posts;
    private final ChannelTerms terms;
    private final Catalog catalog;
    private final Observing observing;
    private final Languages languages;
    private final BotName bot;
    private final Messenger messenger;
    private final UntoldCase untold;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Clock clock;
    private final String publicUrl;

    PostUnreachableTask(
            UnreachablePosts posts,
            ChannelTerms terms,
            Catalog catalog,
            Observing observing,
            Languages languages,
            BotName bot,
            Messenger messenger,
            UntoldCase untold,
            Tasks tasks,
            Timeline timeline,
            Clock clock,
            Settings settings) {
        this.posts = posts;
        this.terms = terms;
        this.catalog = catalog;
        this.observing = observing;
        this.languages = languages;
        this.bot = bot;
        this.messenger = messenger;
        this.untold = untold;
        this.tasks = tasks;
        this.timeline = timeline;
        this.clock = clock;
        this.publicUrl = settings.publicUrl().toString();
    }

    @Override
    public String kind() {
        return Effects.POST_UNREACHABLE;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // shown as waiting: the time of those it is for does not begin before
    }

    @Override
    public Result attempt(Task task) {
        UnreachablePosts.Key key = new UnreachablePosts.Key(
                task.seller(), UUID.fromString(task.need("channel")), LocalDate.parse(task.need("day")));
        var observed = observing.instead(key.seller(), key.channelId());
        if (observed.isPresent()) {
            return observed.get();
        }
        Optional<Waiting> waiting = posts.waiting(key.seller(), key.channelId(), clock.instant());
        if (waiting.isEmpty() || posts.isPosted(key)) { // the latter by a retry of one that is done
            return new Result.Done(() -> lookOnce(key));
        }
        if (posts.isFollowed(key)) {
            return Result.later(LOOK_AGAIN, "the post of a later day says it");
        }
        Optional<Posted> last = posts.last(key.seller(), key.channelId());
        Optional<Duration> early = last.map(this::untilNext).filter(Duration::isPositive);
        if (early.isPresent()) {
            return Result.later(early.get(), "one stood less than a week ago");
        }
        if (task.interrupted() && task.unknowns() >= MOST_UNKNOWN) {
            return lost(task, key, waiting.get(), "the attempts to post it were cut off");
        }
        Channel channel = catalog.channel(key.seller(), key.channelId()).orElseThrow();
        return switch (messenger.send(message(task, channel, last.isPresent()))) {
            case Answer.Done<Long>(Long messageId) -> {
                // at its best: one that stays says a time that is over, and harms nobody
                last.map(Posted::messageId)
                        .ifPresent(
                                before -> messenger.delete(channel.closedChat().value(), before));
                yield posted(task, key, messageId);
            }
            case Answer.Declined<Long>(String code, String reason)
            when code.equals(Refusal.TOKEN) -> new Result.Failed(reason);
            case Answer.Declined<Long>(String code, String reason) ->
                ask(task, key, waiting.get(), code + ": " + reason, LOOK_AGAIN);
            case Answer.NotNow<Long>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<Long>(String reason) ->
                task.unknowns() + 1 < MOST_UNKNOWN
                        ? new Result.Unknown(POST_AGAIN, reason)
                        : lost(task, key, waiting.get(), reason);
        };
    }

    /** Asked also here, since a task may be woken before its time: a post that is early would name another end than that of whoever is found on its day. */
    private Duration untilNext(Posted last) {
        return Duration.between(clock.instant(), last.at().plus(UnreachablePosts.BETWEEN));
    }

    private Result lost(Task task, UnreachablePosts.Key key, Waiting waiting, String why) {
        return ask(task, key, waiting, UntoldCase.NOT_KNOWN + ": " + why, AFTER_MANY_UNKNOWN);
    }

    /** {@code isSilent}: the first of a channel is heard. */
    private Message message(Task task, Channel channel, boolean isSilent) {
        long sellersUser = catalog.seller(channel.seller()).orElseThrow().telegramUserId();
        AccessTexts texts = TEXTS.in(languages.at(sellersUser, task.owedAt()));
        List<Button> buttons = new ArrayList<>();
        bot.startLink("renew").ifPresent(link -> buttons.add(new LinkButton(texts.openBot(), link)));
        buttons.add(new LinkButton(texts.seePlans(), publicUrl + "/c/" + channel.slug()));
        Instant until =
                clock.instant().plus(terms.of(channel.seller(), channel.id()).unreachable());
        return new Message(channel.closedChat().value(), texts.someEnd(until), List.copyOf(buttons), isSilent);
    }

    /** Within the transaction that ends the task: who was found since it looked is told by it once more. */
    private void lookOnce(UnreachablePosts.Key key) {
        boolean isPosted = posts.lockPosted(key);
        if (posts.waiting(key.seller(), key.channelId(), clock.instant()).isEmpty()) {
            untold.settle(key.seller(), key.channelId(), "nobody waits any more");
        } else if (!isPosted) {
            tasks.wake(key.seller(), Effects.postUnreachable(key, clock.instant()));
        }
    }

    private Result ask(Task task, UnreachablePosts.Key key, Waiting waiting, String why, Duration again) {
        return new Result.Later(again, why, () -> {
            if (untold.ask(key.seller(), key.channelId(), waiting, why)) {
                note(task, key, "unreachable_post_refused", why);
            }
        });
    }

    private Result posted(Task task, UnreachablePosts.Key key, long messageId) {
        return new Result.Done(() -> {
            if (posts.lockPosted(key)) {
                return;
            }
            untold.settle(key.seller(), key.channelId(), "posted");
            posts.posted(
                    key,
                    clock.instant(),
                    messageId,
                    terms.of(key.seller(), key.channelId()).unreachable());
            note(task, key, "unreachable_posted", "message " + messageId);
        });
    }

    private void note(Task task, UnreachablePosts.Key key, String kind, String why) {
        timeline.append(
                key.seller(),
                new Event(
                        "channel:" + key.channelId(),
                        clock.instant(),
                        kind,
                        "task",
                        task.source(),
                        Map.of("why", why)));
    }
}
