package admitone.simulators.telegram;

import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** How things look on the wire, with the fields in the official server's order. Called with the world's lock held. */
final class Wire {
    private final World world;

    Wire(World world) {
        this.world = world;
    }

    ObjectNode user(long id) {
        Bot bot = world.bots.get(id);
        if (bot != null) {
            return Json.object()
                    .put("id", id)
                    .put("is_bot", true)
                    .put("first_name", bot.firstName)
                    .put("username", bot.username);
        }
        Control.NewUser facts = world.user(id).facts;
        boolean gone = world.user(id).isDeactivated();
        ObjectNode json =
                Json.object().put("id", id).put("is_bot", false).put("first_name", gone ? "" : facts.firstName());
        if (!gone) {
            put(json, "last_name", facts.lastName());
            put(json, "username", facts.username());
            put(json, "language_code", facts.languageCode());
        }
        return json;
    }

    ObjectNode me(Bot bot) {
        return user(bot.id)
                .put("can_join_groups", true)
                .put("can_read_all_group_messages", false)
                .put("supports_guest_queries", false)
                .put("supports_inline_queries", false)
                .put("can_connect_to_business", false)
                .put("has_main_web_app", false)
                .put("has_topics_enabled", false)
                .put("allows_users_to_create_topics", false)
                .put("can_manage_bots", false)
                .put("supports_join_request_queries", false);
    }

    ObjectNode chat(Chat chat) {
        ObjectNode json = Json.object().put("id", chat.id).put("title", chat.title);
        put(json, "username", chat.username);
        return json.put("type", chat.type.toString());
    }

    ObjectNode privateChat(long userId) {
        Control.NewUser facts = world.facts(userId);
        ObjectNode json = Json.object().put("id", userId).put("first_name", facts.firstName());
        put(json, "last_name", facts.lastName());
        put(json, "username", facts.username());
        return json.put("type", "private");
    }

    ObjectNode fullInfo(ObjectNode chat) {
        chat.put("accent_color_id", Math.floorMod(chat.path("id").asLong(), 7))
                .put("max_reaction_count", 11)
                .set("accepted_gift_types", giftTypes());
        return chat;
    }

    static ObjectNode permissions(Chat chat) {
        return Json.object()
                .put("can_send_messages", true)
                .put("can_send_audios", true)
                .put("can_send_documents", true)
                .put("can_send_photos", true)
                .put("can_send_videos", true)
                .put("can_send_video_notes", true)
                .put("can_send_voice_notes", true)
                .put("can_send_polls", true)
                .put("can_send_other_messages", true)
                .put("can_add_web_page_previews", true)
                .put("can_change_info", false)
                .put("can_invite_users", chat.membersMayAdd)
                .put("can_pin_messages", false)
                .put("can_manage_topics", false);
    }

    private static ObjectNode giftTypes() {
        return Json.object()
                .put("unlimited_gifts", false)
                .put("limited_gifts", false)
                .put("unique_gifts", false)
                .put("premium_subscription", false)
                .put("gifts_from_channels", false);
    }

    ObjectNode member(Chat chat, long userId, Membership standing) {
        ObjectNode json = Json.object();
        json.set("user", user(userId));
        json.put("status", standing.status().toString());
        switch (standing.status()) {
            case CREATOR -> json.put("is_anonymous", false);
            case ADMINISTRATOR -> rights(json, chat, standing.rights());
            case KICKED -> json.put("until_date", standing.untilDate());
            case MEMBER, LEFT -> {}
        }
        return json;
    }

    private static void rights(ObjectNode json, Chat chat, Membership.Rights rights) {
        json.put("can_be_edited", false).put("can_manage_chat", true).put("can_change_info", true);
        if (chat.type == Chat.Type.CHANNEL) {
            json.put("can_post_messages", rights.post())
                    .put("can_edit_messages", rights.post())
                    .put("can_manage_direct_messages", false);
        } else {
            json.put("can_pin_messages", true).put("can_manage_topics", false).put("can_manage_tags", false);
        }
        json.put("can_delete_messages", true)
                .put("can_invite_users", rights.invite())
                .put("can_restrict_members", rights.restrict())
                .put("can_promote_members", false)
                .put("can_manage_video_chats", true)
                .put("can_post_stories", false)
                .put("can_edit_stories", false)
                .put("can_delete_stories", false)
                .put("can_send_welcome_messages", false)
                .put("is_anonymous", false);
    }

