/** Adapter of the Telegram Bot API; the wire format stops here. */
@ApplicationModule(allowedDependencies = {"runtime", "database", "messaging"})
@NullMarked
package admitone.telegram;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
