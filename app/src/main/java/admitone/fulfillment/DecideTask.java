package admitone.fulfillment;

import admitone.payments.Heard.Cause;
import admitone.payments.Heard.Trigger;
import admitone.payments.NotificationInbox;
import admitone.payments.NotificationReader;
import admitone.payments.NotificationReader.Reading;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;

/** Decides the notifications of a payment that were kept because the row was contended or a decision failed. */
@Component
class DecideTask implements TaskHandler {
    private static final Logger log = LoggerFactory.getLogger(DecideTask.class);

    private final NotificationInbox inbox;
    private final NotificationReader reader;
    private final Fulfillment fulfillment;

    DecideTask(NotificationInbox inbox, NotificationReader reader, Fulfillment fulfillment) {
        this.inbox = inbox;
        this.reader = reader;
        this.fulfillment = fulfillment;
    }

    @Override
    public String kind() {
        return Work.DECIDE;
    }

    @Override
    public boolean mayRunAgain() {
        return true;
    }

    @Override
    public int mostAttempts() {
        return 1_000; // about a week of ten-minute pauses; then a person is needed
    }

    @Override
    public boolean harmlessAfterRestore() {
        return true;
    }

    @Override
    public Result attempt(Task task) {
        List<String> undecided = new ArrayList<>();
        for (NotificationInbox.Waiting one : inbox.waiting(task.seller(), task.need("payment"))) {
            try {
                decide(one, task);
            } catch (RuntimeException e) {
                // one that cannot be decided must not hold up those behind it
                log.warn("payment {}: a kept notification is still not decided", task.need("payment"), e);
                undecided.add(e.toString());
            }
        }
        return undecided.isEmpty() ? Result.done() : new Result.Failed(String.join("; ", undecided));
    }

    private void decide(NotificationInbox.Waiting one, Task task) {
        var trigger = new Trigger(
                Cause.valueOf(one.cause().toUpperCase(Locale.ROOT)), one.source() + ", " + task.source(), one.at());
        switch (reader.read(one.body(), trigger)) {
            case Reading.Understood(var heard) -> fulfillment.decideKept(heard);
            case Reading.AboutPayout() -> throw new IllegalStateException("no payment is told of");
            case Reading.Unrecognised(String why) ->
                throw new IllegalStateException("a kept notification cannot be read: " + why);
        }
    }
}
