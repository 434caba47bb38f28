package admitone.bot;

import admitone.access.TellTask;
import admitone.access.Trials;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.messaging.Html;
import admitone.messaging.Language;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Texts;
import admitone.runtime.Settings;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Tells somebody what came of a link that offered something, with the way to the channel's plans. Lost, it is told when the link is opened again. */
@Component
class TellOfferTask implements TaskHandler {
    private static final String KIND = "tell_offer";
    private static final Texts<TakenTexts> TEXTS = Texts.of(TakenTexts.class);

    private final Catalog catalog;
    private final Messenger messenger;
    private final String publicUrl;

    TellOfferTask(Catalog catalog, Messenger messenger, Settings settings) {
        this.catalog = catalog;
        this.messenger = messenger;
        this.publicUrl = settings.publicUrl().toString();
    }

    enum Word {
        TRIAL_BEGUN,
        TRIAL_HAD,
        TRIAL_FOR_NEW,
        NO_TRIAL,
        CANNOT_ADMIT,
        BANNED,
        /** To somebody whom another one brought. */
        WELCOME;

        static Word of(Trials.Outcome outcome) {
            return switch (outcome) {
                case BEGUN -> TRIAL_BEGUN;
                case BANNED -> BANNED;
                case HAD_BEFORE -> TRIAL_HAD;
                case WAS_MEMBER -> TRIAL_FOR_NEW;
                case NOT_OFFERED -> NO_TRIAL;
                case CANNOT_ADMIT -> CANNOT_ADMIT;
            };
        }
    }

    static String subject(long updateId) {
        return "offer:update-" + updateId;
    }

    static Owed tell(long updateId, Channel channel, Word word, long chat, Language language) {
        return Owed.now(
                KIND,
                subject(updateId),
                Map.of(
                        "chat", Long.toString(chat),
                        "channel", channel.id().toString(),
                        "word", word.name(),
                        "language", language.code()));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Result attempt(Task task) {
        Channel channel = catalog.channel(task.seller(), UUID.fromString(task.need("channel")))
                .orElseThrow();
        TakenTexts texts = TEXTS.in(Language.of(task.need("language")));
        Html text = switch (Word.valueOf(task.need("word"))) {
            case TRIAL_BEGUN -> texts.trialBegun(channel.title());
            case TRIAL_HAD -> texts.trialHad(channel.title());
            case TRIAL_FOR_NEW -> texts.trialForNew(channel.title());
            case NO_TRIAL -> texts.noTrial(channel.title());
            case CANNOT_ADMIT -> texts.cannotAdmit(channel.title());
            case BANNED -> texts.banned(channel.title());
            case WELCOME -> texts.welcome(channel.title());
        };
        return TellTask.tell(
                messenger,
                new Message(
                        Long.parseLong(task.need("chat")),
                        text,
                        List.of(new LinkButton(texts.seePlans(), publicUrl + "/c/" + channel.slug()))));
    }
}
