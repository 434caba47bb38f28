package admitone.access;

import admitone.runtime.Answer;
import admitone.tasks.Result;
import java.time.Duration;

/** What an attempt comes to whose call was not done, where the call sets a state: it is repeated, whatever became of it. */
final class NotDone {
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private NotDone() {}

    static <T> Result of(Answer<T> answer) {
        return switch (answer) {
            case Answer.Done<T>(T value) -> throw new IllegalArgumentException("it was done: " + value);
            case Answer.Declined<T>(String code, String reason) -> new Result.Failed(code + ": " + reason);
            case Answer.NotNow<T>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<T>(String reason) -> new Result.Unknown(LOOK_AGAIN, reason);
        };
    }

    /** Of a call that only asks: one whose answer was lost changed nothing, and is no attempt of what the task is for. */
    static <T> Result ofLook(Answer<T> answer, Duration pause) {
        return answer instanceof Answer.Unknown<T>(String reason) ? Result.later(pause, reason) : of(answer);
    }

    static <T> boolean isRefusal(Answer<T> answer, String code) {
        return answer instanceof Answer.Declined<T>(String given, String _) && given.equals(code);
    }
}
