package admitone.messaging;

import java.time.Instant;
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
            @Nullable Link link) implements Incoming {}

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

    /** Somebody wrote to the bot in private. */
    record Said(long userId, String text, Instant at) implements Incoming {}

    /** Somebody blocked the bot, or let it write again. */
    record Reachability(long userId, boolean blocked, Instant at) implements Incoming {}

    /** An update this version has no use for. */
    record Other(String what) implements Incoming {}
}
