/** Money that leaves for sellers: where to, and the port to who sends it. */
@ApplicationModule(
        allowedDependencies = {
            "runtime",
            "database",
            "hold",
            "money",
            "tasks",
            "timeline",
            "cases",
            "messaging",
            "catalog",
            "payments",
            "ledger"
        })
@NullMarked
package admitone.payouts;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
