package admitone.simulators.telegram;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.IntNode;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.databind.node.StringNode;

/** The methods of the Bot API, with the official server's order of checks and its words. Called with the world's lock held. */
final class Methods {
    /** The answer's {@code result}, and for webhook methods a {@code description} beside it. */
    record Result(JsonNode value, @Nullable String description) {}

    private static final long MAX_BAN_SECONDS = 366L * 24 * 3600;

    private final World world;
    private final WebhookMethods webhooks;
    private final MessageMethods messages;

    Methods(World world, WebhookMethods webhooks) {
        this.world = world;
        this.webhooks = webhooks;
        this.messages = new MessageMethods(world, this);
    }

    Result call(Bot bot, String method, Params params) throws InterruptedException {
        return switch (method.toLowerCase(Locale.ROOT)) {
            case "setwebhook" -> webhooks.set(bot, params);
            case "deletewebhook" -> webhooks.delete(bot, params);
            default -> new Result(plain(bot, method, params), null);
        };
    }

    private JsonNode plain(Bot bot, String method, Params params) throws InterruptedException {
        return switch (method.toLowerCase(Locale.ROOT)) {
            case "getme" -> world.wire().me(bot);
            case "getupdates" -> webhooks.getUpdates(bot, params);
            case "getwebhookinfo" -> webhooks.info(bot);
            case "getchat" -> getChat(bot, params);
            case "getchatmember" -> getChatMember(bot, params);
            case "getchatmembercount", "getchatmemberscount" -> getChatMemberCount(bot, params);
            case "getchatadministrators" -> getChatAdministrators(bot, params);
            case "createchatinvitelink" -> createLink(bot, params);
            case "editchatinvitelink" -> editLink(bot, params);
            case "revokechatinvitelink" -> revokeLink(bot, params);
            case "exportchatinvitelink" -> exportLink(bot, params);
            case "approvechatjoinrequest" -> decide(bot, params, true);
            case "declinechatjoinrequest" -> decide(bot, params, false);
            case "banchatmember", "kickchatmember" -> ban(bot, params);
            case "unbanchatmember" -> unban(bot, params);
            case "sendmessage" -> messages.send(bot, params);
            case "editmessagetext" -> messages.edit(bot, params);
            case "deletemessage" -> messages.delete(bot, params);
            case "answercallbackquery" -> messages.answerTap(bot, params);
            case "setmycommands" -> messages.setCommands(bot, params);
            case "getmycommands" -> messages.getCommands(bot, params);
            default -> throw ApiError.of(404, "Not Found: method not found");
        };
    }

    // chats

    /** The chat a call names, as far as the bot may see it. */
    Chat chat(Bot bot, Params params, String wrongForPrivate) {
        String name = params.text("chat_id").strip();
        if (name.isEmpty()) {
            throw ApiError.badRequest("chat_id is empty");
        }
        if (privateChat(bot, name).isPresent()) {
            throw ApiError.badRequest(wrongForPrivate);
        }
        return shared(bot, name);
    }

    Optional<User> privateChat(Bot bot, String name) {
        long id = Params.leadingNumber(name);
        if (name.startsWith("@") || !bot.met.contains(id)) {
            return Optional.empty();
        }
        return Optional.ofNullable(world.users.get(id));
    }

    Chat shared(Bot bot, String name) {
        Chat chat = find(name);
        if (chat == null) {
            throw ApiError.badRequest("chat not found");
        }
        if (chat.migratedTo != 0) {
            throw ApiError.migrated(chat.migratedTo);
        }
        Membership standing = chat.of(bot.id, world.now());
        if (standing.status() == Membership.Status.KICKED) {
            throw ApiError.forbidden("bot was kicked from the " + chat.type.words);
        }
        if (chat.deleted) {
            throw chat.type == Chat.Type.GROUP
                    ? ApiError.forbidden("the group chat was deleted")
                    : ApiError.badRequest("chat not found");
        }
        if (!standing.isInside()) {
            throw chat.members.containsKey(bot.id)
                    ? ApiError.forbidden("bot is not a member of the " + chat.type.words)
                    : ApiError.badRequest("chat not found");
        }
        return chat;
    }

    private @Nullable Chat find(String name) {
        if (!name.startsWith("@")) {
            return world.chats.get(Params.leadingNumber(name));
        }
        return world.chats.values().stream()
                .filter(chat -> name.substring(1).equalsIgnoreCase(chat.username))
                .findFirst()
                .orElse(null);
    }

