/** Orders, and what a buyer may read about them. */
@ApplicationModule(allowedDependencies = {"runtime", "database", "messaging", "catalog", "payments", "access", "money"})
@NullMarked
package admitone.checkout;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
