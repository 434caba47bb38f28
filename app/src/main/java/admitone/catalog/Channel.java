package admitone.catalog;

import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A private chat that is sold. {@code standingLink} asks for approval and lets nobody in by itself; null until it is made, and
 * always where buyers come in by one-time links.
 */
public record Channel(
        SellerId seller,
        UUID id,
        ClosedChatId closedChat,
        @Nullable OpenChatId openChat,
        String title,
        String slug,
        Admission admission,
        @Nullable String standingLink) {

    /** How buyers come in. */
    public enum Admission {
        /** They ask by the standing link, and who has a grant is approved. */
        JOIN_REQUEST,
        /** Each grant has a link of its own that lets in one person. */
        ONE_TIME_LINK;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    public boolean isByOneTimeLink() {
        return admission == Admission.ONE_TIME_LINK;
    }

    public String handle() {
        return new Handle(Handle.CHANNEL, seller, id).toString();
    }
}
