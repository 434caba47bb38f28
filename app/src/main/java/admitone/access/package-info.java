/** Who may be inside: grants, admission, delivery of the way in. */
@ApplicationModule(
        allowedDependencies = {"runtime", "database", "hold", "catalog", "messaging", "tasks", "timeline", "cases"})
@NullMarked
package admitone.access;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
