/** The door for updates that Telegram sends. */
@NullMarked
package admitone.telegram.web;

import org.jspecify.annotations.NullMarked;
