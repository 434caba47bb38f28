/** REST for sellers and operators. */
@ApplicationModule(
        allowedDependencies = {
            "runtime",
            "database",
            "money",
            "timeline",
            "cases",
            "hold",
            "tasks",
            "messaging",
            "catalog",
            "payments",
            "access",
            "ledger",
            "payouts",
            "checkout",
            "fulfillment",
            "bot",
            "announcements",
            "audit"
        })
@NullMarked
package admitone.api;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
