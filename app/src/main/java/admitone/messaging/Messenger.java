package admitone.messaging;

import admitone.runtime.Answer;
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
        String TOKEN = "token_refused";
        String OTHER = "refused";
    }

    /** A message in HTML parse mode; what users gave is already escaped. At most 4,096 characters. */
    record Message(long chatId, String html, List<LinkButton> buttons) {}

    /** A button that opens a URL. */
    record LinkButton(String text, String url) {}

    /** The bot itself. */
    record Bot(long id, String username) {}

    /** The id of the sent message. */
    Answer<Long> send(Message message);

    /** A link through which anybody may ask to join and nobody joins unapproved. {@code name} has at most 32 characters. */
    Answer<String> createRequestLink(long chatId, String name);

    Answer<Boolean> approveJoin(long chatId, long userId);

    Answer<Boolean> declineJoin(long chatId, long userId);

    /** Whether the user is inside the chat now. */
    Answer<Boolean> isMember(long chatId, long userId);

    Answer<Bot> self();
}
