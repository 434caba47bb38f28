package admitone.bot;

import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import org.springframework.stereotype.Component;

/** The answer to a seller who asks what is amiss with their channels: also while all else is on hold, which is what it says then. */
@Component
class AnswerSellerTask implements TaskHandler {
    static final String KIND = "answer_seller";

    private final AnswerTask answers;

    AnswerSellerTask(AnswerTask answers) {
        this.answers = answers;
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public boolean harmlessAfterRestore() {
        return true; // to whoever asks now, and about nobody's access
    }

    @Override
    public Result attempt(Task task) {
        return answers.attempt(task);
    }
}
