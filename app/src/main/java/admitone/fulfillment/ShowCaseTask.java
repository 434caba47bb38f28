package admitone.fulfillment;

import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.cases.Telling;
import admitone.messaging.Language;
import admitone.messaging.Messenger;
import admitone.runtime.Answer;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Duration;
import org.springframework.stereotype.Component;

/** Makes a message about a case say what became of it, after a button below it was pressed. The same state is set again as often as need be. */
@Component
class ShowCaseTask implements TaskHandler {
    private static final Duration SOON = Duration.ofSeconds(5);

    private final Cases cases;
    private final CaseMessages messages;
    private final Messenger messenger;

    ShowCaseTask(Cases cases, CaseMessages messages, Messenger messenger) {
        this.cases = cases;
        this.messages = messages;
        this.messenger = messenger;
    }

    @Override
    public String kind() {
        return Work.SHOW_CASE;
    }

    @Override
    public Result attempt(Task task) {
        Case one = cases.find(task.seller(), Telling.caseOf(task)).orElseThrow();
        long user = Long.parseLong(task.need("user"));
        Language language = Language.of(task.need("language"));
        return switch (messenger.edit(
                Long.parseLong(task.need("message")), messages.now(task.seller(), user, one, language))) {
            case Answer.Done<Boolean> _, Answer.Declined<Boolean> _ -> Result.done();
            case Answer.Unknown<Boolean>(String reason) -> Result.later(SOON, reason);
            case Answer.NotNow<Boolean>(Duration after, String reason) -> Result.later(after, reason);
        };
    }
}
