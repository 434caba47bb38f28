package admitone.cases;

import admitone.runtime.SellerId;
import java.util.Map;
import java.util.Set;

/** Acts on what a person decided about the cases of one kind; of the module that opens them. */
public interface CaseDecider {
    String kind();

    /** What a person may answer with, and what comes of each. */
    Map<String, String> decisions();

    /** Those of {@link #decisions} that answer nothing for good: after them it may be decided otherwise. */
    default Set<String> forNow() {
        return Set.of();
    }

    /** Whether it is about the operator's money or the provider's, so that a seller may see it and not decide it. */
    default boolean isForOperator() {
        return false;
    }

    /**
     * Outside any transaction, before it is decided: looks at what it depends on outside. May run again.
     *
     * @throws DecisionRefused when it cannot be done now
     */
    default void before(SellerId seller, Case one, String decision) {}

    /** Within that transaction, before the case's own row is locked: locks what else writes cases while it has it. */
    default void lock(SellerId seller, Case one) {}

    /**
     * Within the transaction that records the decision, which is one of {@link #decisions}.
     *
     * @throws DecisionRefused when it cannot be done now
     */
    void decided(SellerId seller, Case one, String decision, String by);
}
