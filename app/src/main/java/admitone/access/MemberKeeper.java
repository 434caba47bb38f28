package admitone.access;

import admitone.access.MemberRule.Finding;
import admitone.access.Membership.UnknownMembers;
import admitone.access.Observing.Deed;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.database.Transactions;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.messaging.Messenger.Role;
import admitone.messaging.Messenger.Standing;
import admitone.runtime.Answer;
import admitone.runtime.Recurring;
import admitone.runtime.SellerId;
import admitone.tasks.Owed;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/**
 * Looks at the known members of each channel, a few a minute: whoever is inside without a right is reported once per stay, or removed where the
 * channel says so; whoever has a right and never came in is told the way once more. One instance does each round.
 */
@Component
class MemberKeeper extends Recurring {
    private static final String ROUND = "members";
    private static final Duration PAUSE = Duration.ofMinutes(1);
    /** Whoever was looked at is looked at again after so long at the soonest. */
    static final Duration BETWEEN_LOOKS = Duration.ofHours(1);

    /** For longer than the calls of a channel can take; cut off, it is looked at again after this. */
    private static final Duration BEGUN = Duration.ofMinutes(5);

    private static final int PAGE = 200;
    /** Of a round. */
    private static final int MOST_CHANNELS = 50;
    /** Of a channel in a round; each is one call. */
    static final int MOST_LOOKS = 10;
    /** So many of a channel and day have a case each, or are removed; about more a person is asked in one. */
    static final int MOST_A_DAY = 20;

    private final Memberships memberships;
    private final Outsiders outsiders;
    private final Strangers strangers;
    private final Endings endings;
    private final Grants grants;
    private final Lists lists;
    private final Arrival arrival;
    private final Observing observing;
    private final HandBans handBans;
    private final BansToLift bansToLift;
    private final Catalog catalog;
    private final Cases cases;
    private final Messenger messenger;
    private final Rounds rounds;
    private final Tasks tasks;
    private final Timeline timeline;
    private final Transactions transactions;
    private final Clock clock;

