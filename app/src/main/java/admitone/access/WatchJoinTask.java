package admitone.access;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.messaging.Messenger;
import admitone.runtime.Answer;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * Looks whether the buyer is inside for as long as their link lives, in growing pauses: an update about their coming in may
 * never arrive. A link whose time is over, or whose grant's is, is revoked.
 */
@Component
class WatchJoinTask implements TaskHandler {
    static final Duration FIRST_LOOK = Duration.ofMinutes(1);
    private static final Duration LONGEST_PAUSE = Duration.ofHours(6);

    private final Catalog catalog;
    private final Grants grants;
    private final LinkPool pool;
    private final Messenger messenger;
    private final Arrival arrival;
    private final Clock clock;

    WatchJoinTask(Catalog catalog, Grants grants, LinkPool pool, Messenger messenger, Arrival arrival, Clock clock) {
        this.catalog = catalog;
        this.grants = grants;
        this.pool = pool;
        this.messenger = messenger;
        this.arrival = arrival;
        this.clock = clock;
    }

    @Override
    public String kind() {
        return Effects.WATCH_JOIN;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // ends with the link
    }

    @Override
    public Result attempt(Task task) {
        PoolLink link =
                pool.find(task.seller(), UUID.fromString(task.need("link"))).orElseThrow();
        if (link.state() != PoolLink.State.ASSIGNED || link.grantId() == null) {
            return Result.done();
        }
        Grant grant = grants.find(task.seller(), link.grantId()).orElseThrow();
        Channel channel = catalog.channel(task.seller(), grant.channelId()).orElseThrow();
        Instant began = clock.instant();
        Answer<Boolean> answer = messenger.isMember(channel.closedChat().value(), grant.telegramUserId());
        if (answer instanceof Answer.Done<Boolean>(Boolean inside)) {
            return inside ? inside(task, grant, began) : outside(link, grant);
        }
        return NotDone.of(answer);
    }

    private Result inside(Task task, Grant grant, Instant began) {
        return new Result.Done(() -> {
            grants.looked(grant, true, began);
            pool.retireOf(grant, "the buyer was seen inside");
            arrival.seenInside(
                    grants.active(grant.seller(), grant.channelId(), grant.telegramUserId()), "task", task.source());
        });
    }

    private Result outside(PoolLink link, Grant grant) {
        Instant now = clock.instant();
        if (!grant.isActiveAt(now) || !link.expiresAt().isAfter(now)) {
            return new Result.Done(() -> pool.retire(link, grant.isActiveAt(now) ? "expired" : "its grant has ended"));
        }
        Duration age = Duration.between(Objects.requireNonNullElse(link.assignedAt(), now), now);
        Duration pause = shorter(LONGEST_PAUSE, age.compareTo(FIRST_LOOK) < 0 ? FIRST_LOOK : age);
        return Result.later(shorter(pause, Duration.between(now, link.expiresAt())), "the buyer is not inside yet");
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
    }
}
