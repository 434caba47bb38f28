package admitone.checkout.web;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.ModelAndView;

/** What the buyers' pages have in common. */
final class Pages {
    private Pages() {}

    /** The same for every order that is not there. */
    static ModelAndView unknownOrder() {
        return notFound(
                "We cannot find this purchase",
                "Open the link again from the bot's message: a letter of it may be missing. If you have paid, nothing is lost:"
                        + " the bot sends you the way in when your payment arrives.");
    }

    static ModelAndView notFound(String title, String detail) {
        return new ModelAndView("checkout/unknown", Map.of("title", title, "detail", detail), HttpStatus.NOT_FOUND);
    }

    static String span(@Nullable Integer days) {
        return days == null ? "for life" : days == 1 ? "1 day" : days + " days";
    }

    static String upper(String code) {
        return code.toUpperCase(Locale.ROOT);
    }
}
