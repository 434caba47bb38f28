package admitone.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
        name = "timeline",
        description = "What happened to a payment, in order, with causes, and the verdict.",
        mixinStandardHelpOptions = true)
final class TimelineCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PAYMENT_ID", description = "The provider's payment id.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String paymentId;

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() {
        if (!paymentId.matches("[0-9]{1,30}")) {
            throw new Failure("a payment id is the provider's number, such as 5996609246");
        }
        JsonNode timeline = service.rest().get("/api/v1/payments/" + paymentId + "/timeline");
        if (service.json) {
            System.out.println(timeline.toPrettyString());
            return 0;
        }
        System.out.println("Payment " + paymentId);
        Table table = new Table("when (UTC)", "what", "cause", "source", "detail");
        for (JsonNode event : timeline.path("events")) {
            table.row(
                    event.path("at").stringValue("").replace('T', ' ').replace("Z", ""),
                    event.path("kind").stringValue(""),
                    event.path("cause").stringValue(""),
                    event.path("source").stringValue(""),
                    detail(event.path("detail")));
        }
        System.out.print(table);
        System.out.println(timeline.path("triggers") + " triggers, " + timeline.path("absorbed") + " absorbed");
        System.out.println(timeline.path("verdict").stringValue(""));
        return 0;
    }

    private static String detail(JsonNode detail) {
        StringBuilder text = new StringBuilder();
        detail.propertyStream()
                .forEach(entry -> text.append(text.isEmpty() ? "" : ", ")
                        .append(entry.getKey())
                        .append(' ')
                        .append(entry.getValue().stringValue("")));
        return text.toString();
    }
}
