package admitone.simulators.telegram;

import admitone.simulators.http.Exchange;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Pages on which one acts as any Telegram user: a list of people and chats, and a phone-like chat with each bot. */
final class ChatPages {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm");

    private static final Pattern TO_BOT =
            Pattern.compile("(?:https?://)?(?:t|telegram)\\.me/(\\w+)(?:\\?start=(.*))?", Pattern.CASE_INSENSITIVE);

    private static final String STYLE = """
            :root{color-scheme:light dark;--bg:#dfe7ee;--card:#fff;--mine:#e3fccb;--text:#17212b;--faint:#4b5863;--accent:#15609c;--line:#d3dbe2}
            @media(prefers-color-scheme:dark){:root{--bg:#0e1621;--card:#182533;--mine:#2b5278;--text:#eef3f7;--faint:#8fa2b3;--accent:#6ab7ec;--line:#243444}}
            *{box-sizing:border-box}body{margin:0;background:var(--bg);color:var(--text);font:16px/1.4 system-ui,sans-serif}
            main{max-width:34rem;margin:0 auto;padding:0 .75rem 6rem}
            header{position:sticky;top:0;z-index:1;background:var(--card);border-bottom:1px solid var(--line);padding:.6rem .75rem}
            header div{max-width:34rem;margin:0 auto;padding:0 .75rem;overflow-wrap:anywhere}h1{font-size:1.05rem;margin:0}h2{font-size:.95rem;margin:1.2rem 0 .4rem;color:var(--faint)}
            a{color:var(--accent)}.faint{color:var(--faint);font-size:.85rem}.card{background:var(--card);border-radius:.8rem;padding:.6rem .8rem;margin:.5rem 0}
            .msg{background:var(--card);border-radius:.9rem .9rem .9rem .2rem;padding:.5rem .75rem;margin:.5rem 0;max-width:88%;width:fit-content;overflow-wrap:anywhere;white-space:pre-wrap}
            .mine{background:var(--mine);margin-left:auto;border-radius:.9rem .9rem .2rem .9rem}.stamp{display:block;text-align:right;font-size:.7rem;color:var(--faint)}
            .mine .stamp{color:inherit}.keys{display:flex;gap:.3rem;margin:.3rem 0;max-width:88%}.keys>*{flex:1}form{margin:0}form.in{display:inline}
            button,.key{width:100%;border:0;border-radius:.6rem;padding:.65rem .8rem;background:var(--accent);color:#fff;font:inherit;cursor:pointer;text-align:center;text-decoration:none;display:block}
            @media(prefers-color-scheme:dark){button,.key{color:#0e1621}}
            button.link{display:inline;width:auto;padding:0;background:none;color:var(--accent);text-decoration:underline;text-align:left;overflow-wrap:anywhere}
            button.small{width:auto;padding:.3rem .6rem;font-size:.85rem}.row{display:flex;justify-content:space-between;align-items:center;gap:.5rem}
            .bar{position:fixed;left:0;right:0;bottom:0;background:var(--card);border-top:1px solid var(--line);padding:.5rem .75rem}
            .bar>div{max-width:34rem;margin:0 auto;display:flex;align-items:center;gap:.5rem}.bar form:first-child{flex:1;display:flex;gap:.5rem}
            input[type=text]{flex:1;min-width:0;border:1px solid var(--line);border-radius:.6rem;padding:.6rem;background:var(--bg);color:var(--text);font:inherit}.bar button{width:auto}
            .note{border-left:4px solid var(--accent)}nav a{margin-right:.8rem}
            """;

    /** Redraws while nobody types, so that the bot's messages appear by themselves. */
    private static final String REFRESH = """
            const box=document.getElementById('live');
            if(box)setInterval(async()=>{if(document.hidden)return;try{const t=await(await fetch(location.href)).text();
            const n=new DOMParser().parseFromString(t,'text/html').getElementById('live');
            if(n&&n.innerHTML!==box.innerHTML){box.innerHTML=n.innerHTML;scrollTo(0,document.body.scrollHeight)}}catch(e){}},1500);
            if(box)scrollTo(0,document.body.scrollHeight);
            """;

