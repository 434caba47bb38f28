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

    /** What somebody hears who pressed a button. */
    enum Word {
        /** Nothing: a message follows. */
        NONE,
        OLD,
        /** They hear no more announcements of a seller. */
        QUIET,
        NOT_SOLD,
        POST_ON,
        POST_OFF,
        GIFT_GIVEN,
        GIFT_TAKEN,
        GIFT_BANNED,
        GIFT_REVOKED,
        CASE_DECIDED,
        CASE_DECIDED_BEFORE,
        CASE_NOT_POSSIBLE,
        CASE_NOT_NOW,
        PLAN_DROPPED,
        PLAN_CLOSED
    }

    static Owed answer(long updateId, Pressed pressed, Word word) {
        return Owed.now(
                KIND,
                "update-" + updateId,
                Map.of(
                        "press", pressed.pressId(),
                        "word", word.name(),
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
        Language language = Language.of(task.need("language"));
        String word = switch (Word.valueOf(task.need("word"))) {
            case NONE -> "";
            case OLD -> Menu.TEXTS.in(language).buttonIsOld();
            case QUIET -> Menu.TEXTS.in(language).quiet();
            case NOT_SOLD -> SaleSetupTask.TEXTS.in(language).notSold();
            case POST_ON -> PostPlansTask.TEXTS.in(language).isOn();
            case POST_OFF -> PostPlansTask.TEXTS.in(language).isOff();
            case GIFT_GIVEN -> GiftTask.TEXTS.in(language).given();
            case GIFT_TAKEN -> GiftTask.TEXTS.in(language).taken().value();
            case GIFT_BANNED -> GiftTask.TEXTS.in(language).banned().value();
            case GIFT_REVOKED -> GiftTask.TEXTS.in(language).revoked().value();
            case CASE_DECIDED -> Menu.TEXTS.in(language).caseDecided();
            case CASE_DECIDED_BEFORE -> Menu.TEXTS.in(language).caseDecidedBefore();
            case CASE_NOT_POSSIBLE -> Menu.TEXTS.in(language).caseNotPossible();
            case CASE_NOT_NOW -> Menu.TEXTS.in(language).caseNotNow();
            case PLAN_DROPPED -> NewPlanTask.TEXTS.in(language).dropped();
            case PLAN_CLOSED -> NewPlanTask.TEXTS.in(language).stopped();
        };
        return switch (messenger.answerPress(task.need("press"), word)) {
            case Answer.Done<Boolean> _, Answer.Declined<Boolean> _, Answer.Unknown<Boolean> _ -> Result.done();
            case Answer.NotNow<Boolean>(var after, String reason) -> Result.later(after, reason);
        };
    }
}
