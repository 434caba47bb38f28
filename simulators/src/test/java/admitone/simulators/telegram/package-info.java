/** What the Telegram simulator promises, asked over HTTP as a bot would. */
@NullMarked
package admitone.simulators.telegram;

import org.jspecify.annotations.NullMarked;
