package admitone.bot;

import admitone.access.Grant;
import admitone.access.Grants;
import admitone.access.TellTask;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.Plan;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.messaging.Html;
import admitone.messaging.Language;
import admitone.messaging.Lasting;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
import admitone.messaging.Texts;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.util.List;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Sends somebody who picked a plan to the page where it is paid. Lost, it is sent by picking the plan again. */
@Component
class OfferPlanTask implements TaskHandler {
    private static final String KIND = "offer_plan";
    private static final Texts<OfferTexts> TEXTS = Texts.of(OfferTexts.class);

    private final Catalog catalog;
    private final Orders orders;
    private final Grants grants;
    private final Messenger messenger;
    private final String publicUrl;

    OfferPlanTask(Catalog catalog, Orders orders, Grants grants, Messenger messenger, Settings settings) {
        this.catalog = catalog;
        this.orders = orders;
        this.grants = grants;
        this.messenger = messenger;
        this.publicUrl = settings.publicUrl().toString();
    }

    static String subject(long updateId) {
        return "update-" + updateId;
    }

    static Owed offer(long updateId, Order order, Language language) {
        return Owed.now(
                KIND,
                subject(updateId),
                Map.of(
                        "chat", Long.toString(order.telegramUserId()),
                        "order", order.id(),
                        "language", language.code()));
    }

    static Owed nothingThere(long updateId, long userId, Language language) {
        return Owed.now(KIND, subject(updateId), Map.of("chat", Long.toString(userId), "language", language.code()));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Result attempt(Task task) {
        long chat = Long.parseLong(task.need("chat"));
        OfferTexts texts = TEXTS.in(Language.of(task.payload().get("language")));
        String orderId = task.payload().get("order");
        return TellTask.tell(
                messenger,
                orderId == null
                        ? new Message(chat, texts.gone(), List.of())
                        : message(chat, orders.find(task.seller(), orderId).orElseThrow(), texts));
    }

    private Message message(long chat, Order order, OfferTexts texts) {
        SellerId seller = order.seller();
        Channel channel = catalog.channel(seller, order.channelId()).orElseThrow();
        String plan = catalog.plan(seller, order.planId()).map(Plan::name).orElse("");
        List<Grant> active = grants.active(seller, channel.id(), order.telegramUserId());
        return new Message(
                chat,
                Html.paragraphs(
                        texts.offer(channel.title(), plan, new Lasting.Days(order.days()), order.price()),
                        active.isEmpty() ? Html.NOTHING : adding(active.getLast(), texts),
                        texts.how(order.expiresAt())),
                List.of(new LinkButton(texts.pay(order.price()), publicUrl + "/pay/" + order.id())));
    }

    private static Html adding(Grant last, OfferTexts texts) {
        return last.endsAt() == null ? texts.addsNothing() : texts.addsTo(new Lasting.Until(last.endsAt()));
    }
}