    /** A link made by somebody else is shown cut. */
    ObjectNode link(Link link, long viewerId) {
        ObjectNode json = Json.object().put("invite_link", link.creatorId == viewerId ? link.url() : link.cutUrl());
        if (!link.name.isEmpty()) {
            json.put("name", link.name);
        }
        json.set("creator", user(link.creatorId));
        if (link.expireDate != 0) {
            json.put("expire_date", link.expireDate);
        }
        if (link.memberLimit != 0) {
            json.put("member_limit", link.memberLimit);
        }
        if (link.pendingRequests != 0) {
            json.put("pending_join_request_count", link.pendingRequests);
        }
        return json.put("creates_join_request", link.createsJoinRequest)
                .put("is_primary", link.primary)
                .put("is_revoked", link.revoked);
    }

    ObjectNode memberUpdate(
            Chat chat,
            long subjectId,
            long actorId,
            Membership before,
            Membership after,
            @Nullable Link link,
            Bot viewer) {
        ObjectNode json = Json.object();
        json.set("chat", chat(chat));
        json.set("from", user(actorId));
        json.put("date", world.now());
        json.set("old_chat_member", member(chat, subjectId, before));
        json.set("new_chat_member", member(chat, subjectId, after));
        if (link != null) {
            json.set("invite_link", link(link, viewer.id));
        }
        return json;
    }

    ObjectNode privateMemberUpdate(User person, Bot bot, Membership before, Membership after) {
        ObjectNode json = Json.object();
        json.set("chat", privateChat(person.id));
        json.set("from", user(person.id));
        json.put("date", world.now());
        json.set("old_chat_member", plainMember(bot.id, before));
        json.set("new_chat_member", plainMember(bot.id, after));
        return json;
    }

    private ObjectNode plainMember(long userId, Membership standing) {
        ObjectNode json = Json.object();
        json.set("user", user(userId));
        json.put("status", standing.status().toString());
        if (standing.status() == Membership.Status.KICKED) {
            json.put("until_date", standing.untilDate());
        }
        return json;
    }

    ObjectNode joinRequest(Chat chat, User person, Link link, long date, Bot viewer) {
        ObjectNode json = Json.object();
        json.set("chat", chat(chat));
        json.set("from", user(person.id));
        json.put("user_chat_id", person.id).put("date", date);
        put(json, "bio", person.facts.bio());
        json.set("invite_link", link(link, viewer.id));
        return json;
    }

    ObjectNode message(Message message, Bot viewer) {
        Chat chat = world.chats.get(message.chatId);
        ObjectNode json = Json.object().put("message_id", message.id);
        if (chat != null && chat.type == Chat.Type.CHANNEL) {
            json.set("sender_chat", chat(chat));
        } else {
            json.set("from", user(message.fromId));
        }
        json.set("chat", chat == null ? privateChat(message.chatId) : chat(chat));
        json.put("date", message.date);
        if (message.editDate != 0) {
            json.put("edit_date", message.editDate);
        }
        json.put("text", message.text);
        if (!message.entities.isEmpty()) {
            json.set("entities", new HtmlMarkup.Formatted(message.text, message.entities).entitiesJson());
        }
        if (message.inlineKeyboard != null && message.fromId == viewer.id) {
            json.set("reply_markup", keyboard(message.inlineKeyboard));
        }
        return json;
    }

    private static ObjectNode keyboard(JsonNode rows) {
        ObjectNode json = Json.object();
        json.set("inline_keyboard", rows);
        return json;
    }

    ObjectNode serviceMessage(Chat chat, Message message, long subjectId, boolean came) {
        ObjectNode json = Json.object().put("message_id", message.id);
        json.set("from", user(came && world.bots.containsKey(message.fromId) ? subjectId : message.fromId));
        json.set("chat", chat(chat));
        json.put("date", message.date);
        if (came) {
            json.set("new_chat_members", Json.array().add(user(subjectId)));
        } else {
            json.set("left_chat_member", user(subjectId));
        }
        return json;
    }

    /** What a group says that became a supergroup, in either of the two. */
    ObjectNode moved(Chat here, Message message, long from, long to) {
        ObjectNode json = Json.object().put("message_id", message.id);
        json.set("from", user(message.fromId));
        json.set("chat", chat(here));
        json.put("date", message.date);
        return here.id == from ? json.put("migrate_to_chat_id", to) : json.put("migrate_from_chat_id", from);
    }

    ObjectNode callbackQuery(Bot.Tap tap, Message message, User person, Bot bot) {
        ObjectNode json = Json.object().put("id", tap.id);
        json.set("from", user(person.id));
        json.set("message", message(message, bot));
        return json.put("chat_instance", Long.toString(31 * person.id + bot.id)).put("data", tap.data);
    }

    private static void put(ObjectNode json, String name, @Nullable String value) {
        if (value != null && !value.isEmpty()) {
            json.put(name, value);
        }
    }
}
