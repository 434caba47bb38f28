/** What sellers say to members whose time is over: seldom, slowly, and only to those who want to hear it. */
@ApplicationModule(allowedDependencies = {"runtime", "database", "messaging", "catalog", "access", "tasks", "timeline"})
@NullMarked
package admitone.announcements;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
