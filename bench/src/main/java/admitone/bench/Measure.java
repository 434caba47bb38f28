package admitone.bench;

import java.util.Arrays;
import java.util.Locale;

/** What can be measured, with its goal. */
enum Measure {
    SETTLE("settling IPN → durable grant, accrual and owed effects", 0.5, Kind.RATIO),
    MESSAGES("settling IPN → the same, and the message sent", 0.25, Kind.RATIO),
    REPEATS("identical repeats absorbed", 1.5, Kind.RATIO),
    STATUS("status reads", 1.5, Kind.RATIO),
    LATENCY_P50("IPN → message sent at 20 payments/s, p50", 5, Kind.MILLISECONDS),
    LATENCY_P99("IPN → message sent at 20 payments/s, p99", 10, Kind.MILLISECONDS),
    READY("ready on an existing database", 3, Kind.SECONDS),
    REST("resident at rest", 300, Kind.MEBIBYTES),
    LOADED("resident under load, at most", 500, Kind.MEBIBYTES),
    STATEMENT_PAGE("first page of a busy year's statement", 1000, Kind.MILLISECONDS),
    STATEMENT_CSV("all of it as CSV", 20_000, Kind.PER_SECOND),
    STATEMENT_MEMORY("memory that the CSV takes", 32, Kind.MEBIBYTES),
    WITH_OLD("the worst of the ratios and times above, with old payments against an empty database", 0.9, Kind.RATIO);

    enum Kind {
        /** To the baseline; more is better. */
        RATIO("×"),
        /** More is better. */
        PER_SECOND("/s"),
        MILLISECONDS("ms"),
        SECONDS("s"),
        MEBIBYTES("MiB");

        final String unit;

        Kind(String unit) {
            this.unit = unit;
        }
    }

    final String title;
    final double goal;
    final Kind kind;

    Measure(String title, double goal, Kind kind) {
        this.title = title;
        this.goal = goal;
        this.kind = kind;
    }

    String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    boolean isReachedBy(double value) {
        return isMoreBetter() ? value >= goal : value < goal;
    }

    /** How much of the goal a value is, 1 and more is reached. */
    double share(double value) {
        return isMoreBetter() ? value / goal : goal / value;
    }

    boolean isMoreBetter() {
        return kind == Kind.RATIO || kind == Kind.PER_SECOND;
    }

    /** What is measured together, as {@code --only} names it. */
    enum Group {
        SETTLE,
        MESSAGES,
        REPEATS,
        STATUS,
        LATENCY,
        STATEMENT,
        START;

        static Group named(String word) {
            return Arrays.stream(values())
                    .filter(group -> group.name().equalsIgnoreCase(word.strip()))
                    .findFirst()
                    .orElseThrow(() -> new Failure(
                            "--only knows " + Arrays.toString(values()).toLowerCase(Locale.ROOT) + ", not " + word));
        }
    }
}
