package admitone.access;

import admitone.access.LinkPool.Telling;
import admitone.access.Observing.Deed;
import admitone.cases.Case;
import admitone.cases.Cases;
import admitone.catalog.Catalog;
import admitone.catalog.Channel;
import admitone.catalog.ChannelTexts;
import admitone.database.Read;
import admitone.database.Reads;
import admitone.database.Transactions;
import admitone.messaging.Html;
import admitone.messaging.Language;
import admitone.messaging.Languages;
import admitone.messaging.Languages.Told;
import admitone.messaging.Lasting;
import admitone.messaging.Messenger;
import admitone.messaging.Messenger.Refusal;
import admitone.messaging.Texts;
import admitone.runtime.Answer;
import admitone.runtime.Batches;
import admitone.runtime.FaultPoints;
import admitone.runtime.FaultPoints.Point;
import admitone.runtime.SellerId;
import admitone.runtime.Settings;
import admitone.tasks.Result;
import admitone.tasks.Task;
import admitone.tasks.TaskHandler;
import admitone.tasks.Tasks;
import admitone.timeline.Event;
import admitone.timeline.Timeline;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.stereotype.Component;

/**
 * Sends the buyer the message with the way in. Sent again, it carries the same link. A buyer who is inside is told so instead; one who left
 * gets the link, or, where it was a one-time link that was used, another.
 */
@Component
class DeliverAccessTask implements TaskHandler {
    /** After so many sends whose answer was lost, the buyer is left to /start and to their page. */
    private static final int MOST_UNKNOWN = 3;

    /** How soon to look again whether a one-time link may be told: after a tenth of the attempts so far, in seconds. */
    private static final Duration LONGEST_NOT_TOLD_YET = Duration.ofMinutes(1);

    /** Whoever makes the link hurries what waits for it. */
    private static final Duration LINK_IS_MISSING = Duration.ofMinutes(5);

    private static final Duration LINK_IS_MADE = Duration.ofSeconds(5);

    /** A grant that starts later than it was made follows an earlier one. */
    private static final Duration JUST_NOW = Duration.ofMinutes(1);

    private final Reads reads;
    private final Catalog catalog;
    private final Grants grants;
    private final LinkPool pool;
    private final Lists lists;
    private final HandBans handBans;
    private final Observing observing;
    private final LinkLook linkLook;
    private final Reach reach;
    private final Cases cases;
    private final Languages languages;
    private final ChannelTexts channelTexts;
    private final Tasks tasks;
    private final Transactions transactions;
    private final Messenger messenger;
    private final long me;
    private final Duration longestCall;
    private final Timeline timeline;
    private final Clock clock;
    private final FaultPoints faults;
    private final Batches<Look, Sold> looks = new Batches<>(
            128,
            2,
            this::look,
            one -> look(List.of(one)).getFirst().orElseThrow(),
            DataAccessResourceFailureException.class::isInstance);

    /** Less than so many are told in hours. */
    private static final int IN_HOURS = 48;

    private static final Texts<AccessTexts> TEXTS = Texts.of(AccessTexts.class);

    /** {@code language} null: that of the buyer when the message was owed. */
    private record Look(
            SellerId seller,
            UUID grantId,
            Instant owedAt,
            @Nullable Language language) {
        static Look of(Task task) {
            String asked = task.payload().get("language");
            return new Look(
                    task.seller(),
                    UUID.fromString(task.need("grant")),
                    task.owedAt(),
                    asked == null ? null : Language.of(asked));
        }
    }

    /**
     * {@code welcome}: the seller's own words to whoever comes in; may say nothing.
     *
     * @param until the end of all that they have in the channel, which what follows this grant, or runs beside it, may put off
     * @param isBanned by the seller
     * @param isInside as last heard
     */
    private record Sold(
            Grant grant,
            Channel channel,
            Language language,
            Html welcome,
            Lasting.Until until,
            boolean isBanned,
            boolean isInside) {
        AccessTexts texts() {
            return TEXTS.in(language);
        }

        /** Only who has paid is told that it arrived. */
        Html because(Html text) {
            return Html.joined(" ", List.of(grant.paymentId().isPresent() ? texts().paid() : Html.NOTHING, text));
        }
    }

