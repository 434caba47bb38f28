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
        name = "switch",
        description =
                "Stops the payouts of a seller or of all, or lets them go on; without on or off, tells how it stands.",
        mixinStandardHelpOptions = true)
final class SwitchCommand implements Callable<Integer> {
    enum To {
        ON,
        OFF
    }

    @Parameters(paramLabel = "on|off", arity = "0..1", description = "off: nothing goes out.")
    private @Nullable To to;

    @Option(names = "--seller", description = "One seller's, by their id; all without it.")
    private @Nullable String seller;

    @Option(names = "--reason", description = "Why; kept with it.")
    private @Nullable String reason;

    @Option(names = "--ends-stop", description = "With on: also what the service stopped by itself goes on.")
    private boolean endsStop;

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() {
        String of = seller == null ? "/api/v1/payouts/" : "/api/v1/sellers/" + Rest.encoded(seller) + "/payouts/";
        JsonNode now = to == null ? asked(of) : turned(of + "switch", to);
        System.out.println(service.json ? now.toPrettyString() : told(now));
        return 0;
    }

    private JsonNode asked(String of) {
        return seller == null
                ? service.rest().get(of + "switch")
                : service.rest().get(of + "limits").path("payouts");
    }

    private JsonNode turned(String path, To to) {
        if (reason == null) {
            throw new Failure("say why: --reason \"a look first\"");
        }
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("on", to == To.ON);
        body.put("reason", reason);
        if (endsStop) {
            body.put("ends_stop", true);
        }
        return service.rest().put(path, body);
    }

    private static String told(JsonNode now) {
        String restored = now.path("restored_at").isString()
                ? " Since the restore of " + now.path("restored_at").stringValue("")
                        + " each new one needs an approval: look through switches, limits and addresses, then"
                        + " ./admitone payouts switch on --reason \"looked through\"."
                : "";
        return now.path("on").asBoolean()
                ? "Payouts go on." + restored
                : "Payouts are stopped by " + now.path("by").stringValue("") + ": "
                        + now.path("reason").stringValue("") + (restored.isEmpty() ? "" : "." + restored);
    }
}
