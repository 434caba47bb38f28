package admitone.bot;

import admitone.access.TellTask;
import admitone.catalog.Catalog;
import admitone.messaging.Languages;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Message;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Tells a seller that their plans could not be posted, and what to do. */
@Component
class TellPostRefusedTask implements TaskHandler {
    private static final String KIND = "tell_post_refused";

    private final Catalog catalog;
    private final Languages languages;
    private final Messenger messenger;

    TellPostRefusedTask(Catalog catalog, Languages languages, Messenger messenger) {
        this.catalog = catalog;
        this.languages = languages;
        this.messenger = messenger;
    }

    static Owed owed(UUID channelId, int version, String why) {
        return Owed.now(
                KIND,
                "channel:" + channelId + ":v" + version + ":refused",
                Map.of("channel", channelId.toString(), "why", why.length() > 200 ? why.substring(0, 200) : why));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Result attempt(Task task) {
        var channel = catalog.channel(task.seller(), UUID.fromString(task.need("channel")))
                .orElseThrow();
        long user = catalog.seller(task.seller()).orElseThrow().telegramUserId();
        PostTexts texts = PostPlansTask.TEXTS.in(languages.at(user, task.owedAt()));
        return TellTask.tell(
                messenger,
                new Message(
                        user,
                        texts.refused(channel.title(), task.need("why")),
                        List.of(
                                PostButtons.on(texts.on(), channel.handle()),
                                PostButtons.off(texts.off(), channel.handle()))));
    }
}
