package admitone.simulators.telegram;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Methods about messages, taps on buttons, and the command list. */
final class MessageMethods {
    private static final int MAX_TEXT = 4096;
    private static final int MAX_DATA_BYTES = 64;

    private final World world;
    private final Methods methods;

    MessageMethods(World world, Methods methods) {
        this.world = world;
        this.methods = methods;
    }

    JsonNode send(Bot bot, Params params) {
        HtmlMarkup.Formatted content = content(params);
        ArrayNode keyboard = keyboard(params);
        String name = params.text("chat_id").strip();
        if (name.isEmpty()) {
            throw ApiError.badRequest("chat_id is empty");
        }
        if (world.bots.containsKey(Params.leadingNumber(name))) {
            throw ApiError.forbidden("bots can't send messages to bots");
        }
        Crowd crowd = world.crowd(Params.leadingNumber(name));
        if (crowd != null && crowd.bot == bot) {
            return sendTo(crowd, Params.leadingNumber(name), content, keyboard);
        }
        Optional<User> person = methods.privateChat(bot, name);
        return person.isPresent()
                ? sendTo(person.get(), bot, content, keyboard)
                : sendTo(methods.shared(bot, name), bot, content, keyboard);
    }

    private JsonNode sendTo(User person, Bot bot, HtmlMarkup.Formatted content, @Nullable ArrayNode keyboard) {
        checkLength(content);
        Dialog dialog = bot.dialog(person.id);
        if (person.isDeactivated()) {
            throw ApiError.forbidden("user is deactivated");
        }
        if (dialog.blocked) {
            throw ApiError.forbidden("bot was blocked by the user");
        }
        if (!dialog.isOpenTo(world.now())) {
            throw ApiError.forbidden("bot can't initiate conversation with a user");
        }
        checkData(keyboard);
        Message message = new Message(++bot.lastMessageId, person.id, bot.id, world.now(), content, keyboard);
        dialog.messages.put(message.id, message);
        return world.wire().message(message, bot);
    }

    private JsonNode sendTo(Crowd crowd, long userId, HtmlMarkup.Formatted content, @Nullable ArrayNode keyboard) {
        checkLength(content);
        checkData(keyboard);
        crowd.receive(userId);
        Bot bot = crowd.bot;
        return world.wire()
                .message(new Message(++bot.lastMessageId, userId, bot.id, world.now(), content, keyboard), bot);
    }

    private JsonNode sendTo(Chat chat, Bot bot, HtmlMarkup.Formatted content, @Nullable ArrayNode keyboard) {
        checkLength(content);
        if (chat.type == Chat.Type.CHANNEL
                && !methods.standing(bot, chat).rights().post()) {
            throw ApiError.badRequest("need administrator rights in the channel chat");
        }
        checkData(keyboard);
        Message message = new Message(++chat.lastMessageId, chat.id, bot.id, world.now(), content, keyboard);
        chat.messages.put(message.id, message);
        return world.wire().message(message, bot);
    }

    JsonNode edit(Bot bot, Params params) {
        HtmlMarkup.Formatted content = content(params);
        ArrayNode keyboard = keyboard(params);
        Message message = sent(bot, params, "message to edit not found");
        if (message.fromId != bot.id) {
            throw ApiError.badRequest("message can't be edited");
        }
        checkLength(content);
        checkData(keyboard);
        if (message.text.equals(content.text())
                && message.entities.equals(content.entities())
                && Objects.equals(message.inlineKeyboard, keyboard)) {
            throw ApiError.badRequest("message is not modified: specified new message content and reply markup are"
                    + " exactly the same as a current content and reply markup of the message");
        }
        message.text = content.text();
        message.entities = content.entities();
        message.inlineKeyboard = keyboard;
        message.editDate = world.now();
        return world.wire().message(message, bot);
    }

    JsonNode delete(Bot bot, Params params) {
        Message message = sent(bot, params, "message to delete not found");
        Chat chat = world.chats.get(message.chatId);
        (chat == null ? bot.dialog(message.chatId).messages : chat.messages).remove(message.id);
        return Json.yes();
    }

    private Message sent(Bot bot, Params params, String unknown) {
        String name = params.text("chat_id").strip();
        if (name.isEmpty()) {
            throw ApiError.badRequest("chat_id is empty");
        }
        long id = params.number("message_id", 0, 0, Integer.MAX_VALUE);
        if (id == 0) {
            throw ApiError.badRequest("message identifier is not specified");
        }
        Optional<User> person = methods.privateChat(bot, name);
        Message message = person.isPresent()
                ? bot.dialog(person.get().id).messages.get(id)
                : methods.shared(bot, name).messages.get(id);
        if (message == null) {
            throw ApiError.badRequest(unknown);
        }
        return message;
    }

    private static HtmlMarkup.Formatted content(Params params) {
        String text = params.text("text");
        String mode = params.text("parse_mode");
        if (text.isBlank()) {
            throw ApiError.badRequest("message text is empty");
        }
        HtmlMarkup.Formatted raw;
        if (mode.equalsIgnoreCase("html")) {
            raw = HtmlMarkup.parse(text);
        } else if (mode.isEmpty() || mode.equalsIgnoreCase("none")) {
            raw = new HtmlMarkup.Formatted(text, java.util.List.of());
        } else {
            throw ApiError.badRequest("unsupported parse_mode");
        }
        HtmlMarkup.Formatted content = Texts.finished(raw);
        if (content.text().isEmpty()) {
            throw ApiError.badRequest("message text is empty");
        }
        return content;
    }

