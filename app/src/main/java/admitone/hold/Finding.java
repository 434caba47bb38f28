package admitone.hold;

import java.util.Locale;

/** What a look at the database came to. */
sealed interface Finding {
    /** It is the one on record. */
    record Same() implements Finding {}

    /** It was never looked at before. */
    record New() implements Finding {}

    /** Another server took over, and nothing that this instance saw committed is missing. */
    record TakenOver() implements Finding {}

    /** It may be older than the world. */
    record Doubted(Reason reason, String why) implements Finding {}

    enum Reason {
        OTHER_SYSTEM,
        BEHIND,
        OLDER_TIMELINE,
        COPIED,
        /** Nobody can vouch yet that nothing is lost; an instance that can lifts the hold. */
        NEW_TIMELINE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }
}
