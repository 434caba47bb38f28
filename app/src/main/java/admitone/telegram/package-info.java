/** Adapter of the Telegram Bot API; the wire format stops here. */
@ApplicationModule(allowedDependencies = {"runtime", "database", "hold", "messaging"})
@NullMarked
package admitone.telegram;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
