package admitone.catalog;

import admitone.runtime.Handle;
import admitone.runtime.SellerId;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A private chat that is sold. {@code standingLink} asks for approval and lets nobody in by itself; null until it is made. */
public record Channel(
        SellerId seller,
        UUID id,
        ClosedChatId closedChat,
        @Nullable OpenChatId openChat,
        String title,
        String slug,
        @Nullable String standingLink) {

    public String handle() {
        return new Handle(Handle.CHANNEL, seller, id).toString();
    }
}
