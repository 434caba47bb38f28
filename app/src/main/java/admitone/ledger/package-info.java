/** Double-entry journal. What a seller is owed is the sum of the postings on their account. */
@ApplicationModule(allowedDependencies = {"runtime", "database", "money"})
@NullMarked
package admitone.ledger;

import org.jspecify.annotations.NullMarked;
import org.springframework.modulith.ApplicationModule;
