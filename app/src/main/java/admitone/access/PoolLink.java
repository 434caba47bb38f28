package admitone.access;

import admitone.runtime.SellerId;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A link by which one person comes in. It is made ahead of any payment and belongs to nobody until it is assigned to a grant.
 *
 * @param botId the bot that made it, the only one that can change or revoke it
 * @param url null: the answer to its making was lost
 * @param grantId whose way in it is, or was; null: nobody's
 * @param readyAt its expiry was set for its grant; null: it may not be told yet
 * @param toldAt before a message with it was first sent; null: nobody knows it
 */
public record PoolLink(
        SellerId seller,
        UUID id,
        UUID channelId,
        long botId,
        String name,
        @Nullable String url,
        State state,
        @Nullable UUID grantId,
        Instant expiresAt,
        @Nullable Instant assignedAt,
        @Nullable Instant readyAt,
        @Nullable Instant toldAt) {

    /** What has become of it. */
    public enum State {
        FREE,
        /** The living way in of its grant. */
        ASSIGNED,
        /** It must open nothing any more; the messenger has yet to confirm that. */
        REVOKING,
        REVOKED,
        /** Told to nobody, and never will be. */
        VOID,
        /** The answer to its making was lost: nobody knows its address. */
        ABANDONED;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** The address, of a link that has one. */
    public String address() {
        if (url == null) {
            throw new IllegalStateException("link " + name + " of seller " + seller + " has no known address");
        }
        return url;
    }

    /** Whoever has the address has a ticket: no log line may have it. */
    @Override
    public String toString() {
        return name + " of seller " + seller;
    }
}
