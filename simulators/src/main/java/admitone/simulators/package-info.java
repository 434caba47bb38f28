/** HTTP doubles of NOWPayments and Telegram, faithful to their documents, with fault switches. Nothing of the service is used here. */
@NullMarked
package admitone.simulators;

import org.jspecify.annotations.NullMarked;
