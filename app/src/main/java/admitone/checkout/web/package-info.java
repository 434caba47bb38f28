/** What buyers reach by HTTP: the status API and the pages. */
@NullMarked
package admitone.checkout.web;

import org.jspecify.annotations.NullMarked;
