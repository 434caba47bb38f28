package admitone.access;

import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.catalog.Channel;
import admitone.messaging.Incoming;
import admitone.messaging.Incoming.MembershipChanged;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Decides about everybody who came into a channel of one-time links. A link that was used is revoked. Its buyer is admitted; a
 * stranger is removed, a person is told, and the buyer gets another. Within the transaction of whoever heard of it.
 */
@Component
class OneTimeAdmission {
    private final Grants grants;
    private final LinkPool pool;
    private final Strangers strangers;
    private final long me;
    private final Cases cases;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Clock clock;

    OneTimeAdmission(
            Grants grants,
            LinkPool pool,
            Strangers strangers,
            Settings settings,
            Cases cases,
            Tasks tasks,
            Timeline timeline,
            Clock clock) {
        this.grants = grants;
        this.pool = pool;
        this.strangers = strangers;
        this.me = settings.telegram().botId();
        this.cases = cases;
        this.tasks = tasks;
        this.timeline = timeline;
        this.clock = clock;
    }

    /**
     * With an active grant the user who came in stays, whichever link they came by.
     *
     * @param active their grants
     * @param listed whitelisted, or banned and removed for that
     */
    void joined(
            Channel channel, long updateId, MembershipChanged came, List<Grant> active, Optional<Listed.Word> listed) {
        active.forEach(grant -> pool.retireOf(grant, "the buyer came in"));
        used(channel, came.link()).ifPresent(link -> joinedBy(link, updateId, came, active, listed));
    }

    /** Whoever has a grant and is put out by us all the same, by an instance that slept before its call and was overtaken by their purchase, is to come back in. */
    void left(
            Channel channel, long updateId, MembershipChanged left, List<Grant> active, Optional<Listed.Word> listed) {
        // told of our own removal before its answer is recorded, and perhaps instead of it
        boolean byUs = left.byUserId() == me;
        strangers.left(
                channel.seller(),
                channel.id(),
                left.userId(),
                updateId,
                left.at(),
                byUs ? Strangers.REMOVED : Strangers.OUTSIDE);
        if (byUs && !active.isEmpty() && !listed.equals(Optional.of(Listed.Word.BANNED))) {
            tasks.owe(channel.seller(), Effects.assignLink(active.getLast(), "update-" + updateId));
        }
    }

    /** The link of our pool that was used, if it was one: by its address, else by its name. Of another bot's link we are told the name and half the address. */
    private Optional<PoolLink> used(Channel channel, Incoming.@Nullable Link link) {
        if (link == null) {
            return Optional.empty();
        }
        if (!link.ours()) {
            return pool.ofAnotherBot(channel, link.name(), link.url());
        }
        Optional<PoolLink> known = pool.byUrl(channel.seller(), link.url());
        return known.isEmpty() && link.name().startsWith(LinkPool.NAME_PREFIX)
                ? Optional.of(pool.found(channel, link.name(), link.url()))
                : known;
    }

    private void joinedBy(
            PoolLink link, long updateId, MembershipChanged came, List<Grant> active, Optional<Listed.Word> listed) {
        pool.used(link, came.at());
        Optional<Grant> owner = Optional.ofNullable(link.grantId()).flatMap(id -> grants.find(link.seller(), id));
        boolean isStranger = active.isEmpty() && listed.isEmpty();
        boolean isBanned = listed.equals(Optional.of(Listed.Word.BANNED));
        boolean isNews = (isStranger || isBanned) && strangers.came(link, came.userId(), updateId, came.at());
        // whoever is banned is put out for that, and for good; where it is no news the removal is owed already
        if (isStranger && isNews) {
            tasks.owe(
                    link.seller(),
                    List.of(
                            Effects.removeStranger(link, came.userId(), updateId),
                            Effects.liftBan(link, came.userId(), updateId)));
        }
        if (owner.isEmpty()) {
            ask("orphan_link", link, null, updateId, came, isStranger);
        } else if (owner.get().telegramUserId() != came.userId()) {
            ask("stranger_first", link, owner.get(), updateId, came, isStranger);
            tasks.owe(link.seller(), Effects.assignLink(owner.get(), "stranger-" + updateId));
        }
    }

    private void ask(
            String kind,
            PoolLink link,
            @Nullable Grant owner,
            long updateId,
            MembershipChanged came,
            boolean isStranger) {
        SellerId seller = link.seller();
        Map<String, String> detail = new LinkedHashMap<>();
        detail.put("channel", link.channelId().toString());
        detail.put("user", Long.toString(came.userId()));
        detail.put("link", link.name());
        detail.put("removed", isStranger ? "yes" : "no, has a grant of their own or is listed");
        String subject = owner == null ? "link:" + link.id() : owner.subject();
        cases.openAndTell( // in the chat only of those that have words there
                seller,
                new Case.Draft(
                        kind,
                        subject,
                        owner == null ? null : owner.paymentId().orElse(null),
                        owner == null ? null : owner.orderId().orElse(null),
                        detail));
        timeline.append(
                seller,
                new Event(
                        owner == null ? "channel:" + link.channelId() : subject,
                        clock.instant(),
                        kind,
                        "telegram",
                        "update " + updateId,
                        detail));
    }
}
