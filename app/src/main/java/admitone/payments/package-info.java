/** Payments at the provider: their states and rules, the notification inbox, the creation protocol, the provider's port. */
@ApplicationModule(allowedDependencies = {"runtime", "database", "money", "hold", "tasks", "timeline", "cases"})
@NullMarked
package admitone.payments;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
