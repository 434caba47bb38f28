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
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Sets how long an assigned link is good for; only then may it be told. Repeated, it sets the same again, which shows whether the link still opens
 * anything: a person may have revoked it, or we ourselves in a time that this database has lost.
 */
@Component
class FreshenLinkTask implements TaskHandler {
    /** A link is good for so long, or until its grant ends if that is sooner. */
    static final Duration GOOD_FOR = Duration.ofDays(7);

    /** Telegram refuses an expiry that is over when it reads it. */
    private static final Duration SOONEST = Duration.ofMinutes(1);

    private final Catalog catalog;
    private final Grants grants;
    private final LinkPool pool;
    private final long me;
    private final Messenger messenger;
    private final Tasks tasks;
    private final Clock clock;
    private final FaultPoints faults;

    FreshenLinkTask(
            Catalog catalog,
            Grants grants,
            LinkPool pool,
            Settings settings,
            Messenger messenger,
            Tasks tasks,
            Clock clock,
            FaultPoints faults) {
        this.catalog = catalog;
        this.grants = grants;
        this.pool = pool;
        this.me = settings.telegram().botId();
        this.messenger = messenger;
        this.tasks = tasks;
        this.clock = clock;
        this.faults = faults;
    }

    @Override
    public String kind() {
        return Effects.FRESHEN_LINK;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // ends with the grant
    }

    @Override
    public Result attempt(Task task) {
        PoolLink link =
                pool.find(task.seller(), UUID.fromString(task.need("link"))).orElseThrow();
        if (link.state() != PoolLink.State.ASSIGNED || link.grantId() == null) {
            return Result.done(); // retired meanwhile
        }
        Grant grant = grants.find(task.seller(), link.grantId()).orElseThrow();
        Instant now = clock.instant();
        if (!grant.isActiveAt(now)) {
            return new Result.Done(() -> pool.giveUp(link, "its grant has ended"));
        }
        if (me != link.botId()) {
            // only the bot that made it can say what has become of it
            return link.toldAt() == null ? another(link, grant, "made by another bot") : Result.done();
        }
        Channel channel = catalog.channel(task.seller(), grant.channelId()).orElseThrow();
        boolean isReady = link.readyAt() != null;
        Instant expiresAt = isReady ? link.expiresAt() : goodUntil(grant.endsAt(), now);
        Answer<Boolean> answer =
                messenger.expireOneTimeLink(channel.closedChat().value(), link.address(), link.name(), expiresAt);
        faults.reach(Point.CP36_EXPIRY_SET);
        if (answer instanceof Answer.Done<Boolean>) {
            return isReady ? Result.done() : new Result.Done(() -> ready(link, grant, expiresAt));
        }
        return NotDone.isRefusal(answer, Refusal.LINK_GONE)
                ? another(link, grant, "somebody revoked it")
                : NotDone.of(answer);
    }

    static Instant goodUntil(@Nullable Instant grantEnds, Instant now) {
        Instant longest = now.plus(GOOD_FOR);
        Instant end = grantEnds != null && grantEnds.isBefore(longest) ? grantEnds : longest;
        Instant soonest = now.plus(SOONEST);
        return end.isBefore(soonest) ? soonest : end;
    }

    private void ready(PoolLink link, Grant grant, Instant expiresAt) {
        if (pool.ready(link, expiresAt)) {
            grants.advance(grant, Grant.Access.READY);
            tasks.oweAgain(link.seller(), Effects.deliver(grant.id()));
            tasks.owe(
                    link.seller(), Effects.watchJoin(link.id(), clock.instant().plus(WatchJoinTask.FIRST_LOOK)));
        }
        // a batch of outcomes does this for several channels in any order, and another batch in another: neither waits.
        // An attempt under way may have looked before this link was taken: what it missed the keeper of the pool finds
        // within a minute
        tasks.wakeUnlessHeld(link.seller(), Effects.fillPool(link.channelId()));
    }

    /** What was told to nobody yet needs no revocation before the next may be told. */
    private Result another(PoolLink link, Grant grant, String why) {
        return new Result.Done(() -> {
            pool.giveUp(link, why);
            tasks.owe(link.seller(), Effects.assignLink(grant, "link-" + link.id()));
        });
    }
}
