package admitone.access;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.runtime.Answer;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.Settings;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Makes a link open nothing any more. That it is gone already is success. Another bot's cannot be revoked: it opens until it expires. */
@Component
class RevokeLinkTask implements TaskHandler {
    private static final Duration A_DAY = Duration.ofDays(1);

    private final Catalog catalog;
    private final Grants grants;
    private final LinkPool pool;
    private final Observing observing;
    private final long me;
    private final Messenger messenger;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Clock clock;
    private final FaultPoints faults;

    RevokeLinkTask(
            Catalog catalog,
            Grants grants,
            LinkPool pool,
            Observing observing,
            Settings settings,
            Messenger messenger,
            Tasks tasks,
            Timeline timeline,
            Clock clock,
            FaultPoints faults) {
        this.catalog = catalog;
        this.grants = grants;
        this.pool = pool;
        this.observing = observing;
        this.me = settings.telegram().botId();
        this.messenger = messenger;
        this.tasks = tasks;
        this.timeline = timeline;
        this.clock = clock;
        this.faults = faults;
    }

    @Override
    public String kind() {
        return Effects.REVOKE_LINK;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // it opens something until then: shown as waiting until the bot may
    }

    @Override
    public Result attempt(Task task) {
        PoolLink link =
                pool.find(task.seller(), UUID.fromString(task.need("link"))).orElseThrow();
        if (link.state() != PoolLink.State.REVOKING) {
            return Result.done();
        }
        var owner = Optional.ofNullable(link.grantId()).flatMap(id -> grants.find(link.seller(), id));
        if (owner.isPresent()) { // what was free is ours alone, and who pays waits until it opens nothing
            var observed =
                    observing.instead(task, link.channelId(), owner.get().telegramUserId(), Observing.Deed.REVOKE_LINK);
            if (observed.isPresent()) {
                return observed.get();
            }
        }
        if (me != link.botId()) {
            return anothers(task, link);
        }
        Channel channel = catalog.channel(task.seller(), link.channelId()).orElseThrow();
        Answer<Boolean> answer = messenger.revokeLink(channel.closedChat().value(), link.address());
        faults.reach(Point.CP37_LINK_REVOKED);
        return answer instanceof Answer.Done<Boolean> || NotDone.isRefusal(answer, Refusal.LINK_GONE)
                ? new Result.Done(() -> revoked(task, link))
                : NotDone.of(answer);
    }

    private Result anothers(Task task, PoolLink link) {
        Duration left = Duration.between(clock.instant(), link.expiresAt().plus(LinkPool.CLOCKS_DIFFER));
        return left.isPositive()
                ? Result.later(
                        left.compareTo(A_DAY) < 0 ? left : A_DAY, "another bot made it: it opens until it expires")
                : new Result.Done(() -> revoked(task, link));
    }

    private void revoked(Task task, PoolLink link) {
        pool.revoked(link);
        tasks.hurry(task.seller(), Effects.REMOVE_STRANGER);
        if (link.grantId() != null) {
            grants.find(task.seller(), link.grantId())
                    .ifPresent(grant -> timeline.append(
                            task.seller(),
                            new Event(
                                    grant.subject(),
                                    clock.instant(),
                                    "link_revoked",
                                    "task",
                                    task.source(),
                                    Map.of("link", link.name()))));
        }
    }
}