    private JsonNode getChat(Bot bot, Params params) {
        String name = params.text("chat_id").strip();
        if (name.isEmpty()) {
            throw ApiError.badRequest("chat_id is empty");
        }
        Optional<User> person = privateChat(bot, name);
        if (person.isPresent()) {
            return world.wire().fullInfo(world.wire().privateChat(person.get().id));
        }
        Chat chat = shared(bot, name);
        ObjectNode info = world.wire().fullInfo(world.wire().chat(chat));
        if (chat.type != Chat.Type.CHANNEL) {
            info.set("permissions", Wire.permissions(chat));
        }
        Link primary = world.primaryLink(chat, bot.id);
        if (primary != null && isAllowed(bot, chat).invite()) {
            info.put("invite_link", primary.url());
        }
        return info;
    }

    private JsonNode getChatMember(Bot bot, Params params) {
        long userId = userId(params);
        Chat chat = chat(bot, params, "chat not found");
        if (userId != bot.id
                && chat.type == Chat.Type.CHANNEL
                && !standing(bot, chat).isAdmin()) {
            throw ApiError.badRequest("member list is inaccessible");
        }
        if (!exists(userId)) {
            throw ApiError.badRequest("PARTICIPANT_ID_INVALID");
        }
        return world.wire().member(chat, userId, chat.of(userId, world.now()));
    }

    private JsonNode getChatMemberCount(Bot bot, Params params) {
        Chat chat = chat(bot, params, "chat not found");
        long now = world.now();
        return IntNode.valueOf((int) chat.members.values().stream()
                .filter(standing -> standing.at(now).isInside())
                .count());
    }

    private JsonNode getChatAdministrators(Bot bot, Params params) {
        Chat chat = chat(bot, params, "there are no administrators in the private chat");
        boolean otherBots = params.flag("return_bots");
        ArrayNode admins = Json.array();
        chat.members.forEach((id, standing) -> {
            if (standing.isAdmin() && (otherBots || id == bot.id || !world.bots.containsKey(id))) {
                admins.add(world.wire().member(chat, id, standing));
            }
        });
        return admins;
    }

    // invite links

    private JsonNode createLink(Bot bot, Params params) {
        Chat chat = chat(bot, params, "can't invite members to a private chat");
        LinkSettings settings = linkSettings(params);
        checkLinkRights(bot, chat);
        settings.check(world.now());
        Link link = world.newLink(chat, bot.id, false);
        settings.applyTo(link);
        return world.wire().link(link, bot.id);
    }

    private JsonNode editLink(Bot bot, Params params) {
        Chat chat = chat(bot, params, "can't invite members to a private chat");
        String url = linkUrl(params);
        LinkSettings settings = linkSettings(params);
        checkLinkRights(bot, chat);
        Link link = ownLink(bot, chat, url);
        if (link.primary) {
            throw ApiError.badRequest("CHAT_INVITE_PERMANENT");
        }
        settings.check(world.now());
        settings.applyTo(link);
        return world.wire().link(link, bot.id);
    }

    private JsonNode revokeLink(Bot bot, Params params) {
        Chat chat = chat(bot, params, "can't invite members to a private chat");
        String url = linkUrl(params);
        checkLinkRights(bot, chat);
        Link link = ownLink(bot, chat, url);
        link.revoked = true;
        if (link.primary) {
            world.newLink(chat, bot.id, true);
        }
        return world.wire().link(link, bot.id);
    }

    private JsonNode exportLink(Bot bot, Params params) {
        Chat chat = chat(bot, params, "can't invite members to a private chat");
        checkLinkRights(bot, chat);
        Link before = world.primaryLink(chat, bot.id);
        if (before != null) {
            before.revoked = true;
        }
        return StringNode.valueOf(world.newLink(chat, bot.id, true).url());
    }

    private record LinkSettings(String name, long expireDate, long memberLimit, boolean createsJoinRequest) {
        void check(long now) {
            if (expireDate != 0 && expireDate <= now) {
                throw ApiError.badRequest("EXPIRE_DATE_INVALID");
            }
            if (memberLimit > 99_999) {
                throw ApiError.badRequest("USAGE_LIMIT_INVALID");
            }
        }

        /** All of them: what the call left out becomes none. */
        void applyTo(Link link) {
            link.name = name;
            link.expireDate = expireDate;
            link.memberLimit = (int) memberLimit;
            link.createsJoinRequest = createsJoinRequest;
        }
    }

    private static LinkSettings linkSettings(Params params) {
        LinkSettings settings = new LinkSettings(
                Texts.cleanName(params.text("name"), 32),
                params.number("expire_date", 0, 0, Integer.MAX_VALUE),
                params.number("member_limit", 0, 0, 100_000),
                params.flag("creates_join_request"));
        if (settings.createsJoinRequest() && settings.memberLimit() > 0) {
            throw ApiError.badRequest("member limit can't be specified for links requiring administrator approval");
        }
        return settings;
    }

