package admitone.access;

import admitone.access.Ending.Outcome;
import admitone.tasks.Result;
import java.time.Instant;

/** Why somebody is to be put out, as {@link Removing} asks it. */
interface Removal {
    /** Within a transaction: nothing is decided about their seat until it ends. True: it is still to be done, and the call is on record. */
    boolean begin();

    /** Within a transaction: the call certainly did nothing. */
    void undone();

    /** Whether a call went out that may have done it. */
    boolean mayBeDone();

    /** What the attempt comes to; the look that told it began at {@code began}. */
    Result settled(Outcome outcome, Instant began);
}
