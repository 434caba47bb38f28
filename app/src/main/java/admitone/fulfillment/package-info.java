/** The main flow in one file, and its doors: notifications and the sweep. */
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
            "access",
            "ledger",
            "payouts",
            "checkout"
        })
@NullMarked
package admitone.fulfillment;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
