package admitone.checkout.web;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.TestSettings;
import admitone.checkout.PrivateLinks;
import admitone.checkout.PrivateLinksTests;
import jakarta.servlet.http.Cookie;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

class BuyerCookieTests {
    private final PrivateLinks links = PrivateLinksTests.links("700:AAtoken_one", "https://pay.example");
    private final BuyerCookie cookie =
            new BuyerCookie(links, TestSettings.with("ADMITONE_PUBLIC_URL", "https://pay.example"));

    @Test
    void isSentOverHttpsOnlyWhereThePagesAre() {
        MockHttpServletResponse response = new MockHttpServletResponse();
        cookie.remember("ao_1", key("ao_1"), new MockHttpServletRequest(), response);

        assertThat(response.getHeader("Set-Cookie")).contains("; Secure", "HttpOnly", "SameSite=Lax");
    }

    @Test
    void holdsTheLastEightOrders() {
        MockHttpServletRequest request = new MockHttpServletRequest();
        for (int i = 1; i <= 9; i++) {
            request = opened(request, "ao_" + i);
        }

        assertThat(cookie.opens("ao_1", request)).isFalse();
        for (int i = 2; i <= 9; i++) {
            assertThat(cookie.opens("ao_" + i, request)).isTrue();
        }
        request = opened(request, "ao_2");
        assertThat(cookie.opens("ao_3", request))
                .as("opened again, it is no second one")
                .isTrue();
    }

    @Test
    void whatIsNoKeyIsNotKept() {
        MockHttpServletRequest request = new MockHttpServletRequest();
        request.setCookies(new Cookie(BuyerCookie.NAME, "x.<b>." + "0".repeat(5000)));

        MockHttpServletRequest next = opened(request, "ao_1");

        assertThat(Objects.requireNonNull(next.getCookies())[0].getValue()).isEqualTo(key("ao_1"));
    }

    private MockHttpServletRequest opened(MockHttpServletRequest before, String order) {
        MockHttpServletResponse response = new MockHttpServletResponse();
        cookie.remember(order, key(order), before, response);
        MockHttpServletRequest after = new MockHttpServletRequest();
        after.setCookies(new Cookie(
                BuyerCookie.NAME,
                Objects.requireNonNull(response.getCookie(BuyerCookie.NAME)).getValue()));
        return after;
    }

    private String key(String order) {
        String link = links.payPage(order);
        return link.substring(link.indexOf("?k=") + 3);
    }
}
