package admitone.access;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.Plan;
import admitone.messaging.BotName;
import admitone.messaging.Messenger.LinkButton;
import admitone.runtime.Settings;
import org.springframework.stereotype.Component;

/** The way from a message to paying for the same plan once more: by the bot, or by the channel's page where the plan is gone. */
@Component
class RenewButton {
    private final Catalog catalog;
    private final OpenOrders orders;
    private final BotName bot;
    private final String publicUrl;

    RenewButton(Catalog catalog, OpenOrders orders, BotName bot, Settings settings) {
        this.catalog = catalog;
        this.orders = orders;
        this.bot = bot;
        this.publicUrl = settings.publicUrl().toString();
    }

    LinkButton of(Grant grant, Channel channel, AccessTexts texts) {
        String url = grant.orderId()
                .flatMap(order -> orders.planOf(grant.seller(), order))
                .flatMap(plan -> catalog.plan(grant.seller(), plan))
                .map(Plan::handle)
                .flatMap(bot::startLink)
                .orElse(publicUrl + "/c/" + channel.slug());
        return new LinkButton(texts.renew(), url);
    }
}
