package admitone.telegram;

import admitone.messaging.BotMenu;
import admitone.messaging.ChatMoved;
import admitone.messaging.Language;
import admitone.messaging.Messenger;
import admitone.messaging.Pace;
import admitone.runtime.Answer;
import admitone.runtime.OutsideHttp;
import admitone.runtime.OutsideHttp.Reply;
import admitone.runtime.Settings;
import admitone.runtime.Settings.Secret;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Speaks with the Bot API. The token is part of every URL, so no URL is ever logged or put into an error. */
@Component
class TelegramClient implements Messenger {
    private static final Logger log = LoggerFactory.getLogger(TelegramClient.class);
    private static final Duration WHEN_DOWN = Duration.ofSeconds(3);
    /** All that we act on; a list that is not empty is all that comes. */
    static final List<String> ALLOWED_UPDATES =
            List.of("message", "callback_query", "my_chat_member", "chat_member", "chat_join_request");

    /** So many deliveries at once, Telegram's own default. */
    static final int MOST_CONNECTIONS = 40;

    /** Of {@link Answer.Declined}, about changing a message into what it is. */
    private static final String NOT_MODIFIED = "not_modified";

    private static final String SEND = "sendMessage";
    private static final String EDIT = "editMessageText";
    private static final String GET_UPDATES = "getUpdates";
    private static final Duration LONGEST_SILENCE = Duration.ofHours(6);

    /** Codes of {@link Answer.Declined} about updates only. */
    interface Conflict {
        String WEBHOOK_ACTIVE = "webhook_active";
        String OTHER_READER = "other_reader";
    }

    private final OutsideHttp http;
    private final JsonMapper json;
    private final Pace pace;
    private final ApplicationEventPublisher events;
    private final String base;
    private final Duration within;

    TelegramClient(OutsideHttp http, JsonMapper json, Pace pace, ApplicationEventPublisher events, Settings settings) {
        this.http = http;
        this.json = json;
        this.pace = pace;
        this.events = events;
        this.within = settings.callWithin();
        this.base = settings.telegram().apiUrl() + "/bot"
                + settings.telegram().botToken().value() + "/";
    }

    @Override
    public Answer<Long> send(Message message) {
        return message(
                SEND, message, Map.of(), result -> result.path("message_id").longValue());
    }

    @Override
    public Answer<Boolean> edit(long messageId, Message message) {
        Answer<Boolean> answer = message(EDIT, message, Map.of("message_id", messageId), result -> true);
        return answer instanceof Answer.Declined<Boolean>(String code, String reason) && code.equals(NOT_MODIFIED)
                ? new Answer.Done<>(true)
                : answer;
    }

    @Override
    public Answer<Boolean> delete(long chatId, long messageId) {
        return gated("deleteMessage", Map.of("chat_id", chatId, "message_id", messageId), result -> true);
    }

    private <T> Answer<T> message(
            String method, Message message, Map<String, Object> which, Function<JsonNode, T> read) {
        var wait = pace.beforeMessage(message.chatId());
        if (wait.isPresent()) {
            return new Answer.NotNow<>(wait.get(), "pace");
        }
        Map<String, Object> body = new LinkedHashMap<>(which);
        body.put("chat_id", message.chatId());
        body.put("text", message.html());
        body.put("parse_mode", "HTML");
        if (message.isSilent()) {
            body.put("disable_notification", true);
        }
        body.put("link_preview_options", Map.of("is_disabled", true));
        if (!message.buttons().isEmpty()) {
            body.put(
                    "reply_markup",
                    Map.of(
                            "inline_keyboard",
                            message.buttons().stream()
                                    .map(button -> List.of(wire(button)))
                                    .toList()));
        }
        return call(method, body, within, read);
    }

    private static Map<String, String> wire(Button button) {
        return switch (button) {
            case LinkButton(String text, String url) -> Map.of("text", text, "url", url);
            case PressButton(String text, String data) -> Map.of("text", text, "callback_data", data);
        };
    }

    @Override
    public Answer<Boolean> answerPress(String pressId, String word) {
        return gated("answerCallbackQuery", Map.of("callback_query_id", pressId, "text", word), result -> true);
    }

    @Override
    public Answer<String> createRequestLink(long chatId, String name) {
        return gated(
                "createChatInviteLink",
                Map.of("chat_id", chatId, "name", name, "creates_join_request", true),
                result -> result.path("invite_link").stringValue());
    }

