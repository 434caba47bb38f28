package admitone.access;

import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.ClosedChatId;
import admitone.database.Transactions;
import admitone.messaging.Incoming;
import admitone.messaging.Incoming.JoinRequested;
import admitone.messaging.Incoming.MembershipChanged;
import admitone.messaging.Incoming.Said;
import admitone.messaging.IncomingListener;
import admitone.runtime.SellerId;
import admitone.tasks.Owed;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Decides about everybody who asks to be let in. Whom the seller banned is declined. An active grant is approved, always, so that who left may
 * return, and so is who is whitelisted; an open order
 * keeps the request pending; by a link that is not ours, or in a channel of one-time links, it is left to the humans; anyone else
 * is told the plans and declined later.
 */
@Component
class Admission implements IncomingListener {
    /** Of a seller's channels by one /start. */
    private static final int MOST_TOLD = 8;

    private final Catalog catalog;
    private final Grants grants;
    private final OpenOrders openOrders;
    private final OneTimeAdmission oneTime;
    private final Lists lists;
    private final Outsiders outsiders;
    private final Observing observing;
    private final Reach reach;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Transactions transactions;
    private final Clock clock;

    Admission(
            Catalog catalog,
            Grants grants,
            OpenOrders openOrders,
            OneTimeAdmission oneTime,
            Lists lists,
            Outsiders outsiders,
            Observing observing,
            Reach reach,
            Tasks tasks,
            Timeline timeline,
            Transactions transactions,
            Clock clock) {
        this.catalog = catalog;
        this.grants = grants;
        this.openOrders = openOrders;
        this.oneTime = oneTime;
        this.lists = lists;
        this.outsiders = outsiders;
        this.observing = observing;
        this.reach = reach;
        this.tasks = tasks;
        this.timeline = timeline;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    public void on(long updateId, Incoming incoming) {
        switch (incoming) {
            case JoinRequested asked ->
                catalog.channelHeardOf(new ClosedChatId(asked.chatId()))
                        .ifPresent(channel -> asked(updateId, asked, channel));
            case MembershipChanged changed ->
                catalog.channelHeardOf(new ClosedChatId(changed.chatId()))
                        .ifPresent(channel -> changed(updateId, changed, channel));
            case Said said -> {
                reached(said.userId());
                if (asksForAccess(said)) {
                    started(updateId, said);
                }
            }
            case Incoming.Reachability now -> {
                if (now.blocked()) {
                    reach.blocked(now.userId());
                } else {
                    reached(now.userId());
                }
            }
            case Incoming.Pressed _, Incoming.BotPlaced _, Incoming.Migrated _, Incoming.Other _ -> {
                // nothing is owed for these
            }
        }
    }

    private void reached(long user) {
        reach.started(user);
        for (SellerId seller : grants.sellersOf(user)) {
            if (!reach.unreachable(seller, List.of(user)).isEmpty()) {
                transactions.run(seller, () -> reach.found(seller, List.of(user)));
            }
        }
    }

    /** {@code /access}, or Start pressed with nothing in hand. */
    private static boolean asksForAccess(Said said) {
        return said.isStart()
                ? said.startedBy().isEmpty() && Gifts.brought(said).isEmpty()
                : said.command().filter("access"::equals).isPresent();
    }

    private void asked(long updateId, JoinRequested asked, Channel channel) {
        SellerId seller = channel.seller();
        if (!isOurs(asked.link(), channel)) {
            transactions.run(
                    seller,
                    () -> timeline.append(
                            seller,
                            event(channel, updateId, "join_left_to_humans", Map.of("user", "" + asked.userId()))));
            return;
        }
        if (grants.active(seller, channel.id(), asked.userId()).isEmpty()) {
            grants.knowBuyer(seller, asked.userId()); // came here, and may want to see the plans later
        }
        transactions.run(seller, () -> {
            grants.lockSeat(seller, channel.id(), asked.userId());
            String request = "update-" + updateId;
            if (!tasks.ofSubject(
                            seller,
                            Effects.approve(channel.id(), asked.userId(), request)
                                    .subject())
                    .isEmpty()) {
                return; // told again, or told by two instances: answered since, it must not wait anew
            }
            List<Grant> active = grants.active(seller, channel.id(), asked.userId());
            Seat.Key seat = new Seat.Key(seller, channel.id(), asked.userId());
            var listed = lists.of(seat).map(Listed::word);
            Map<String, String> who = Map.of("user", "" + asked.userId());
            grants.asked(
                    seller, channel.id(), asked.userId(), updateId); // until it is answered, whoever looks finds it
            if (listed.equals(Optional.of(Listed.Word.BANNED))) {
                tasks.owe(seller, Effects.declineNow(channel.id(), asked.userId(), updateId));
                timeline.append(seller, event(channel, updateId, "join_by_banned", who));
                return;
            }
            if (!active.isEmpty() || listed.isPresent()) {
                tasks.owe(seller, Effects.approve(channel.id(), asked.userId(), request));
                timeline.append(
                        seller,
                        active.isEmpty()
                                ? event(channel, updateId, "join_by_whitelisted", who)
                                : event(active.getLast(), updateId, "join_requested"));
                return;
            }
            if (observing.isOn(seller, channel.id())) { // another bot's to answer; a purchase lets them in later
                observing.note(seat, Observing.Deed.DECLINE, request);
                return;
            }
            boolean buying = openOrders.anyFor(seller, channel.id(), asked.userId());
            List<Owed> owed = new ArrayList<>();
            owed.add(Effects.decline(channel.id(), asked.userId(), updateId, clock.instant()));
            if (!buying) {
                owed.add(Effects.tellPlans(channel.id(), asked, request));
            }
            tasks.owe(seller, owed);
            timeline.append(
                    seller, event(channel, updateId, buying ? "join_kept_pending" : "join_without_purchase", who));
        });
    }

    private void changed(long updateId, MembershipChanged changed, Channel channel) {
        if (changed.wasInside() == changed.isInside()) {
            return;
        }
        SellerId seller = channel.seller();
        transactions.run(seller, () -> {
            grants.heard(seller, channel.id(), changed.userId(), changed.isInside(), changed.at(), updateId);
            Seat.Key seat = new Seat.Key(seller, channel.id(), changed.userId());
            var listed = lists.of(seat);
            @Nullable Long by = addedBy(changed);
            if (changed.isInside()) {
                grants.letInBy(seat, by, changed.at());
                grants.answered(seller, channel.id(), changed.userId(), updateId);
                listed.filter(one -> one.word() == Listed.Word.BANNED)
                        .ifPresent(banned -> tasks.oweAgain(seller, Effects.keepOut(seat, banned.turn())));
            } else {
                outsiders.settle(seat, Outsiders.OUTSIDE);
            }
            List<Grant> active = grants.active(seller, channel.id(), changed.userId());
            if (channel.isByOneTimeLink()) {
                if (changed.isInside()) {
                    oneTime.joined(channel, updateId, changed, active, listed.map(Listed::word));
                } else {
                    oneTime.left(channel, updateId, changed, active, listed.map(Listed::word));
                }
            }
            if (active.isEmpty()) {
                timeline.append(
                        seller,
                        event(
                                channel,
                                updateId,
                                changed.isInside() ? "joined_without_grant" : "left_without_grant",
                                by == null
                                        ? Map.of("user", "" + changed.userId())
                                        : Map.of("user", "" + changed.userId(), "added_by", "" + by)));
                return;
            }
            if (changed.isInside()) {
                active.forEach(grant -> grants.advance(grant, Grant.Access.ADMITTED));
            }
            timeline.append(seller, event(active.getLast(), updateId, changed.isInside() ? "joined" : "left"));
        });
    }

    private static @Nullable Long addedBy(MembershipChanged changed) {
        return changed.isInside() && changed.link() == null && changed.byUserId() != changed.userId()
                ? changed.byUserId()
                : null;
    }

    /**
     * Sends the way in again, once per channel, and lets in who asked and is not inside yet.
     */
    private void started(long updateId, Said said) {
        String request = "update-" + updateId;
        boolean any = false;
        for (SellerId seller : grants.sellersOf(said.userId())) {
            List<Grant> active = grants.active(seller, said.userId());
            any |= !active.isEmpty();
            Map<UUID, Grant> newest = new LinkedHashMap<>();
            active.stream()
                    .filter(grant -> isSaidAbout(said, grant))
                    .forEach(grant -> newest.put(grant.channelId(), grant));
            if (!newest.isEmpty()) {
                transactions.run(seller, () -> sendAgain(seller, newest.values(), updateId, said));
            }
            List<UUID> listed = lists.whitelistedIn(seller, said.userId()).stream()
                    .filter(channel ->
                            active.stream().noneMatch(grant -> grant.channelId().equals(channel)))
                    .limit(MOST_TOLD)
                    .toList();
            any |= !listed.isEmpty();
            if (!listed.isEmpty()) {
                transactions.run(seller, () -> sendToListed(seller, listed, request, said));
            }
        }
        if (!any) {
            transactions.run(SellerId.PLATFORM, () -> tasks.owe(SellerId.PLATFORM, Effects.answerStart(said, request)));
        }
    }

    /** What was said before a grant was made, by Telegram's whole seconds, is not about it unless its own message was given up. */
    private boolean isSaidAbout(Said said, Grant grant) {
        return said.at().isAfter(grant.grantedAt().truncatedTo(ChronoUnit.SECONDS))
                || tasks.ofSubject(grant.seller(), Effects.deliver(grant.id()).subject()).stream()
                        .anyMatch(task -> task.state().equals("dead"));
    }

    private void sendAgain(SellerId seller, Collection<Grant> newest, long updateId, Said said) {
        String request = "update-" + updateId;
        List<Owed> owed = new ArrayList<>();
        for (Grant grant : newest) {
            owed.add(Effects.deliverAgain(grant.id(), request, said.language()));
            if (grant.access() != Grant.Access.ADMITTED && asksToJoin(grant)) {
                owed.add(Effects.approve(grant.channelId(), grant.telegramUserId(), request));
            }
            timeline.append(seller, event(grant, updateId, "buyer_started_bot"));
        }
        tasks.owe(seller, owed);
    }

    /** Who is whitelisted comes in without a purchase, and has no other way to the link. */
    private void sendToListed(SellerId seller, List<UUID> channels, String request, Said said) {
        for (UUID channel : channels) {
            tasks.oweAgain(seller, Effects.tellListed(channel, said.userId()));
            tasks.owe(seller, Effects.approve(channel, said.userId(), request));
        }
    }

    private boolean asksToJoin(Grant grant) {
        return catalog.channel(grant.seller(), grant.channelId())
                .filter(channel -> !channel.isByOneTimeLink())
                .isPresent();
    }

    static boolean isOurs(Incoming.@Nullable Link link, Channel channel) {
        return link != null
                && !channel.isByOneTimeLink()
                && (link.url().equals(channel.standingLink())
                        || (link.ours() && link.name().startsWith(StandingLinkTask.NAME_PREFIX)));
    }

    private Event event(Grant grant, long updateId, String kind) {
        return new Event(
                grant.subject(),
                clock.instant(),
                kind,
                "telegram",
                "update " + updateId,
                Map.of("grant", grant.handle()));
    }

    private Event event(Channel channel, long updateId, String kind, Map<String, String> detail) {
        return new Event("channel:" + channel.id(), clock.instant(), kind, "telegram", "update " + updateId, detail);
    }
}
