/** Adapter of NOWPayments; the wire format stops here. */
@NullMarked
package admitone.nowpayments;

import org.jspecify.annotations.NullMarked;
