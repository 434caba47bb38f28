package admitone.fulfillment;

import admitone.access.TellTask;
import admitone.catalog.Catalog;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.checkout.PrivateLinks;
import admitone.checkout.SecondPayment;
import admitone.messaging.Language;
import admitone.messaging.Languages;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Texts;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.util.List;
import org.springframework.stereotype.Component;

/** Tells a buyer that more money arrived for what they had paid, and what was decided about it, in the words of the page. Sent once. */
@Component
class TellSecondTask implements TaskHandler {
    private static final Texts<SaleTexts> TEXTS = Texts.of(SaleTexts.class);

    private final Orders orders;
    private final Catalog catalog;
    private final PrivateLinks links;
    private final Languages languages;
    private final Messenger messenger;

    TellSecondTask(Orders orders, Catalog catalog, PrivateLinks links, Languages languages, Messenger messenger) {
        this.orders = orders;
        this.catalog = catalog;
        this.links = links;
        this.languages = languages;
        this.messenger = messenger;
    }

    @Override
    public String kind() {
        return Work.TELL_SECOND;
    }

    @Override
    public Result attempt(Task task) {
        Order order = orders.find(task.seller(), task.need("order")).orElseThrow();
        SecondPayment second = Work.second(task);
        Language language = languages.at(order.telegramUserId(), task.owedAt());
        SaleTexts texts = TEXTS.in(language);
        return TellTask.tell(
                messenger,
                new Message(
                        order.telegramUserId(),
                        texts.second(TellBuyerTask.title(catalog, order, texts), second.text(language)),
                        List.of(new LinkButton(texts.openPurchase(), links.payPage(order.id())))));
    }
}
