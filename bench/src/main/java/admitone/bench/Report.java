package admitone.bench;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;

/** The findings as a table, as JSON and with what they were measured on. */
final class Report {
    private final Plan plan;
    private final List<Result> results;
    private final Stage.Findings findings;
    private final Optional<Stage.Findings> withOld;
    private final String old;

    /** @param old how many old payments there were, in words, or how to have them */
    Report(Plan plan, Stage.Findings findings, Optional<Stage.Findings> withOld, String old) {
        this.plan = plan;
        this.findings = findings;
        this.withOld = withOld;
        this.old = old;
        this.results = new ArrayList<>(findings.results());
        withOld.flatMap(filled -> worst(findings, filled)).ifPresent(results::add);
    }

    List<Result> results() {
        return results;
    }

    /** How much of each result is left where the database is full; memory is not compared. */
    private Optional<Result> worst(Stage.Findings empty, Stage.Findings filled) {
        List<Double> left = new ArrayList<>();
        List<String> words = new ArrayList<>();
        for (Result before : empty.results()) {
            if (before.measure().kind == Measure.Kind.MEBIBYTES) {
                continue;
            }
            filled.results().stream()
                    .filter(after -> after.measure() == before.measure())
                    .forEach(after -> {
                        double share = left(before, after);
                        left.add(share);
                        words.add("%s %.2f".formatted(before.measure().word(), share));
                    });
        }
        return left.isEmpty()
                ? Optional.empty()
                : Optional.of(new Result(
                        Measure.WITH_OLD,
                        List.of(Statistics.least(left)),
                        List.of(),
                        old + ": " + String.join(", ", words)));
    }

    /** Round by round, since those of the same number were measured within minutes: the median. */
    private static double left(Result before, Result after) {
        List<Double> shares = new ArrayList<>();
        for (int i = 0; i < Math.min(before.values().size(), after.values().size()); i++) {
            double share = after.values().get(i) / before.values().get(i);
            shares.add(before.measure().isMoreBetter() ? share : 1 / share);
        }
        return Statistics.median(shares);
    }

    String table() {
        List<String[]> rows = new ArrayList<>();
        rows.add(new String[] {"measure", "median", "least", "most", "to pgbench", "goal", "reached"});
        results.forEach(result -> rows.add(row(result, findings)));
        if (withOld.isEmpty()) {
            rows.add(new String[] {Measure.WITH_OLD.title, "-", "-", "-", "-", goal(Measure.WITH_OLD), old});
        }
        StringBuilder text = new StringBuilder(lines(rows));
        text.append('\n');
        for (Result result : results) {
            if (!result.raw().isEmpty()) {
                text.append("  %s: %.0f/s (median); %s%n"
                        .formatted(result.measure().word(), Statistics.median(result.raw()), result.load()));
            } else {
                text.append("  %s: %s%n".formatted(result.measure().word(), result.load()));
            }
        }
        text.append('\n');
        facts(findings).forEach((name, value) -> text.append("  %s: %s%n".formatted(name, value)));
        withOld.ifPresent(filled -> {
            text.append("\nwith ").append(old).append(":\n");
            List<String[]> more = new ArrayList<>();
            filled.results().forEach(result -> more.add(row(result, filled)));
            text.append(lines(more));
        });
        return text.toString();
    }

    private static String[] row(Result result, Stage.Findings of) {
        return new String[] {
            result.measure().title,
            number(result.measure(), result.median()),
            number(result.measure(), Statistics.least(result.values())),
            number(result.measure(), Statistics.most(result.values())),
            result.toPgbench(of.pgbench())
                    .map(ratio -> number(result.measure(), ratio))
                    .orElse("-"),
            goal(result.measure()),
            result.isReached() ? "yes" : "no"
        };
    }

    private static String lines(List<String[]> rows) {
        int columns = rows.getFirst().length;
        int[] widths = new int[columns];
        rows.forEach(row -> {
            for (int i = 0; i < columns; i++) {
                widths[i] = Math.max(widths[i], row[i].length());
            }
        });
        StringBuilder text = new StringBuilder();
        for (String[] row : rows) {
            for (int i = 0; i < columns; i++) {
                String pad = " ".repeat(widths[i] - row[i].length());
                boolean isNumber = i > 0 && i < columns - 1;
                text.append("  ").append(isNumber ? pad + row[i] : row[i] + pad);
            }
            text.append('\n');
        }
        return text.toString().replaceAll("(?m) +$", "");
    }

    static String number(Measure measure, double value) {
        String form = switch (measure.kind) {
            case RATIO, SECONDS -> "%.2f";
            case MILLISECONDS -> "%.1f";
            case MEBIBYTES, PER_SECOND -> "%.0f";
        };
        return String.format(Locale.ROOT, form + " %s", value, measure.kind.unit);
    }

    static String goal(Measure measure) {
        String amount = measure.goal == Math.rint(measure.goal) && measure.kind != Measure.Kind.RATIO
                ? String.format(Locale.ROOT, "%.0f", measure.goal)
                : Double.toString(measure.goal);
        return (measure.isMoreBetter() ? "≥ " : "< ") + amount + " " + measure.kind.unit;
    }

    /** What must be known to read the figures. */
    private Map<String, String> facts(Stage.Findings of) {
        Map<String, String> facts = new LinkedHashMap<>();
        if (!of.baselines().isEmpty()) {
            double baseline = Statistics.median(of.baselines());
            facts.put(
                    "baseline (1)",
                    "%.0f inserts/s, median of %d, from %.0f to %.0f"
                            .formatted(
                                    baseline,
                                    of.baselines().size(),
                                    Statistics.least(of.baselines()),
                                    Statistics.most(of.baselines())));
            facts.put(
                    "pgbench",
                    of.pgbench().isEmpty()
                            ? "not found on this machine"
                            : "%.0f inserts/s, median of %d: %.2f of the baseline"
                                    .formatted(
                                            Statistics.median(of.pgbench()),
                                            of.pgbench().size(),
                                            Statistics.median(of.pgbench()) / baseline));
        }
        facts.put("PostgreSQL's memory after the load", of.postgresMemory());
        facts.put("rounds", plan.rounds() + ", seed " + plan.seed());
        facts.putAll(of.machine());
        return facts;
    }

    /** SVG. */
    String chart() {
        return Chart.svg(results, findings.pgbench());
    }

    String json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put(
                "measured_at",
                java.time.Instant.now()
                        .truncatedTo(java.time.temporal.ChronoUnit.SECONDS)
                        .toString());
        json.put("old_payments", old);
        json.put(
                "results",
                results.stream().map(result -> json(result, findings)).toList());
        json.put("facts", facts(findings));
        json.put("baselines", findings.baselines());
        json.put("pgbench", findings.pgbench());
        withOld.ifPresent(filled -> {
            json.put(
                    "results_with_old_payments",
                    filled.results().stream()
                            .map(result -> json(result, filled))
                            .toList());
            json.put("facts_with_old_payments", facts(filled));
        });
        return JsonMapper.builder()
                .enable(SerializationFeature.INDENT_OUTPUT)
                .build()
                .writeValueAsString(json);
    }

    private static Map<String, Object> json(Result result, Stage.Findings of) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("measure", result.measure().word());
        json.put("title", result.measure().title);
        json.put("unit", result.measure().kind.unit);
        json.put("median", result.median());
        json.put("values", result.values());
        json.put("per_second", result.raw());
        result.toPgbench(of.pgbench()).ifPresent(ratio -> json.put("to_pgbench", ratio));
        json.put("goal", goal(result.measure()));
        json.put("reached", result.isReached());
        json.put("load", result.load());
        return json;
    }
}
