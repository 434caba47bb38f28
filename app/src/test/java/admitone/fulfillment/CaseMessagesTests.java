package admitone.fulfillment;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.messaging.Language;
import admitone.messaging.Texts;
import admitone.payments.PaymentRules.Why;
import java.lang.reflect.Field;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class CaseMessagesTests {
    @ParameterizedTest
    @EnumSource(Language.class)
    void eachKindThatIsToldHasWords(Language language) {
        CaseTexts texts = Texts.of(CaseTexts.class).in(language);

        assertThat(CaseMessages.TOLD)
                .allSatisfy((kind, words) ->
                        assertThat(words.apply(texts).value()).as(kind).startsWith("<b>"));
    }

    @Test
    void eachQuestionAboutAPaymentIsTold() throws IllegalAccessException {
        for (Field why : Why.class.getFields()) {
            assertThat(CaseMessages.TOLD).containsKey((String) why.get(Why.class));
        }
    }

    @Test
    void whatIsNotAboutMoneyIsNot() {
        assertThat(CaseMessages.TOLD).doesNotContainKeys("stranger_first", "refund_after_payout");
    }
}
