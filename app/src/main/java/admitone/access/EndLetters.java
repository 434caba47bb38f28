package admitone.access;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.Plan;
import admitone.messaging.BotName;
import admitone.messaging.Html;
import admitone.messaging.Languages;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Texts;
import admitone.runtime.Answer;
import admitone.runtime.Settings;
import admitone.tasks.Task;
import java.util.List;
import java.util.function.Function;
import org.springframework.stereotype.Component;

/** What somebody is sent about the end of their time, in their language, with the way to pay for the same plan once more. */
@Component
class EndLetters {
    private static final Texts<AccessTexts> TEXTS = Texts.of(AccessTexts.class);

    private final Catalog catalog;
    private final OpenOrders orders;
    private final BotName bot;
    private final Languages languages;
    private final Messenger messenger;
    private final String publicUrl;

    EndLetters(
            Catalog catalog,
            OpenOrders orders,
            BotName bot,
            Languages languages,
            Messenger messenger,
            Settings settings) {
        this.catalog = catalog;
        this.orders = orders;
        this.bot = bot;
        this.languages = languages;
        this.messenger = messenger;
        this.publicUrl = settings.publicUrl().toString();
    }

    /** In the language that was known when the task was owed: the same in every attempt. */
    Answer<Long> send(Task task, Grant grant, Channel channel, Function<AccessTexts, Html> words) {
        AccessTexts texts = TEXTS.in(languages.at(grant.telegramUserId(), task.owedAt()));
        return messenger.send(new Messenger.Message(
                grant.telegramUserId(), words.apply(texts), List.of(renew(grant, channel, texts))));
    }

    /** By the bot, or by the channel's page where the plan is not sold any more. */
    private LinkButton renew(Grant grant, Channel channel, AccessTexts texts) {
        String url = grant.orderId()
                .flatMap(order -> orders.planOf(grant.seller(), order))
                .flatMap(plan -> catalog.planOnSale(grant.seller(), plan))
                .map(Plan::handle)
                .flatMap(bot::startLink)
                .orElse(publicUrl + "/c/" + channel.slug());
        return new LinkButton(texts.renew(), url);
    }
}
