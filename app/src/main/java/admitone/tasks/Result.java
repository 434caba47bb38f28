package admitone.tasks;

import java.time.Duration;

/** What an attempt came to. {@code record} runs in the transaction that completes it, and only if this attempt is still the newest. */
public sealed interface Result {
    Runnable NOTHING = () -> {};

    /** What is written with the outcome. */
    default Runnable record() {
        return NOTHING;
    }

    /** The effect is there. */
    record Done(Runnable record) implements Result {}

    /** It certainly did not happen; tried again after {@code after}. */
    record Later(Duration after, String why, Runnable record) implements Result {}

    /** It certainly did not happen; tried again with growing pauses, a limited number of times. */
    record Failed(String why) implements Result {}

    /** It may have happened; the next attempt looks first, or repeats what may be repeated. */
    record Unknown(Duration after, String why) implements Result {}

    /** It will not happen unless a person acts. */
    record Dead(String why, Runnable record) implements Result {}

    static Result done() {
        return new Done(NOTHING);
    }

    static Result later(Duration after, String why) {
        return new Later(after, why, NOTHING);
    }

    static Result dead(String why) {
        return new Dead(why, NOTHING);
    }
}
