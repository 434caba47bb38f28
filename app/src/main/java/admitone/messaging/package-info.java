/** The port to the messenger, the inbox of what it told us, the election of who listens, and the pace at which we may speak. */
@ApplicationModule(allowedDependencies = {"runtime", "database", "tasks"})
@NullMarked
package admitone.messaging;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
