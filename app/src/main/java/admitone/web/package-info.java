/** What holds for every route, whichever module serves it: headers, languages, the limit per address, error answers, {@code /health}. */
@ApplicationModule(allowedDependencies = {"runtime", "database", "messaging"})
@NullMarked
package admitone.web;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
