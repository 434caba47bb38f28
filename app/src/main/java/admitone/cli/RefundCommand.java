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
        name = "refund",
        description = "Asks for a payout that gives a payment back to its buyer; it waits for payouts approve.",
        mixinStandardHelpOptions = true)
final class RefundCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PAYMENT_ID", description = "As ./admitone payments lists it.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String paymentId;

    @Option(
            names = "--currency",
            required = true,
            description = "The coin that it brought (outcome_currency), such as usdttrc20.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String currency;

    @Option(names = "--address", required = true, description = "The buyer's, of that coin.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String address;

    @Option(names = "--extra-id", description = "The memo or tag that the buyer's wallet is found by.")
    private @Nullable String extraId;

    @Option(names = "--amount", description = "Of the coin; what it brought less the provider's fee by default.")
    private @Nullable String amount;

    @Option(names = "--reason", required = true, description = "Why; kept with it.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String reason;

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("currency", currency);
        body.put("address", address);
        if (extraId != null) {
            body.put("extra_id", extraId);
        }
        if (amount != null) {
            body.put("amount", amount);
        }
        body.put("reason", reason);
        JsonNode answer = service.rest().post("/api/v1/payments/" + Rest.encoded(paymentId) + "/refund/payout", body);
        String payout = answer.path("payout_id").stringValue("");
        System.out.println(
                service.json
                        ? answer.toPrettyString()
                        : answer.path("coin_amount").stringValue("") + " "
                                + answer.path("coin").stringValue("")
                                + " go to " + answer.path("address").stringValue("")
                                + " when it is approved: ./admitone payouts approve "
                                + payout);
        return 0;
    }
}
