package admitone.bot;

import admitone.access.Effects;
import admitone.catalog.Catalog;
import admitone.catalog.Catalog.NewPlan;
import admitone.catalog.Catalog.RouteKind;
import admitone.catalog.Channel;
import admitone.catalog.Channel.Admission;
import admitone.catalog.ClosedChatId;
import admitone.catalog.OpenChatId;
import admitone.catalog.Seller;
import admitone.catalog.Seller.PayoutMode;
import admitone.catalog.Seller.PayoutTerms;
import admitone.catalog.Slug;
import admitone.database.Transactions;
import admitone.runtime.Ids;
import admitone.runtime.SellerId;
import admitone.tasks.Tasks;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Makes seller, channel and plan of a chat; whatever is there already stays as it is. */
@Component
class OpenShop {
    private static final int MOST_OF_A_NAME = 100;
    private static final int MOST_LOOKED_AT = 50;

    private final Catalog catalog;
    private final PlanPosts posts;
    private final Tasks tasks;
    private final Transactions transactions;
    private final Ids ids;

    OpenShop(Catalog catalog, PlanPosts posts, Tasks tasks, Transactions transactions, Ids ids) {
        this.catalog = catalog;
        this.posts = posts;
        this.tasks = tasks;
        this.transactions = transactions;
        this.ids = ids;
    }

    /** The chat's channel, sold by this user. Empty: somebody else sells it. */
    Optional<Channel> open(long userId, long chatId, String title, NewPlan plan, Admission admission) {
        SellerId seller = sellerOf(userId);
        ClosedChatId chat = new ClosedChatId(chatId);
        if (!catalog.claimRoute(RouteKind.CLOSED_CHAT, Long.toString(chatId), seller)
                .equals(seller)) {
            return Optional.empty();
        }
        Optional<Channel> there = catalog.channelOf(chat);
        return there.isPresent() ? there : Optional.of(add(userId, seller, chat, title, plan, admission));
    }

    /** What this user sells whose plans are posted nowhere yet. */
    List<Channel> withoutOpenChat(long userId, int limit) {
        return catalog.sellersOf(userId).stream()
                .flatMap(
                        seller -> catalog.channels(Optional.of(seller.id()), Optional.empty(), MOST_LOOKED_AT).stream())
                .filter(channel -> channel.openChat() == null)
                .limit(limit)
                .toList();
    }

    /** Has the plans of this user's channel posted in an open chat. Empty: it is no channel of theirs without one, or another's chat. */
    Optional<Channel> postIn(long userId, UUID channelId, long chatId) {
        OpenChatId chat = new OpenChatId(chatId);
        return catalog.sellersOf(userId).stream()
                .flatMap(seller -> catalog.channel(seller.id(), channelId).stream())
                .filter(channel -> channel.openChat() == null || chat.equals(channel.openChat()))
                .filter(channel -> catalog.claimRoute(RouteKind.OPEN_CHAT, Long.toString(chatId), channel.seller())
                        .equals(channel.seller()))
                .findFirst()
                .map(channel -> transactions.run(channel.seller(), () -> {
                    catalog.openChat(channel, chat);
                    Channel beside =
                            catalog.channel(channel.seller(), channelId).orElseThrow();
                    posts.set(beside, true);
                    return beside;
                }));
    }

    /** Somebody who sells already goes on as that seller; else a new one, and only one however often this is repeated. */
    private SellerId sellerOf(long userId) {
        String user = Long.toString(userId);
        return catalog.holder(RouteKind.TELEGRAM_USER, user)
                .or(() -> catalog.sellersOf(userId).stream().map(Seller::id).findFirst())
                .orElseGet(() -> catalog.claimRoute(RouteKind.TELEGRAM_USER, user, ids.nextSeller()));
    }

    private Channel add(
            long userId, SellerId seller, ClosedChatId chat, String title, NewPlan plan, Admission admission) {
        String slug = Slug.of(title, ids);
        catalog.claimRoute(RouteKind.SLUG, slug, seller);
        Channel channel = new Channel(seller, ids.next(), chat, null, title, slug, admission, null);
        transactions.run(seller, () -> {
            if (catalog.seller(seller).isEmpty()) {
                catalog.add(new Seller(
                        seller,
                        title.length() > MOST_OF_A_NAME ? title.substring(0, MOST_OF_A_NAME) : title,
                        userId,
                        BigDecimal.ZERO,
                        new PayoutTerms(PayoutMode.DIRECT, null)));
            }
            catalog.add(channel, List.of(plan));
            catalog.chatTitle(channel, title);
            tasks.owe(
                    seller,
                    channel.isByOneTimeLink() ? Effects.fillPool(channel.id()) : Effects.standingLink(channel.id()));
        });
        return channel;
    }
}
