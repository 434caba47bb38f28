package admitone.telegram;

import admitone.messaging.Incoming;
import admitone.messaging.Language;
import admitone.messaging.Messenger.ChatKind;
import admitone.messaging.Messenger.Role;
import admitone.messaging.Messenger.Standing;
import admitone.messaging.UpdateReader;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reads updates as Telegram writes them. */
@Component
class UpdateWire implements UpdateReader {
    /** What a person sends that is no text, such as a picture of a transfer: it is answered. What Telegram itself says in a chat is none of these. */
    private static final List<String> WITHOUT_TEXT = List.of(
            "animation",
            "audio",
            "contact",
            "dice",
            "document",
            "location",
            "photo",
            "poll",
            "sticker",
            "story",
            "venue",
            "video",
            "video_note",
            "voice");

    private final JsonMapper json;

    UpdateWire(JsonMapper json) {
        this.json = json;
    }

    @Override
    public Incoming read(String raw) {
        JsonNode update = json.readTree(raw);
        if (update.has("chat_join_request")) {
            return joinRequest(update.path("chat_join_request"));
        }
        if (update.has("chat_member")) {
            return membership(update.path("chat_member"));
        }
        if (update.has("my_chat_member")) {
            return ownMembership(update.path("my_chat_member"));
        }
        if (update.has("callback_query")) {
            return pressed(update.path("callback_query"));
        }
        if (update.has("message")) {
            return message(update.path("message"));
        }
        return new Incoming.Other("update of another kind");
    }

    private static Incoming joinRequest(JsonNode request) {
        return new Incoming.JoinRequested(
                id(request.path("chat")),
                id(request.path("from")),
                request.path("user_chat_id").longValue(id(request.path("from"))),
                at(request),
                link(request.path("invite_link")),
                language(request));
    }

    private static Incoming membership(JsonNode change) {
        return new Incoming.MembershipChanged(
                id(change.path("chat")),
                id(change.path("new_chat_member").path("user")),
                id(change.path("from")),
                isInside(change.path("old_chat_member")),
                isInside(change.path("new_chat_member")),
                at(change),
                link(change.path("invite_link")));
    }

    private static Incoming ownMembership(JsonNode change) {
        boolean isPrivate = change.path("chat").path("type").stringValue("").equals("private");
        return isPrivate
                ? new Incoming.Reachability(
                        id(change.path("chat")),
                        change.path("new_chat_member")
                                .path("status")
                                .stringValue("")
                                .equals("kicked"),
                        at(change))
                : new Incoming.BotPlaced(
                        id(change.path("chat")),
                        change.path("chat").path("title").stringValue(""),
                        id(change.path("from")),
                        standing(change.path("old_chat_member")).role().runsTheChat(),
                        standing(change.path("new_chat_member")).role().runsTheChat(),
                        language(change));
    }

    private static Incoming pressed(JsonNode query) {
        return new Incoming.Pressed(
                id(query.path("from")),
                query.path("id").stringValue(""),
                query.path("data").stringValue(""),
                language(query),
                query.path("message").path("message_id").longValue(0));
    }

    private static Incoming message(JsonNode message) {
        boolean isPrivate = message.path("chat").path("type").stringValue("").equals("private");
        long to = message.path("migrate_to_chat_id").longValue(0);
        long from = message.path("migrate_from_chat_id").longValue(0);
        if (to != 0 || from != 0) { // told in both chats, or in one
            long here = id(message.path("chat"));
            return to != 0 ? new Incoming.Migrated(here, to) : new Incoming.Migrated(from, here);
        }
        return isPrivate
                        && (message.path("text").isString()
                                || WITHOUT_TEXT.stream().anyMatch(message::has))
                ? new Incoming.Said(
                        id(message.path("from")), message.path("text").stringValue(""), at(message), language(message))
                : new Incoming.Other("a message of no concern");
    }

    /** Whether a ChatMember is in the chat. */
    static boolean isInside(JsonNode member) {
        return switch (member.path("status").stringValue("")) {
            case "creator", "administrator", "member" -> true;
            case "restricted" -> member.path("is_member").booleanValue(false);
            default -> false;
        };
    }

    /** What a ChatMember is and may do. */
    static Standing standing(JsonNode member) {
        return switch (member.path("status").stringValue("")) {
            case "creator" -> new Standing(Role.OWNER, true, true);
            case "administrator" ->
                new Standing(
                        Role.ADMINISTRATOR,
                        member.path("can_invite_users").booleanValue(false),
                        member.path("can_restrict_members").booleanValue(false));
            case "kicked" -> new Standing(Role.BANNED, false, false);
            default -> new Standing(isInside(member) ? Role.MEMBER : Role.OUTSIDE, false, false);
        };
    }

    /** Of a chat that was asked for by this id. */
    static ChatKind kind(JsonNode chat, long asked) {
        return new ChatKind(
                chat.path("id").longValue(asked),
                chat.path("type").stringValue("").equals("group"),
                !chat.path("username").stringValue("").isEmpty(),
                chat.path("title").stringValue(""),
                chat.path("permissions").path("can_invite_users").booleanValue(false)); // channels have none
    }

    private static Incoming.@Nullable Link link(JsonNode link) {
        return link.isObject()
                ? new Incoming.Link(
                        link.path("invite_link").stringValue(""),
                        link.path("name").stringValue(""),
                        link.path("creator").path("is_bot").booleanValue(false)
                                && !link.path("invite_link").stringValue("").endsWith("..."))
                : null;
    }

    private static Language language(JsonNode update) {
        return Language.of(update.path("from").path("language_code").stringValue(""));
    }

    private static long id(JsonNode node) {
        return node.path("id").longValue(0);
    }

    private static Instant at(JsonNode node) {
        return Instant.ofEpochSecond(node.path("date").longValue(0));
    }
}
