package admitone.fulfillment;

import admitone.payments.Heard;
import admitone.payments.Heard.Trigger;
import admitone.payments.PaymentProvider;
import admitone.payments.Payments;
import admitone.runtime.Answer;
import admitone.runtime.Settings;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.springframework.stereotype.Component;

/**
 * The second door: asks the provider about every open payment, so that a payment completes without any notification; until day
 * seven.
 */
@Component
class Sweep extends Asking {
    static final Duration UNTIL = Duration.ofDays(7);

    private final PaymentProvider provider;
    private final Fulfillment fulfillment;

    Sweep(Payments payments, PaymentProvider provider, Fulfillment fulfillment, Clock clock, Settings settings) {
        super("sweep", payments.asking(), clock, settings.sweepFirst(), UNTIL);
        this.provider = provider;
        this.fulfillment = fulfillment;
    }

    @Override
    protected Answer<?> ask(String paymentId, Trigger trigger) {
        Answer<Optional<Heard>> answer = provider.find(paymentId, trigger);
        if (answer instanceof Answer.Done<Optional<Heard>>(Optional<Heard> heard)) {
            heard.ifPresent(fulfillment::hear);
        }
        return answer;
    }
}
