package admitone.fulfillment;

import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.Heard.Trigger;
import admitone.payments.Hints;
import admitone.payments.Hints.Hint;
import admitone.payments.PaymentProvider;
import admitone.runtime.Answer;
import admitone.runtime.Recurring;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Asks the provider about the payments that buyers came back with, at most two a second; the sweeps make up for what gets no answer. */
@Component
class FollowHints extends Recurring {
    private static final Duration ROUND = Duration.ofMillis(500);

    private final Hints hints;
    private final PaymentProvider provider;
    private final Fulfillment fulfillment;
    private final Clock clock;

    FollowHints(Hints hints, PaymentProvider provider, Fulfillment fulfillment, Clock clock) {
        super("hints", ROUND);
        this.hints = hints;
        this.provider = provider;
        this.fulfillment = fulfillment;
        this.clock = clock;
    }

    @Override
    protected void round() {
        hints.next().ifPresent(this::follow);
    }

    /** What is not of the order that was named is not our buyer's, and is left alone. */
    private void follow(Hint hint) {
        var trigger = new Trigger(Cause.SWEEP, "the buyer came back", clock.instant());
        if (provider.find(hint.paymentId(), trigger) instanceof Answer.Done<Optional<Heard>>(Optional<Heard> heard)) {
            heard.filter(said -> hint.orderId().equals(said.orderId())).ifPresent(fulfillment::hear);
        }
    }
}
