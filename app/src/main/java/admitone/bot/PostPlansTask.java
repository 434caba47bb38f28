package admitone.bot;

import admitone.bot.PlanPosts.PlanPost;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.OpenChatId;
import admitone.catalog.Plan;
import admitone.messaging.BotName;
import admitone.messaging.Html;
import admitone.messaging.Languages;
import admitone.messaging.Lasting;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Button;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Messenger.Refusal;
import admitone.messaging.Texts;
import admitone.runtime.Answer;
import admitone.runtime.Settings;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.tasks.Tasks;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Shows one version of a channel's plans in its open chat: posts them, or changes the post that stands there. One version after the other, or two of them could
 * both find no post and make one.
 */
@Component
class PostPlansTask implements TaskHandler {
    static final Texts<PostTexts> TEXTS = Texts.of(PostTexts.class);

    private static final String KIND = "post_plans";

    /** Of a post whose answer was lost, another is made at most so often. */
    private static final int MOST_UNKNOWN = 3;

    private static final int MOST_BUTTONS = 20;
    /** Of a message's 4,096 characters, for what is said of the plans. */
    private static final int ROOM = 3_500;

    private static final Duration SOON = Duration.ofSeconds(2);

    private final PlanPosts posts;
    private final Catalog catalog;
    private final BotName bot;
    private final Languages languages;
    private final Messenger messenger;
    private final Tasks tasks;
    private final String publicUrl;

    PostPlansTask(
            PlanPosts posts,
            Catalog catalog,
            BotName bot,
            Languages languages,
            Messenger messenger,
            Tasks tasks,
            Settings settings) {
        this.posts = posts;
        this.catalog = catalog;
        this.bot = bot;
        this.languages = languages;
        this.messenger = messenger;
        this.tasks = tasks;
        this.publicUrl = settings.publicUrl().toString();
    }

    static Owed owed(UUID channelId, int version) {
        return Owed.now(
                KIND,
                subject(channelId, version),
                Map.of("channel", channelId.toString(), "version", Integer.toString(version)));
    }

    private static String subject(UUID channelId, int version) {
        return "channel:" + channelId + ":v" + version;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Result attempt(Task task) {
        UUID channelId = UUID.fromString(task.need("channel"));
        int version = Integer.parseInt(task.need("version"));
        if (!isFirstInTurn(task, channelId, version)) {
            return Result.later(SOON, "the version before is not done with");
        }
        PlanPost post = posts.find(task.seller(), channelId).orElseThrow();
        if (!post.isOn() || post.version() != version) {
            return Result.done();
        }
        if (task.unknowns() >= MOST_UNKNOWN) {
            return refused(task, channelId, post, MOST_UNKNOWN + " answers were lost");
        }
        Channel channel = catalog.channel(task.seller(), channelId).orElseThrow();
        if (bot.startLink("").isEmpty()) {
            return Result.later(SOON, "the bot's name is not known yet");
        }
        Message message = message(task, channel);
        return post.messageId() == null ? post(task, channel, post, message) : change(task, channel, post, message);
    }

    private boolean isFirstInTurn(Task task, UUID channelId, int version) {
        return tasks.ofSubject(task.seller(), subject(channelId, version - 1)).stream()
                .noneMatch(Tasks.Listed::isUnderWay);
    }

    private Message message(Task task, Channel channel) {
        long sellersUser = catalog.seller(channel.seller()).orElseThrow().telegramUserId();
        PostTexts texts = TEXTS.in(languages.at(sellersUser, task.owedAt()));
        List<Button> buttons = new ArrayList<>();
        catalog.plans(channel.seller(), channel.id()).stream()
                .limit(MOST_BUTTONS)
                .forEach(plan -> buttons.add(new LinkButton(
                        texts.plan(plan.name(), new Lasting.Days(plan.days()), plan.price()),
                        bot.startLink(plan.handle()).orElseThrow())));
        buttons.add(new LinkButton(texts.allPlans(), publicUrl + "/c/" + channel.slug()));
        OpenChatId chat = Objects.requireNonNull(channel.openChat());
        return new Message(
                chat.value(),
                Html.paragraphs(texts.post(channel.title()), Html.joined("\n", described(channel, texts))),
                List.copyOf(buttons));
    }

    /** What one gets by each plan of which that is told, as far as a message has room. */
    private List<Html> described(Channel channel, PostTexts texts) {
        List<Html> lines = new ArrayList<>();
        int length = 0;
        for (Plan plan : catalog.plans(channel.seller(), channel.id()).stream()
                .limit(MOST_BUTTONS)
                .toList()) {
            if (plan.description() != null) {
                Html line = texts.says(plan.name(), new Lasting.Days(plan.days()), plan.description());
                length += line.value().length() + 1;
                if (length <= ROOM) {
                    lines.add(line);
                }
            }
        }
        return lines;
    }

    private Result post(Task task, Channel channel, PlanPost post, Message message) {
        return switch (messenger.send(message)) {
            case Answer.Done<Long>(Long messageId) -> shown(task, channel, post, messageId);
            case Answer.Declined<Long>(String code, String reason) ->
                refused(task, channel.id(), post, code + ": " + reason);
            case Answer.NotNow<Long>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<Long>(String reason) -> new Result.Unknown(SOON, reason);
        };
    }

    /** May be repeated: it sets what is seen. */
    private Result change(Task task, Channel channel, PlanPost post, Message message) {
        long messageId = Objects.requireNonNull(post.messageId());
        return switch (messenger.edit(messageId, message)) {
            case Answer.Done<Boolean> _ -> shown(task, channel, post, messageId);
            case Answer.Declined<Boolean>(String code, String reason)
            when code.equals(Refusal.MESSAGE_GONE) ->
                new Result.Later(Duration.ZERO, reason, () -> posts.gone(channel.seller(), channel.id()));
            case Answer.Declined<Boolean>(String code, String reason) ->
                refused(task, channel.id(), post, code + ": " + reason);
            case Answer.NotNow<Boolean>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<Boolean>(String reason) -> Result.later(SOON, reason);
        };
    }

    private Result shown(Task task, Channel channel, PlanPost post, long messageId) {
        return new Result.Done(() -> posts.shown(task.seller(), channel.id(), post.version(), messageId));
    }

    /** The seller is told once, until it has worked again. */
    private Result refused(Task task, UUID channelId, PlanPost post, String why) {
        return new Result.Done(() -> {
            posts.refused(task.seller(), channelId, why);
            if (post.refused() == null) {
                tasks.owe(task.seller(), TellPostRefusedTask.owed(channelId, post.version(), why));
            }
        });
    }
}
