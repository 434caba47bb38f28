package admitone.fulfillment;

import admitone.access.Grant;
import admitone.access.Grants;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.checkout.Orders;
import admitone.ledger.Ledger;
import admitone.messaging.Messenger;
import admitone.runtime.Answer;
import admitone.runtime.SellerId;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;
import org.springframework.web.util.HtmlUtils;

/** Tells the seller of the sales of a few seconds, in one message. Sent once; a seller the bot cannot reach sees them in the figures all the same. */
@Component
class TellSellerTask implements TaskHandler {
    private static final int MOST_COUNTED = 10_000;

    private final Grants grants;
    private final Orders orders;
    private final Catalog catalog;
    private final Ledger ledger;
    private final Messenger messenger;

    TellSellerTask(Grants grants, Orders orders, Catalog catalog, Ledger ledger, Messenger messenger) {
        this.grants = grants;
        this.orders = orders;
        this.catalog = catalog;
        this.ledger = ledger;
        this.messenger = messenger;
    }

    @Override
    public String kind() {
        return Work.TELL_SELLER;
    }

    @Override
    public Result attempt(Task task) {
        List<Grant> sold = grants.madeBetween(
                task.seller(), Instant.parse(task.need("from")), Instant.parse(task.need("until")), MOST_COUNTED);
        if (sold.isEmpty()) {
            return Result.done();
        }
        var seller = catalog.seller(task.seller()).orElseThrow();
        var message = new Messenger.Message(
                seller.telegramUserId(),
                told(task.seller(), sold) + ". Your balance is "
                        + ledger.balance(task.seller()).available() + ".",
                List.of());
        return switch (messenger.send(message)) {
            case Answer.Done<Long> _, Answer.Declined<Long> _, Answer.Unknown<Long> _ -> Result.done();
            case Answer.NotNow<Long>(Duration after, String reason) -> Result.later(after, reason);
        };
    }

    private String told(SellerId seller, List<Grant> sold) {
        if (sold.size() == 1) {
            Grant grant = sold.getFirst();
            var order = orders.find(seller, grant.orderId()).orElseThrow();
            return "New sale in " + title(seller, grant.channelId()) + ": " + order.price();
        }
        Map<UUID, Long> byChannel = sold.stream()
                .collect(Collectors.groupingBy(Grant::channelId, LinkedHashMap::new, Collectors.counting()));
        return "New sales: "
                + byChannel.entrySet().stream()
                        .map(one -> one.getValue() + " in " + title(seller, one.getKey()))
                        .collect(Collectors.joining(", "));
    }

    private String title(SellerId seller, UUID channelId) {
        String title = catalog.channel(seller, channelId).map(Channel::title).orElse("a channel");
        return "<b>" + HtmlUtils.htmlEscape(title) + "</b>";
    }
}