    private final TelegramSimulator telegram;
    private final World world;

    ChatPages(TelegramSimulator telegram, World world) {
        this.telegram = telegram;
        this.world = world;
    }

    void handle(Exchange exchange) throws IOException {
        List<String> path = exchange.segments();
        try {
            if (path.isEmpty() || path.getFirst().isEmpty()) {
                exchange.html(200, page("Telegram simulator", locked(this::index)));
            } else if (path.getFirst().equals("t.me")) {
                String start = exchange.query().get("start");
                String link = "https:/" + exchange.path() + (start == null ? "" : "?start=" + encode(start));
                exchange.html(200, page("Open as whom?", locked(() -> chooser(link))));
            } else if (path.size() == 2 && exchange.method().equals("GET")) {
                long userId = Long.parseLong(path.get(1));
                exchange.html(200, locked(() -> chatPage(userId, exchange.query())));
            } else if (path.size() == 3 && exchange.method().equals("POST")) {
                act(exchange, Long.parseLong(path.get(1)), path.get(2));
            } else {
                exchange.html(404, page("Nothing here", "<main><p>Nothing here. <a href='/'>Back</a></p></main>"));
            }
        } catch (IllegalArgumentException e) {
            exchange.html(
                    400,
                    page("Not possible", "<main><p>" + escape(e.getMessage()) + "</p><a href='/'>Back</a></main>"));
        }
    }

    // acting

    private void act(Exchange exchange, long userId, String deed) throws IOException {
        Map<String, String> form = exchange.formFields();
        String bot = form.getOrDefault("bot", "");
        String note = "";
        switch (deed) {
            case "start" -> telegram.start(userId, bot, form.get("payload"));
            case "say" -> {
                if (!form.getOrDefault("text", "").isBlank()) {
                    telegram.say(userId, bot, form.getOrDefault("text", "").strip());
                }
            }
            case "tap" ->
                telegram.tap(
                        userId,
                        bot,
                        Params.leadingNumber(form.getOrDefault("message_id", "")),
                        form.getOrDefault("data", ""));
            case "open" -> {
                exchange.redirect(opened(userId, bot, form.getOrDefault("link", "")));
                return;
            }
            case "join" -> note = meaning(telegram.openLink(userId, form.getOrDefault("link", "")));
            case "leave" -> telegram.leave(userId, Params.leadingNumber(form.getOrDefault("chat_id", "")));
            case "block" -> telegram.block(userId, bot);
            case "unblock" -> telegram.unblock(userId, bot);
            default -> throw new IllegalArgumentException("nothing to do called " + deed);
        }
        exchange.redirect("/chat/" + userId + "?bot=" + encode(bot) + (note.isEmpty() ? "" : "&note=" + encode(note)));
    }

    /** What Telegram shows of a link before anything is done: the chat with a bot, where one presses Start, or what one would join. */
    private String opened(long userId, String bot, String link) {
        Matcher toBot = TO_BOT.matcher(link.strip());
        if (toBot.matches()
                && world.bots.values().stream().anyMatch(one -> one.username.equalsIgnoreCase(toBot.group(1)))) {
            String start = toBot.group(2) == null ? "" : "&payload=" + encode(toBot.group(2));
            return "/chat/" + userId + "?bot=" + encode(toBot.group(1)) + start;
        }
        return "/chat/" + userId + "?bot=" + encode(bot) + "&link=" + encode(link);
    }

    private static String meaning(OpenResult result) {
        return switch (result) {
            case JOINED -> "You joined.";
            case REQUEST_SENT -> "Your request to join was sent.";
            case EXPIRED -> "This invite link has expired.";
            case FULL -> "This invite link has been used up.";
            case BANNED -> "You can't join: you were removed from this chat.";
            case ALREADY -> "You are already in.";
            case INVALID -> "There is no such link.";
            case TOO_MANY -> "You are in too many channels. Leave one and try again.";
            case STARTED -> "";
        };
    }

