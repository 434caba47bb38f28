/** An HTTP double of the Telegram Bot API: bots, people, chats, invite links and join requests, with fault switches and a page to act as a person. */
@NullMarked
package admitone.simulators.telegram;

import org.jspecify.annotations.NullMarked;
