package admitone.messaging;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** How long an access lasts, as a text tells it. */
public sealed interface Lasting {
    /** Null: for life. */
    record Until(@Nullable Instant endsAt) implements Lasting {}

    /** Null: for life. */
    record Days(@Nullable Integer days) implements Lasting {}

    /** At least one; whole days from the second on are told as days. */
    record Hours(int hours) implements Lasting {}
}