    DeliverAccessTask(
            Reads reads,
            Catalog catalog,
            Grants grants,
            LinkPool pool,
            Lists lists,
            HandBans handBans,
            Observing observing,
            LinkLook linkLook,
            Reach reach,
            Cases cases,
            Languages languages,
            ChannelTexts channelTexts,
            Tasks tasks,
            Transactions transactions,
            Messenger messenger,
            Settings settings,
            Timeline timeline,
            Clock clock,
            FaultPoints faults) {
        this.reads = reads;
        this.catalog = catalog;
        this.grants = grants;
        this.pool = pool;
        this.lists = lists;
        this.handBans = handBans;
        this.observing = observing;
        this.linkLook = linkLook;
        this.reach = reach;
        this.cases = cases;
        this.languages = languages;
        this.channelTexts = channelTexts;
        this.tasks = tasks;
        this.transactions = transactions;
        this.messenger = messenger;
        this.me = settings.telegram().botId();
        this.longestCall = settings.taskLease().dividedBy(3);
        this.timeline = timeline;
        this.clock = clock;
        this.faults = faults;
    }

    @Override
    public String kind() {
        return Effects.DELIVER_ACCESS;
    }

    @Override
    public int mostAttempts() {
        return Integer.MAX_VALUE; // ends with the grant
    }

    @Override
    public Result attempt(Task task) {
        Sold sold = looks.of(Look.of(task));
        Grant grant = sold.grant();
        if (grant.wasCutShort(clock.instant())) {
            return new Result.Done(() -> timeline.append(
                    task.seller(), event(task, grant, "message_not_needed", Map.of("why", "the grant was ended"))));
        }
        if (!grant.isActiveAt(clock.instant())) {
            return dead(task, grant, "message_too_late", "the grant's time was over before the message could be sent");
        }
        if (sold.isBanned()) {
            return new Result.Done(() -> holdBack(task, grant));
        }
        if (task.unknowns() >= MOST_UNKNOWN) {
            return dead(
                    task, grant, "message_unknown", MOST_UNKNOWN + " answers were lost: " + otherwise(sold.channel()));
        }
        Channel channel = sold.channel();
        if (isAskedFor(task, grant)
                && !sold.isInside()
                && handBans.look(channel, grant.telegramUserId()) instanceof HandBans.Finding.Banned) {
            if (!observing.isOn(task.seller(), channel.id())) {
                return new Result.Done(() -> heldBackByHand(task, grant));
            }
            // perhaps another bot's ban: nobody is told or asked
            transactions.run(
                    task.seller(), () -> observing.note(grant.seat(), Deed.REPORT, "banned:" + grant.telegramUserId()));
        }
        if (channel.isByOneTimeLink()) {
            return oneTimeLink(task, sold);
        }
        // as heard is not enough: nobody who has left unheard, or of whom there is no answer, may be without the link
        if (sold.isInside() && seenInside(task, sold)) {
            return send(task, sold, inside(task, sold));
        }
        String link = channel.standingLink();
        if (link == null) {
            return Result.later(LINK_IS_MISSING, "the channel's link is not made yet");
        }
        // perhaps they ask since it opens nothing; whoever was sent it before and is outside is sent the next one
        if (isAskedByBuyer(task) && NotDone.isRefusal(linkLook.at(channel, link), Refusal.LINK_GONE)) {
            transactions.run(channel.seller(), () -> linkLook.gone(channel, link, task.source()));
            return isToldAnew(grant) ? Result.done() : Result.later(LINK_IS_MADE, "the channel's link is made anew");
        }
        return send(
                task,
                sold,
                Html.paragraphs(sold.because(sold.texts().wayIn(channel.title(), sold.until(), link)), sold.welcome()));
    }

    /** Once more, and not as the message of the purchase itself: whoever asks did not come in by that one, and may be banned. */
    private static boolean isAskedFor(Task task, Grant grant) {
        return !task.subject().equals(Effects.deliver(grant.id()).subject());
    }

    /** By whoever makes the link. */
    private static boolean isToldAnew(Grant grant) {
        return grant.access() == Grant.Access.DELIVERED || grant.access() == Grant.Access.ADMITTED;
    }

    private static boolean isAskedByBuyer(Task task) {
        return task.payload().containsKey("language");
    }

