package admitone.fulfillment;

import admitone.catalog.Catalog;
import admitone.checkout.Orders;
import admitone.ledger.Ledger;
import admitone.messaging.Messenger;
import admitone.payments.Payment;
import admitone.payments.Payments;
import admitone.runtime.Answer;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Duration;
import java.util.List;
import org.springframework.stereotype.Component;
import org.springframework.web.util.HtmlUtils;

/** Tells the seller about a sale. Sent once; a seller the bot cannot reach sees it in the figures all the same. */
@Component
class TellSellerTask implements TaskHandler {
    private final Payments payments;
    private final Orders orders;
    private final Catalog catalog;
    private final Ledger ledger;
    private final Messenger messenger;

    TellSellerTask(Payments payments, Orders orders, Catalog catalog, Ledger ledger, Messenger messenger) {
        this.payments = payments;
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
        Payment payment = payments.find(task.seller(), task.need("payment")).orElseThrow();
        var seller = catalog.seller(task.seller()).orElseThrow();
        var order =
                orders.find(task.seller(), String.valueOf(payment.orderId())).orElseThrow();
        var channel = catalog.channel(task.seller(), order.channelId()).orElseThrow();
        var message = new Messenger.Message(
                seller.telegramUserId(),
                "New sale in <b>" + HtmlUtils.htmlEscape(channel.title()) + "</b>: " + order.price()
                        + ". Your balance is " + ledger.balance(task.seller()).available() + ".",
                List.of());
        return switch (messenger.send(message)) {
            case Answer.Done<Long> _, Answer.Declined<Long> _, Answer.Unknown<Long> _ -> Result.done();
            case Answer.NotNow<Long>(Duration after, String reason) -> Result.later(after, reason);
        };
    }
}
