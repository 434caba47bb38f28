package admitone.simulators.telegram;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** How somebody stands in a chat. {@code via} is the link they are inside by. */
record Membership(
        Status status,
        long untilDate,
        Rights rights,
        @Nullable Link via) {
    static final Membership NONE = new Membership(Status.LEFT, 0, Rights.NONE, null);

    enum Status {
        CREATOR,
        ADMINISTRATOR,
        MEMBER,
        LEFT,
        KICKED;

        @Override
        public String toString() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    record Rights(boolean invite, boolean restrict, boolean post) {
        static final Rights NONE = new Rights(false, false, false);
    }

    static Membership member(@Nullable Link via) {
        return new Membership(Status.MEMBER, 0, Rights.NONE, via);
    }

    static Membership kicked(long untilDate) {
        return new Membership(Status.KICKED, untilDate, Rights.NONE, null);
    }

    boolean isInside() {
        return status == Status.CREATOR || status == Status.ADMINISTRATOR || status == Status.MEMBER;
    }

    boolean isAdmin() {
        return status == Status.CREATOR || status == Status.ADMINISTRATOR;
    }

    /** A ban ends by itself at its date, with no update. */
    Membership at(long now) {
        return status == Status.KICKED && untilDate != 0 && untilDate <= now ? NONE : this;
    }
}
