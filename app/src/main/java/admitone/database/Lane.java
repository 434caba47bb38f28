package admitone.database;

import java.util.function.Supplier;

/** Which connection pool the current thread uses: no purpose can starve another of connections. */
public enum Lane {
    /** Notifications: short lock timeout, fails fast. */
    INTAKE,
    /** What buyers look at, and the metrics of tasks: rows by their keys. */
    READS,
    /** What sellers and operators look through: lists and checks over many rows. */
    LISTS,
    /** Whether the database is still the one on record: one connection, so that a want of all others is not taken for a restore. */
    WATCH,
    /** Everything else. */
    WORK;

    private static final ScopedValue<Lane> CURRENT = ScopedValue.newInstance();

    static Lane current() {
        return CURRENT.orElse(WORK);
    }

    /** Runs {@code work} with connections of this lane. */
    public <T> T run(Supplier<T> work) {
        return ScopedValue.where(CURRENT, this).call(work::get);
    }
}
