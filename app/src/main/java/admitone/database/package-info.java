/** The PostgreSQL that comes along: started below the data directory when no other database is set. */
@ApplicationModule(allowedDependencies = "runtime")
@NullMarked
package admitone.database;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