    // drawing

    private String index() {
        StringBuilder html = new StringBuilder("<header><div><h1>Telegram simulator</h1></div></header><main>");
        html.append("<h2>People — open one to act as them</h2>");
        for (User user : world.users.values()) {
            html.append("<div class='card row'><a href='/chat/%d'>%s</a><span class='faint'>%d</span></div>"
                    .formatted(user.id, escape(user.facts.firstName()), user.id));
        }
        html.append("<h2>Chats</h2>");
        for (Chat chat : world.chats.values()) {
            long inside = chat.members.values().stream()
                    .filter(standing -> standing.at(world.now()).isInside())
                    .count();
            html.append(
                            "<div class='card'><b>%s</b> <span class='faint'>%s %d</span><br><span class='faint'>%d inside, "
                                    .formatted(escape(chat.title), chat.type, chat.id, inside))
                    .append("%d requests waiting, %d links</span></div>"
                            .formatted(chat.requests.size(), chat.links.size()));
        }
        html.append("<h2>Bots</h2>");
        for (Bot bot : world.bots.values()) {
            html.append("<div class='card'>@%s <span class='faint'>%d, updates waiting: %d</span></div>"
                    .formatted(escape(bot.username), bot.id, bot.updates.pendingCount()));
        }
        return html.append("</main>").toString();
    }

    /** Where a link of a web page leads when Telegram's address is replaced by {@code <simulator>/t.me}. */
    private String chooser(String link) {
        StringBuilder html = new StringBuilder("<header><div><h1>Open as whom?</h1><span class='faint'>")
                .append(escape(link))
                .append("</span></div></header><main>");
        String bot = world.bots.values().stream()
                .map(one -> one.username)
                .filter(name -> link.regionMatches(true, "https://t.me/".length(), name, 0, name.length()))
                .findFirst()
                .orElse("");
        for (User user : world.users.values()) {
            html.append("<div class='card'>")
                    .append(form(user.id, "open", fields("link", link, "bot", bot), user.facts.firstName(), ""))
                    .append("</div>");
        }
        return html.append("</main>").toString();
    }

    private String chatPage(long userId, Map<String, String> query) {
        User person = world.user(userId);
        Bot bot = query.getOrDefault("bot", "").isEmpty() ? latest(userId) : world.bot(query.getOrDefault("bot", ""));
        StringBuilder html = new StringBuilder("<header><div><h1>")
                .append(escape(person.facts.firstName()))
                .append(bot == null ? "" : " · @" + escape(bot.username))
                .append("</h1><nav class='faint'><a href='/'>everyone</a>");
        for (Bot other : world.bots.values()) {
            html.append("<a href='/chat/%d?bot=%s'>@%s</a>"
                    .formatted(userId, encode(other.username), escape(other.username)));
        }
        html.append("</nav></div></header><main><div id='live'>").append(places(person));
        if (bot != null) {
            html.append(posts(person, bot));
            html.append("<h2>Chat with @").append(escape(bot.username)).append("</h2>");
            bot.dialog(userId).messages.values().forEach(message -> html.append(message(message, person, bot)));
            html.append(lastAnswer(person, bot));
        }
        html.append("</div>");
        if (query.containsKey("note")) {
            html.append("<p class='card note' role='status'>")
                    .append(escape(query.get("note")))
                    .append("</p>");
        }
        if (query.containsKey("link")) {
            html.append(invitation(person, bot, query.getOrDefault("link", "")));
        }
        html.append("</main>").append(bot == null ? "" : bar(person, bot, query.get("payload")));
        return page(person.facts.firstName(), html.toString());
    }

    /** The bot the person talked to last, else any. */
    private @Nullable Bot latest(long userId) {
        return world.bots.values().stream()
                .max(Comparator.comparingLong(bot -> {
                    Dialog dialog = bot.dialogs.get(userId);
                    return dialog == null
                            ? -1L
                            : dialog.messages.values().stream()
                                    .mapToLong(message -> message.date)
                                    .max()
                                    .orElse(-1L);
                }))
                .orElse(null);
    }

