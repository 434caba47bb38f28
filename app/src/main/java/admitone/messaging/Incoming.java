package admitone.messaging;

import admitone.runtime.Handle;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Something the messenger told us, in our words. */
public sealed interface Incoming {
    /** A way in, as seen in an update. {@code ours}: made by our bot. */
    record Link(String url, String name, boolean ours) {}

    /** Somebody asks to be let into a chat. We may write to {@code userChatId} for five minutes. */
    record JoinRequested(
            long chatId,
            long userId,
            long userChatId,
            Instant at,
            @Nullable Link link,
            Language language) implements Incoming {
        /** By somebody of whose language nothing is told. */
        public JoinRequested(long chatId, long userId, long userChatId, Instant at, @Nullable Link link) {
            this(chatId, userId, userChatId, at, link, Language.of(null));
        }
    }

    /** A membership changed. {@code byUserId} is who acted. */
    record MembershipChanged(
            long chatId,
            long userId,
            long byUserId,
            boolean wasInside,
            boolean isInside,
            Instant at,
            @Nullable Link link)
            implements Incoming {}

    /** Somebody wrote to the bot in private; {@code text} is empty where they sent something else, such as a picture. */
    record Said(long userId, String text, Instant at, Language language) implements Incoming {
        private static final Pattern START = Pattern.compile("/start(?:@\\w+)?(?:\\s+(\\S+).*)?\\s*");

        private static final Pattern COMMAND = Pattern.compile("/(\\w{1,32})(?:@\\w+)?(\\s.*)?", Pattern.DOTALL);

        /** By somebody of whose language nothing is told. */
        public Said(long userId, String text, Instant at) {
            this(userId, text, at, Language.of(null));
        }

        /** The command that was given, as {@code start}: without the slash, the bot's name and what follows. */
        public Optional<String> command() {
            Matcher command = COMMAND.matcher(text);
            return command.matches() ? Optional.of(command.group(1).toLowerCase(Locale.ROOT)) : Optional.empty();
        }

        /** Whether somebody pressed Start, by whatever link they came. */
        public boolean isStart() {
            return START.matcher(text).matches();
        }

        /** The handle of this kind by whose link they pressed Start. */
        public Optional<Handle> startedBy(String kind) {
            return startToken().flatMap(token -> Handle.parse(kind, token.split("-", 2)[0]));
        }

        /** The handle of any kind by whose link they pressed Start. */
        public Optional<Handle> startedBy() {
            return startToken().flatMap(token -> Handle.parse(token.split("-", 2)[0]));
        }

        /** What the link told beside its handle, after a hyphen. */
        public Optional<String> startedWith() {
            return startToken()
                    .map(token -> token.split("-", 2))
                    .filter(parts -> parts.length == 2)
                    .map(parts -> parts[1]);
        }

        private Optional<String> startToken() {
            Matcher start = START.matcher(text);
            return start.matches() ? Optional.ofNullable(start.group(1)) : Optional.empty();
        }

        /** What was written after a command: at most 200 characters. */
        public String argument() {
            Matcher command = COMMAND.matcher(text);
            String after = command.matches() && command.group(2) != null
                    ? command.group(2).strip()
                    : "";
            return after.length() > 200 ? after.substring(0, 200) : after;
        }
    }

    /**
     * Somebody pressed a button of ours that means {@code data} and waits for an answer; it may be any text.
     *
     * @param messageId of the message below which the button is; 0: not told
     */
    record Pressed(long userId, String pressId, String data, Language language, long messageId) implements Incoming {
        /** Below a message of which nothing is told. */
        public Pressed(long userId, String pressId, String data, Language language) {
            this(userId, pressId, data, language, 0);
        }
    }

    /** The bot's own place in a group or channel is another one; {@code byUserId} changed it. */
    record BotPlaced(
            long chatId, String title, long byUserId, boolean ranTheChat, boolean runsTheChat, Language language)
            implements Incoming {}

    /** Somebody blocked the bot, or let it write again. */
    record Reachability(long userId, boolean blocked, Instant at) implements Incoming {}

    /** A group became a supergroup, which has another id. */
    record Migrated(long from, long to) implements Incoming {}

    /** An update this version has no use for. */
    record Other(String what) implements Incoming {}
}
