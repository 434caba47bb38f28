package admitone.access;

import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Message;
import admitone.runtime.Answer;
import admitone.tasks.Result;
import java.time.Duration;

/** A message that is good to have and whose loss harms nobody: sent once, and given up where it cannot be. */
public final class TellTask {
    private TellTask() {}

    public static Result tell(Messenger messenger, Message message) {
        return switch (messenger.send(message)) {
            case Answer.Done<Long> _, Answer.Declined<Long> _, Answer.Unknown<Long> _ -> Result.done();
            case Answer.NotNow<Long>(Duration after, String reason) -> Result.later(after, reason);
        };
    }
}
