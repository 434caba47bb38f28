package admitone.hold;

import admitone.database.Database;
import admitone.runtime.SellerId;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.stereotype.Component;

/** A person lets outside effects go on: first the modules put right what a restore makes wrong, then the hold is lifted. */
@Component
public class ResumeEffects {
    /** What the timeline calls it. */
    public static final String SUBJECT = "database";

    private final JdbcHold rows;
    private final Timeline timeline;
    private final Clock clock;
    private final List<AfterRestore> steps;
    private final @Nullable String files;

    ResumeEffects(
            JdbcHold rows,
            Timeline timeline,
            Clock clock,
            List<AfterRestore> steps,
            ObjectProvider<Database> database) {
        this.rows = rows;
        this.timeline = timeline;
        this.clock = clock;
        this.steps = steps;
        this.files = Optional.ofNullable(database.getIfAvailable())
                .flatMap(Database::files)
                .orElse(null);
    }

    public record Step(String deed, long count) {}

    /** What {@link #putRight} would do now. */
    public List<Step> ahead() {
        return steps.stream().map(step -> new Step(step.deed(), step.count())).toList();
    }

    /** While effects still wait, outside any transaction. Cut off, it is done again by the next try. */
    public void putRight() {
        steps.forEach(AfterRestore::putRight);
    }

    /** What {@link #lift} takes the database for. Never within a transaction. */
    public Server server() {
        return rows.server();
    }

    /** Within a transaction of the platform: takes the database as it is now for the right one. False: nothing is held, or another hold. */
    public boolean lift(UUID holdId, Server server, String by) {
        Instant now = clock.instant();
        if (rows.identity().isEmpty()) {
            return false;
        }
        rows.lockIdentity();
        if (!rows.lift(holdId, by, now)) {
            return false;
        }
        rows.updateIdentity(new Identity(holdId, server, files), now);
        timeline.append(
                SellerId.PLATFORM,
                new Event(SUBJECT, now, "hold_lifted", "operator", by, Map.of("hold", holdId.toString())));
        return true;
    }
}
