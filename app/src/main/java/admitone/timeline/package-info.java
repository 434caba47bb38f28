/** What happened, appended with its cause; absorbed repeats too. Rows are only ever inserted. */
@ApplicationModule(allowedDependencies = {"runtime", "database"})
@NullMarked
package admitone.timeline;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
