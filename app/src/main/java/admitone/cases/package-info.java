/** What a person must decide: one case per subject and kind. */
@ApplicationModule(allowedDependencies = {"runtime", "database", "timeline", "tasks"})
@NullMarked
package admitone.cases;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
