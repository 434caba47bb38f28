package admitone.access;

import admitone.access.UnreachablePosts.Outcome;
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
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Says in a channel, naming nobody, that the access of some members ends and how they renew: for those whom the bot cannot write to. One that may have been posted
 * is not posted again.
 */
@Component
class PostUnreachableTask implements TaskHandler {
    private static final Texts<AccessTexts> TEXTS = Texts.of(AccessTexts.class);

    private final UnreachablePosts posts;
    private final ChannelTerms terms;
    private final Catalog catalog;
    private final Observing observing;
    private final Languages languages;
    private final BotName bot;
    private final Messenger messenger;
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
        if (task.interrupted()) {
            return settled(task, key, true, "the attempt before this one was cut off and may have posted it");
        }
        var observed = observing.instead(key.seller(), key.channelId());
        if (observed.isPresent()) {
            return observed.get();
        }
        Channel channel = catalog.channel(key.seller(), key.channelId()).orElseThrow();
        return switch (messenger.send(message(task, channel))) {
            case Answer.Done<Long>(Long messageId) -> settled(task, key, true, "message " + messageId);
            case Answer.Declined<Long>(String code, String reason)
            when code.equals(Refusal.TOKEN) -> new Result.Failed(reason);
            case Answer.Declined<Long>(String code, String reason) -> settled(task, key, false, code + ": " + reason);
            case Answer.NotNow<Long>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<Long>(String reason) -> settled(task, key, true, "its answer was lost: " + reason);
        };
    }

    private Message message(Task task, Channel channel) {
        long sellersUser = catalog.seller(channel.seller()).orElseThrow().telegramUserId();
        AccessTexts texts = TEXTS.in(languages.at(sellersUser, task.owedAt()));
        List<Button> buttons = new ArrayList<>();
        bot.startLink("renew").ifPresent(link -> buttons.add(new LinkButton(texts.openBot(), link)));
        buttons.add(new LinkButton(texts.seePlans(), publicUrl + "/c/" + channel.slug()));
        Instant until =
                clock.instant().plus(terms.of(channel.seller(), channel.id()).unreachable());
        return new Message(channel.closedChat().value(), texts.someEnd(until), List.copyOf(buttons));
    }

    private Result settled(Task task, UnreachablePosts.Key key, boolean posted, String why) {
        return new Result.Done(() -> {
            if (posts.lock(key).isPresent()) {
                return;
            }
            Instant now = clock.instant();
            posts.settle(
                    key,
                    new Outcome(posted, now),
                    why,
                    terms.of(key.seller(), key.channelId()).unreachable());
            timeline.append(
                    key.seller(),
                    new Event(
                            "channel:" + key.channelId(),
                            now,
                            posted ? "unreachable_posted" : "unreachable_post_refused",
                            "task",
                            task.source(),
                            Map.of("why", why)));
        });
    }
}
