package admitone.access;

import admitone.messaging.Incoming.JoinRequested;
import admitone.messaging.Incoming.Said;
import admitone.messaging.Language;
import admitone.tasks.Owed;
import admitone.tasks.Task;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** The effects that access owes to the outside, as tasks. The subject of each is what makes it be owed once. */
public final class Effects {
    public static final String DELIVER_ACCESS = "deliver_access";
    static final String TELL_HELD_BACK = "tell_held_back";
    static final String STANDING_LINK = "standing_link";
    static final String LOOK_LINK = "look_link";
    public static final String APPROVE_JOIN = "approve_join";
    static final String TELL_TOO_MANY = "tell_too_many";
    static final String DECLINE_JOIN = "decline_join";
    static final String TELL_PLANS = "tell_plans";
    static final String TELL_LISTED = "tell_listed";
    public static final String ANSWER_START = "answer_start";
    public static final String FILL_POOL = "fill_pool";
    static final String ASSIGN_LINK = "assign_link";
    static final String FRESHEN_LINK = "freshen_link";
    static final String WATCH_JOIN = "watch_join";
    static final String REVOKE_LINK = "revoke_link";
    static final String REMOVE_STRANGER = "remove_stranger";
    static final String LIFT_BAN = "lift_ban";
    static final String REMIND = "remind";
    static final String TELL_END = "tell_end";
    static final String REMOVE_MEMBER = "remove_member";
    static final String TELL_UNREACHABLE = "tell_unreachable";
    static final String POST_UNREACHABLE = "post_unreachable";
    static final String POST_START = "post_start";
    static final String BAN_MEMBER = "ban_member";
    static final String REMOVE_OUTSIDER = "remove_outsider";
    static final String ASK_OUTSIDERS = "ask_outsiders";
    static final String DECIDE_OUTSIDERS = "decide_outsiders";

    /** What waits where the bot has lost its rights, and goes on when it has them again. The pool besides. */
    public static final List<String> BY_RIGHTS = List.of(
            APPROVE_JOIN,
            ASSIGN_LINK,
            FRESHEN_LINK,
            REVOKE_LINK,
            REMOVE_STRANGER,
            REMOVE_MEMBER,
            REMOVE_OUTSIDER,
            BAN_MEMBER,
            LIFT_BAN);

    /** What is done to people and their links, or announces it: in a channel that is only observed all these wait. */
    static final List<String> ON_MEMBERS = List.of(
            APPROVE_JOIN,
            REVOKE_LINK,
            REMOVE_STRANGER,
            TELL_END,
            POST_UNREACHABLE,
            REMOVE_MEMBER,
            REMOVE_OUTSIDER,
            BAN_MEMBER,
            LIFT_BAN);

    /** How long somebody without a purchase may take to make one before the request to join is declined. */
    private static final Duration DECLINE_AFTER = Duration.ofMinutes(10);

    private Effects() {}

    /** The message with the way in; one per grant. */
    public static Owed deliver(UUID grantId) {
        return Owed.now(DELIVER_ACCESS, "grant:" + grantId, Map.of("grant", grantId.toString()));
    }

    /** The same message once more, because a person asked by {@code request}. */
    public static Owed deliverAgain(UUID grantId, String request) {
        return Owed.now(DELIVER_ACCESS, "grant:" + grantId + ":" + request, Map.of("grant", grantId.toString()));
    }

    /** As {@link #deliverAgain}, because the buyer asked in this language. */
    static Owed deliverAgain(UUID grantId, String request, Language language) {
        return Owed.now(
                DELIVER_ACCESS,
                "grant:" + grantId + ":" + request,
                Map.of("grant", grantId.toString(), "language", language.code()));
    }

    /** Instead of the message that {@code delivery} was to send. */
    static Owed tellHeldBack(Task delivery) {
        return Owed.now(TELL_HELD_BACK, delivery.subject(), delivery.payload());
    }

    /** To whoever was found banned; {@code found} is what makes it be owed once. */
    static Owed tellHeldBack(Grant grant, String found) {
        Owed delivery = deliverAgain(grant.id(), found);
        return Owed.now(TELL_HELD_BACK, delivery.subject(), delivery.payload());
    }

    public static Owed standingLink(UUID channelId) {
        return Owed.now(STANDING_LINK, "channel:" + channelId, Map.of("channel", channelId.toString()));
    }

    /** Looks whether the link still opens the way; one per channel, woken each time. */
    public static Owed lookLink(UUID channelId) {
        return Owed.now(LOOK_LINK, "channel:" + channelId, Map.of("channel", channelId.toString()));
    }

    /** Once in a grant's life, the same message to whoever has not come in by the first, or was sent none. */
    static Owed deliverToAbsent(UUID grantId) {
        return deliverAgain(grantId, "absent");
    }