    /** What messages of the same moment are about, by one statement for each table. */
    private List<Optional<Sold>> look(List<Look> looks) {
        Map<UUID, Grant> found = reads.one(
                grants.find(looks.stream().collect(Collectors.toMap(Look::grantId, Look::seller, (one, _) -> one))));
        Read<Map<UUID, Channel>> channels = catalog.channels(
                found.values().stream().collect(Collectors.toMap(Grant::channelId, Grant::seller, (one, _) -> one)));
        Read<Map<Told, Language>> known = languages.at(looks.stream()
                .filter(look -> look.language() == null)
                .flatMap(
                        look -> Optional.ofNullable(found.get(look.grantId())).map(grant -> told(look, grant)).stream())
                .toList());
        Read<Map<ChannelTexts.Asked, String>> welcomes = channelTexts.at(
                looks.stream()
                        .flatMap(look ->
                                Optional.ofNullable(found.get(look.grantId()))
                                        .map(grant -> welcome(look, grant))
                                        .stream())
                        .toList(),
                ChannelTexts.Kind.WELCOME);
        List<Seat.Key> seats = found.values().stream().map(Grant::seat).toList();
        Read<Map<Seat.Key, Optional<Instant>>> lastEnds = grants.lastEnds(seats);
        Read<Set<Seat.Key>> banned = lists.banned(seats);
        Read<Set<Seat.Key>> inside = grants.inside(seats);
        reads.together(channels, known, welcomes, lastEnds, banned, inside);
        return looks.stream()
                .map(look -> Optional.ofNullable(found.get(look.grantId()))
                        .flatMap(grant -> Optional.ofNullable(channels.answer().get(grant.channelId()))
                                .map(channel -> new Sold(
                                        grant,
                                        channel,
                                        language(look, grant, known.answer()),
                                        Html.escaped(welcomes.answer().getOrDefault(welcome(look, grant), "")),
                                        until(grant, lastEnds.answer()),
                                        banned.answer().contains(grant.seat()),
                                        inside.answer().contains(grant.seat())))))
                .toList();
    }

    private static ChannelTexts.Asked welcome(Look look, Grant grant) {
        return new ChannelTexts.Asked(look.seller(), grant.channelId(), look.owedAt());
    }

    private static Told told(Look look, Grant grant) {
        return new Told(grant.telegramUserId(), look.owedAt());
    }

    private static Language language(Look look, Grant grant, Map<Told, Language> known) {
        return look.language() == null ? known.getOrDefault(told(look, grant), Language.of(null)) : look.language();
    }

    private static Lasting.Until until(Grant grant, Map<Seat.Key, Optional<Instant>> lastEnds) {
        return new Lasting.Until(lastEnds.getOrDefault(grant.seat(), Optional.ofNullable(grant.endsAt()))
                .orElse(null));
    }

    private Result oneTimeLink(Task task, Sold sold) {
        Grant grant = sold.grant();
        return switch (pool.telling(grant)) {
            case Telling.Now(PoolLink link) -> {
                if (link.toldAt() != null) {
                    yield tellAgain(task, sold, link);
                }
                // only the bot that made it can revoke it
                yield link.botId() == me
                        ? tellFirst(task, sold, link)
                        : another(task, sold, link, "made by another bot");
            }
            case Telling.NotYet(String why) -> Result.later(notToldYet(task.attempt()), why);
            case Telling.NoLink() -> lookInside(task, sold);
        };
    }

    static Duration notToldYet(int attempt) {
        return Duration.ofSeconds(Math.clamp(attempt / 10, 1, LONGEST_NOT_TOLD_YET.toSeconds()));
    }

    /**
     * They may be inside though nobody heard of it: since before the bot came, or since a moment ago. Whoever they gave the link to would be inside
     * beside them.
     */
    private Result tellFirst(Task task, Sold sold, PoolLink link) {
        Instant began = clock.instant();
        Answer<Boolean> answer = isInside(sold);
        if (answer instanceof Answer.Done<Boolean>(Boolean inside) && inside) {
            transactions.run(task.seller(), () -> pool.giveUp(link, "its buyer is inside"));
            record(task, sold.grant(), true, began);
            return send(task, sold, inside(task, sold));
        }
        // of a bot that may not ask nothing is known: it is told
        return answer instanceof Answer.Done<Boolean> || answer instanceof Answer.Declined<Boolean>
                ? tell(task, sold, link)
                : NotDone.ofLook(answer, notToldYet(task.attempt()));
    }

