package admitone.simulators.telegram;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Everything that exists in this Telegram, and the rules by which it changes. Every method is called with {@link #lock}
 * held; what changes is told to the bots in the same breath.
 */
final class World {
    /** How long a join requester who never started the bot may be written to. */
    static final long REQUEST_WINDOW_SECONDS = 300;

    static final long TAP_ANSWERED_WITHIN_SECONDS = 15;

    private static final Pattern INVITE =
            Pattern.compile("(?:(?:https?://)?(?:t|telegram)\\.me/(?:\\+|joinchat/)|tg://join\\?invite=)([\\w-]+)");
    private static final SecureRandom RANDOM = new SecureRandom();

    final ReentrantLock lock = new ReentrantLock();
    final MovableClock clock;
    final Map<Long, Bot> bots = new LinkedHashMap<>();
    final Map<Long, User> users = new LinkedHashMap<>();
    final Map<Long, Chat> chats = new LinkedHashMap<>();

    private final NavigableMap<Long, Crowd> crowds = new TreeMap<>();
    private final Map<String, Bot> botsByToken = new HashMap<>();
    private final Map<String, Link> linksByHash = new HashMap<>();
    private final Condition kicks = lock.newCondition();
    private final Wire wire = new Wire(this);
    boolean paced = true;

    World(MovableClock clock) {
        this.clock = clock;
    }

    long now() {
        return clock.unixSeconds();
    }

    Wire wire() {
        return wire;
    }

    // bots, people, chats

    Bot addBot(Control.NewBot facts) {
        long id = facts.id() == null ? Params.leadingNumber(facts.token()) : facts.id();
        String firstName = facts.firstName() == null ? facts.username() : facts.firstName();
        if (id <= 0 || users.containsKey(id)) {
            throw new IllegalArgumentException("a bot needs an id of its own, in its token or given: " + id);
        }
        Bot known = bots.get(id);
        if (known != null) {
            botsByToken.remove(known.token);
            known.token = facts.token();
            botsByToken.put(known.token, known);
            return known;
        }
        Updates updates = new Updates(lock, clock);
        updates.paced = paced;
        Bot bot = new Bot(id, facts.token(), facts.username().replace("@", ""), firstName, updates);
        bots.put(id, bot);
        botsByToken.put(bot.token, bot);
        return bot;
    }

    @Nullable
    Bot byToken(String token) {
        return botsByToken.get(token);
    }

    /** By username, with or without @, or id. */
    Bot bot(String name) {
        String plain = name.startsWith("@") ? name.substring(1) : name;
        return bots.values().stream()
                .filter(bot -> bot.username.equalsIgnoreCase(plain)
                        || Long.toString(bot.id).equals(plain))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no bot " + name));
    }

    void addUser(Control.NewUser facts) {
        if (facts.userId() <= 0 || bots.containsKey(facts.userId())) {
            throw new IllegalArgumentException("a person's id is positive and no bot's: " + facts.userId());
        }
        User known = users.get(facts.userId());
        if (known == null) {
            users.put(facts.userId(), new User(facts));
        } else {
            known.facts = facts;
        }
    }

    User user(long id) {
        User user = users.get(id);
        if (user == null) {
            throw new IllegalArgumentException("no user " + id);
        }
        return user;
    }

    /** What is known of a person, also of one in a crowd. */
    Control.NewUser facts(long id) {
        return crowd(id) == null ? user(id).facts : new Control.NewUser(id, "Somebody");
    }

    void addCrowd(Crowd crowd) {
        if (crowds.values().stream().anyMatch(crowd::overlaps)) {
            throw new IllegalArgumentException("some of these people are in a crowd already");
        }
        crowds.put(crowd.from, crowd);
    }

    /** The crowd that this person is in, if any. */
    @Nullable
    Crowd crowd(long userId) {
        Map.Entry<Long, Crowd> nearest = crowds.floorEntry(userId);
        return nearest != null && nearest.getValue().holds(userId) ? nearest.getValue() : null;
    }

    List<Crowd> crowds() {
        return List.copyOf(crowds.values());
    }

    Chat chat(long id) {
        Chat chat = chats.get(id);
        if (chat == null) {
            throw new IllegalArgumentException("no chat " + id);
        }
        return chat;
    }

    void addChat(Chat chat, long ownerId) {
        if (chats.containsKey(chat.id)) {
            throw new IllegalArgumentException("chat " + chat.id + " exists");
        }
        user(ownerId);
        chats.put(chat.id, chat);
        chat.members.put(
                ownerId, new Membership(Membership.Status.CREATOR, 0, new Membership.Rights(true, true, true), null));
    }

    // membership

    /**
     * Changes how somebody stands in a chat and tells the bots that may know: the one it happened to by
     * {@code my_chat_member}, administrators by {@code chat_member}.
     */
    void change(Chat chat, long subjectId, long actorId, Membership next, @Nullable Link link) {
        Membership before = chat.of(subjectId, now());
        chat.members.put(subjectId, next);
        User person = users.get(subjectId);
        if (before.isInside() && !next.isInside() && before.via() != null) {
            before.via().seats--;
        }
        if (person != null && before.isInside() != next.isInside()) {
            person.chatsHere += next.isInside() ? 1 : -1;
        }
        if (next.isInside() || next.status() == Membership.Status.KICKED) {
            endRequest(chat, subjectId);
        }
        if (before.isInside() != next.isInside()) {
            Link by = next.isInside() ? next.via() : before.via();
            chat.moves.add(new Control.Move(subjectId, next.isInside(), by == null ? null : by.url(), now()));
        }
        tell(chat, subjectId, actorId, before, next, link);
        if (chat.type != Chat.Type.CHANNEL && before.isInside() != next.isInside()) {
            tellInChat(chat, subjectId, actorId, next.isInside());
        }
    }

    private void tell(
            Chat chat, long subjectId, long actorId, Membership before, Membership next, @Nullable Link link) {
        for (Bot bot : bots.values()) {
            boolean own = bot.id == subjectId;
            if (!own && !chat.of(bot.id, now()).isAdmin()) {
                continue;
            }
            if (!own && users.containsKey(subjectId)) {
                bot.met.add(subjectId);
            }
            ObjectNode update = wire.memberUpdate(chat, subjectId, actorId, before, next, link, bot);
            bot.updates.add(own ? "my_chat_member" : "chat_member", update, "chat_member:" + subjectId);
        }
    }

    /** In groups people's comings and goings are also messages, which every bot inside sees. */
    private void tellInChat(Chat chat, long subjectId, long actorId, boolean came) {
        Message message = new Message(
                ++chat.lastMessageId, chat.id, actorId, now(), new HtmlMarkup.Formatted("", List.of()), null);
        for (Bot bot : bots.values()) {
            if (bot.id != subjectId && chat.of(bot.id, now()).isInside()) {
                bot.updates.add("message", wire.serviceMessage(chat, message, subjectId, came), "chat:" + chat.id);
            }
        }
    }

    /** Both chats say so, to every bot inside. */
    void tellMoved(Chat old, Chat chat) {
        for (Chat here : List.of(old, chat)) {
            Message message = new Message(
                    ++here.lastMessageId,
                    here.id,
                    TelegramSimulator.ownerOf(here),
                    now(),
                    new HtmlMarkup.Formatted("", List.of()),
                    null);
            for (Bot bot : bots.values()) {
                if (here.of(bot.id, now()).isInside()) {
                    bot.updates.add("message", wire.moved(here, message, old.id, chat.id), "chat:" + here.id);
                }
            }
        }
    }

    @Nullable
    Link invitation(String url) {
        Matcher matcher = INVITE.matcher(url.strip());
        return matcher.lookingAt() ? linksByHash.get(matcher.group(1)) : null;
    }

    OpenResult open(User person, String url) {
        Link link = invitation(url);
        if (link == null) {
            return OpenResult.INVALID;
        }
        Chat chat = chat(link.chatId);
        Membership standing = chat.of(person.id, now());
        if (link.revoked || link.isExpiredAt(now()) || chat.deleted || chat.migratedTo != 0) {
            return OpenResult.EXPIRED;
        }
        if (standing.isInside()) {
            return OpenResult.ALREADY;
        }
        if (standing.status() == Membership.Status.KICKED) {
            return OpenResult.BANNED;
        }
        if (link.createsJoinRequest) {
            request(chat, person, link);
            return OpenResult.REQUEST_SENT;
        }
        if (link.isFull()) {
            return OpenResult.FULL;
        }
        if (person.isInTooManyChannels()) {
            return OpenResult.TOO_MANY;
        }
        admit(chat, person.id, person.id, link, null);
        return OpenResult.JOINED;
    }

    private void admit(Chat chat, long userId, long actorId, Link link, @Nullable Long approvedBy) {
        link.seats++;
        Control.Admission admission = new Control.Admission(userId, link.url(), now(), approvedBy);
        link.admitted.add(admission);
        chat.admitted.add(admission);
        change(chat, userId, actorId, Membership.member(link), link);
    }

    /** A person has one request in a chat: asking again while it waits changes nothing and tells nobody. */
    private void request(Chat chat, User person, Link link) {
        if (chat.requests.containsKey(person.id)) {
            return;
        }
        chat.requests.put(person.id, new Chat.Request(person.id, link, now()));
        link.pendingRequests++;
        for (Bot bot : bots.values()) {
            Membership standing = chat.of(bot.id, now());
            if (standing.isAdmin() && standing.rights().invite()) {
                bot.met.add(person.id);
                bot.dialog(person.id).requestWindows.put(chat.id, now() + REQUEST_WINDOW_SECONDS);
                bot.updates.add(
                        "chat_join_request",
                        wire.joinRequest(chat, person, link, now(), bot),
                        "chat_member:" + person.id);
            }
        }
    }

    private void endRequest(Chat chat, long userId) {
        Chat.Request request = chat.requests.remove(userId);
        if (request == null) {
            return;
        }
        request.link().pendingRequests--;
        for (Bot bot : bots.values()) {
            Dialog dialog = bot.dialogs.get(userId);
            if (dialog != null) {
                dialog.requestWindows.remove(chat.id);
            }
        }
    }

    /** Approves or declines a join request, by a bot or a person. */
    void decide(Chat chat, long userId, long actorId, boolean approve) {
        User person = users.get(userId);
        if (person == null) {
            throw ApiError.badRequest("USER_ID_INVALID");
        }
        if (chat.of(userId, now()).isInside()) {
            throw ApiError.badRequest("USER_ALREADY_PARTICIPANT");
        }
        Chat.Request request = chat.requests.get(userId);
        if (request == null) {
            throw ApiError.badRequest("HIDE_REQUESTER_MISSING");
        }
        if (!approve) {
            endRequest(chat, userId);
            return;
        }
        if (person.isInTooManyChannels()) {
            throw ApiError.badRequest("USER_CHANNELS_TOO_MUCH");
        }
        admit(chat, userId, actorId, request.link(), actorId);
    }

    /** Somebody comes in without a link. */
    void add(Chat chat, long userId, long actorId) {
        if (!chat.of(userId, now()).isInside()) {
            chat.admitted.add(new Control.Admission(userId, null, now(), actorId == userId ? null : actorId));
            change(chat, userId, actorId, Membership.member(null), null);
        }
    }

    void leave(Chat chat, long userId) {
        if (chat.of(userId, now()).isInside()) {
            change(chat, userId, userId, Membership.NONE, null);
        }
    }

    void ban(Chat chat, long userId, long actorId, long untilDate) {
        Membership standing = chat.of(userId, now());
        if (chat.type == Chat.Type.GROUP) {
            leaveByForce(chat, userId, actorId, standing);
            return;
        }
        change(chat, userId, actorId, Membership.kicked(untilDate), null);
    }

    private void leaveByForce(Chat chat, long userId, long actorId, Membership standing) {
        if (standing.isInside()) {
            change(chat, userId, actorId, Membership.NONE, null);
        }
    }

    /** Lifts a ban. Somebody inside is removed, as the library does it: banned for a minute, and after a second let off. */
    void unban(Chat chat, long userId, long actorId, boolean onlyIfBanned) throws InterruptedException {
        Membership standing = chat.of(userId, now());
        if (standing.isInside()) {
            if (onlyIfBanned) {
                return;
            }
            change(chat, userId, actorId, Membership.kicked(now() + 60), null);
            pause(1000);
        }
        if (chat.of(userId, now()).status() == Membership.Status.KICKED) {
            change(chat, userId, actorId, Membership.NONE, null);
        }
    }

    private void pause(long millis) throws InterruptedException {
        long nanos = paced ? TimeUnit.MILLISECONDS.toNanos(millis) : 0;
        while (nanos > 0) {
            nanos = kicks.awaitNanos(nanos);
        }
    }

    // links

    Link newLink(Chat chat, long creatorId, boolean primary) {
        byte[] bytes = new byte[12];
        RANDOM.nextBytes(bytes);
        String hash = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        Link link = new Link(hash, chat.id, creatorId, now(), primary);
        linksByHash.put(hash, link);
        chat.links.add(link);
        return link;
    }

    @Nullable
    Link link(String url) {
        Matcher matcher = INVITE.matcher(url.strip());
        return matcher.lookingAt() && matcher.end() == url.strip().length() ? linksByHash.get(matcher.group(1)) : null;
    }

    @Nullable
    Link primaryLink(Chat chat, long creatorId) {
        return chat.links.stream()
                .filter(link -> link.primary && !link.revoked && link.creatorId == creatorId)
                .findFirst()
                .orElse(null);
    }

    // private chats

    /** What a person writes to a bot; it opens the chat and lifts a block. */
    Message say(User person, Bot bot, String text) {
        Dialog dialog = bot.dialog(person.id);
        setBlocked(person, bot, false);
        dialog.started = true;
        bot.met.add(person.id);
        Message message = new Message(
                ++bot.lastMessageId,
                person.id,
                person.id,
                now(),
                new HtmlMarkup.Formatted(text, Texts.found(text)),
                null);
        dialog.messages.put(message.id, message);
        bot.updates.add("message", wire.message(message, bot), "chat:" + person.id);
        return message;
    }

    void setBlocked(User person, Bot bot, boolean blocked) {
        Dialog dialog = bot.dialog(person.id);
        if (dialog.blocked == blocked) {
            return;
        }
        dialog.blocked = blocked;
        bot.met.add(person.id);
        Membership open = Membership.member(null);
        Membership shut = Membership.kicked(0);
        bot.updates.add(
                "my_chat_member",
                wire.privateMemberUpdate(person, bot, blocked ? open : shut, blocked ? shut : open),
                "chat:" + person.id);
    }

    Bot.Tap tap(User person, Bot bot, long messageId, String data) {
        Message message = bot.dialog(person.id).messages.get(messageId);
        if (message == null || !hasButton(message.inlineKeyboard, data)) {
            throw new IllegalArgumentException("message " + messageId + " has no button with data " + data);
        }
        String id = Long.toString(RANDOM.nextLong(1L << 60, Long.MAX_VALUE));
        Bot.Tap tap = new Bot.Tap(id, person.id, messageId, data, now());
        bot.taps.put(id, tap);
        bot.updates.add("callback_query", wire.callbackQuery(tap, message, person, bot), "callback:" + person.id);
        return tap;
    }

    private static boolean hasButton(@Nullable JsonNode keyboard, String data) {
        if (!(keyboard instanceof ArrayNode rows)) {
            return false;
        }
        return rows.valueStream()
                .flatMap(JsonNode::valueStream)
                .anyMatch(button -> button.path("callback_data").asString("").equals(data) && !data.isEmpty());
    }

    void clear() {
        for (Bot bot : bots.values()) {
            if (bot.webhook != null) {
                bot.webhook.close();
            }
            bot.updates.close();
        }
        bots.clear();
        botsByToken.clear();
        users.clear();
        crowds.clear();
        chats.clear();
        linksByHash.clear();
    }
}
