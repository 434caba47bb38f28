/** An HTTP double of NOWPayments: its API with its types and errors, its signed notifications, and switches for what goes wrong with both. */
@NullMarked
package admitone.simulators.nowpayments;

import org.jspecify.annotations.NullMarked;
