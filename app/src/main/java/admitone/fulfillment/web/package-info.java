/** The door for notifications. */
@NullMarked
package admitone.fulfillment.web;

import org.jspecify.annotations.NullMarked;