    private Result tell(Task task, Sold sold, PoolLink link) {
        if (isNearlyOver(task)) {
            return putOff(task);
        }
        if (!pool.told(link)) {
            return Result.later(notToldYet(task.attempt()), "its link has been given up meanwhile");
        }
        return send(
                task,
                sold,
                Html.paragraphs(
                        sold.because(sold.texts()
                                .wayInOnce(sold.channel().title(), sold.until(), link.address(), goodFor(link))),
                        sold.welcome()));
    }

    /** Rounded up: one that was made just now is good for whole days. */
    private Lasting goodFor(PoolLink link) {
        int hours = (int) Duration.between(clock.instant(), link.expiresAt())
                .plus(Duration.ofHours(1).minusNanos(1))
                .toHours();
        return hours < IN_HOURS ? new Lasting.Hours(Math.max(hours, 1)) : new Lasting.Days(hours / 24);
    }

    /** Somebody may have revoked it since: its expiry is set once more to what it is, and of no use it is replaced. */
    private Result tellAgain(Task task, Sold sold, PoolLink link) {
        Answer<Boolean> answer = messenger.expireOneTimeLink(
                sold.channel().closedChat().value(), link.address(), link.name(), link.expiresAt());
        if (NotDone.isRefusal(answer, Refusal.LINK_GONE)) {
            return another(task, sold, link, "somebody revoked it");
        }
        // of a bot that may not ask, or of another bot's link, nothing is known: it is told as it is
        return answer instanceof Answer.Done<Boolean> || answer instanceof Answer.Declined<Boolean>
                ? tell(task, sold, link)
                : NotDone.ofLook(answer, notToldYet(task.attempt()));
    }

    /** By which the grant is told once more. */
    private Result another(Task task, Sold sold, PoolLink link, String why) {
        return new Result.Done(() -> {
            pool.giveUp(link, why);
            tasks.owe(task.seller(), Effects.assignLink(sold.grant(), "link-" + link.id()));
        });
    }

    private Result lookInside(Task task, Sold sold) {
        Grant grant = sold.grant();
        Instant began = clock.instant();
        Answer<Boolean> answer = isInside(sold);
        if (!(answer instanceof Answer.Done<Boolean>(Boolean inside))) {
            return NotDone.ofLook(answer, notToldYet(task.attempt()));
        }
        if (inside) {
            record(task, grant, true, began);
            return send(task, sold, inside(task, sold));
        }
        return new Result.Done(() -> {
            grants.looked(grant, false, began);
            tasks.owe(grant.seller(), Effects.assignLink(grant, "task-" + task.id() + "-" + task.attempt()));
        });
    }

    private Answer<Boolean> isInside(Sold sold) {
        return messenger.isMember(
                sold.channel().closedChat().value(), sold.grant().telegramUserId());
    }

    /** To whoever is inside: of a purchase once, without a link; who has just come in is welcomed. */
    private static Html inside(Task task, Sold sold) {
        Grant grant = sold.grant();
        String title = sold.channel().title();
        if (isAskedFor(task, grant)) {
            return sold.texts().inside(title, sold.until());
        }
        return grant.startsAt().isAfter(grant.grantedAt().plus(JUST_NOW))
                ? sold.because(sold.texts().extended(title, sold.until()))
                : Html.paragraphs(sold.because(sold.texts().inside(title, sold.until())), sold.welcome());
    }

    /** Looks, and records what is seen before anything is sent: it holds also where no message reaches them. False also where nobody answers. */
    private boolean seenInside(Task task, Sold sold) {
        Grant grant = sold.grant();
        Instant began = clock.instant();
        if (!(isInside(sold) instanceof Answer.Done<Boolean>(Boolean inside))) {
            return false;
        }
        record(task, grant, inside, began);
        return inside;
    }

    private void record(Task task, Grant grant, boolean inside, Instant began) {
        transactions.run(grant.seller(), () -> {
            grants.looked(grant, inside, began);
            if (inside && grants.advance(grant, Grant.Access.ADMITTED)) {
                timeline.append(grant.seller(), event(task, grant, "admitted", Map.of("how", "seen inside")));
            }
        });
    }

