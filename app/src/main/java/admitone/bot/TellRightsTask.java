package admitone.bot;

import admitone.access.TellTask;
import admitone.catalog.Catalog;
import admitone.catalog.Catalog.NotSold;
import admitone.catalog.Channel;
import admitone.messaging.Html;
import admitone.messaging.Languages;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Texts;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Tells a seller that nothing of a channel is sold since the bot lost its rights there or nobody can be kept out, with what to do, and that it is sold again. */
@Component
class TellRightsTask implements TaskHandler {
    private static final String KIND = "tell_rights";

    // what is told, as it stands in the payload
    private static final String LOST = "lost";
    private static final String PUBLIC = "public";
    private static final String BASIC_GROUP = "basic-group";
    private static final String GIVEN_BACK = "given-back";

    private static final Texts<RightsTexts> TEXTS = Texts.of(RightsTexts.class);

    private final Catalog catalog;
    private final Languages languages;
    private final Messenger messenger;

    TellRightsTask(Catalog catalog, Languages languages, Messenger messenger) {
        this.catalog = catalog;
        this.languages = languages;
        this.messenger = messenger;
    }

    /** {@code since}: what makes it be owed once. */
    static Owed lost(Channel channel, Instant since, NotSold why) {
        return owed(
                channel,
                switch (why) {
                    case NO_RIGHTS -> LOST;
                    case PUBLIC -> PUBLIC;
                    case BASIC_GROUP -> BASIC_GROUP;
                },
                since);
    }

    static Owed givenBack(Channel channel, Instant since) {
        return owed(channel, GIVEN_BACK, since);
    }

    private static Owed owed(Channel channel, String what, Instant since) {
        return Owed.now(
                KIND,
                "channel:" + channel.id() + ":rights-" + what + ":" + since,
                Map.of("channel", channel.id().toString(), "what", what));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Result attempt(Task task) {
        Channel channel = catalog.channel(task.seller(), UUID.fromString(task.need("channel")))
                .orElseThrow();
        long user = catalog.seller(task.seller()).orElseThrow().telegramUserId();
        RightsTexts texts = TEXTS.in(languages.at(user, task.owedAt()));
        Html text = switch (task.need("what")) {
            case LOST -> texts.lost(channel.title());
            case PUBLIC -> texts.isPublic(channel.title());
            case BASIC_GROUP -> texts.isBasicGroup(channel.title());
            case GIVEN_BACK -> texts.givenBack(channel.title());
            default -> throw new IllegalStateException("tell_rights of " + task.need("what"));
        };
        return TellTask.tell(messenger, new Message(user, text, List.of()));
    }
}
