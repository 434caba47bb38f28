package admitone.simulators.telegram;

import admitone.simulators.http.Exchange;
import admitone.simulators.http.Server;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;

/**
 * A Telegram of one's own: bots call {@code url() + "/bot<token>/<method>"}, tests and demos act as people through the
 * methods here or the same over HTTP under {@code /control}, and a person acts through the pages at {@code url()}.
 */
public final class TelegramSimulator implements AutoCloseable {
    private final World world;
    private final Faults faults = new Faults();
    private final CallLog log = new CallLog();
    private final WebhookMethods webhooks;
    private final BotApi botApi;
    private final ControlApi controlApi;
    private final ChatPages pages;
    private final Server server;

    private TelegramSimulator(int port, Clock clock) {
        this.world = new World(new MovableClock(clock));
        this.webhooks = new WebhookMethods(world);
        this.botApi = new BotApi(world, new Methods(world, webhooks), faults, log);
        this.controlApi = new ControlApi(this);
        this.pages = new ChatPages(this, world);
        this.server = Server.start(port, this::route);
    }

    public static TelegramSimulator start(int port) {
        return start(port, Clock.systemUTC());
    }

    public static TelegramSimulator start(int port, Clock clock) {
        return new TelegramSimulator(port, clock);
    }

    /** The base of the Bot API and of the pages, without a trailing slash. */
    public String url() {
        return server.url();
    }

    private void route(Exchange exchange) throws IOException, InterruptedException {
        String first = exchange.segments().isEmpty() ? "" : exchange.segments().getFirst();
        if (first.startsWith("bot")) {
            botApi.handle(exchange);
        } else if (first.equals("control")) {
            controlApi.handle(exchange);
        } else if (first.isEmpty() || first.equals("chat") || first.equals("t.me")) {
            pages.handle(exchange);
        } else {
            exchange.json(404, "{\"ok\":false,\"error_code\":404,\"description\":\"Not Found\"}");
        }
    }

    // what exists

    /** Adds a bot, or gives a known one a new token: the old one is unauthorized from then on. */
    public Control.BotView addBot(Control.NewBot bot) {
        return locked(() -> {
            Bot added = world.addBot(bot);
            return new Control.BotView(added.id, added.username);
        });
    }

    public Control.BotView addBot(String token, String username) {
        return addBot(new Control.NewBot(token, username));
    }

    /** Adds a person or changes what is known of one. */
    public void addUser(Control.NewUser user) {
        locked(() -> world.addUser(user));
    }

    public void addUser(long userId, String firstName) {
        addUser(new Control.NewUser(userId, firstName));
    }

    public void addCrowd(Control.NewCrowd crowd) {
        locked(() -> world.addCrowd(new Crowd(world.bot(crowd.bot()), crowd.fromId(), crowd.count())));
    }

    public void addChat(Control.NewChat facts) {
        locked(() -> {
            Chat.Type type = Chat.Type.valueOf(facts.type().toUpperCase(Locale.ROOT));
            Chat chat = new Chat(facts.chatId(), type, facts.title(), facts.username());
            if (facts.chatId() >= 0) {
                throw new IllegalArgumentException("a chat's id is negative: " + facts.chatId());
            }
            Long ownerId = facts.ownerId();
            if (ownerId == null) {
                ownerId = 7_000_000_000L - facts.chatId() % 1_000_000_000L;
                world.addUser(new Control.NewUser(ownerId, "Owner of " + facts.title()));
            }
            world.addChat(chat, ownerId);
            List<Control.BotInChat> bots = facts.bots() == null ? List.of() : facts.bots();
            bots.forEach(bot -> placeBot(chat, bot));
            List<Long> members = facts.members() == null ? List.of() : facts.members();
            members.forEach(id -> world.add(chat, world.user(id).id, id));
        });
    }

    /** What the owner of a chat makes of a bot there: its status and rights; the bot hears of it by {@code my_chat_member}. */
    public void setBotInChat(long chatId, Control.BotInChat bot) {
        locked(() -> placeBot(world.chat(chatId), bot));
    }

