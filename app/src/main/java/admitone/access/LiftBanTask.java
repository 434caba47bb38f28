package admitone.access;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.tasks.Tasks;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Lets somebody whom we removed come in again, once the removal is on record. A ban that a person made stays. */
@Component
class LiftBanTask implements TaskHandler {
    private static final Duration NOT_REMOVED_YET = Duration.ofSeconds(10);

    private final Catalog catalog;
    private final Strangers strangers;
    private final Messenger messenger;
    private final Tasks tasks;
    private final Clock clock;

    LiftBanTask(Catalog catalog, Strangers strangers, Messenger messenger, Tasks tasks, Clock clock) {
        this.catalog = catalog;
        this.strangers = strangers;
        this.messenger = messenger;
        this.tasks = tasks;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return Effects.LIFT_BAN;
    }

    @Override
    public Result attempt(Task task) {
        boolean isRemoving = tasks.ofSubject(task.seller(), task.subject()).stream()
                .anyMatch(other -> other.kind().equals(Effects.REMOVE_STRANGER)
                        && Set.of("ready", "running").contains(other.state()));
        if (isRemoving) {
            return Result.later(NOT_REMOVED_YET, "the removal comes first");
        }
        long user = Long.parseLong(task.need("user"));
        // later ours has ended by itself, and what bars them then is a person's
        Instant oldest = clock.instant().minus(RemoveStrangerTask.BANNED_FOR);
        if (!strangers.isRemovedSince(task.seller(), UUID.fromString(task.need("link")), user, oldest)) {
            return Result.done();
        }
        Channel channel = catalog.channel(task.seller(), UUID.fromString(task.need("channel")))
                .orElseThrow();
        Answer<Boolean> answer = messenger.liftBan(channel.closedChat().value(), user);
        return answer instanceof Answer.Done<Boolean>
                        || NotDone.isRefusal(answer, Refusal.BASIC_GROUP)
                        || NotDone.isRefusal(answer, Refusal.NOT_A_MEMBER)
                        || NotDone.isRefusal(answer, Refusal.ADMINISTRATOR)
                ? Result.done()
                : NotDone.of(answer);
    }
}