    /** Lets a user in who asked by {@code request}; once per request. */
    public static Owed approve(UUID channelId, long telegramUserId, String request) {
        return Owed.now(APPROVE_JOIN, subject(channelId, telegramUserId, request), payload(channelId, telegramUserId));
    }

    /** The same of the request that waits for an answer. */
    static Owed approve(Seat.Key seat, long updateId) {
        return approve(seat.channelId(), seat.telegramUserId(), "update-" + updateId);
    }

    /** Declines what was asked by {@code updateId}, unless it was answered or asked anew by then. */
    static Owed decline(UUID channelId, long telegramUserId, long updateId, Instant now) {
        return declineAt(channelId, telegramUserId, updateId, now.plus(DECLINE_AFTER));
    }

    /** The same of somebody who is not waited for. */
    static Owed declineNow(UUID channelId, long telegramUserId, long updateId) {
        return declineAt(channelId, telegramUserId, updateId, null);
    }

    private static Owed declineAt(UUID channelId, long telegramUserId, long updateId, @Nullable Instant at) {
        return new Owed(
                DECLINE_JOIN,
                subject(channelId, telegramUserId, "update-" + updateId),
                Map.of(
                        "channel", channelId.toString(),
                        "user", Long.toString(telegramUserId),
                        "update", Long.toString(updateId)),
                at);
    }

    static Owed tellPlans(UUID channelId, JoinRequested asked, String request) {
        return Owed.now(
                TELL_PLANS,
                subject(channelId, asked.userId(), request),
                Map.of(
                        "channel", channelId.toString(),
                        "chat", Long.toString(asked.userChatId()),
                        "asked_at", asked.at().toString(),
                        "language", asked.language().code()));
    }

    /** Says why whom {@code approval} was to let in is not let in; once. */
    static Owed tellTooMany(Task approval) {
        return Owed.now(TELL_TOO_MANY, approval.subject(), approval.payload());
    }

    /** The way in to somebody who is whitelisted; one for each, done once more each time they ask. */
    static Owed tellListed(UUID channelId, long telegramUserId) {
        return Owed.now(TELL_LISTED, "listed:" + channelId + ":" + telegramUserId, payload(channelId, telegramUserId));
    }

    static Owed answerStart(Said said, String request) {
        return Owed.now(
                ANSWER_START,
                request,
                Map.of(
                        "chat", Long.toString(said.userId()),
                        "language", said.language().code()));
    }

    /** Keeps one-time links ready; one per channel, woken when some were used. */
    public static Owed fillPool(UUID channelId) {
        return Owed.now(FILL_POOL, "channel:" + channelId, Map.of("channel", channelId.toString()));
    }

    /** Finds a link for a grant that has none; {@code request} is why it needs one. */
    static Owed assignLink(Grant grant, String request) {
        return assignLink(grant.channelId(), grant.id(), request);
    }

    static Owed assignLink(UUID channelId, UUID grantId, String request) {
        return Owed.now(
                ASSIGN_LINK,
                "grant:" + grantId + ":" + request,
                Map.of("channel", channelId.toString(), "grant", grantId.toString()));
    }

    /** Sets the expiry of an assigned link, after which it may be told. */
    static Owed freshen(UUID linkId) {
        return Owed.now(FRESHEN_LINK, "link:" + linkId, Map.of("link", linkId.toString()));
    }

    /** Looks whether the buyer is inside, for as long as the link lives. */
    static Owed watchJoin(UUID linkId, Instant from) {
        return new Owed(WATCH_JOIN, "link:" + linkId, Map.of("link", linkId.toString()), from);
    }

    static Owed revokeLink(UUID linkId) {
        return Owed.now(REVOKE_LINK, "link:" + linkId, Map.of("link", linkId.toString()));
    }

    /** Removes somebody who came in by a link, as an update told. */
    static Owed removeStranger(PoolLink link, long telegramUserId, long updateId) {
        return Owed.now(
                REMOVE_STRANGER,
                strangerSubject(link.id(), telegramUserId, updateId),
                strangerPayload(link, telegramUserId));
    }

    /** Lets the removed come again. Owed with the removal, so that nobody stays banned where one of the two is lost. */
    static Owed liftBan(PoolLink link, long telegramUserId, long updateId) {
        return Owed.now(
                LIFT_BAN, strangerSubject(link.id(), telegramUserId, updateId), strangerPayload(link, telegramUserId));
    }

    /** One reminder of one end. */
    static Owed remind(Ending.Key end, UUID grantId, Duration before) {
        Map<String, String> payload = payload(end, grantId);
        payload.put("before", before.toString());
        return Owed.now(REMIND, end.subject() + ":" + before, payload);
    }

