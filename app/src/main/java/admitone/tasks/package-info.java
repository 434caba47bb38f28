/** Outside effects owed (transactional outbox): recorded with the decision, claimed with a lease and a fencing attempt. */
@ApplicationModule(allowedDependencies = {"runtime", "database", "timeline", "hold"})
@NullMarked
package admitone.tasks;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
