package admitone.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
        name = "decide",
        description = "Decides a case, once. Without --as, tells what can be decided.",
        mixinStandardHelpOptions = true)
final class DecideCaseCommand implements Callable<Integer> {
    @Parameters(paramLabel = "CASE_ID", description = "As ./admitone cases lists it.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String caseId;

    @Option(names = "--as", paramLabel = "DECISION", description = "grant, extend or dismiss.")
    private @Nullable String decision;

    @Option(names = "--reason", description = "Why; kept with the decision.")
    private @Nullable String reason;

    @Option(names = "--order", paramLabel = "ORDER_ID", description = "With grant: the unpaid order it is for.")
    private @Nullable String orderId;

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() {
        Rest rest = service.rest();
        String path = "/api/v1/cases/" + Rest.encoded(caseId);
        if (decision == null) {
            JsonNode one = rest.get(path);
            System.out.print(service.json ? one.toPrettyString() + "\n" : told(one));
            return 0;
        }
        if (reason == null) {
            throw new Failure("say why: --reason \"the buyer was told\"");
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("decision", decision);
        body.put("reason", reason);
        if (orderId != null) {
            body.put("order_id", orderId);
        }
        JsonNode answer = rest.post(path + "/decide", body);
        System.out.println(
                service.json
                        ? answer.toPrettyString()
                        : "Decided: " + answer.path("decided").path("decision").stringValue("") + ".");
        return 0;
    }

    private static String told(JsonNode one) {
        if (!one.path("decided").isNull()) {
            JsonNode decided = one.path("decided");
            return "It was decided: " + decided.path("decision").stringValue("") + ", by "
                    + decided.path("by").stringValue("") + ", since "
                    + decided.path("reason").stringValue("") + ".\n";
        }
        Table about =
                new Table(one.path("kind").stringValue(""), one.path("subject").stringValue(""));
        one.path("detail")
                .propertyStream()
                .forEach(it -> about.row(it.getKey(), it.getValue().stringValue("")));
        Table table = new Table("decision", "needs", "effect");
        one.path("decisions").forEach(it -> {
            StringBuilder needs = new StringBuilder();
            it.path("needs").forEach(need -> needs.append(need.stringValue("")).append(' '));
            table.row(
                    it.path("decision").stringValue(""),
                    needs.isEmpty() ? "-" : needs.toString().strip(),
                    it.path("effect").stringValue(""));
        });
        return about + "\n" + table;
    }
}