    private String places(User person) {
        StringBuilder html = new StringBuilder();
        for (Chat chat : world.chats.values()) {
            Membership standing = chat.of(person.id, world.now());
            if (standing.isInside()) {
                String leave = standing.status() == Membership.Status.CREATOR
                        ? "<span class='faint'>owner</span>"
                        : form(person.id, "leave", Map.of("chat_id", "" + chat.id), "Leave", "small");
                html.append(
                        "<div class='card row'><span>In <b>%s</b></span>%s</div>".formatted(escape(chat.title), leave));
            } else if (chat.requests.containsKey(person.id)) {
                html.append("<div class='card'>Asked to join <b>%s</b>, waiting</div>".formatted(escape(chat.title)));
            } else if (standing.status() == Membership.Status.KICKED) {
                html.append("<div class='card'>Removed from <b>%s</b></div>".formatted(escape(chat.title)));
            }
        }
        return html.isEmpty() ? "<p class='faint'>In no channel yet.</p>" : html.toString();
    }

    /** What stands in the chats that this person can read. */
    private String posts(User person, Bot bot) {
        StringBuilder html = new StringBuilder();
        for (Chat chat : world.chats.values()) {
            boolean reads =
                    chat.username != null || chat.of(person.id, world.now()).isInside();
            if (reads && !chat.messages.isEmpty()) {
                html.append("<h2>").append(escape(chat.title)).append("</h2>");
                chat.messages.values().forEach(message -> html.append(message(message, person, bot)));
            }
        }
        return html.toString();
    }

    private String message(Message message, User person, Bot bot) {
        StringBuilder html = new StringBuilder("<div class='msg%s'>%s<span class='stamp'>%s%s</span></div>"
                .formatted(
                        message.fromId == person.id ? " mine" : "",
                        text(message, person, bot),
                        message.editDate == 0 ? "" : "edited ",
                        time(message.date)));
        if (message.inlineKeyboard != null) {
            for (JsonNode row : message.inlineKeyboard) {
                html.append("<div class='keys'>");
                row.forEach(button -> html.append(button(button, message, person, bot)));
                html.append("</div>");
            }
        }
        return html.toString();
    }

    private static String button(JsonNode button, Message message, User person, Bot bot) {
        String label = button.path("text").asString("");
        String url = button.path("url").asString("");
        if (!url.isEmpty()) {
            return isTelegram(url)
                    ? form(person.id, "open", fields("link", url, "bot", bot.username), label, "")
                    : "<a class='key' href='%s' target='_blank' rel='noopener'>%s</a>"
                            .formatted(escape(url), escape(label));
        }
        Map<String, String> tap = fields("bot", bot.username, "message_id", "" + message.id);
        tap.put("data", button.path("callback_data").asString(""));
        return form(person.id, "tap", tap, label, "");
    }

    /** The text with its marks; an address of Telegram's own opens as this person. */
    private static String text(Message message, User person, Bot bot) {
        StringBuilder html = new StringBuilder();
        int at = 0;
        for (HtmlMarkup.Entity entity : message.entities) {
            int end = entity.offset() + entity.length();
            if (entity.offset() < at || end > message.text.length()) {
                continue;
            }
            html.append(escape(message.text.substring(at, entity.offset())));
            html.append(marked(entity, message.text.substring(entity.offset(), end), person, bot));
            at = end;
        }
        return html.append(escape(message.text.substring(at))).toString();
    }

    private static String marked(HtmlMarkup.Entity entity, String part, User person, Bot bot) {
        String shown = escape(part);
        return switch (entity.type()) {
            case "bold" -> "<b>" + shown + "</b>";
            case "italic" -> "<i>" + shown + "</i>";
            case "underline" -> "<u>" + shown + "</u>";
            case "strikethrough" -> "<s>" + shown + "</s>";
            case "code", "pre" -> "<code>" + shown + "</code>";
            case "url", "text_link" -> {
                String url = entity.extra() == null ? part : entity.extra();
                yield isTelegram(url)
                        ? form(person.id, "open", fields("link", url, "bot", bot.username), part, "link")
                        : "<a href='%s' target='_blank' rel='noopener'>%s</a>".formatted(escape(url), shown);
            }
            default -> shown;
        };
    }

