/** Sellers, their channels and their plans. */
@ApplicationModule(allowedDependencies = {"runtime", "database", "money"})
@NullMarked
package admitone.catalog;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
