package admitone.bot;

import admitone.access.Grant;
import admitone.checkout.Order;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.HtmlUtils;

/** What the bot says to somebody who is about to buy, in HTML parse mode. */
final class Words {
    private static final DateTimeFormatter MOMENT = DateTimeFormatter.ofPattern(
                    "d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private Words() {}

    /** {@code last} is the buyer's last grant in this channel whose time is not over; null: there is none. */
    static String offer(String channel, String plan, Order order, @Nullable Grant last) {
        return "<b>" + escape(channel) + "</b>: " + escape(plan) + ", " + span(order.days()) + ", for <b>"
                + price(order) + "</b>.\n\n" + extending(last)
                + "Pay in any coin on the page behind the button. The offer is for your Telegram account and holds until "
                + MOMENT.format(order.expiresAt()) + ". When your payment arrives, this chat brings you the way in.";
    }

    private static String extending(@Nullable Grant last) {
        if (last == null) {
            return "";
        }
        return last.endsAt() == null
                ? "You have access for life already; another purchase adds nothing to it.\n\n"
                : "You have access until " + MOMENT.format(last.endsAt()) + "; this adds to it.\n\n";
    }

    static String planIsGone() {
        return "That offer does not exist any more. Open the channel's page again and pick a plan there.";
    }

    static String price(Order order) {
        return order.price().text() + " " + order.price().asset().code().toUpperCase(Locale.ROOT);
    }

    private static String span(@Nullable Integer days) {
        return days == null ? "for life" : days == 1 ? "1 day" : days + " days";
    }

    private static String escape(String text) {
        return HtmlUtils.htmlEscape(text, "UTF-8").replace("&#39;", "'").replace("&quot;", "\"");
    }
}
