package admitone.bot;

import admitone.messaging.Incoming.Pressed;
import admitone.messaging.Language;
import admitone.messaging.Messenger;
import admitone.runtime.Answer;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.util.Map;
import org.springframework.stereotype.Component;

/** Ends the waiting of somebody who pressed a button. Telegram takes that for some seconds only: later there is nothing left to end. */
@Component
class AnswerPressTask implements TaskHandler {
    private static final String KIND = "answer_press";

    private final Messenger messenger;

    AnswerPressTask(Messenger messenger) {
        this.messenger = messenger;
    }

    static Owed answer(long updateId, Pressed pressed) {
        return Owed.now(
                KIND,
                "update-" + updateId,
                Map.of(
                        "press", pressed.pressId(),
                        "language", pressed.language().code()));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public boolean harmlessAfterRestore() {
        return true; // ends a waiting, whatever became of the world
    }

    @Override
    public Result attempt(Task task) {
        String word = Menu.TEXTS.in(Language.of(task.need("language"))).buttonIsOld();
        return switch (messenger.answerPress(task.need("press"), word)) {
            case Answer.Done<Boolean> _, Answer.Declined<Boolean> _, Answer.Unknown<Boolean> _ -> Result.done();
            case Answer.NotNow<Boolean>(var after, String reason) -> Result.later(after, reason);
        };
    }
}
