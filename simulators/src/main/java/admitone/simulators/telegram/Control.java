package admitone.simulators.telegram;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** What the control methods take and return; over HTTP the same records travel as JSON with snake_case names. */
public final class Control {
    private Control() {}

    /** {@code id} is the number before the token's colon unless given. */
    public record NewBot(
            String token,
            String username,
            @Nullable Long id,
            @Nullable String firstName) {
        public NewBot(String token, String username) {
            this(token, username, null, null);
        }
    }

    public record BotView(long id, String username) {}

    /** {@code channelCount}: in how many channels the person is outside this simulator. */
    public record NewUser(
            long userId,
            String firstName,
            @Nullable String lastName,
            @Nullable String username,
            @Nullable String languageCode,
            @Nullable Integer channelCount,
            @Nullable Boolean deactivated,
            @Nullable String bio) {
        public NewUser(long userId, String firstName) {
            this(userId, firstName, null, null, "en", 0, false, null);
        }

        public NewUser withChannelCount(int count) {
            return new NewUser(userId, firstName, lastName, username, languageCode, count, deactivated, bio);
        }

        public NewUser asDeactivated() {
            return new NewUser(userId, firstName, lastName, username, languageCode, channelCount, true, bio);
        }
    }

    /** {@code count} people with ids from {@code fromId} who have started the bot; their messages are counted, not kept. */
    public record NewCrowd(String bot, long fromId, int count) {}

    /**
     * @param reached people who received at least one message
     * @param lastReachedAtUs when the last of them received their first, in microseconds of {@link TelegramSimulator#timerUs}; 0 while there is none
     */
    public record CrowdView(long fromId, int count, int reached, long messages, long lastReachedAtUs) {}

    /** By person, in the order of their ids: how many messages came and when the first did (0: none), in microseconds of the timer. */
    public record Receipts(long fromId, List<Integer> messages, List<Long> firstAtUs) {}

    /** {@code status}: administrator (default), member, left or kicked. Rights not given are granted. */
    public record BotInChat(
            String bot,
            @Nullable String status,
            @Nullable Boolean canInviteUsers,
            @Nullable Boolean canRestrictMembers,
            @Nullable Boolean canPostMessages) {
        /** An administrator with every right. */
        public BotInChat(String bot) {
            this(bot, null, null, null, null);
        }

        public BotInChat(String bot, boolean canInviteUsers, boolean canRestrictMembers) {
            this(bot, null, canInviteUsers, canRestrictMembers, null);
        }

        public BotInChat withStatus(String newStatus) {
            return new BotInChat(bot, newStatus, canInviteUsers, canRestrictMembers, canPostMessages);
        }
    }

    /** {@code type}: channel, supergroup or group. The owner is made up unless given. */
    public record NewChat(
            long chatId,
            String type,
            String title,
            @Nullable String username,
            @Nullable Long ownerId,
            @Nullable List<BotInChat> bots,
            @Nullable List<Long> members) {
        public NewChat(long chatId, String type, String title, BotInChat... bots) {
            this(chatId, type, title, null, null, List.of(bots), List.of());
        }
    }

    public record MemberView(
            long userId,
            String status,
            @Nullable Long untilDate,
            @Nullable String inviteLink) {}

    /**
     * Somebody let in; one entry for each time. {@code inviteLink} is absent where an administrator added them,
     * {@code approvedBy} where nobody had to decide.
     */
    public record Admission(
            long userId,
            @Nullable String inviteLink,
            long date,
            @Nullable Long approvedBy) {}

    /** A link with every setting; {@code seats} are the members who came by it and are still inside. */
    public record LinkView(
            String inviteLink,
            long creatorId,
            @Nullable String name,
            @Nullable Long expireDate,
            @Nullable Integer memberLimit,
            boolean createsJoinRequest,
            boolean isPrimary,
            boolean isRevoked,
            boolean isExpired,
            int seats,
            int pendingJoinRequestCount,
            long createdAt,
            List<Admission> admitted) {}

    /** Somebody came in or went out; in order, since the chat exists. {@code inviteLink}: by which they came, of both kinds. */
    public record Move(
            long userId, boolean inside, @Nullable String inviteLink, long date) {}

    public record RequestView(long userId, String inviteLink, long date) {}

    public record ChatView(
            long chatId,
            String type,
            String title,
            List<MemberView> members,
            List<LinkView> links,
            List<RequestView> pendingRequests,
            List<Admission> admitted) {}

    /** A button of an inline keyboard: one of {@code url} and {@code callbackData} is set, or neither for kinds not modelled. */
    public record Button(
            String text, @Nullable String url, @Nullable String callbackData) {}

    /** {@code from} is {@code bot} or {@code user}; {@code links} are the addresses in the text, hidden ones too. */
    public record MessageView(
            long messageId,
            String from,
            long date,
            @Nullable Long editDate,
            String text,
            JsonNode entities,
            List<String> links,
            List<List<Button>> keyboard) {}

    /** {@code text} is what the bot answered to the tap, absent while unanswered. */
    public record TapView(
            String callbackQueryId,
            long messageId,
            String data,
            boolean answered,
            @Nullable String text) {}

    /**
     * Something that goes wrong with a call.
     *
     * @param method the method it hits, any letter case, or {@code *} for all
     * @param times how many calls it hits, 1 unless given; 0 or less means until faults are cleared
     */
    public record Fault(
            String method,
            FaultKind kind,
            @Nullable String bot,
            @Nullable Long chatId,
            @Nullable Integer times,
            @Nullable Integer retryAfter,
            @Nullable Long delayMs,
            @Nullable Integer errorCode,
            @Nullable String description) {

        public static Fault of(FaultKind kind, String method) {
            return new Fault(method, kind, null, null, null, null, null, null, null);
        }

        public static Fault flood(String method, int retryAfter) {
            return new Fault(method, FaultKind.FLOOD, null, null, null, retryAfter, null, null, null);
        }

        public static Fault error(String method, int code, String description) {
            return new Fault(method, FaultKind.ERROR, null, null, null, null, null, code, description);
        }

        public Fault times(int count) {
            return new Fault(method, kind, bot, chatId, count, retryAfter, delayMs, errorCode, description);
        }

        public Fault delay(Duration delay) {
            return new Fault(method, kind, bot, chatId, times, retryAfter, delay.toMillis(), errorCode, description);
        }

        public Fault inChat(long id) {
            return new Fault(method, kind, bot, id, times, retryAfter, delayMs, errorCode, description);
        }
    }

    /** {@code status} is absent where the connection was dropped instead of answered. */
    public record Call(
            long number,
            String at,
            String bot,
            String method,
            JsonNode params,
            @Nullable Integer status,
            @Nullable String description,
            @Nullable String fault) {}

    public record Log(Map<String, Long> counts, List<Call> calls) {}

    /**
     * How updates reach bots; what is not given stays as it is.
     *
     * @param bot one bot, or all when absent
     * @param duplicate each update is delivered once more after it was confirmed
     * @param order {@code as_sent} or {@code reversed} (newest first, also within one person's updates)
     * @param held nothing is delivered until it is false again
     */
    public record UpdateSwitches(
            @Nullable String bot,
            @Nullable Boolean duplicate,
            @Nullable String order,
            @Nullable Boolean held) {}
}
