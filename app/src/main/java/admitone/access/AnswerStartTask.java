package admitone.access;

import admitone.catalog.Catalog;
import admitone.messaging.Language;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Button;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Texts;
import admitone.runtime.Settings;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.util.List;
import org.springframework.stereotype.Component;

/** Answers /start of somebody who has no access: where they have been, with the way to the plans. */
@Component
class AnswerStartTask implements TaskHandler {
    private static final Texts<AccessTexts> TEXTS = Texts.of(AccessTexts.class);

    private static final int MOST_SELLERS = 20;
    private static final int MOST_CHANNELS = 8;

    private final Grants grants;
    private final Catalog catalog;
    private final Messenger messenger;
    private final String publicUrl;

    AnswerStartTask(Grants grants, Catalog catalog, Messenger messenger, Settings settings) {
        this.grants = grants;
        this.catalog = catalog;
        this.messenger = messenger;
        this.publicUrl = settings.publicUrl().toString();
    }

    @Override
    public String kind() {
        return Effects.ANSWER_START;
    }

    @Override
    public Result attempt(Task task) {
        long user = Long.parseLong(task.need("chat"));
        AccessTexts texts = TEXTS.in(Language.of(task.payload().get("language")));
        List<Button> plans = plansOf(user);
        return TellTask.tell(
                messenger, new Message(user, plans.isEmpty() ? texts.nothingYet() : texts.nothingNow(), plans));
    }

    /** Of the channels where they have been, or asked to join: whose access has ended comes here to renew. */
    private List<Button> plansOf(long user) {
        return grants.sellersOf(user).stream()
                .limit(MOST_SELLERS)
                .flatMap(seller -> grants.channelsOf(seller, user).stream()
                        .flatMap(channel -> catalog.channel(seller, channel).stream()))
                .limit(MOST_CHANNELS)
                .<Button>map(channel -> new LinkButton(channel.title(), publicUrl + "/c/" + channel.slug()))
                .toList();
    }
}
