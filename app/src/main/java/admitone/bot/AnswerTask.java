package admitone.bot;

import admitone.access.TellTask;
import admitone.messaging.Incoming.Said;
import admitone.messaging.Language;
import admitone.messaging.Messenger;
import admitone.tasks.Owed;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.springframework.stereotype.Component;

/** Answers what somebody said, once. Where that may have happened it is not done again: what it tells may have changed, and a person asks again. */
@Component
class AnswerTask implements TaskHandler {
    private static final String KIND = "answer";

    /** The same command is answered once in so long, whoever holds the key down. */
    private static final Duration SAME_COMMAND = Duration.ofSeconds(5);

    /** And so often is anything else, such as a command with a letter too many. */
    private static final Duration ANYTHING = Duration.ofMinutes(1);

    private final Answers answers;
    private final Messenger messenger;

    AnswerTask(Answers answers, Messenger messenger) {
        this.answers = answers;
        this.messenger = messenger;
    }

    /** Whoever is told that a code belongs behind the command writes it again with one, perhaps at once. */
    static Owed to(Command command, Said said) {
        boolean isWhole = command == Command.COUPON && !said.argument().isEmpty();
        return owed(
                command == Command.MYCHANNELS ? AnswerSellerTask.KIND : KIND,
                command.word(),
                isWhole ? command.word() + "+" : command.word(),
                said,
                SAME_COMMAND);
    }

    /** To a text that is no command of ours. */
    static Owed toAnything(Said said) {
        return owed(KIND, "", "", said, ANYTHING);
    }

    /** The subject holds the span of time in which it was said, so the second answer in it cannot be owed. */
    private static Owed owed(String kind, String command, String same, Said said, Duration once) {
        return Owed.now(
                kind,
                "said:" + said.userId() + ":" + same + ":" + said.at().getEpochSecond() / once.toSeconds(),
                Map.of(
                        "chat", Long.toString(said.userId()),
                        "command", command,
                        "argument", said.argument(),
                        "language", said.language().code()));
    }

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Result attempt(Task task) {
        if (task.interrupted()) {
            return Result.done();
        }
        long user = Long.parseLong(task.need("chat"));
        Language language = Language.of(task.need("language"));
        Optional<Command> command = Command.of(task.need("command"));
        return TellTask.tell(
                messenger,
                command.map(one -> answers.to(one, task.payload().getOrDefault("argument", ""), user, language))
                        .orElseGet(() -> answers.toAnything(user, language)));
    }
}