    private static void checkLength(HtmlMarkup.Formatted content) {
        if (content.text().codePointCount(0, content.text().length()) > MAX_TEXT) {
            throw ApiError.badRequest("message is too long");
        }
    }

    /** The rows of an inline keyboard; other kinds of markup are accepted and not modelled. */
    private static @Nullable ArrayNode keyboard(Params params) {
        if (!params.has("reply_markup") || params.text("reply_markup").isBlank()) {
            return null;
        }
        JsonNode markup = params.structure("reply_markup")
                .orElseThrow(() -> ApiError.badRequest("can't parse reply keyboard markup JSON object"));
        if (!markup.isObject()) {
            throw ApiError.badRequest("object expected as reply markup");
        }
        JsonNode rows = markup.path("inline_keyboard");
        if (rows.isMissingNode() || rows.isNull()) {
            return null;
        }
        if (!(rows instanceof ArrayNode given)) {
            throw ApiError.badRequest("field \"inline_keyboard\" must be of type Array");
        }
        ArrayNode kept = Json.array();
        for (JsonNode row : given) {
            if (!row.isArray()) {
                throw ApiError.badRequest("field \"inline_keyboard\" must be an Array of Arrays");
            }
            ArrayNode buttons = Json.array();
            row.forEach(button -> buttons.add(button(button)));
            if (!buttons.isEmpty()) {
                kept.add(buttons);
            }
        }
        return kept.isEmpty() ? null : kept;
    }

    private static ObjectNode button(JsonNode given) {
        if (!(given instanceof ObjectNode button)) {
            throw unparsable("InlineKeyboardButton must be an Object");
        }
        JsonNode text = button.path("text");
        if (text.isMissingNode()) {
            throw unparsable("Can't find field \"text\"");
        }
        if (!text.isString()) {
            throw unparsable("Field \"text\" must be of type String");
        }
        String url = button.path("url").asString("");
        if (!url.isEmpty()) {
            return button.deepCopy().put("url", checkedUrl(url));
        }
        boolean acts = !button.path("callback_data").asString("").isEmpty()
                || button.propertyStream()
                        .map(java.util.Map.Entry::getKey)
                        .anyMatch(name ->
                                name.matches("web_app|login_url|switch_inline_query.*|copy_text|callback_game|pay"));
        if (!acts) {
            throw unparsable("Text buttons are unallowed in the inline keyboard");
        }
        return button.deepCopy();
    }

    private static String checkedUrl(String url) {
        String reason;
        try {
            URI uri = URI.create(url.contains("://") ? url : "http://" + url);
            if (!uri.getScheme().matches("(?i)https?|tg|ton|tonsite")) {
                reason = "Unsupported URL protocol";
            } else if (uri.getHost() == null) {
                reason = "Wrong HTTP URL";
            } else {
                return uri.toString();
            }
        } catch (IllegalArgumentException e) {
            reason = "Wrong HTTP URL";
        }
        throw ApiError.badRequest("inline keyboard button URL '" + url + "' is invalid: " + reason);
    }

    private static ApiError unparsable(String why) {
        return ApiError.badRequest("can't parse inline keyboard button: " + why);
    }

    private static void checkData(@Nullable ArrayNode keyboard) {
        if (keyboard == null) {
            return;
        }
        for (JsonNode row : keyboard) {
            for (JsonNode button : row) {
                String data = button.path("callback_data").asString("");
                if (data.getBytes(StandardCharsets.UTF_8).length > MAX_DATA_BYTES) {
                    throw ApiError.badRequest("BUTTON_DATA_INVALID");
                }
            }
        }
    }

    JsonNode answerTap(Bot bot, Params params) {
        Bot.Tap tap = bot.taps.get(params.text("callback_query_id"));
        String text = params.text("text");
        if (text.codePointCount(0, text.length()) > 200) {
            throw ApiError.badRequest("MESSAGE_TOO_LONG");
        }
        if (tap == null || tap.answered || world.now() - tap.date > World.TAP_ANSWERED_WITHIN_SECONDS) {
            throw ApiError.badRequest("query is too old and response timeout expired or query ID is invalid");
        }
        tap.answered = true;
        tap.text = text;
        return Json.yes();
    }

    JsonNode setCommands(Bot bot, Params params) {
        JsonNode commands = params.structure("commands").orElse(null);
        if (!(commands instanceof ArrayNode list)) {
            throw ApiError.badRequest("can't parse commands JSON object");
        }
        if (list.size() > 100) {
            throw ApiError.badRequest("BOT_COMMANDS_TOO_MUCH");
        }
        for (JsonNode command : list) {
            if (!command.path("command").asString("").replaceFirst("^/", "").matches("[a-z0-9_]{1,32}")) {
                throw ApiError.badRequest("BOT_COMMAND_INVALID");
            }
            int length = command.path("description").asString("").strip().length();
            if (length < 1 || length > 256) {
                throw ApiError.badRequest("BOT_COMMAND_DESCRIPTION_INVALID");
            }
        }
        bot.commands.put(audience(params), list);
        return Json.yes();
    }

    JsonNode getCommands(Bot bot, Params params) {
        return bot.commands.getOrDefault(audience(params), Json.array());
    }

    private static String audience(Params params) {
        JsonNode scope = params.structure("scope").orElse(null);
        String name = scope == null || scope.path("type").asString("").equals("default") ? "" : scope.toString();
        return name + "/" + params.text("language_code");
    }
}
