/** Tests of the NOWPayments simulator, most of them over HTTP. */
@NullMarked
package admitone.simulators.nowpayments;

import org.jspecify.annotations.NullMarked;
