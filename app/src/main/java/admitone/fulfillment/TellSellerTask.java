package admitone.fulfillment;

import admitone.access.Grant;
import admitone.access.Grants;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.Seller;
import admitone.catalog.Seller.PayoutMode;
import admitone.checkout.Orders;
import admitone.ledger.Ledger;
import admitone.ledger.Ledger.Balance;
import admitone.messaging.Html;
import admitone.messaging.Languages;
import admitone.messaging.Messenger;
import admitone.messaging.Texts;
import admitone.money.Money;
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
import java.util.stream.Stream;
import org.springframework.stereotype.Component;

/** Tells the seller of the sales of a few seconds, in one message. Sent once; a seller the bot cannot reach sees them in the figures all the same. */
@Component
class TellSellerTask implements TaskHandler {
    private static final int MOST_COUNTED = 10_000;
    private static final Texts<SaleTexts> TEXTS = Texts.of(SaleTexts.class);

    private final Grants grants;
    private final Orders orders;
    private final Catalog catalog;
    private final Ledger ledger;
    private final Languages languages;
    private final Messenger messenger;

    TellSellerTask(
            Grants grants, Orders orders, Catalog catalog, Ledger ledger, Languages languages, Messenger messenger) {
        this.grants = grants;
        this.orders = orders;
        this.catalog = catalog;
        this.ledger = ledger;
        this.languages = languages;
        this.messenger = messenger;
    }

    @Override
    public String kind() {
        return Work.TELL_SELLER;
    }

    @Override
    public Result attempt(Task task) {
        List<Grant> sold = grants.boughtBetween(
                task.seller(), Instant.parse(task.need("from")), Instant.parse(task.need("until")), MOST_COUNTED);
        if (sold.isEmpty()) {
            return Result.done();
        }
        var seller = catalog.seller(task.seller()).orElseThrow();
        SaleTexts texts = TEXTS.in(languages.at(seller.telegramUserId(), task.owedAt()));
        var message = new Messenger.Message(
                seller.telegramUserId(), withProgress(seller, sold, ledger.balance(task.seller()), texts), List.of());
        return switch (messenger.send(message)) {
            case Answer.Done<Long> _, Answer.Declined<Long> _, Answer.Unknown<Long> _ -> Result.done();
            case Answer.NotNow<Long>(Duration after, String reason) -> Result.later(after, reason);
        };
    }

    private Html withProgress(Seller seller, List<Grant> sold, Balance balance, SaleTexts texts) {
        Html told = told(seller, sold, balance, texts);
        Money threshold = seller.payout().threshold();
        return seller.payout().mode() == PayoutMode.THRESHOLD
                        && threshold != null
                        && balance.available().compareTo(threshold) < 0
                ? texts.untilPayout(told, threshold.minus(balance.available()), threshold)
                : told;
    }

    private Html told(Seller seller, List<Grant> sold, Balance balance, SaleTexts texts) {
        boolean direct = seller.payout().mode() == PayoutMode.DIRECT
                && !balance.available().isPositive(); // else some of it is in the account, and owed to them
        if (sold.size() == 1) {
            Grant grant = sold.getFirst();
            Money price = grant.orderId()
                    .flatMap(id -> orders.find(seller.id(), id))
                    .orElseThrow()
                    .price();
            String title = title(seller.id(), grant.channelId(), texts);
            return direct
                    ? texts.oneDirect(title, price, balance.accrued())
                    : texts.one(title, price, balance.available());
        }
        Map<UUID, Long> byChannel = sold.stream()
                .collect(Collectors.groupingBy(Grant::channelId, LinkedHashMap::new, Collectors.counting()));
        Stream<Html> counts = byChannel.entrySet().stream()
                .map(one -> texts.count(one.getValue(), title(seller.id(), one.getKey(), texts)));
        Html all = Html.joined(", ", counts.toList());
        return direct ? texts.manyDirect(all, balance.accrued()) : texts.many(all, balance.available());
    }

    private String title(SellerId seller, UUID channelId, SaleTexts texts) {
        return catalog.channel(seller, channelId).map(Channel::title).orElseGet(texts::unnamedChannel);
    }
}
