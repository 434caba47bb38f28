/** What every module stands on: settings, ids, the clock, answers of the outside, fault points. */
@ApplicationModule(allowedDependencies = {})
@NullMarked
package admitone.runtime;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