    MemberKeeper(
            Memberships memberships,
            Outsiders outsiders,
            Strangers strangers,
            Endings endings,
            Grants grants,
            Lists lists,
            Arrival arrival,
            Observing observing,
            HandBans handBans,
            BansToLift bansToLift,
            Catalog catalog,
            Cases cases,
            Messenger messenger,
            Rounds rounds,
            Tasks tasks,
            Timeline timeline,
            Transactions transactions,
            Clock clock) {
        super(ROUND, PAUSE);
        this.memberships = memberships;
        this.outsiders = outsiders;
        this.strangers = strangers;
        this.endings = endings;
        this.grants = grants;
        this.lists = lists;
        this.arrival = arrival;
        this.observing = observing;
        this.handBans = handBans;
        this.bansToLift = bansToLift;
        this.catalog = catalog;
        this.cases = cases;
        this.messenger = messenger;
        this.rounds = rounds;
        this.tasks = tasks;
        this.timeline = timeline;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    protected void round() {
        look();
    }

    /** Answers whether there was something to do, and this instance did it. */
    boolean look() {
        if (!rounds.take(ROUND, PAUSE)) {
            return false;
        }
        List<Channel> due = due();
        rounds.each(due, this::look);
        return !due.isEmpty();
    }

    /** Longest due first. */
    private List<Channel> due() {
        Instant now = clock.instant();
        Map<UUID, Instant> next = memberships.nextLooks();
        List<Channel> due = new ArrayList<>();
        Optional<UUID> before = Optional.empty();
        List<Channel> page;
        do {
            page = catalog.channels(Optional.empty(), before, PAGE);
            page.stream()
                    .filter(channel ->
                            !next.getOrDefault(channel.id(), Instant.EPOCH).isAfter(now))
                    .forEach(due::add);
            before = page.isEmpty() ? before : Optional.of(page.getLast().id());
        } while (page.size() == PAGE);
        return due.stream()
                .sorted(Comparator.comparing(channel -> next.getOrDefault(channel.id(), Instant.EPOCH)))
                .limit(MOST_CHANNELS)
                .toList();
    }

    /** Where the answers are slow, the next round begins meanwhile: it passes over what this one has, or has had. */
    private void look(Channel channel) {
        Instant now = clock.instant();
        if (!transactions.run(
                channel.seller(), () -> memberships.begin(channel.seller(), channel.id(), now, now.plus(BEGUN)))) {
            return;
        }
        List<Long> users = memberships.toLookAt(channel.seller(), channel.id(), MOST_LOOKS);
        for (long user : users) {
            Instant began = clock.instant();
            Answer<Standing> answer = messenger.standing(channel.closedChat().value(), user);
            Optional<Duration> wait = whyNotNow(answer);
            if (wait.isPresent()) {
                next(channel, null, wait.get());
                return;
            }
            transactions.run(channel.seller(), () -> {
                if (answer instanceof Answer.Done<Standing>(Standing standing)) {
                    seen(new Seat.Key(channel.seller(), channel.id(), user), standing.role(), began);
                }
                memberships.lookedAt(channel.seller(), channel.id(), user, began.plus(BEGUN));
            });
        }
        if (users.size() < MOST_LOOKS) { // after the last one it begins anew
            next(channel, 0L, BETWEEN_LOOKS);
        } else {
            next(channel, null, Duration.ZERO);
        }
    }

    /** How long nobody there can be looked at; of whom alone the messenger declines to tell is passed over. */
    private static Optional<Duration> whyNotNow(Answer<Standing> answer) {
        return switch (answer) {
            case Answer.Done<Standing> _ -> Optional.empty();
            case Answer.NotNow<Standing>(Duration after, String _) -> Optional.of(after);
            case Answer.Unknown<Standing> _ -> Optional.of(PAUSE);
            case Answer.Declined<Standing>(String code, String _) ->
                switch (code) {
                    case Refusal.CHAT_NOT_FOUND, Refusal.NO_RIGHTS, Refusal.TOKEN -> Optional.of(BETWEEN_LOOKS);
                    default -> Optional.empty();
                };
        };
    }

    private void next(Channel channel, @Nullable Long upTo, Duration pause) {
        Instant at = clock.instant().plus(pause);
        transactions.run(channel.seller(), () -> memberships.lookedAt(channel.seller(), channel.id(), upTo, at));
    }

    /** Within the current transaction. */
    private void seen(Seat.Key seat, Role role, Instant began) {
        boolean isInside = role != Role.OUTSIDE && role != Role.BANNED;
        Seat locked = grants.lockSeat(seat.seller(), seat.channelId(), seat.telegramUserId());
        grants.looked(seat, isInside, began);
        List<Grant> active = grants.active(seat.seller(), seat.channelId(), seat.telegramUserId());
        if (isInside) {
            arrival.seenInside(active, ROUND, "getChatMember");
        } else {
            outsiders.settle(seat, Outsiders.OUTSIDE);
        }
        if (role != Role.BANNED
                && handBans.over(seat, began)
                && !isInside
                && !active.isEmpty()) { // they were told that they are banned
            tasks.owe(seat.seller(), Effects.deliverAgain(active.getLast().id(), "ban-over-" + began.toEpochMilli()));
        }
        Listed listed = lists.of(seat).orElse(null);
        if (role == Role.OUTSIDE && locked.requestUpdateId() != null && mayComeIn(active, listed)) {
            approve(seat, locked.requestUpdateId());
        }
        Finding finding = MemberRule.of(role, active, listed, endings.isUnderWay(seat), clock.instant());
        switch (finding) {
            case Finding.Without() -> without(seat);
            case Finding.Barred(int turn) -> tasks.oweAgain(seat.seller(), Effects.keepOut(seat, turn));
            case Finding.Absent(Grant grant) -> {
                if (!observing.isOn(seat.seller(), seat.channelId())) { // they may have asked unheard
                    tasks.owe(
                            seat.seller(),
                            Effects.approve(seat.channelId(), seat.telegramUserId(), "absent:" + grant.id()));
                }
                tasks.owe(seat.seller(), Effects.deliverToAbsent(grant.id()));
            }
            case Finding.BannedByHand(Grant grant) -> {
                if (!observing.isOn(seat.seller(), seat.channelId()) // perhaps another bot's ban
                        && !bansToLift.any(seat)
                        && handBans.ask(seat, grant.orderId().orElse(null))) {
                    tasks.owe(seat.seller(), Effects.tellHeldBack(grant, "banned-by-hand"));
                }
            }
            case Finding.Fine() -> outsiders.settle(seat, Outsiders.HAS_A_RIGHT);
        }
    }

    /** Whatever became of it before; one that waits or runs goes its way. */
    private void approve(Seat.Key seat, long updateId) {
        Owed approval = Effects.approve(seat, updateId);
        boolean isOnItsWay = tasks.ofSubject(seat.seller(), approval.subject()).stream()
                .anyMatch(task -> task.kind().equals(Effects.APPROVE_JOIN) && task.isUnderWay());
        if (!isOnItsWay) {
            tasks.oweAgain(seat.seller(), approval);
        }
    }

    private static boolean mayComeIn(List<Grant> active, @Nullable Listed listed) {
        return listed == null ? !active.isEmpty() : listed.word() == Listed.Word.WHITELISTED;
    }

    private void without(Seat.Key seat) {
        SellerId seller = seat.seller();
        UUID channelId = seat.channelId();
        boolean hasLeft = !grants.isInside(seller, channelId, seat.telegramUserId()); // since the look
        if (outsiders.isKnown(seat) || strangers.isInside(seat) || hasLeft) {
            return;
        }
        Membership membership = memberships.lock(seller, channelId);
        boolean removes = membership.unknownMembers() == UnknownMembers.REMOVE;
        if (membership.observing()) {
            observing.note(seat, removes ? Deed.REMOVE : Deed.REPORT, "inside:" + seat.telegramUserId());
            return;
        }
        Instant day = clock.instant().truncatedTo(ChronoUnit.DAYS);
        boolean beyond = outsiders.foundSince(seller, channelId, day) >= MOST_A_DAY;
        Optional<Outsider> found = outsiders.found(seat, beyond);
        if (found.isEmpty()) {
            return;
        }
        if (beyond) {
            tasks.owe(seller, Effects.askOutsiders(channelId, day, day.plus(Duration.ofDays(1))));
        } else if (removes) {
            outsiders.decide(found.get(), Outsiders.REMOVE);
            tasks.owe(seller, Effects.remove(found.get()));
        } else {
            Map<String, String> told = new HashMap<>(found.get().told());
            grants.letInBy(seat).ifPresent(by -> told.put("added_by", Long.toString(by)));
            cases.openAndTell(
                    seller, new Case.Draft(OutsiderCase.KIND, found.get().subject(), null, null, told));
        }
        timeline.append(
                seller,
                new Event(
                        "channel:" + channelId,
                        clock.instant(),
                        "inside_without_grant",
                        ROUND,
                        "getChatMember",
                        Map.of("user", Long.toString(seat.telegramUserId()))));
    }
}
