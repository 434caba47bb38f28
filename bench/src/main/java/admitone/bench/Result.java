package admitone.bench;

import java.util.List;
import java.util.Optional;

/**
 * What a measure came to.
 *
 * @param values one a round, in the unit of the goal
 * @param raw one a round, before the baseline came in, or empty
 * @param load what was done, in words
 */
record Result(Measure measure, List<Double> values, List<Double> raw, String load) {
    double median() {
        return Statistics.median(values);
    }

    /** As a ratio to what pgbench did in the same run; empty where it was not there, or what was measured is no rate. */
    Optional<Double> toPgbench(List<Double> pgbench) {
        return measure.kind == Measure.Kind.RATIO && !raw.isEmpty() && !pgbench.isEmpty()
                ? Optional.of(Statistics.median(raw) / Statistics.median(pgbench))
                : Optional.empty();
    }

    boolean isReached() {
        return measure.isReachedBy(median());
    }
}
