package admitone.checkout.web;

import admitone.messaging.Language;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Locale;
import java.util.Map;
import org.springframework.http.HttpStatus;
import org.springframework.web.servlet.ModelAndView;
import org.springframework.web.servlet.support.RequestContextUtils;

/** What the buyers' pages have in common. */
final class Pages {
    private Pages() {}

    /** The same for every order that is not there. */
    static ModelAndView unknownOrder() {
        return notFound("purchase");
    }

    /** {@code what} was looked for, as the keys of its words name it. */
    static ModelAndView notFound(String what) {
        return new ModelAndView("checkout/unknown", Map.of("what", what), HttpStatus.NOT_FOUND);
    }

    /** That the browser asks for. */
    static Language language(HttpServletRequest request) {
        return Language.of(RequestContextUtils.getLocale(request).getLanguage());
    }

    static String upper(String code) {
        return code.toUpperCase(Locale.ROOT);
    }
}
