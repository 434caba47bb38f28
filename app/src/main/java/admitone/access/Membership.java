package admitone.access;

import java.util.Locale;

/**
 * Who works a channel.
 *
 * @param observing another bot does: nobody is let in, declined or removed by us, it is only told what we would do
 * @param unknownMembers what becomes of those inside who have no right
 */
public record Membership(boolean observing, UnknownMembers unknownMembers) {
    public static final Membership DEFAULT = new Membership(false, UnknownMembers.REPORT);

    public enum UnknownMembers {
        /** A person decides about each. */
        REPORT,
        /** Removed without asking, so many a day. */
        REMOVE;

        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
