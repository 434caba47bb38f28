package admitone.checkout;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.TestSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;

public class PrivateLinksTests {
    private static final String ORDER = "ao_0123456789ab_0123456789abcdefghjkmnpqrstvwxyz0123";

    public static PrivateLinks links(String botToken, String publicUrl) {
        return new PrivateLinks(
                TestSettings.with(Map.of("ADMITONE_TELEGRAM_BOT_TOKEN", botToken, "ADMITONE_PUBLIC_URL", publicUrl)));
    }

    @Test
    void opensItsOwnOrderOnly() {
        PrivateLinks links = links("700:AAtoken_one", "https://pay.example");
        String key = links.key(ORDER);

        assertThat(links.payPage(ORDER)).isEqualTo("https://pay.example/pay/" + ORDER + "?k=" + key);
        assertThat(key).matches("[0-9a-f]{40}");
        assertThat(links.opens(ORDER, key)).isTrue();
        assertThat(links.opens(ORDER.replace("3", "4"), key)).isFalse();
        assertThat(links.opens(ORDER, key.substring(1))).isFalse();
        assertThat(links.opens(ORDER, "")).isFalse();
    }

    @Test
    void isTheSameInEveryInstanceOfTheBotAndInNoOther() {
        String key = links("700:AAtoken_one", "https://pay.example").key(ORDER);

        assertThat(links("700:AAtoken_one", "https://other.example").key(ORDER)).isEqualTo(key);
        assertThat(links("700:AAtoken_two", "https://pay.example").key(ORDER)).isNotEqualTo(key);
    }
}
