/** The performance table: measures the service as its users run it, against a baseline of the same run. Knows it by its commands, HTTP and tables only. */
@NullMarked
package admitone.bench;

import org.jspecify.annotations.NullMarked;
