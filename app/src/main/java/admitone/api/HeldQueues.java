package admitone.api;

import admitone.hold.Hold;
import admitone.tasks.TaskHandler;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.stereotype.Component;

/** Which queues wait for a person's resume after a restore. */
@Component
class HeldQueues {
    private final Hold hold;
    private final Set<String> harmless;

    HeldQueues(Hold hold, List<TaskHandler> handlers) {
        this.hold = hold;
        this.harmless = handlers.stream()
                .filter(TaskHandler::harmlessAfterRestore)
                .map(TaskHandler::kind)
                .collect(Collectors.toSet());
    }

    /** Whether it waits now. */
    boolean isHeld(String kind) {
        return hold.isOn() && waits(kind);
    }

    /** Whether it waits while there is a hold. */
    boolean waits(String kind) {
        return !harmless.contains(kind);
    }
}
