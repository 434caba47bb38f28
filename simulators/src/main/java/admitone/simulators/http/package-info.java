/** The small HTTP server both simulators stand on. */
@NullMarked
package admitone.simulators.http;

import org.jspecify.annotations.NullMarked;