    private static String lastAnswer(User person, Bot bot) {
        String text = bot.taps.values().stream()
                .filter(tap -> tap.userId == person.id && tap.answered)
                .reduce((_, later) -> later)
                .map(tap -> tap.text)
                .orElse("");
        return text.isEmpty() ? "" : "<p class='card note'>" + escape(text) + "</p>";
    }

    /** What an invite link shows before one joins. */
    private String invitation(User person, @Nullable Bot bot, String url) {
        Link link = world.invitation(url);
        String title = link == null ? "an unknown chat" : world.chat(link.chatId).title;
        String press = link != null && link.createsJoinRequest ? "Request to join" : "Join";
        return "<div class='card note' id='invitation'><p>Invitation to <b>%s</b></p>%s</div>"
                .formatted(
                        escape(title),
                        form(
                                person.id,
                                "join",
                                fields("link", url, "bot", bot == null ? "" : bot.username),
                                press,
                                ""));
    }

    /** A link to the bot shows Start once more, however long the two have known each other. */
    private static String bar(User person, Bot bot, @Nullable String payload) {
        Dialog dialog = bot.dialog(person.id);
        String write = payload == null && dialog.started && !dialog.blocked
                ? ("<form method='post' action='/chat/%d/say'><input type='hidden' name='bot' value='%s'>"
                                + "<input type='text' name='text' placeholder='Message' aria-label='Message' autocomplete='off'>"
                                + "<button>Send</button></form>")
                        .formatted(person.id, escape(bot.username))
                : form(
                        person.id,
                        "start",
                        fields("bot", bot.username, "payload", payload == null ? "" : payload),
                        "Start",
                        "");
        String block = dialog.blocked ? "unblock" : "block";
        return "<div class='bar'><div>%s%s</div></div>"
                .formatted(
                        write,
                        form(
                                person.id,
                                block,
                                Map.of("bot", bot.username),
                                dialog.blocked ? "Unblock" : "Block",
                                "small"));
    }

    private static boolean isTelegram(String url) {
        return url.matches("(?i)(https?://)?(t|telegram)\\.me/.*|tg://.*");
    }

    private static Map<String, String> fields(String name1, String value1, String name2, String value2) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put(name1, value1);
        fields.put(name2, value2);
        return fields;
    }

    private static String form(long userId, String deed, Map<String, String> fields, String label, String style) {
        StringBuilder html =
                new StringBuilder("<form class='in' method='post' action='/chat/%d/%s'>".formatted(userId, deed));
        fields.forEach((name, value) ->
                html.append("<input type='hidden' name='%s' value='%s'>".formatted(name, escape(value))));
        return html.append("<button class='%s'>%s</button></form>".formatted(style, escape(label)))
                .toString();
    }

    private static String page(String title, String body) {
        return "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
                + "<meta name='viewport' content='width=device-width,initial-scale=1'><link rel='icon' href='data:,'>"
                + "<title>" + escape(title) + "</title><style>" + STYLE + "</style></head><body>" + body + "<script>"
                + REFRESH + "</script></body></html>";
    }

    private String time(long date) {
        return TIME.format(Instant.ofEpochSecond(date).atZone(ZoneId.of("UTC")));
    }

    private String locked(java.util.function.Supplier<String> drawing) {
        world.lock.lock();
        try {
            return drawing.get();
        } finally {
            world.lock.unlock();
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private static String escape(@Nullable String text) {
        return text == null
                ? ""
                : text.replace("&", "&amp;")
                        .replace("<", "&lt;")
                        .replace(">", "&gt;")
                        .replace("'", "&#39;")
                        .replace("\"", "&quot;");
    }
}
