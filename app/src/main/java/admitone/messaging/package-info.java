/** The port to the messenger, what we say and in which language, the inbox of what it told us, the election of who listens, and the pace at which we may speak. */
@ApplicationModule(allowedDependencies = {"runtime", "database", "money", "tasks"})
@NullMarked
package admitone.messaging;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
