package admitone.bench;

import java.util.List;

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

    boolean isReached() {
        return measure.isReachedBy(median());
    }
}
