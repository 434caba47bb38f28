package admitone.fulfillment;

import admitone.access.TellTask;
import admitone.catalog.Catalog;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.checkout.PrivateLinks;
import admitone.messaging.Html;
import admitone.messaging.Languages;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Texts;
import admitone.money.Asset;
import admitone.money.Money;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.util.List;
import org.springframework.stereotype.Component;

/** Tells a buyer where the money that they have back was sent, and by which transaction. Sent once. */
@Component
class TellRefundTask implements TaskHandler {
    private static final Texts<SaleTexts> TEXTS = Texts.of(SaleTexts.class);

    private final Orders orders;
    private final Catalog catalog;
    private final PrivateLinks links;
    private final Languages languages;
    private final Messenger messenger;

    TellRefundTask(Orders orders, Catalog catalog, PrivateLinks links, Languages languages, Messenger messenger) {
        this.orders = orders;
        this.catalog = catalog;
        this.links = links;
        this.languages = languages;
        this.messenger = messenger;
    }

    @Override
    public String kind() {
        return Work.TELL_REFUND;
    }

    @Override
    public Result attempt(Task task) {
        Order order = orders.find(task.seller(), task.need("order")).orElseThrow();
        SaleTexts texts = TEXTS.in(languages.at(order.telegramUserId(), task.owedAt()));
        return TellTask.tell(
                messenger,
                new Message(
                        order.telegramUserId(),
                        text(task, TellBuyerTask.title(catalog, order, texts), texts),
                        List.of(new LinkButton(texts.openPurchase(), links.payPage(order.id())))));
    }

    private static Html text(Task task, String channel, SaleTexts texts) {
        Money coins = Money.parse(task.need("amount"), new Asset(task.need("asset")));
        String hash = task.need("hash");
        return hash.isEmpty()
                ? texts.refunded(channel, coins, task.need("address"))
                : texts.refundedBy(channel, coins, task.need("address"), hash);
    }
}
