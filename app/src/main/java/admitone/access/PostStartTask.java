package admitone.access;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.messaging.BotName;
import admitone.messaging.Languages;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Texts;
import admitone.runtime.Answer;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Posts in a channel, by its seller's word, that members press <i>Start</i>. */
@Component
class PostStartTask implements TaskHandler {
    private static final Texts<AccessTexts> TEXTS = Texts.of(AccessTexts.class);
    private static final Duration NAME_UNKNOWN = Duration.ofMinutes(1);

    private final Catalog catalog;
    private final Languages languages;
    private final BotName bot;
    private final Messenger messenger;

    PostStartTask(Catalog catalog, Languages languages, BotName bot, Messenger messenger) {
        this.catalog = catalog;
        this.languages = languages;
        this.bot = bot;
        this.messenger = messenger;
    }

    @Override
    public String kind() {
        return Effects.POST_START;
    }

    @Override
    public Result attempt(Task task) {
        if (task.interrupted()) { // it may stand, and a second one is heard by all
            return Result.done();
        }
        Optional<String> link = bot.startLink("renew");
        if (link.isEmpty()) {
            return Result.later(NAME_UNKNOWN, "the bot's name is not known yet");
        }
        Channel channel = catalog.channel(task.seller(), UUID.fromString(task.need("channel")))
                .orElseThrow();
        long sellersUser = catalog.seller(task.seller()).orElseThrow().telegramUserId();
        AccessTexts texts = TEXTS.in(languages.at(sellersUser, task.owedAt()));
        Message post = new Message(
                channel.closedChat().value(), texts.pressStart(), List.of(new LinkButton(texts.openBot(), link.get())));
        return switch (messenger.send(post)) {
            case Answer.Done<Long> _, Answer.Unknown<Long> _ -> Result.done();
            case Answer.Declined<Long>(String code, String reason) -> new Result.Failed(code + ": " + reason);
            case Answer.NotNow<Long>(Duration after, String reason) -> Result.later(after, reason);
        };
    }
}
