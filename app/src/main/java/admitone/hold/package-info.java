/** After a restore the world is newer than the database: outside effects wait until a person lets them go on. */
@ApplicationModule(allowedDependencies = {"runtime", "database", "timeline"})
@NullMarked
package admitone.hold;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
