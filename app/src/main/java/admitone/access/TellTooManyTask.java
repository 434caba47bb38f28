package admitone.access;

import admitone.catalog.Catalog;
import admitone.messaging.Languages;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Texts;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.util.List;
import org.springframework.stereotype.Component;

/** Tells somebody who may come in that Telegram lets nobody into so many channels, and what to do; nobody else would. */
@Component
class TellTooManyTask implements TaskHandler {
    private static final Texts<AccessTexts> TEXTS = Texts.of(AccessTexts.class);

    private final Catalog catalog;
    private final Languages languages;
    private final Messenger messenger;

    TellTooManyTask(Catalog catalog, Languages languages, Messenger messenger) {
        this.catalog = catalog;
        this.languages = languages;
        this.messenger = messenger;
    }

    @Override
    public String kind() {
        return Effects.TELL_TOO_MANY;
    }

    @Override
    public Result attempt(Task task) {
        Seat.Key seat = Seat.Key.of(task);
        String title =
                catalog.channel(seat.seller(), seat.channelId()).orElseThrow().title();
        AccessTexts texts = TEXTS.in(languages.at(seat.telegramUserId(), task.owedAt()));
        return TellTask.tell(messenger, new Message(seat.telegramUserId(), texts.tooManyChannels(title), List.of()));
    }
}
