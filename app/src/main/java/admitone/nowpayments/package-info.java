/** Adapter of NOWPayments; the wire format stops here. */
@ApplicationModule(allowedDependencies = {"runtime", "money", "payments", "payouts"})
@NullMarked
package admitone.nowpayments;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
