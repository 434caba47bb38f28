package admitone.checkout.web;

import admitone.access.LinkPool;
import admitone.catalog.Channel;
import admitone.checkout.BuyerStatus;
import admitone.checkout.Order;
import admitone.checkout.StatusWords.Asker;
import admitone.checkout.Words;
import admitone.checkout.web.BuyerReads.Found;
import admitone.messaging.BotName;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** The part of a page that tells where a purchase stands. The way in is on a page alone, never in the status API. */
@Component
class StateViews {
    private final LinkPool pool;
    private final BuyerCookie cookie;
    private final BotName bot;
    private final TelegramLinks telegram;

    StateViews(LinkPool pool, BuyerCookie cookie, BotName bot, TelegramLinks telegram) {
        this.pool = pool;
        this.cookie = cookie;
        this.bot = bot;
        this.telegram = telegram;
    }

    /**
     * Links are null where they do not help or may not be shown.
     *
     * @param plans where another purchase begins
     * @param openBot to the bot, which has the way in
     * @param askSeller to the bot too, which tells who can be asked
     */
    record StateView(
            BuyerStatus status,
            int step,
            @Nullable String wayIn,
            @Nullable String payPage,
            @Nullable String receipt,
            @Nullable String plans,
            @Nullable String openBot,
            @Nullable String askSeller) {
        StateView withoutPayPage() {
            return new StateView(status, step, wayIn, null, receipt, plans, openBot, askSeller);
        }
    }

    StateView of(Found found, Optional<Channel> channel, HttpServletRequest request) {
        BuyerStatus status = found.status();
        if (found.asker() == Asker.ANYBODY) {
            return new StateView(status, step(status), null, null, null, null, null, null);
        }
        Order order = found.purchase().order();
        @Nullable
        String wayIn = channel.filter(_ -> status.showsWayIn())
                .flatMap(there -> wayIn(there, order, request))
                .filter(link -> link.startsWith("https://") || link.startsWith("http://"))
                .map(telegram::shown)
                .orElse(null);
        return new StateView(
                status,
                step(status),
                wayIn,
                found.mayPay() ? "/pay/" + order.id() : null,
                order.paidBy() != null ? ReceiptController.path(order) : null,
                channel.filter(_ -> status.words().invitesPurchase())
                        .map(there -> "/c/" + there.slug())
                        .orElse(null),
                status.showsWayIn() && wayIn == null ? botLink() : null,
                asksSeller(status.words()) ? botLink() : null);
    }

    private static boolean asksSeller(Words words) {
        return switch (words.tone()) {
            case ASK, BAD -> true;
            case WAIT, GOOD -> false;
        };
    }

    private @Nullable String botLink() {
        return bot.link().map(telegram::shown).orElse(null);
    }

    /** A link that lets in whoever opens it is shown to the browser that came by the bot's message and to no other. */
    private Optional<String> wayIn(Channel channel, Order order, HttpServletRequest request) {
        if (!channel.isByOneTimeLink()) {
            return Optional.ofNullable(channel.standingLink());
        }
        return cookie.opens(order.id(), request) ? pool.told(order.seller(), order.id()) : Optional.empty();
    }

    /** How many of the three steps (paid, confirmed, access) are done. */
    private static int step(BuyerStatus status) {
        return switch (status.access()) {
            case DELIVERED, ADMITTED, ENDED -> 3;
            case PREPARING, READY -> 2;
            case NONE ->
                switch (status.status()) {
                    case CONFIRMED -> 2;
                    case CONFIRMING -> 1;
                    case AWAITING_PAYMENT, PARTIALLY_PAID, EXPIRED, FAILED, REFUNDED -> 0;
                };
        };
    }
}
