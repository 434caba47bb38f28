/** Looks at everything and changes nothing of it: verdicts, invariants, and what the provider says differently, which it has asked about again. */
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
            "payouts",
            "checkout",
            "fulfillment"
        })
@NullMarked
package admitone.audit;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
