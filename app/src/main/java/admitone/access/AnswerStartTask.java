package admitone.access;

import admitone.messaging.Language;
import admitone.messaging.Messenger;
import admitone.messaging.Texts;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.util.List;
import org.springframework.stereotype.Component;

/** Answers /start of somebody who has no access. */
@Component
class AnswerStartTask implements TaskHandler {
    private static final Texts<AccessTexts> TEXTS = Texts.of(AccessTexts.class);

    private final Messenger messenger;

    AnswerStartTask(Messenger messenger) {
        this.messenger = messenger;
    }

    @Override
    public String kind() {
        return Effects.ANSWER_START;
    }

    @Override
    public Result attempt(Task task) {
        return TellTask.tell(
                messenger,
                new Messenger.Message(
                        Long.parseLong(task.need("chat")),
                        TEXTS.in(Language.of(task.payload().get("language"))).nothingYet(),
                        List.of()));
    }
}
