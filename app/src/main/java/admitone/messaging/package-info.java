/** The port to the messenger, the inbox of what it told us, and the pace at which we may speak. */
@ApplicationModule(allowedDependencies = {"runtime", "database", "tasks"})
@NullMarked
package admitone.messaging;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
