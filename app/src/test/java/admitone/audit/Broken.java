package admitone.audit;

import admitone.Core;
import admitone.database.LongReads;
import java.util.List;

/** Which invariants do not hold, for the tests of other modules. */
public final class Broken {
    private Broken() {}

    /** Each with examples. */
    public static List<String> in(Core core) {
        return new Invariants(core.bean(LongReads.class), core.clock)
                .check(Reconciliation.LOOK_WITHIN, Reconciliation.LOOK_AT_ALL_WITHIN).stream()
                        .filter(one -> one.violations() != 0)
                        .map(one -> one.id() + " " + one.examples() + one.why())
                        .toList();
    }
}
