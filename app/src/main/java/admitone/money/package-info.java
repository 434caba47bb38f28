/** Exact amounts in an asset's smallest unit, and rates with their time and source. */
@ApplicationModule(allowedDependencies = {"runtime", "database"})
@NullMarked
package admitone.money;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
