package admitone.access;

import admitone.tasks.Owed;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.UUID;

/** The effects that access owes to the outside, as tasks. The subject of each is what makes it be owed once. */
public final class Effects {
    public static final String DELIVER_ACCESS = "deliver_access";
    static final String STANDING_LINK = "standing_link";
    static final String APPROVE_JOIN = "approve_join";
    static final String DECLINE_JOIN = "decline_join";
    static final String TELL_PLANS = "tell_plans";
    static final String ANSWER_START = "answer_start";

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

    public static Owed standingLink(UUID channelId) {
        return Owed.now(STANDING_LINK, "channel:" + channelId, Map.of("channel", channelId.toString()));
    }

    /** Lets a user in who asked by {@code request}; once per request. */
    public static Owed approve(UUID channelId, long telegramUserId, String request) {
        return Owed.now(APPROVE_JOIN, subject(channelId, telegramUserId, request), payload(channelId, telegramUserId));
    }

    /** Declines what was asked by {@code updateId}, unless it was answered or asked anew by then. */
    static Owed decline(UUID channelId, long telegramUserId, long updateId, Instant now) {
        return new Owed(
                DECLINE_JOIN,
                subject(channelId, telegramUserId, "update-" + updateId),
                Map.of(
                        "channel", channelId.toString(),
                        "user", Long.toString(telegramUserId),
                        "update", Long.toString(updateId)),
                now.plus(DECLINE_AFTER));
    }

    static Owed tellPlans(UUID channelId, long telegramUserId, long chatId, String request, Instant askedAt) {
        return Owed.now(
                TELL_PLANS,
                subject(channelId, telegramUserId, request),
                Map.of("channel", channelId.toString(), "chat", Long.toString(chatId), "asked_at", askedAt.toString()));
    }

    private static String subject(UUID channelId, long telegramUserId, String request) {
        return "join:" + channelId + ":" + telegramUserId + ":" + request;
    }

    private static Map<String, String> payload(UUID channelId, long telegramUserId) {
        return Map.of("channel", channelId.toString(), "user", Long.toString(telegramUserId));
    }
}