    private Result send(Task task, Sold sold, Html text) {
        Grant grant = sold.grant();
        if (isNearlyOver(task)) {
            return putOff(task);
        }
        faults.reach(Point.CP12_BEFORE_MESSAGE);
        Answer<Long> answer = messenger.send(new Messenger.Message(grant.telegramUserId(), text, List.of()));
        faults.reach(Point.CP14_AFTER_MESSAGE);
        return switch (answer) {
            case Answer.Done<Long>(Long messageId) ->
                new Result.Done(() -> {
                    grants.delivered(grant, messageId);
                    if (grant.isImported()) {
                        reach.found(task.seller(), List.of(grant.telegramUserId()));
                    }
                    timeline.append(
                            task.seller(),
                            event(task, grant, "message_sent", Map.of("message_id", messageId.toString())));
                });
            case Answer.Declined<Long>(String code, String reason) -> declined(task, sold, code, reason);
            case Answer.NotNow<Long>(Duration after, String reason) -> Result.later(after, reason);
            case Answer.Unknown<Long>(String reason) -> new Result.Unknown(Duration.ofSeconds(2), reason);
        };
    }

    /** Another attempt would send it beside this one. */
    private boolean isNearlyOver(Task task) {
        return !task.leavesTimeFor(longestCall, clock.instant());
    }

    private static Result putOff(Task task) {
        return Result.later(notToldYet(task.attempt()), "the lease was nearly over before the message");
    }

    private Result declined(Task task, Sold sold, String code, String reason) {
        return switch (code) {
            case Refusal.BLOCKED, Refusal.NOT_STARTED, Refusal.CHAT_NOT_FOUND ->
                unreachable(task, sold.grant(), code + ": " + otherwise(sold.channel()));
            case Refusal.TOKEN -> new Result.Failed(reason);
            default -> dead(task, sold.grant(), "message_refused", reason);
        };
    }

    /** Of a member who was taken over nothing else was expected: nobody need look at it. */
    private Result unreachable(Task task, Grant grant, String why) {
        Runnable record = () -> {
            reach.lost(task.seller(), grant.telegramUserId());
            timeline.append(task.seller(), event(task, grant, "buyer_unreachable", Map.of("why", why)));
        };
        return grant.isImported() ? new Result.Done(record) : new Result.Dead(why, record);
    }

    /**
     * Bought although the seller had banned them: the way in stays shut until a person decides, and they are told so. Decided under the lock of their seat,
     * as a ban and its end are: where it was taken back since the look, the way in is sent after all.
     */
    private void holdBack(Task task, Grant grant) {
        grants.lockSeat(grant.seller(), grant.channelId(), grant.telegramUserId());
        if (!lists.isBanned(grant.seat())) {
            tasks.owe(task.seller(), Effects.deliverAgain(grant.id(), "task-" + task.id()));
            return;
        }
        tasks.owe(task.seller(), Effects.tellHeldBack(task));
        grant.paymentId()
                .ifPresent(payment -> cases.open(
                        task.seller(),
                        new Case.Draft(
                                PaidWhileBanned.KIND,
                                grant.subject(),
                                payment,
                                grant.orderId().orElse(null),
                                Map.of(
                                        "channel",
                                        grant.channelId().toString(),
                                        "user",
                                        Long.toString(grant.telegramUserId()),
                                        "grant",
                                        grant.handle()))));
        timeline.append(
                task.seller(), event(task, grant, "way_in_held_back", Map.of("why", "the seller banned the buyer")));
    }

    /** Banned in the messenger itself: no link of ours opens, so none is sent. */
    private void heldBackByHand(Task task, Grant grant) {
        handBans.ask(grant.seat(), grant.orderId().orElse(null));
        tasks.owe(task.seller(), Effects.tellHeldBack(task));
        timeline.append(
                task.seller(), event(task, grant, "way_in_held_back", Map.of("why", "banned in the messenger itself")));
    }

    /** How the buyer comes by the link without this message. */
    private static String otherwise(Channel channel) {
        return channel.isByOneTimeLink()
                ? "/start sends the link, and the page shows it to the browser that came by the bot's button"
                : "/start sends the link, and it is on the page";
    }

    private Result dead(Task task, Grant grant, String kind, String why) {
        return new Result.Dead(why, () -> timeline.append(task.seller(), event(task, grant, kind, Map.of("why", why))));
    }

    private Event event(Task task, Grant grant, String kind, Map<String, String> detail) {
        Map<String, String> all = new LinkedHashMap<>(detail);
        all.put("grant", grant.handle());
        all.put("attempt", Integer.toString(task.attempt()));
        return new Event(grant.subject(), clock.instant(), kind, "task", task.source(), all);
    }
}
