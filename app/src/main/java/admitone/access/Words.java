package admitone.access;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.springframework.web.util.HtmlUtils;

/** What the bot says to buyers, in HTML parse mode. */
final class Words {
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("d MMMM yyyy, HH:mm 'UTC'", Locale.ENGLISH)
            .withZone(ZoneOffset.UTC);

    private Words() {}

    static String wayIn(String title, @Nullable Instant endsAt, String link) {
        return "Your payment arrived. You have access to <b>" + escape(title) + "</b> "
                + until(endsAt)
                + ".\n\nOpen this link and press <i>Request to join</i>; you are let in at once:\n"
                + escape(link)
                + "\n\nThe link works for you only. Send /start to get it again.";
    }

    static String wayInOnce(String title, @Nullable Instant endsAt, String link) {
        return "Your payment arrived. You have access to <b>" + escape(title) + "</b> " + until(endsAt)
                + ".\n\nOpen this link to come in:\n"
                + escape(link)
                + "\n\nIt lets in one person, once: keep it to yourself. It is good for "
                + FreshenLinkTask.GOOD_FOR.toDays()
                + " days; send /start to get it again, or a new one when it was used and you have left.";
    }

    static String extended(String title, @Nullable Instant endsAt) {
        return "Your payment arrived. You are inside <b>" + escape(title)
                + "</b>, and your access is extended: it lasts " + until(endsAt) + ". You need no link.";
    }

    static String inside(String title, @Nullable Instant endsAt) {
        return "You are inside <b>" + escape(title) + "</b>, and your access lasts " + until(endsAt)
                + ". You need no link.";
    }

    private static String until(@Nullable Instant endsAt) {
        return endsAt == null ? "for life" : "until " + DAY.format(endsAt);
    }

    static String plans(String title) {
        return "You asked to join <b>" + escape(title)
                + "</b>. It is for members: pick a plan, pay, and you are let in. Your request waits for ten minutes.";
    }

    static String nothingYet() {
        return "Hello! You have no active access here yet. When you have paid for a channel, this chat brings you the way in.";
    }

    private static String escape(String text) {
        return HtmlUtils.htmlEscape(text, "UTF-8").replace("&#39;", "'").replace("&quot;", "\"");
    }
}
