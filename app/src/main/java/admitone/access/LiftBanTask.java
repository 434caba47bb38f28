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
import java.time.Duration;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Lets somebody who was removed come in again, once the removal is on record. */
@Component
class LiftBanTask implements TaskHandler {
    private static final Duration NOT_REMOVED_YET = Duration.ofSeconds(10);

    private final Catalog catalog;
    private final Messenger messenger;
    private final Tasks tasks;

    LiftBanTask(Catalog catalog, Messenger messenger, Tasks tasks) {
        this.catalog = catalog;
        this.messenger = messenger;
        this.tasks = tasks;
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
        Channel channel = catalog.channel(task.seller(), UUID.fromString(task.need("channel")))
                .orElseThrow();
        Answer<Boolean> answer = messenger.liftBan(channel.closedChat().value(), Long.parseLong(task.need("user")));
        return answer instanceof Answer.Done<Boolean>
                        || NotDone.isRefusal(answer, Refusal.BASIC_GROUP)
                        || NotDone.isRefusal(answer, Refusal.NOT_A_MEMBER)
                        || NotDone.isRefusal(answer, Refusal.ADMINISTRATOR)
                ? Result.done()
                : NotDone.of(answer);
    }
}
