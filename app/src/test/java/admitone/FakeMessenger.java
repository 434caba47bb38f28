package admitone;

import admitone.messaging.Messenger;
import admitone.runtime.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;

/** A messenger in memory. {@code pending} asked to join, {@code inside} are members. */
public final class FakeMessenger implements Messenger {
    public final List<Message> sent = new CopyOnWriteArrayList<>();
    public final List<Message> edited = new CopyOnWriteArrayList<>();
    public final List<String> calls = new CopyOnWriteArrayList<>();
    /** How long an answer was waited for at most, where that was said. */
    public final List<Duration> waited = new CopyOnWriteArrayList<>();

    public final Set<Long> pending = ConcurrentHashMap.newKeySet();
    public final Set<Long> inside = ConcurrentHashMap.newKeySet();
    private final AtomicLong messageId = new AtomicLong(1000);

    public volatile Supplier<Answer<Bot>> onSelf = () -> new Answer.Done<>(this.self);
    public volatile Function<Message, Answer<Long>> onSend = message -> new Answer.Done<>(messageId.incrementAndGet());
    public volatile Function<Long, Answer<Boolean>> onEdit = messageId -> new Answer.Done<>(true);
    public volatile Function<String, Answer<String>> onLink = name -> new Answer.Done<>("https://t.me/+link-" + name);
    public volatile Function<String, Answer<Boolean>> onKeep = url -> new Answer.Done<>(true);
    public volatile Function<Long, Answer<Boolean>> onApprove = this::approve;
    public volatile Function<String, Answer<Boolean>> onExpire = url -> new Answer.Done<>(true);
    public volatile Function<String, Answer<Boolean>> onRevoke = url -> new Answer.Done<>(true);
    public volatile Function<Long, Answer<Boolean>> onBan = user -> {
        inside.remove(user);
        return new Answer.Done<>(true);
    };
    public volatile Function<Long, Answer<Boolean>> onLift = user -> new Answer.Done<>(true);
    public volatile Function<Long, Answer<Boolean>> onMember = user -> new Answer.Done<>(inside.contains(user));
    public volatile Function<String, Answer<Boolean>> onAnswer = press -> new Answer.Done<>(true);
    /** By the user's or the bot's id; the bot may do all, people are members or nothing. */
    public volatile Function<Long, Answer<Standing>> onStanding = this::standing;

    /** By the chat's id. */
    public volatile Function<Long, Answer<ChatKind>> onKind =
            chat -> new Answer.Done<>(new ChatKind(chat, false, false, "", false));

    public volatile Bot self = new Bot(700, "admit_bot");

    public Answer<Standing> standing(long user) {
        Role role = user == self.id() ? Role.ADMINISTRATOR : inside.contains(user) ? Role.MEMBER : Role.OUTSIDE;
        boolean may = role == Role.ADMINISTRATOR;
        return new Answer.Done<>(new Standing(role, may, may));
    }

    private Answer<Boolean> approve(long user) {
        if (!pending.remove(user)) {
            return inside.contains(user)
                    ? new Answer.Declined<>(Refusal.ALREADY_MEMBER, "USER_ALREADY_PARTICIPANT")
                    : new Answer.Declined<>(Refusal.NOT_REQUESTED, "HIDE_REQUESTER_MISSING");
        }
        inside.add(user);
        return new Answer.Done<>(true);
    }

    @Override
    public Answer<Long> send(Message message) {
        sent.add(message);
        return onSend.apply(message);
    }

    @Override
    public Answer<Boolean> edit(long messageId, Message message) {
        calls.add("edit " + messageId);
        edited.add(message);
        return onEdit.apply(messageId);
    }

    @Override
    public Answer<Boolean> delete(long chatId, long messageId) {
        calls.add("delete " + messageId);
        return new Answer.Done<>(true);
    }

    @Override
    public Answer<String> createRequestLink(long chatId, String name) {
        calls.add("link " + name);
        return onLink.apply(name);
    }

    @Override
    public Answer<Boolean> keepRequestLink(long chatId, String url, String name) {
        calls.add("keep " + url);
        return onKeep.apply(url);
    }

    @Override
    public Answer<String> createOneTimeLink(long chatId, String name, Instant expiresAt) {
        calls.add("link " + name);
        return onLink.apply(name);
    }

    @Override
    public Answer<Boolean> expireOneTimeLink(long chatId, String url, String name, Instant expiresAt) {
        calls.add("expire " + url + " " + name + " " + expiresAt);
        return onExpire.apply(url);
    }

    @Override
    public Answer<Boolean> revokeLink(long chatId, String url) {
        calls.add("revoke " + url);
        return onRevoke.apply(url);
    }

    @Override
    public Answer<Boolean> ban(long chatId, long userId, Instant until) {
        calls.add("ban " + userId + " " + until);
        return onBan.apply(userId);
    }

    @Override
    public Answer<Boolean> liftBan(long chatId, long userId) {
        calls.add("lift " + userId);
        return onLift.apply(userId);
    }

    @Override
    public Answer<Boolean> approveJoin(long chatId, long userId) {
        calls.add("approve " + userId);
        return onApprove.apply(userId);
    }

    @Override
    public Answer<Boolean> declineJoin(long chatId, long userId) {
        calls.add("decline " + userId);
        pending.remove(userId);
        return new Answer.Done<>(true);
    }

    @Override
    public Answer<Boolean> isMember(long chatId, long userId) {
        return onMember.apply(userId);
    }

    @Override
    public Answer<Standing> standing(long chatId, long userId) {
        return onStanding.apply(userId);
    }

    @Override
    public Answer<Standing> standing(long chatId, long userId, Duration within) {
        waited.add(within);
        return onStanding.apply(userId);
    }

    @Override
    public Answer<ChatKind> kind(long chatId) {
        return onKind.apply(chatId);
    }

    @Override
    public Answer<Boolean> answerPress(String pressId, String word) {
        calls.add("answer " + pressId + " " + word);
        return onAnswer.apply(pressId);
    }

    @Override
    public Answer<Bot> self() {
        return onSelf.get();
    }
}