    /** The notice of one end; {@code grace} is what it says, however often it is sent. */
    static Owed tellEnd(Ending.Key end, UUID grantId, Duration grace) {
        Map<String, String> payload = payload(end, grantId);
        payload.put("grace", grace.toString());
        return Owed.now(TELL_END, end.subject(), payload);
    }

    /** The removal for one end, and letting them come in again: of its own, so that nobody stays banned where one of the two is lost. */
    static List<Owed> remove(Ending.Key end, UUID grantId) {
        return List.of(
                Owed.now(REMOVE_MEMBER, end.subject(), payload(end, grantId)),
                Owed.now(LIFT_BAN, end.subject(), payload(end, grantId)));
    }

    /** Tells the seller, in one message, of those whom the bot could not reach on a day. */
    static Owed tellUnreachable(UUID channelId, Instant from, Instant until) {
        return new Owed(TELL_UNREACHABLE, "channel:" + channelId + ":" + from, day(channelId, from, until), until);
    }

    /** The seller's ban; one per turn of what they say about this user. */
    static Owed keepOut(Seat.Key seat, int turn) {
        return Owed.now(BAN_MEMBER, banSubject(seat, turn), banPayload(seat, turn));
    }

    /** The seller took that ban back. */
    static Owed letBackIn(Seat.Key seat, int turn) {
        return Owed.now(LIFT_BAN, banSubject(seat, turn), banPayload(seat, turn));
    }

    private static String banSubject(Seat.Key seat, int turn) {
        return "ban:" + seat.channelId() + ":" + seat.telegramUserId() + ":" + turn;
    }

    private static Map<String, String> banPayload(Seat.Key seat, int turn) {
        Map<String, String> payload = new HashMap<>(payload(seat.channelId(), seat.telegramUserId()));
        payload.put("turn", Integer.toString(turn));
        return payload;
    }

    /** As {@link #remove(Ending.Key, UUID)}, for one stay of somebody without a right. */
    static List<Owed> remove(Outsider one) {
        return List.of(
                Owed.now(REMOVE_OUTSIDER, one.subject(), one.told()), Owed.now(LIFT_BAN, one.subject(), one.told()));
    }

    /** Asks a person, in one case, about those who are too many for a case each; when that day is over. */
    static Owed askOutsiders(UUID channelId, Instant from, Instant until) {
        return new Owed(ASK_OUTSIDERS, "channel:" + channelId + ":" + from, day(channelId, from, until), until);
    }

    /** Does to all of them what was decided. */
    static Owed decideOutsiders(UUID channelId, Instant from, Instant until, String decision) {
        Map<String, String> payload = new HashMap<>(day(channelId, from, until));
        payload.put("decision", decision);
        return Owed.now(DECIDE_OUTSIDERS, "channel:" + channelId + ":" + from, payload);
    }

    private static Map<String, String> day(UUID channelId, Instant from, Instant until) {
        return Map.of("channel", channelId.toString(), "from", from.toString(), "until", until.toString());
    }

    /** Tells in the channel those whom the bot could not reach until then that they are removed; once per day. */
    static Owed postUnreachable(UnreachablePosts.Key post, Instant notBefore) {
        return new Owed(
                POST_UNREACHABLE,
                "channel:" + post.channelId() + ":" + post.day(),
                Map.of(
                        "channel", post.channelId().toString(),
                        "day", post.day().toString()),
                notBefore);
    }

    /** By the seller's word in this case: once. */
    static Owed postStart(UUID channelId, UUID caseId) {
        return Owed.now(POST_START, "case:" + caseId, Map.of("channel", channelId.toString()));
    }

    private static Map<String, String> payload(Ending.Key end, UUID grantId) {
        Map<String, String> payload =
                new HashMap<>(payload(end.seat().channelId(), end.seat().telegramUserId()));
        payload.put("ends_at", end.endsAt().toString());
        payload.put("grant", grantId.toString());
        return payload;
    }

    static String strangerSubject(UUID linkId, long telegramUserId, long updateId) {
        return "stranger:" + linkId + ":" + telegramUserId + ":update-" + updateId;
    }

    private static Map<String, String> strangerPayload(PoolLink link, long telegramUserId) {
        return Map.of(
                "channel", link.channelId().toString(),
                "link", link.id().toString(),
                "user", Long.toString(telegramUserId));
    }

    private static String subject(UUID channelId, long telegramUserId, String request) {
        return "join:" + channelId + ":" + telegramUserId + ":" + request;
    }

    private static Map<String, String> payload(UUID channelId, long telegramUserId) {
        return Map.of("channel", channelId.toString(), "user", Long.toString(telegramUserId));
    }
}
