/** The commands; dispatched before Spring starts. */
@ApplicationModule(
        allowedDependencies = {"runtime", "database", "hold", "catalog", "payouts", "nowpayments", "telegram"})
@NullMarked
package admitone.cli;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
