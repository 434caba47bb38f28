package admitone.cli;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

@Command(
        name = "reconcile",
        description =
                "Takes in the provider's payments that are not known here, and compares its payments and payouts with ours, and ours"
                        + " with members and the ledger; exit code 1 where they differ.",
        mixinStandardHelpOptions = true)
final class ReconcileCommand implements Callable<Integer> {
    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() {
        JsonNode report = service.rest().postLong("/api/v1/reconciliation");
        JsonNode differences = report.path("differences");
        boolean fine = differences.isEmpty() && report.path("complete").asBoolean();
        if (service.json) {
            System.out.println(report.toPrettyString());
            return fine ? 0 : 1;
        }
        System.out.println(told(report));
        if (!report.path("complete").asBoolean()) {
            System.out.println("NOT all was compared: " + report.path("why").stringValue(""));
        }
        Table table = new Table("kind", "about", "provider", "ours", "what to do");
        for (JsonNode one : differences) {
            table.row(
                    one.path("kind").stringValue(""),
                    one.path("about").stringValue(""),
                    one.path("provider").stringValue(""),
                    one.path("ours").stringValue(""),
                    one.path("todo").stringValue(""));
        }
        if (!differences.isEmpty()) {
            System.out.print(table);
        }
        return fine ? 0 : 1;
    }

    /** What was compared, in a line. */
    static String told(JsonNode report) {
        long left = report.path("members_outside_with_right").longValue(0);
        Instant since = Instant.parse(report.path("since").stringValue()).truncatedTo(ChronoUnit.SECONDS);
        return "Compared since " + since + ": "
                + Count.of(report.path("compared").longValue(0), "payment")
                + " (" + report.path("taken_in") + " taken in, " + report.path("asked_again") + " asked about again), "
                + Count.of(report.path("payouts_compared").longValue(0), "payout")
                + "; " + Count.of(report.path("members_inside").longValue(0), "member") + " inside"
                + (left == 0
                        ? ""
                        : ", " + left + " outside though their time runs (they left, or were removed by hand)")
                + "; " + Count.of(report.path("differences").size(), "difference");
    }
}
