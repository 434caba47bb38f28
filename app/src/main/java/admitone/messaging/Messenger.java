package admitone.messaging;

import admitone.runtime.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What we may ask of the messenger. None of these calls has an idempotency key: those that set a state may be repeated after
 * {@link Answer.Unknown}; a message may be repeated only with the same text; a link is abandoned and made anew.
 */
public interface Messenger {
    /** Stable codes of {@link Answer.Declined}. */
    interface Refusal {
        String BLOCKED = "blocked_by_user";
        String NOT_STARTED = "never_started";
        String CHAT_NOT_FOUND = "chat_not_found";
        String NO_RIGHTS = "no_rights";
        String NOT_REQUESTED = "not_requested";
        String ALREADY_MEMBER = "already_member";
        String TOO_MANY_CHANNELS = "too_many_channels";
        /** The link does not exist, or was revoked before. */
        String LINK_GONE = "link_gone";
        /** An administrator of the chat, whom no bot may remove. */
        String ADMINISTRATOR = "is_administrator";
        /** The user was never in the chat. */
        String NOT_A_MEMBER = "not_a_member";
        /** A basic group, which keeps nobody out. */
        String BASIC_GROUP = "basic_group";

        /** The message is not there any more, or cannot be changed. */
        String MESSAGE_GONE = "message_gone";

        String TOKEN = "token_refused";
        String OTHER = "refused";
    }

    /** A message of at most 4,096 characters, with its buttons one below the other. {@code isSilent}: nobody's telephone sounds. */
    record Message(long chatId, Html text, List<Button> buttons, boolean isSilent) {
        public Message(long chatId, Html text, List<Button> buttons) {
            this(chatId, text, buttons, false);
        }

        public String html() {
            return text.value();
        }
    }

    /** Shown below a message. */
    sealed interface Button {}

    /** A button that opens a URL. */
    record LinkButton(String text, String url) implements Button {}

    /** A button that tells us its {@code data} when it is pressed: at most 64 bytes. Only in private chats. */
    record PressButton(String text, String data) implements Button {}

    /** What somebody is in a chat. Who was never there is {@link #OUTSIDE}. */
    enum Role {
        OWNER,
        ADMINISTRATOR,
        MEMBER,
        OUTSIDE,
        BANNED;

        public boolean runsTheChat() {
            return this == OWNER || this == ADMINISTRATOR;
        }
    }

    /** What somebody is in a chat and may do there; by a link they may let people in, and they may remove them. */
    record Standing(Role role, boolean mayInvite, boolean mayRemove) {}

    /**
     * What kind of chat one is, and whether anybody can open it by its public name.
     *
     * @param id the one it has now, another where a group became a supergroup
     * @param membersMayAdd every member may add others by hand, who need no link and no approval
     */
    record ChatKind(long id, boolean isBasicGroup, boolean isPublic, String title, boolean membersMayAdd) {
        /** Whether who has no right can be kept out: a basic group keeps nobody out, and a public chat is open to all. */
        public boolean canBeSold() {
            return !isBasicGroup && !isPublic;
        }
    }

    /** The bot itself. */
    record Bot(long id, String username) {}

    /** The id of the sent message. */
    Answer<Long> send(Message message);

    /** Makes a message of ours say this from now on; one that says it already is done. */
    Answer<Boolean> edit(long messageId, Message message);

    /** Takes a message of ours away, where the messenger still lets us: not for long in some chats. */
    Answer<Boolean> delete(long chatId, long messageId);

    /** A link through which anybody may ask to join and nobody joins unapproved. {@code name} has at most 32 characters. */
    Answer<String> createRequestLink(long chatId, String name);

    /** Sets again all that such a link is; it is {@link Refusal#LINK_GONE} where nobody can ask by it any more. */
    Answer<Boolean> keepRequestLink(long chatId, String url, String name);

    /**
     * A link by which one person at a time comes in, without being approved: who leaves frees the place. Whoever has it may use
     * it. {@code name} has at most 32 characters.
     */
    Answer<String> createOneTimeLink(long chatId, String name, Instant expiresAt);

    /** Sets when such a link expires, and again all the rest of it. */
    Answer<Boolean> expireOneTimeLink(long chatId, String url, String name, Instant expiresAt);

    /** Nobody comes in by this link any more; who is inside stays. For good. */
    Answer<Boolean> revokeLink(long chatId, String url);

    /** Removes somebody and keeps them out until then, or for good where that is less than 30 seconds away. */
    Answer<Boolean> ban(long chatId, long userId, Instant until);

    /** Lets somebody who was banned come in again; whoever is inside stays. */
    Answer<Boolean> liftBan(long chatId, long userId);

    Answer<Boolean> approveJoin(long chatId, long userId);

    Answer<Boolean> declineJoin(long chatId, long userId);

    /** Whether the user is inside the chat now; who never was there is outside. */
    Answer<Boolean> isMember(long chatId, long userId);

    Answer<Standing> standing(long chatId, long userId);

    /** As above, for somebody who waits: not known after so long. */
    Answer<Standing> standing(long chatId, long userId, Duration within);

    Answer<ChatKind> kind(long chatId);

    /** Ends the waiting of somebody who pressed a button, with a word of at most 200 characters or, empty, without one. Only within seconds. */
    Answer<Boolean> answerPress(String pressId, String word);

    Answer<Bot> self();
}
