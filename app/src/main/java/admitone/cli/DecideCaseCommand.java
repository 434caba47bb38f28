package admitone.cli;

import java.util.LinkedHashMap;
import java.util.List;
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
        description = "Decides a case, once. Without --as, tells what it is about and what can be decided.",
        mixinStandardHelpOptions = true)
final class DecideCaseCommand implements Callable<Integer> {
    @Parameters(paramLabel = "CASE_ID", description = "As ./admitone cases lists it.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String caseId;

    @Option(
            names = "--as",
            paramLabel = "DECISION",
            description = "One of those that are told without --as, such as grant or dismiss.")
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

    private String told(JsonNode one) {
        boolean isDecided = !one.path("decided").isNull();
        String about = isDecided ? about(one) + decided(one.path("decided")) : about(one);
        if (one.path("decisions").isEmpty()) {
            return isDecided ? about : about + "The operator alone decides it.\n";
        }
        Table table = new Table("decision", "give with it", "effect");
        one.path("decisions")
                .forEach(it -> table.row(
                        it.path("decision").stringValue(""),
                        it.path("needs").isEmpty() ? "--reason" : "--reason --order ORDER_ID",
                        it.path("effect").stringValue("")));
        return about + (isDecided ? "\n" : "") + table + "\nDecide it: ./admitone cases decide " + caseId
                + " --as DECISION --reason \"why\"\n";
    }

    private static String decided(JsonNode decided) {
        return "It was decided: " + decided.path("decision").stringValue("") + ", by "
                + decided.path("by").stringValue("") + " ("
                + decided.path("reason").stringValue("") + ").\n";
    }

    private static String about(JsonNode one) {
        StringBuilder text = new StringBuilder(one.path("kind").stringValue(""));
        for (String field : List.of("subject", "payment_id", "order_id", "seller_id", "opened_at")) {
            if (one.path(field).isString()) {
                text.append("\n  ")
                        .append(field.replace('_', ' '))
                        .append(": ")
                        .append(one.path(field).stringValue());
            }
        }
        one.path("detail")
                .propertyStream()
                .forEach(fact -> text.append("\n  ")
                        .append(fact.getKey().replace('_', ' '))
                        .append(": ")
                        .append(fact.getValue().asString()));
        return text.append("\n\n").toString();
    }
}
