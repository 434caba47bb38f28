package admitone.access;

import admitone.tasks.Owed;
import java.util.UUID;

/** What a channel has for somebody who pays now; read under lock, in the transaction that grants. */
public sealed interface WayIn {
    /** The channel's one link, which asks for approval. */
    record Standing(boolean isMade) implements WayIn {}

    /** A link of the channel's pool, locked for this grant. */
    record OneTime(PoolLink link) implements WayIn {}

    /** No link is free: a task assigns one as soon as there is. */
    record PoolEmpty(UUID channelId) implements WayIn {}

    /** The buyer is inside, as last heard, or has a link by the same payment: none of the pool is taken before somebody has looked. */
    record Inside() implements WayIn {}

    /** How far the way in of a grant made now has come. */
    default Grant.Access access() {
        return switch (this) {
            case Standing(boolean isMade) -> isMade ? Grant.Access.READY : Grant.Access.PREPARING;
            case OneTime _ -> Grant.Access.READY;
            case PoolEmpty _, Inside() -> Grant.Access.PREPARING;
        };
    }

    /** What is owed to the buyer next. */
    default Owed owedTo(UUID grantId) {
        return switch (this) {
            case Standing _, Inside() -> Effects.deliver(grantId);
            case OneTime(PoolLink link) -> Effects.freshen(link.id());
            case PoolEmpty(UUID channelId) -> Effects.assignLink(channelId, grantId, "payment");
        };
    }
}
