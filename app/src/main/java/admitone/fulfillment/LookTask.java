package admitone.fulfillment;

import admitone.payments.Heard;
import admitone.payments.Heard.Cause;
import admitone.payments.Heard.Trigger;
import admitone.payments.PaymentProvider;
import admitone.runtime.Answer;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Asks the provider about one payment and takes in what it says. */
@Component
class LookTask implements TaskHandler {
    private static final Duration CONFIRM_AGAIN = Duration.ofSeconds(30);

    private final PaymentProvider provider;
    private final Fulfillment fulfillment;
    private final Clock clock;

    LookTask(PaymentProvider provider, Fulfillment fulfillment, Clock clock) {
        this.provider = provider;
        this.fulfillment = fulfillment;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return Work.LOOK;
    }

    @Override
    public boolean mayRunAgain() {
        return true;
    }

    @Override
    public boolean harmlessAfterRestore() {
        return true;
    }

    @Override
    public Result attempt(Task task) {
        String paymentId = task.need("payment");
        var trigger = new Trigger(Cause.TASK_RETRY, task.source(), clock.instant());
        return switch (provider.find(paymentId, trigger)) {
            case Answer.Done<Optional<Heard>>(Optional<Heard> heard) -> {
                heard.ifPresent(fulfillment::hear);
                if (heard.isEmpty()) {
                    yield Result.dead("the provider knows no payment " + paymentId);
                }
                yield Work.isConfirming(task.subject()) && !heard.get().isSettled()
                        ? Result.later(CONFIRM_AGAIN, "the provider does not call it settled yet")
                        : Result.done();
            }
            case Answer.Declined<Optional<Heard>>(String code, String reason) ->
                new Result.Failed(code + ": " + reason);
            case Answer.NotNow<Optional<Heard>>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<Optional<Heard>>(String reason) ->
                new Result.Failed(reason); // asking changes nothing there
        };
    }
}
