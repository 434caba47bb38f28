package admitone.audit;

import admitone.Core;
import java.util.List;

/** Which invariants do not hold, for the tests of other modules. */
public final class Broken {
    private Broken() {}

    /** Each with examples. */
    public static List<String> in(Core core) {
        return new Invariants(core.jdbc, core.clock)
                .check().stream()
                        .filter(one -> one.violations() > 0)
                        .map(one -> one.id() + " " + one.examples())
                        .toList();
    }
}
