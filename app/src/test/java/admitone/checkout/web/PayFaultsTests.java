package admitone.checkout.web;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.messaging.PageWords;
import java.util.List;
import java.util.Locale;
import java.util.ResourceBundle;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What a refusal says on the page. */
class PayFaultsTests {
    private static final String FAULT = "fault.";

    /** Those that the page finds by itself. */
    private static final Set<String> OF_THE_PAGE =
            Set.of("not_from_here", "too_often", "not_now", "address_over", "not_taken");

    @Test
    void everyRefusalThatHasWordsIsToldInThem() {
        List<String> refusals = ResourceBundle.getBundle(PageWords.FILES, Locale.ENGLISH).keySet().stream()
                .filter(key -> key.startsWith(FAULT))
                .map(key -> key.substring(FAULT.length()))
                .filter(code -> !OF_THE_PAGE.contains(code))
                .toList();

        assertThat(refusals)
                .contains("coupon_gone", "already_paid")
                .allSatisfy(code -> assertThat(PayController.told(code)).isEqualTo(code));
    }

    @Test
    void whatAProviderObjectsToIsOfTheCoin() {
        assertThat(PayController.told("some_code_of_theirs")).isEqualTo("not_taken");
    }
}
