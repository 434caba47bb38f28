package admitone.access;

import admitone.access.Origin.Given;
import admitone.catalog.Channel;
import admitone.runtime.Ids;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Gives, moves and takes rights without a payment. Each within the current transaction of the channel's seller, under the lock of the user's seat. */
@Component
public class Giving {
    /** By so many days an end is moved at once, at most. */
    public static final int MOST_DAYS = 3650;

    private final Grants grants;
    private final Lists lists;
    private final LinkPool pool;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Ids ids;
    private final Clock clock;

    Giving(Grants grants, Lists lists, LinkPool pool, Tasks tasks, Timeline timeline, Ids ids, Clock clock) {
        this.grants = grants;
        this.lists = lists;
        this.pool = pool;
        this.tasks = tasks;
        this.timeline = timeline;
        this.ids = ids;
        this.clock = clock;
    }

    /** Who does it, and why: {@code cause} as in the timeline, {@code source} the person or thing, {@code reason} in words. */
    public record By(String cause, String source, String reason) {}

    /** {@code isNew} false: it was given for the same before, and nothing was done. */
    public record Gift(Grant grant, boolean isNew) {}

    /**
     * A right that follows whatever the user is entitled to in the channel, and the way in; empty where the seller has banned them. The bot must know the user: see
     * {@link Grants#knowBuyer}.
     *
     * @param days null: for life
     */
    public Optional<Gift> give(Channel channel, long telegramUserId, @Nullable Integer days, Given origin, By by) {
        Seat seat = grants.lockSeat(channel.seller(), channel.id(), telegramUserId);
        Optional<Grant> earlier = grants.ofOrigin(channel.seller(), channel.id(), origin);
        if (earlier.isPresent()) {
            return Optional.of(new Gift(earlier.get(), false));
        }
        if (lists.isBanned(new Seat.Key(channel.seller(), channel.id(), telegramUserId))) {
            return Optional.empty();
        }
        WayIn wayIn = pool.waysIn(List.of(new LinkPool.Place(channel, telegramUserId, seat.isInside())))
                .getFirst();
        var span = Grant.Span.following(seat.entitledUntil(), clock.instant(), days);
        Grant grant = new Grant(
                channel.seller(),
                ids.next(),
                origin,
                channel.id(),
                telegramUserId,
                span.startsAt(),
                span.endsAt(),
                wayIn.access());
        grants.add(grant);
        if (wayIn instanceof WayIn.OneTime(PoolLink link)) {
            pool.assign(link, grant);
        }
        tasks.owe(grant.seller(), wayIn.owedTo(grant.id()));
        if (seat.requestUpdateId() != null) {
            tasks.oweAgain(grant.seller(), Effects.approve(grant.seat(), seat.requestUpdateId()));
        }
        tell(grant, "granted", by, Map.of("kind", origin.kind().word(), "reference", origin.reference()));
        return Optional.of(new Gift(grant, true));
    }

    /** Moves the end of a grant that runs, and what follows it, by so many days. Empty: it is over, or for life. */
    public Optional<Grant> extend(Grant grant, int days, By by) {
        grants.lockSeat(grant.seller(), grant.channelId(), grant.telegramUserId());
        Optional<Grant> extended = grants.extend(grant, days);
        extended.ifPresent(one -> {
            tasks.owe(one.seller(), Effects.deliverAgain(one.id(), "extended-" + ids.next()));
            tell(one, "grant_extended", by, Map.of("days", Integer.toString(days)));
        });
        return extended;
    }

    /** Ends a grant; what follows from it, as a removal, is that of any end. False: it is over. */
    public boolean revoke(Grant grant, By by) {
        grants.lockSeat(grant.seller(), grant.channelId(), grant.telegramUserId());
        if (!grants.end(grant, "revoked")) {
            return false;
        }
        pool.retireOf(grant, "its grant has ended");
        tell(grant, "grant_ended", by, Map.of());
        return true;
    }

    private void tell(Grant grant, String kind, By by, Map<String, String> detail) {
        Map<String, String> all = new HashMap<>(detail);
        all.put("grant", grant.handle());
        all.put("reason", by.reason());
        Instant now = clock.instant();
        timeline.append(grant.seller(), new Event(grant.subject(), now, kind, by.cause(), by.source(), all));
    }
}
