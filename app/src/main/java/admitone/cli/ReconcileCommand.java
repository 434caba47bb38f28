package admitone.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.JsonNode;

@Command(
        name = "reconcile",
        description =
                "Takes in the provider's payments that are not known here, and compares its list with ours; exit code 1 where they"
                        + " differ.",
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
        System.out.println(report.path("compared") + " payments compared since "
                + report.path("since").stringValue("") + ", " + report.path("taken_in") + " taken in, "
                + differences.size() + " differences");
        if (!report.path("complete").asBoolean()) {
            System.out.println("NOT the whole list: " + report.path("why").stringValue(""));
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
}
