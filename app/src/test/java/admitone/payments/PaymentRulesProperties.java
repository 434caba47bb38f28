package admitone.payments;

import static org.assertj.core.api.Assertions.assertThat;

import admitone.payments.PaymentRules.Transition;
import admitone.payments.PaymentState.Waiting;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Whatever the order and however often repeated: where a payment ends depends on what was heard, not on when. */
class PaymentRulesProperties {
    private static final int LONGEST = 5;

    /** Each word, settled ones with several amounts. */
    private static final List<Heard> SAYINGS = sayings();

    private static List<Heard> sayings() {
        List<Heard> sayings = new ArrayList<>(Arrays.stream(ProviderStatus.values())
                .map(status -> PaymentRulesTests.heard(status, PaymentRulesTests.ASKED))
                .toList());
        sayings.add(PaymentRulesTests.heard(ProviderStatus.PARTIALLY_PAID, PaymentRulesTests.eth("0.0001")));
        sayings.add(PaymentRulesTests.heard(ProviderStatus.PARTIALLY_PAID, PaymentRulesTests.eth("0.0002")));
        sayings.add(PaymentRulesTests.heard(ProviderStatus.FINISHED, PaymentRulesTests.eth("0.0002")));
        return sayings;
    }

    private int sequences;

    @Test
    void endsWhereTheSetSaysForEverySequence() {
        extend(new Waiting(), new ArrayList<>());

        assertThat(sequences).isEqualTo(powers(SAYINGS.size()));
    }

    private void extend(PaymentState state, List<Heard> heard) {
        if (!heard.isEmpty()) {
            sequences++;
            if (!comparable(state).equals(comparable(greatest(heard)))) {
                throw new AssertionError(heard.stream().map(Heard::statusWord).toList() + " ended as " + state);
            }
        }
        if (heard.size() == LONGEST) {
            return;
        }
        for (Heard next : SAYINGS) {
            heard.add(next);
            extend(after(state, next), heard);
            heard.removeLast();
        }
    }

    private static PaymentState after(PaymentState state, Heard heard) {
        return PaymentRules.apply(state, null, heard, PaymentRulesTests.TERMS)
                        instanceof Transition.Moved(PaymentState next)
                ? next
                : state;
    }

    /** The state of the highest rank that any of them alone would put a payment in; of partly paid ones the largest amount. */
    private static PaymentState greatest(List<Heard> heard) {
        return heard.stream()
                .map(one -> PaymentRules.reading(null, one, PaymentRulesTests.TERMS))
                .flatMap(Optional::stream)
                .max(Comparator.comparingInt(PaymentState::rank).thenComparing(PaymentRulesProperties::received))
                .orElse(new Waiting());
    }

    private static String received(PaymentState state) {
        return state instanceof PaymentState.PartiallyPaid(var money) ? money.text() : "";
    }

    private static String comparable(PaymentState state) {
        return state.word() + received(state);
    }

    private static int powers(int base) {
        int sum = 0;
        int power = 1;
        for (int length = 1; length <= LONGEST; length++) {
            power *= base;
            sum += power;
        }
        return sum;
    }
}