    private static String linkUrl(Params params) {
        String url = params.text("invite_link").strip();
        if (url.isEmpty()) {
            throw ApiError.badRequest("invite link must be non-empty");
        }
        return url;
    }

    private void checkLinkRights(Bot bot, Chat chat) {
        if (!isAllowed(bot, chat).invite()) {
            throw ApiError.badRequest("not enough rights to manage chat invite link");
        }
    }

    private Link ownLink(Bot bot, Chat chat, String url) {
        Link link = world.link(url);
        if (link == null || link.chatId != chat.id || link.revoked) {
            throw ApiError.badRequest("INVITE_HASH_EXPIRED");
        }
        if (link.creatorId != bot.id) {
            throw ApiError.badRequest("CHAT_ADMIN_REQUIRED");
        }
        return link;
    }

    // people

    private JsonNode decide(Bot bot, Params params, boolean approve) {
        long userId = userId(params);
        Chat chat = chat(bot, params, "the chat can't have join requests");
        if (!isAllowed(bot, chat).invite()) {
            throw ApiError.badRequest("not enough rights to manage chat join requests");
        }
        world.decide(chat, userId, bot.id, approve);
        return Json.yes();
    }

    private JsonNode ban(Bot bot, Params params) {
        long userId = userId(params);
        Chat chat = chat(bot, params, "can't ban members in private chats");
        checkRemovable(bot, chat, userId);
        long until = params.number("until_date", 0, 0, Integer.MAX_VALUE);
        long ahead = until - world.now();
        world.ban(chat, userId, bot.id, ahead < 30 || ahead > MAX_BAN_SECONDS ? 0 : until);
        return Json.yes();
    }

    private JsonNode unban(Bot bot, Params params) throws InterruptedException {
        long userId = userId(params);
        Chat chat = chat(bot, params, "method is available for supergroup and channel chats only");
        if (chat.type == Chat.Type.GROUP) {
            throw ApiError.badRequest("method is available for supergroup and channel chats only");
        }
        boolean onlyIfBanned = params.flag("only_if_banned");
        if (onlyIfBanned && chat.of(userId, world.now()).isInside()) {
            return Json.yes();
        }
        checkRemovable(bot, chat, userId);
        world.unban(chat, userId, bot.id, onlyIfBanned);
        return Json.yes();
    }

    private void checkRemovable(Bot bot, Chat chat, long userId) {
        if (!isAllowed(bot, chat).restrict()) {
            throw ApiError.badRequest("not enough rights to restrict/unrestrict chat member");
        }
        if (userId == bot.id) {
            throw ApiError.badRequest("can't restrict self");
        }
        if (!exists(userId)) {
            throw ApiError.badRequest("PARTICIPANT_ID_INVALID");
        }
        switch (chat.of(userId, world.now()).status()) {
            case CREATOR -> throw ApiError.badRequest("can't remove chat owner");
            case ADMINISTRATOR -> throw ApiError.badRequest("user is an administrator of the chat");
            case MEMBER, LEFT, KICKED -> {}
        }
    }

    private static long userId(Params params) {
        long userId = params.number("user_id", 0, 0, Long.MAX_VALUE);
        if (userId == 0) {
            throw ApiError.badRequest("invalid user_id specified");
        }
        return userId;
    }

    private boolean exists(long userId) {
        return world.users.containsKey(userId) || world.bots.containsKey(userId);
    }

    Membership standing(Bot bot, Chat chat) {
        return chat.of(bot.id, world.now());
    }

    private Membership.Rights isAllowed(Bot bot, Chat chat) {
        Membership standing = standing(bot, chat);
        return standing.isAdmin() ? standing.rights() : Membership.Rights.NONE;
    }

    static List<String> names() {
        return List.of(
                "getMe",
                "getUpdates",
                "getWebhookInfo",
                "setWebhook",
                "deleteWebhook",
                "getChat",
                "getChatMember",
                "getChatMemberCount",
                "getChatAdministrators",
                "createChatInviteLink",
                "editChatInviteLink",
                "revokeChatInviteLink",
                "exportChatInviteLink",
                "approveChatJoinRequest",
                "declineChatJoinRequest",
                "banChatMember",
                "unbanChatMember",
                "sendMessage",
                "editMessageText",
                "deleteMessage",
                "answerCallbackQuery",
                "setMyCommands",
                "getMyCommands");
    }
}
