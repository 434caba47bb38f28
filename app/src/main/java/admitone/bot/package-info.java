/** The conversation in Telegram: from a picked plan to the pay page, the commands, and what sellers do by buttons. */
@ApplicationModule(
        allowedDependencies = {
            "runtime",
            "database",
            "messaging",
            "tasks",
            "timeline",
            "cases",
            "money",
            "catalog",
            "access",
            "checkout",
            "payouts",
            "fulfillment",
            "announcements"
        })
@NullMarked
package admitone.bot;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
