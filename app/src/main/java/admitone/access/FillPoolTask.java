package admitone.access;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.messaging.Messenger;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.tasks.Tasks;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Makes a channel's one-time links, one an attempt, under names that no two attempts share. One whose answer was lost is
 * abandoned under its name: should anybody ever come in by it, the name tells.
 */
@Component
class FillPoolTask implements TaskHandler {
    private final Catalog catalog;
    private final LinkPool pool;
    private final Messenger messenger;
    private final Tasks tasks;
    private final Clock clock;
    private final FaultPoints faults;

    FillPoolTask(Catalog catalog, LinkPool pool, Messenger messenger, Tasks tasks, Clock clock, FaultPoints faults) {
        this.catalog = catalog;
        this.pool = pool;
        this.messenger = messenger;
        this.tasks = tasks;
        this.clock = clock;
        this.faults = faults;
    }

    @Override
    public String kind() {
        return Effects.FILL_POOL;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // the channel cannot be sold without: shown as waiting until the bot may make them
    }

    @Override
    public Result attempt(Task task) {
        Channel channel = catalog.channel(task.seller(), UUID.fromString(task.need("channel")))
                .orElseThrow();
        pool.voidUnfit(channel);
        if (task.interrupted()) {
            pool.abandoned(channel, LinkPool.name(channel, task.attempt() - 1));
        }
        int missing = pool.missing(channel);
        return missing > 0 ? make(task, channel, missing) : Result.done();
    }

    private Result make(Task task, Channel channel, int missing) {
        String name = LinkPool.name(channel, task.attempt());
        Instant expiresAt = clock.instant().plus(LinkPool.LIVES_IN_POOL);
        Answer<String> answer = messenger.createOneTimeLink(channel.closedChat().value(), name, expiresAt);
        faults.reach(Point.CP35_LINK_MINTED);
        if (!(answer instanceof Answer.Done<String>(String url))) {
            if (answer instanceof Answer.Unknown<String>) {
                pool.abandoned(channel, name);
            }
            return NotDone.of(answer);
        }
        Runnable record = () -> {
            pool.minted(channel, name, url, expiresAt);
            tasks.hurryFirst(
                    task.seller(),
                    Effects.ASSIGN_LINK,
                    Map.of("channel", channel.id().toString()));
        };
        return missing == 1
                ? new Result.Done(record)
                : new Result.Later(Duration.ZERO, (missing - 1) + " more are to be made", record);
    }
}
