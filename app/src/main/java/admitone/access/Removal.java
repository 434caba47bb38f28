package admitone.access;

import admitone.access.Ending.Outcome;
import admitone.cases.Case;
import admitone.tasks.Result;
import java.util.Map;
import java.util.Optional;

/** Why somebody is to be put out, as {@link Removing} asks it. */
interface Removal {
    /** What must come before, if anything. */
    default Optional<Result> notYet() {
        return Optional.empty();
    }

    /** Within a transaction: nothing is decided about their seat until it ends. True: it is still to be done, and the call is on record. */
    boolean begin();

    /** Within a transaction: the call certainly did nothing. */
    void undone();

    /** Whether a call went out that may have done it. */
    boolean mayBeDone();

    /** Within the transaction that ends the task: what it comes to. */
    void settle(Outcome outcome);

    /** A person is asked about somebody whom no bot may remove. */
    Case.Draft administratorInside();

    /** Under which the timeline tells of it. */
    String subject();

    /** In a word of the timeline. */
    String word(Outcome outcome);

    Map<String, String> detail();
}
