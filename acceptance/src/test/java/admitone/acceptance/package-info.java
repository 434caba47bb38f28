/** Black-box tests: the service as a process, PostgreSQL, both simulators; spoken to over HTTP and the command line. */
@NullMarked
package admitone.acceptance;

import org.jspecify.annotations.NullMarked;