    @Override
    public Answer<Boolean> keepRequestLink(long chatId, String url, String name) {
        return gated(
                "editChatInviteLink",
                Map.of("chat_id", chatId, "invite_link", url, "name", name, "creates_join_request", true),
                result -> true);
    }

    @Override
    public Answer<String> createOneTimeLink(long chatId, String name, Instant expiresAt) {
        return gated(
                "createChatInviteLink",
                oneTimeLink(chatId, name, expiresAt),
                result -> result.path("invite_link").stringValue());
    }

    @Override
    public Answer<Boolean> expireOneTimeLink(long chatId, String url, String name, Instant expiresAt) {
        Map<String, Object> body = oneTimeLink(chatId, name, expiresAt);
        body.put("invite_link", url);
        return gated("editChatInviteLink", body, result -> true);
    }

    /** All of it, always: an edit clears what it leaves out. */
    private static Map<String, Object> oneTimeLink(long chatId, String name, Instant expiresAt) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("chat_id", chatId);
        body.put("name", name);
        body.put("expire_date", expiresAt.getEpochSecond());
        body.put("member_limit", 1);
        return body;
    }

    @Override
    public Answer<Boolean> revokeLink(long chatId, String url) {
        return gated("revokeChatInviteLink", Map.of("chat_id", chatId, "invite_link", url), result -> true);
    }

    @Override
    public Answer<Boolean> ban(long chatId, long userId, Instant until) {
        return gated(
                "banChatMember",
                Map.of("chat_id", chatId, "user_id", userId, "until_date", until.getEpochSecond()),
                result -> true);
    }

    @Override
    public Answer<Boolean> liftBan(long chatId, long userId) {
        return gated(
                "unbanChatMember",
                Map.of("chat_id", chatId, "user_id", userId, "only_if_banned", true),
                result -> true);
    }

    @Override
    public Answer<Boolean> approveJoin(long chatId, long userId) {
        return gated("approveChatJoinRequest", Map.of("chat_id", chatId, "user_id", userId), result -> true);
    }

    @Override
    public Answer<Boolean> declineJoin(long chatId, long userId) {
        return gated("declineChatJoinRequest", Map.of("chat_id", chatId, "user_id", userId), result -> true);
    }

    @Override
    public Answer<Boolean> isMember(long chatId, long userId) {
        return member(chatId, userId, within, UpdateWire::isInside, /* ofWhomIsNotKnown= */ false);
    }

    @Override
    public Answer<Standing> standing(long chatId, long userId) {
        return standing(chatId, userId, within);
    }

    @Override
    public Answer<Standing> standing(long chatId, long userId, Duration within) {
        return member(chatId, userId, within, UpdateWire::standing, new Standing(Role.OUTSIDE, false, false));
    }

    /** Whom Telegram does not know there never was there, and is outside. */
    private <T> Answer<T> member(
            long chatId, long userId, Duration within, Function<JsonNode, T> read, T ofWhomIsNotKnown) {
        Answer<T> answer = gated("getChatMember", Map.of("chat_id", chatId, "user_id", userId), within, read);
        return answer instanceof Answer.Declined<T>(String code, String _)
                        && (code.equals(Refusal.NOT_A_MEMBER) || code.equals(Refusal.NOT_REQUESTED))
                ? new Answer.Done<>(ofWhomIsNotKnown)
                : answer;
    }

    @Override
    public Answer<ChatKind> kind(long chatId) {
        return gated("getChat", Map.of("chat_id", chatId), chat -> UpdateWire.kind(chat, chatId));
    }

    @Override
    public Answer<Bot> self() {
        return gated(
                "getMe",
                Map.of(),
                result -> new Bot(
                        result.path("id").longValue(), result.path("username").stringValue()));
    }

    /** Long poll; {@code offset} null: from the oldest that is kept. */
    Answer<List<JsonNode>> updates(@Nullable Long offset, Duration wait) {
        var quiet = pace.beforeCall(GET_UPDATES, Pace.EVERY_CHAT);
        if (quiet.isPresent()) {
            return new Answer.NotNow<>(quiet.get(), "silence");
        }
        Map<String, Object> body = new LinkedHashMap<>();
        if (offset != null) {
            body.put("offset", offset);
        }
        body.put("limit", 100);
        body.put("timeout", wait.toSeconds());
        body.put("allowed_updates", ALLOWED_UPDATES);
        return call(
                GET_UPDATES,
                body,
                wait.plusSeconds(10),
                result -> result.valueStream().toList());
    }

    /** Where Telegram sends updates, and how that goes. {@code url} empty: nowhere. */
    record Webhook(String url, int connections, List<String> allowed, long pending, long failedAt, String failure) {
        boolean isAsWanted(String wanted) {
            return url.equals(wanted)
                    && connections == MOST_CONNECTIONS
                    && Set.copyOf(allowed).equals(Set.copyOf(ALLOWED_UPDATES));
        }
    }

    Answer<Webhook> webhook() {
        return gated(
                "getWebhookInfo",
                Map.of(),
                result -> new Webhook(
                        result.path("url").stringValue(),
                        result.path("max_connections").intValue(MOST_CONNECTIONS),
                        result.path("allowed_updates")
                                .valueStream()
                                .map(JsonNode::stringValue)
                                .toList(),
                        result.path("pending_update_count").longValue(0),
                        result.path("last_error_date").longValue(0),
                        result.path("last_error_message").stringValue("")));
    }

    /** Sets a state: repeated, it changes nothing. */
    Answer<Boolean> setWebhook(String url, Secret secret) {
        return gated(
                "setWebhook",
                Map.of(
                        "url",
                        url,
                        "secret_token",
                        secret.value(),
                        "max_connections",
                        MOST_CONNECTIONS,
                        "allowed_updates",
                        ALLOWED_UPDATES),
                result -> true);
    }

    /** Sets the commands shown in private chats to those who use Telegram in this language; null: in any other. */
    Answer<Boolean> setCommands(List<BotMenu.Command> commands, @Nullable Language language) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put(
                "commands",
                commands.stream()
                        .map(command -> Map.of("command", command.name(), "description", command.does()))
                        .toList());
        body.put("scope", Map.of("type", "all_private_chats"));
        if (language != null) {
            body.put("language_code", language.code());
        }
        return gated("setMyCommands", body, result -> true);
    }

    /** What waits at Telegram stays there. */
    Answer<Boolean> removeWebhook() {
        return gated("deleteWebhook", Map.of(), result -> true);
    }

    private <T> Answer<T> gated(String method, Map<String, Object> body, Function<JsonNode, T> read) {
        return gated(method, body, within, read);
    }

    private <T> Answer<T> gated(String method, Map<String, Object> body, Duration within, Function<JsonNode, T> read) {
        var wait = pace.beforeCall(method, chatOf(body));
        return wait.isPresent() ? new Answer.NotNow<>(wait.get(), "silence") : call(method, body, within, read);
    }

    private <T> Answer<T> call(String method, Map<String, Object> body, Duration within, Function<JsonNode, T> read) {
        return call(method, body, within, read, true);
    }

    private <T> Answer<T> call(
            String method, Map<String, Object> body, Duration within, Function<JsonNode, T> read, boolean mayFollow) {
        return switch (http.call(URI.create(base + method), Map.of(), json.writeValueAsBytes(body), within)) {
            case Reply.NotSent(String reason) -> new Answer.NotNow<>(WHEN_DOWN, reason);
            case Reply.Lost(String reason) -> new Answer.Unknown<>(method + ": " + reason);
            case Reply.Received(int status, byte[] bytes, var headers) -> {
                JsonNode envelope = parse(bytes);
                if (status == 429) {
                    yield tooMany(method, chatOf(body), envelope);
                }
                if (!envelope.path("ok").isBoolean() || status >= 500) {
                    yield new Answer.Unknown<>(method + ": HTTP " + status);
                }
                long movedTo =
                        envelope.path("parameters").path("migrate_to_chat_id").longValue(0);
                if (movedTo != 0 && mayFollow) {
                    yield call(method, follow(body, movedTo), within, read, false);
                }
                yield envelope.path("ok").booleanValue()
                        ? done(method, envelope.path("result"), read)
                        : refused(status, envelope);
            }
        };
    }

    /** To where the group is now: nothing was done under its old id. It is told, so that the next call names the new one. */
    private Map<String, Object> follow(Map<String, Object> body, long to) {
        try {
            events.publishEvent(new ChatMoved(chatOf(body), to));
        } catch (RuntimeException e) {
            log.warn(
                    "chat {} is {} now; that could not be recorded, the next call tells it again", chatOf(body), to, e);
        }
        Map<String, Object> there = new LinkedHashMap<>(body);
        there.put("chat_id", to);
        return there;
    }

    /** It happened; where the result is of a shape we cannot read, we do not know what. */
    private static <T> Answer<T> done(String method, JsonNode result, Function<JsonNode, T> read) {
        try {
            return new Answer.Done<>(read.apply(result));
        } catch (JacksonException e) {
            return new Answer.Unknown<>(method + ": a result of another shape");
        }
    }

    private static long chatOf(Map<String, Object> body) {
        return body.get("chat_id") instanceof Long chat ? chat : Pace.EVERY_CHAT;
    }

    /** Of messages the chat is silent, on all instances; of anything else that method there. */
    private <T> Answer<T> tooMany(String method, long chatId, JsonNode envelope) {
        Duration after = Duration.ofSeconds(
                envelope.path("parameters").path("retry_after").longValue(5));
        after = after.compareTo(LONGEST_SILENCE) > 0 ? LONGEST_SILENCE : after.plusMillis(200);
        if (method.equals(SEND) || method.equals(EDIT)) {
            pace.silenceFor(chatId, after);
        } else {
            pace.silenceFor(method, chatId, after);
        }
        return new Answer.NotNow<>(after, "429");
    }

    private static <T> Answer<T> refused(int status, JsonNode envelope) {
        String description = envelope.path("description").stringValue("");
        return new Answer.Declined<>(code(status, description), status + " " + description);
    }

    static String code(int status, String description) {
        return switch (status) {
            case 401, 404, 421 -> Refusal.TOKEN;
            case 409 -> description.contains("webhook is active") ? Conflict.WEBHOOK_ACTIVE : Conflict.OTHER_READER;
            case 403 ->
                description.contains("blocked by the user") || description.contains("user is deactivated")
                        ? Refusal.BLOCKED
                        : description.contains("can't initiate conversation") ? Refusal.NOT_STARTED : Refusal.NO_RIGHTS;
            default -> {
                if (description.contains("chat not found")) {
                    yield Refusal.CHAT_NOT_FOUND;
                }
                if (description.contains("message is not modified")) {
                    yield NOT_MODIFIED;
                }
                if (description.contains("message to edit not found")
                        || description.contains("MESSAGE_ID_INVALID")
                        || description.contains("message can't be edited")) {
                    yield Refusal.MESSAGE_GONE;
                }
                if (description.contains("HIDE_REQUESTER_MISSING") || description.contains("USER_ID_INVALID")) {
                    yield Refusal.NOT_REQUESTED;
                }
                if (description.contains("USER_ALREADY_PARTICIPANT")) {
                    yield Refusal.ALREADY_MEMBER;
                }
                if (description.contains("INVITE_HASH_EXPIRED")) {
                    yield Refusal.LINK_GONE;
                }
                if (description.contains("can't remove chat owner")
                        || description.contains("user is an administrator of the chat")) {
                    yield Refusal.ADMINISTRATOR;
                }
                if (description.contains("member not found")
                        || description.contains("user not found")
                        || description.contains("PARTICIPANT_ID_INVALID")
                        || description.contains("USER_NOT_PARTICIPANT")) {
                    yield Refusal.NOT_A_MEMBER;
                }
                if (description.contains("available for supergroup and channel chats only")) {
                    yield Refusal.BASIC_GROUP;
                }
                if (description.contains("CHANNELS_TOO_MUCH")) {
                    yield Refusal.TOO_MANY_CHANNELS;
                }
                yield description.contains("not enough rights")
                                || description.contains("need administrator rights")
                                || description.contains("member list is inaccessible")
                                || description.contains("CHAT_WRITE_FORBIDDEN")
                                || description.contains("CHAT_ADMIN_REQUIRED")
                        ? Refusal.NO_RIGHTS
                        : Refusal.OTHER;
            }
        };
    }

    private JsonNode parse(byte[] body) {
        try {
            return json.readTree(body);
        } catch (JacksonException e) {
            return json.missingNode(); // a proxy's page, not Telegram's answer
        }
    }
}
