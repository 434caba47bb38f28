package admitone.checkout.web;

import admitone.checkout.PrivateLinks;
import admitone.runtime.Settings;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseCookie;
import org.springframework.stereotype.Component;

/**
 * By which a browser shows that it opened the bot's private links. It holds the keys of the last few orders, each good for its order
 * alone, and nothing else.
 */
@Component
class BuyerCookie {
    static final String NAME = "admitone_buyer";
    private static final int MOST_KEYS = 8;
    private static final Pattern KEY = Pattern.compile("[0-9a-f]{40}");
    private static final Duration KEPT = Duration.ofDays(90);

    private final PrivateLinks links;
    private final boolean overHttps;

    BuyerCookie(PrivateLinks links, Settings settings) {
        this.links = links;
        this.overHttps = "https".equals(settings.publicUrl().getScheme());
    }

    boolean opens(String orderId, HttpServletRequest request) {
        return keys(request).stream().anyMatch(key -> links.opens(orderId, key));
    }

    /** Remembers the order's key, if it is the right one, and forgets the oldest of too many. */
    void remember(String orderId, String key, HttpServletRequest request, HttpServletResponse response) {
        if (!links.opens(orderId, key)) {
            return;
        }
        List<String> keys = Stream.concat(Stream.of(key), keys(request).stream())
                .distinct()
                .limit(MOST_KEYS)
                .toList();
        response.addHeader(
                HttpHeaders.SET_COOKIE,
                ResponseCookie.from(NAME, String.join(".", keys))
                        .httpOnly(true)
                        .sameSite("Lax")
                        .secure(overHttps)
                        .path("/")
                        .maxAge(KEPT)
                        .build()
                        .toString());
    }

    private static List<String> keys(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        return cookies == null
                ? List.of()
                : Arrays.stream(cookies)
                        .filter(cookie -> cookie.getName().equals(NAME))
                        .flatMap(cookie -> Arrays.stream(cookie.getValue().split("\\.")))
                        .filter(key -> KEY.matcher(key).matches())
                        .limit(MOST_KEYS)
                        .toList();
    }
}
