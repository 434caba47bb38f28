package admitone.bench;

import java.util.List;
import java.util.Locale;

/** The results as a picture: each as its share of the goal, which is one line for all. */
final class Chart {
    private static final int ROW = 44;
    private static final int TOP = 56;
    private static final int LEFT = 20;
    private static final int WIDTH = 860;
    private static final int GOAL_AT = 420;
    private static final double MOST_SHARE = 1.9;

    private Chart() {}

    static String svg(List<Result> results, List<Double> pgbench) {
        int height = TOP + ROW * results.size() + 16;
        StringBuilder svg = new StringBuilder("""
                <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="system-ui, sans-serif" font-size="13">
                <title>AdmitOne: what was measured, as a share of the goal</title>
                <rect width="100%%" height="100%%" fill="#ffffff"/>
                <text x="%d" y="24" font-size="16" font-weight="600" fill="#1b1f24">Share of the goal (longer is better)</text>
                """.formatted(WIDTH, height, LEFT));
        for (int i = 0; i < results.size(); i++) {
            svg.append(bar(results.get(i), pgbench, TOP + ROW * i));
        }
        svg.append("""
                <line x1="%1$d" y1="%2$d" x2="%1$d" y2="%3$d" stroke="#1b1f24" stroke-dasharray="4 3"/>
                <text x="%1$d" y="%4$d" text-anchor="middle" fill="#1b1f24">goal</text>
                </svg>
                """.formatted(LEFT + GOAL_AT, TOP - 6, height - 12, TOP - 12));
        return svg.toString();
    }

    private static String bar(Result result, List<Double> pgbench, int y) {
        Measure measure = result.measure();
        double share = Math.min(measure.share(result.median()), MOST_SHARE);
        String colour = result.isReached() ? "#2e7d4f" : "#b3541e";
        return String.format(
                Locale.ROOT,
                """
                <text x="%d" y="%d" fill="#1b1f24">%s: %s <tspan fill="#66707a">(goal %s%s)</tspan></text>
                <rect x="%d" y="%d" width="%.0f" height="16" rx="2" fill="%s"/>
                """,
                LEFT,
                y + 12,
                escaped(measure.title),
                Report.number(measure, result.median()),
                escaped(Report.goal(measure)),
                result.toPgbench(pgbench)
                        .map(ratio -> "; to pgbench " + Report.number(measure, ratio))
                        .orElse(""),
                LEFT,
                y + 18,
                GOAL_AT * share,
                colour);
    }

    private static String escaped(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