    private void placeBot(Chat chat, Control.BotInChat facts) {
        Bot bot = world.bot(facts.bot());
        Membership.Rights rights = new Membership.Rights(
                !Boolean.FALSE.equals(facts.canInviteUsers()),
                !Boolean.FALSE.equals(facts.canRestrictMembers()),
                !Boolean.FALSE.equals(facts.canPostMessages()));
        Membership standing = switch (Objects.requireNonNullElse(facts.status(), "administrator")) {
            case "administrator" -> new Membership(Membership.Status.ADMINISTRATOR, 0, rights, null);
            case "member" -> Membership.member(null);
            case "left" -> Membership.NONE;
            case "kicked" -> Membership.kicked(0);
            default -> throw new IllegalArgumentException("no such status of a bot: " + facts.status());
        };
        world.change(chat, bot.id, ownerOf(chat), standing, null);
    }

    static long ownerOf(Chat chat) {
        return chat.members.entrySet().stream()
                .filter(member -> member.getValue().status() == Membership.Status.CREATOR)
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("chat " + chat.id + " has no owner"))
                .getKey();
    }

    public void deleteChat(long chatId) {
        locked(() -> {
            world.chat(chatId).deleted = true;
        });
    }

    /** A basic group becomes a supergroup with a new id; calls with the old id are told so. */
    public void migrateChat(long chatId, long newChatId) {
        locked(() -> {
            Chat old = world.chat(chatId);
            Chat chat = new Chat(newChatId, Chat.Type.SUPERGROUP, old.title, old.username);
            world.addChat(chat, ownerOf(old));
            chat.members.putAll(old.members);
            chat.membersMayAdd = old.membersMayAdd;
            old.migratedTo = newChatId;
            world.tellMoved(old, chat);
        });
    }

    // what people do

    /** Presses Start, with the payload of a deep link or without. Answers the message's id. */
    public long start(long userId, String bot, @Nullable String payload) {
        if (payload != null && !payload.matches("[A-Za-z0-9_-]{0,64}")) {
            throw new IllegalArgumentException("no client sends such a payload: " + payload);
        }
        return say(userId, bot, payload == null || payload.isEmpty() ? "/start" : "/start " + payload);
    }

    public long say(long userId, String bot, String text) {
        return locked(() -> world.say(world.user(userId), world.bot(bot), text).id);
    }

    /** Taps a button; answers the callback query's id. */
    public String tap(long userId, String bot, long messageId, String data) {
        return locked(() -> world.tap(world.user(userId), world.bot(bot), messageId, data).id);
    }

    /** Opens an invite link or a bot's deep link ({@code https://t.me/<bot>?start=…}). */
    public OpenResult openLink(long userId, String link) {
        return locked(() -> {
            User person = world.user(userId);
            String deep = link.strip().replaceFirst("^(https?://)?(t|telegram)\\.me/", "");
            int query = deep.indexOf("?start=");
            String name = query < 0 ? deep : deep.substring(0, query);
            if (name.matches("\\w+") && world.bots.values().stream().anyMatch(b -> b.username.equalsIgnoreCase(name))) {
                start(userId, name, query < 0 ? null : deep.substring(query + "?start=".length()));
                return OpenResult.STARTED;
            }
            return world.open(person, link);
        });
    }

    public void leave(long userId, long chatId) {
        locked(() -> world.leave(world.chat(chatId), world.user(userId).id));
    }

    public void block(long userId, String bot) {
        locked(() -> world.setBlocked(world.user(userId), world.bot(bot), true));
    }

    public void unblock(long userId, String bot) {
        locked(() -> world.setBlocked(world.user(userId), world.bot(bot), false));
    }

    public void approveByHuman(long adminId, long chatId, long userId) {
        decideByHuman(adminId, chatId, userId, true);
    }

    public void declineByHuman(long adminId, long chatId, long userId) {
        decideByHuman(adminId, chatId, userId, false);
    }

    private void decideByHuman(long adminId, long chatId, long userId, boolean approve) {
        locked(() -> world.decide(adminOf(chatId, adminId), userId, adminId, approve));
    }

    /** A human administrator removes somebody: a ban when {@code ban}, else they may return. */
    public void removeByHuman(long adminId, long chatId, long userId, boolean ban) {
        locked(() -> {
            Chat chat = adminOf(chatId, adminId);
            world.ban(chat, world.user(userId).id, adminId, 0);
            if (!ban && chat.type != Chat.Type.GROUP) {
                world.change(chat, userId, adminId, Membership.NONE, null);
            }
        });
    }

    /** The chat's owner revokes a link, whoever made it: no update tells. */
    public void revokeByHuman(long ownerId, String url) {
        locked(() -> {
            Link link = world.link(url);
            if (link == null) {
                throw new IllegalArgumentException("no link " + url);
            }
            adminOf(link.chatId, ownerId);
            link.revoked = true;
        });
    }

    /** Somebody is added without any link, by an administrator, or by a member of a group where members may. */
    public void addByHuman(long byId, long chatId, long userId) {
        locked(() -> {
            Chat chat = world.chat(chatId);
            boolean may = chat.type != Chat.Type.CHANNEL
                    && chat.membersMayAdd
                    && chat.of(byId, world.now()).isInside();
            world.add(may ? chat : adminOf(chatId, byId), world.user(userId).id, byId);
        });
    }

    /** Whether every member of a group may add others; no update tells. */
    public void setMembersMayAdd(long chatId, boolean may) {
        locked(() -> {
            world.chat(chatId).membersMayAdd = may;
        });
    }

    private Chat adminOf(long chatId, long adminId) {
        Chat chat = world.chat(chatId);
        if (!chat.of(adminId, world.now()).isAdmin()) {
            throw new IllegalArgumentException("user " + adminId + " is no administrator of chat " + chatId);
        }
        return chat;
    }

    // what can be seen

    /** The private chat of a person and a bot, oldest first. */
    public List<Control.MessageView> messages(long userId, String bot) {
        return locked(() -> {
            Dialog dialog = world.bot(bot).dialogs.get(userId);
            return dialog == null
                    ? List.<Control.MessageView>of()
                    : dialog.messages.values().stream()
                            .map(message -> view(message, userId))
                            .toList();
        });
    }

    /** Taps of a person on a bot's buttons with what the bot answered, oldest first. */
    public List<Control.TapView> taps(long userId, String bot) {
        return locked(() -> world.bot(bot).taps.values().stream()
                .filter(tap -> tap.userId == userId)
                .map(tap -> new Control.TapView(tap.id, tap.messageId, tap.data, tap.answered, tap.text))
                .toList());
    }

    private static Control.MessageView view(Message message, long userId) {
        List<String> links = new ArrayList<>();
        for (HtmlMarkup.Entity entity : message.entities) {
            String url = entity.type().equals("url")
                    ? message.text.substring(entity.offset(), entity.offset() + entity.length())
                    : entity.type().equals("text_link") ? entity.extra() : null;
            if (url != null) {
                links.add(url);
            }
        }
        List<List<Control.Button>> keyboard = new ArrayList<>();
        if (message.inlineKeyboard instanceof ArrayNode rows) {
            rows.forEach(row -> keyboard.add(
                    row.valueStream().map(TelegramSimulator::button).toList()));
        }
        return new Control.MessageView(
                message.id,
                message.fromId == userId ? "user" : "bot",
                message.date,
                message.editDate == 0 ? null : message.editDate,
                message.text,
                new HtmlMarkup.Formatted(message.text, message.entities).entitiesJson(),
                links,
                keyboard);
    }

    private static Control.Button button(JsonNode button) {
        return new Control.Button(
                button.path("text").asString(""),
                button.has("url") ? button.path("url").asString() : null,
                button.has("callback_data") ? button.path("callback_data").asString() : null);
    }

    public List<Control.CrowdView> crowds() {
        return locked(() -> world.crowds().stream().map(Crowd::view).toList());
    }

    /** By what crowds are timed: microseconds since a moment of no meaning, whatever becomes of the clock. */
    public long timerUs() {
        return Crowd.timerUs();
    }

    /** What each person of the crowd that begins with this id has received. */
    public Control.Receipts receipts(long fromId) {
        return locked(() -> {
            Crowd crowd = world.crowd(fromId);
            if (crowd == null || crowd.from != fromId) {
                throw new IllegalArgumentException("no crowd begins with " + fromId);
            }
            return crowd.receipts();
        });
    }

    public Control.ChatView chat(long chatId) {
        return locked(() -> {
            Chat chat = world.chat(chatId);
            long now = world.now();
            return new Control.ChatView(
                    chat.id,
                    chat.type.toString(),
                    chat.title,
                    chat.members.entrySet().stream()
                            .map(member ->
                                    member(member.getKey(), member.getValue().at(now)))
                            .toList(),
                    chat.links.stream().map(link -> view(link, now)).toList(),
                    chat.requests.values().stream()
                            .map(request -> new Control.RequestView(
                                    request.userId(), request.link().url(), request.date()))
                            .toList(),
                    List.copyOf(chat.admitted));
        });
    }

    private static Control.MemberView member(long id, Membership standing) {
        return new Control.MemberView(
                id,
                standing.status().toString(),
                standing.untilDate() == 0 ? null : standing.untilDate(),
                standing.via() == null ? null : standing.via().url());
    }

    private static Control.LinkView view(Link link, long now) {
        return new Control.LinkView(
                link.url(),
                link.creatorId,
                link.name.isEmpty() ? null : link.name,
                link.expireDate == 0 ? null : link.expireDate,
                link.memberLimit == 0 ? null : link.memberLimit,
                link.createsJoinRequest,
                link.primary,
                link.revoked,
                link.isExpiredAt(now),
                link.seats,
                link.pendingRequests,
                link.createdAt,
                List.copyOf(link.admitted));
    }

    /** Who came in and went out, in order. */
    public List<Control.Move> moves(long chatId) {
        return locked(() -> List.copyOf(world.chat(chatId).moves));
    }

    public boolean isMember(long chatId, long userId) {
        return locked(() -> world.chat(chatId).of(userId, world.now()).isInside());
    }

    public Control.Log log() {
        return log.read();
    }

    // what goes wrong

    public void addFault(Control.Fault fault) {
        faults.add(fault);
    }

    public List<Control.Fault> faults() {
        return faults.waiting();
    }

    public void clearFaults() {
        faults.clear();
    }

    public void setUpdates(Control.UpdateSwitches switches) {
        String name = switches.bot();
        locked(() -> {
            for (Bot bot : name == null ? world.bots.values() : List.of(world.bot(name))) {
                Updates updates = bot.updates;
                updates.duplicate = Objects.requireNonNullElse(switches.duplicate(), updates.duplicate);
                updates.reversed = switches.order() == null
                        ? updates.reversed
                        : switches.order().equals("reversed");
                updates.held = Objects.requireNonNullElse(switches.held(), updates.held);
                updates.changed.signalAll();
            }
        });
    }

    /**
     * Whether the pauses of the official server are kept in real time: the second that unbanChatMember takes to remove
     * a member, the brake on hasty getUpdates and setWebhook. On unless switched off.
     */
    public void setPaced(boolean paced) {
        locked(() -> {
            world.paced = paced;
            world.bots.values().forEach(bot -> bot.updates.paced = paced);
        });
    }

    /** Moves this Telegram's clock on. */
    public void advance(Duration by) {
        locked(() -> {
            world.clock.advance(by);
            world.bots.values().forEach(bot -> bot.updates.changed.signalAll());
        });
    }

    public Clock clock() {
        return world.clock;
    }

    /** Forgets everything and sets the clock right. Waiting polls are answered 401. */
    public void reset() {
        locked(() -> {
            world.clear();
            world.paced = true;
            world.clock.rewind();
        });
        faults.clear();
        log.clear();
    }

    @Override
    public void close() {
        locked(world::clear);
        webhooks.close();
        server.close();
    }

    private <T> T locked(Supplier<T> action) {
        world.lock.lock();
        try {
            return action.get();
        } finally {
            world.lock.unlock();
        }
    }

    private void locked(Runnable action) {
        world.lock.lock();
        try {
            action.run();
        } finally {
            world.lock.unlock();
        }
    }
}
