package admitone.access;

import admitone.catalog.Catalog;
import admitone.messaging.Languages;
import admitone.messaging.Lasting;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Texts;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Tells a seller, once a day at most, of members whose time is over and whom the bot cannot reach. */
@Component
class TellUnreachableTask implements TaskHandler {
    private static final Texts<AccessTexts> TEXTS = Texts.of(AccessTexts.class);

    private final Endings endings;
    private final Catalog catalog;
    private final ChannelTerms terms;
    private final Languages languages;
    private final Messenger messenger;

    TellUnreachableTask(
            Endings endings, Catalog catalog, ChannelTerms terms, Languages languages, Messenger messenger) {
        this.endings = endings;
        this.catalog = catalog;
        this.terms = terms;
        this.languages = languages;
        this.messenger = messenger;
    }

    @Override
    public String kind() {
        return Effects.TELL_UNREACHABLE;
    }

    @Override
    public Result attempt(Task task) {
        UUID channelId = UUID.fromString(task.need("channel"));
        List<Long> users = endings.unreachable(
                task.seller(), channelId, Instant.parse(task.need("from")), Instant.parse(task.need("until")));
        if (users.isEmpty()) {
            return Result.done();
        }
        var seller = catalog.seller(task.seller()).orElseThrow();
        var channel = catalog.channel(task.seller(), channelId).orElseThrow();
        return TellTask.tell(
                messenger,
                new Message(
                        seller.telegramUserId(),
                        TEXTS.in(languages.at(seller.telegramUserId(), task.owedAt()))
                                .unreachable(
                                        channel.title(),
                                        users.size(),
                                        UntoldCase.named(users),
                                        new Lasting.Days(Math.toIntExact(terms.of(task.seller(), channelId)
                                                .unreachable()
                                                .toDays()))),
                        List.of()));
    }
}
