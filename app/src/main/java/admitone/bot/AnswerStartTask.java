package admitone.bot;

import admitone.access.Effects;
import admitone.access.TellTask;
import admitone.messaging.Language;
import admitone.messaging.Messenger;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import org.springframework.stereotype.Component;

/** Answers /start and {@code /access} of somebody who has no access: what runs for them, or where they have been, with the way to the plans. */
@Component
class AnswerStartTask implements TaskHandler {
    private final Answers answers;
    private final Messenger messenger;

    AnswerStartTask(Answers answers, Messenger messenger) {
        this.answers = answers;
        this.messenger = messenger;
    }

    @Override
    public String kind() {
        return Effects.ANSWER_START;
    }

    @Override
    public Result attempt(Task task) {
        long user = Long.parseLong(task.need("chat"));
        return TellTask.tell(
                messenger, answers.toStart(user, Language.of(task.payload().get("language"))));
    }
}
