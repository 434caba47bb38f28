package admitone.fulfillment;

import admitone.access.TellTask;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.checkout.BuyerStatus;
import admitone.checkout.Order;
import admitone.checkout.PrivateLinks;
import admitone.checkout.Purchase;
import admitone.checkout.Purchases;
import admitone.checkout.StatusWords;
import admitone.checkout.StatusWords.Asker;
import admitone.checkout.Words;
import admitone.messaging.Language;
import admitone.messaging.Languages;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Texts;
import admitone.runtime.Settings;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.math.BigDecimal;
import java.time.Clock;
import java.util.List;
import org.springframework.stereotype.Component;

/** Tells a buyer whose money came and gives no access yet, in the words of the page, which they may have closed long ago. Sent once. */
@Component
class TellBuyerTask implements TaskHandler {
    private static final Texts<SaleTexts> TEXTS = Texts.of(SaleTexts.class);

    private final Purchases purchases;
    private final Catalog catalog;
    private final PrivateLinks links;
    private final Languages languages;
    private final Messenger messenger;
    private final Clock clock;
    private final BigDecimal tolerancePercent;

    TellBuyerTask(
            Purchases purchases,
            Catalog catalog,
            PrivateLinks links,
            Languages languages,
            Messenger messenger,
            Clock clock,
            Settings settings) {
        this.purchases = purchases;
        this.catalog = catalog;
        this.links = links;
        this.languages = languages;
        this.messenger = messenger;
        this.clock = clock;
        this.tolerancePercent = settings.underpaidTolerancePercent();
    }

    @Override
    public String kind() {
        return Work.TELL_BUYER;
    }

    @Override
    public Result attempt(Task task) {
        Purchase purchase = purchases.find(task.need("order")).orElseThrow();
        Order order = purchase.order();
        Language language = languages.at(order.telegramUserId(), task.owedAt());
        BuyerStatus status = StatusWords.of(purchase, clock.instant(), tolerancePercent, Asker.HOLDER, language);
        return waits(status.words()) ? TellTask.tell(messenger, message(order, status, language)) : Result.done();
    }

    /** Not so when the rest came meanwhile, or a person has decided. */
    private static boolean waits(Words words) {
        return switch (words) {
            case SHORT, SHORT_PAY_REST, SHORT_UNTOLD, OTHER_COIN, HELD -> true;
            default -> false;
        };
    }

    private Message message(Order order, BuyerStatus status, Language language) {
        SaleTexts texts = TEXTS.in(language);
        String page = links.payPage(order.id());
        return new Message(
                order.telegramUserId(),
                texts.waits(title(catalog, order, texts), status.heading(), status.message()),
                List.of(new LinkButton(
                        status.words().invitesPayment() ? texts.payRest() : texts.openPurchase(), page)));
    }

    /** Of the channel that an order is for. */
    static String title(Catalog catalog, Order order, SaleTexts texts) {
        return catalog.channel(order.seller(), order.channelId())
                .map(Channel::title)
                .orElseGet(texts::unnamedChannel);
    }
}
