/** The conversation in Telegram: from a picked plan to the pay page, and the commands. */
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
            "announcements"
        })
@NullMarked
package admitone.bot;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
