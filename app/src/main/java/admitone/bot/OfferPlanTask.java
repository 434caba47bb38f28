package admitone.bot;

import admitone.access.Grant;
import admitone.access.Grants;
import admitone.access.TellTask;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.Plan;
import admitone.checkout.Order;
import admitone.checkout.Orders;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.LinkButton;
import admitone.messaging.Messenger.Message;
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

    static Owed offer(long updateId, Order order) {
        return Owed.now(
                KIND, subject(updateId), Map.of("chat", Long.toString(order.telegramUserId()), "order", order.id()));
    }

    static Owed nothingThere(long updateId, long userId) {
        return Owed.now(KIND, subject(updateId), Map.of("chat", Long.toString(userId)));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Result attempt(Task task) {
        long chat = Long.parseLong(task.need("chat"));
        String orderId = task.payload().get("order");
        return TellTask.tell(
                messenger,
                orderId == null
                        ? new Message(chat, Words.planIsGone(), List.of())
                        : message(chat, orders.find(task.seller(), orderId).orElseThrow()));
    }

    private Message message(long chat, Order order) {
        SellerId seller = order.seller();
        Channel channel = catalog.channel(seller, order.channelId()).orElseThrow();
        String plan = catalog.plan(seller, order.planId()).map(Plan::name).orElse("");
        List<Grant> active = grants.active(seller, channel.id(), order.telegramUserId());
        return new Message(
                chat,
                Words.offer(channel.title(), plan, order, active.isEmpty() ? null : active.getLast()),
                List.of(new LinkButton("Pay " + Words.price(order), publicUrl + "/pay/" + order.id())));
    }
}
