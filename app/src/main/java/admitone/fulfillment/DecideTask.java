package admitone.fulfillment;

import admitone.payments.Heard.Cause;
import admitone.payments.Heard.Trigger;
import admitone.payments.NotificationInbox;
import admitone.payments.NotificationReader;
import admitone.payments.NotificationReader.Reading;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.util.List;
import org.springframework.stereotype.Component;

/** Decides the notifications of a payment that were kept because the row was contended or a decision failed. */
@Component
class DecideTask implements TaskHandler {
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
    public Result attempt(Task task) {
        List<NotificationInbox.Waiting> waiting = inbox.waiting(task.seller(), task.need("payment"));
        for (NotificationInbox.Waiting one : waiting) {
            var trigger = new Trigger(
                    Cause.valueOf(one.cause().toUpperCase(java.util.Locale.ROOT)),
                    one.source() + ", " + task.source(),
                    one.at());
            switch (reader.read(one.body(), trigger)) {
                case Reading.Understood(var heard) -> fulfillment.decideKept(heard);
                case Reading.Unrecognised(String why) -> {
                    return Result.dead("a kept notification cannot be read: " + why);
                }
            }
        }
        return Result.done();
    }
}
