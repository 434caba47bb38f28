package admitone.access;

import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Opens the one case about those who were found inside without a right on a day with too many of them. */
@Component
class AskOutsidersTask implements TaskHandler {
    private final Outsiders outsiders;
    private final Cases cases;

    AskOutsidersTask(Outsiders outsiders, Cases cases) {
        this.outsiders = outsiders;
        this.cases = cases;
    }

    @Override
    public String kind() {
        return Effects.ASK_OUTSIDERS;
    }

    @Override
    public boolean harmlessAfterRestore() {
        return true; // writes nowhere but here
    }

    @Override
    public Result attempt(Task task) {
        int count = outsiders.countBeyond(
                task.seller(),
                UUID.fromString(task.need("channel")),
                Instant.parse(task.need("from")),
                Instant.parse(task.need("until")));
        if (count == 0) {
            return Result.done();
        }
        Map<String, String> detail = new HashMap<>(task.payload());
        detail.put("count", Integer.toString(count));
        String addedBy = outsiders.whoAddedBeyond(
                task.seller(),
                UUID.fromString(task.need("channel")),
                Instant.parse(task.need("from")),
                Instant.parse(task.need("until")));
        if (!addedBy.isEmpty()) {
            detail.put("added_by", addedBy);
        }
        return new Result.Done(() -> cases.openAndTell(
                task.seller(),
                new Case.Draft(ManyOutsidersCase.KIND, "outsiders:" + task.subject(), null, null, detail)));
    }
}
