/** Looks at everything and changes nothing: verdicts and invariants. */
@ApplicationModule(
        allowedDependencies = {
            "runtime",
            "database",
            "money",
            "timeline",
            "cases",
            "tasks",
            "messaging",
            "catalog",
            "payments",
            "access",
            "ledger",
            "checkout"
        })
@NullMarked
package admitone.audit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
