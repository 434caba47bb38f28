package admitone.cli;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

@Command(
        name = "sellers",
        description = "What a seller has earned, where it goes, how they are paid out, and paying it out now.",
        subcommands = {
            SellersCommand.Balance.class,
            ListCommand.Statement.class,
            ListCommand.Destinations.class,
            SellersCommand.Pay.class,
            SellersCommand.Terms.class
        },
        mixinStandardHelpOptions = true)
final class SellersCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(System.out);
        }
    }

    @Command(
            name = "balance",
            description = "What a seller has earned, and what became of it.",
            mixinStandardHelpOptions = true)
    static final class Balance implements Callable<Integer> {
        @Parameters(paramLabel = "SELLER_ID", description = "The seller's id.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String seller;

        @Option(names = "--at", description = "As it was then, such as 2026-01-01T00:00:00Z.")
        private @Nullable String at;

        @Mixin
        private final ServiceOptions service = new ServiceOptions();

        @Override
        public Integer call() {
            JsonNode balance = service.rest()
                    .get("/api/v1/sellers/" + Rest.encoded(seller) + "/balance"
                            + (at == null ? "" : "?at=" + Rest.encoded(at)));
            System.out.println(service.json ? balance.toPrettyString() : told(balance));
            return 0;
        }

        private static String told(JsonNode balance) {
            JsonNode notPaid = balance.path("not_paid");
            return "Earned " + usd(balance, "accrued_usd") + " USD = paid out " + usd(balance, "paid_out_usd")
                    + " + reserved " + usd(balance, "reserved_usd") + " + available "
                    + usd(balance, "available_usd") + "."
                    + (notPaid.isObject()
                            ? " Not paid since " + notPaid.path("since").stringValue("") + " ("
                                    + notPaid.path("code").stringValue("") + "): "
                                    + notPaid.path("reason").stringValue("")
                            : "");
        }

        private static String usd(JsonNode balance, String field) {
            return balance.path(field).stringValue("");
        }
    }

    @Command(
            name = "pay",
            description = "Makes a payout of all that is payable to a seller now, whatever their threshold is.",
            mixinStandardHelpOptions = true)
    static final class Pay implements Callable<Integer> {
        @Parameters(paramLabel = "SELLER_ID", description = "The seller's id.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String seller;

        @Mixin
        private final ServiceOptions service = new ServiceOptions();

        @Override
        public Integer call() {
            JsonNode made = service.rest().post("/api/v1/sellers/" + Rest.encoded(seller) + "/payouts", Map.of());
            System.out.println(
                    service.json
                            ? made.toPrettyString()
                            : made.path("payout_id").stringValue("") + ": "
                                    + made.path("coin_amount").stringValue("") + " "
                                    + made.path("coin").stringValue("") + " to "
                                    + made.path("address").stringValue("") + ", "
                                    + made.path("state").stringValue("") + ".");
            return 0;
        }
    }

    @Command(
            name = "payout",
            description = "Sets how a seller is paid out, and what you keep of new orders. The seller is told.",
            mixinStandardHelpOptions = true)
    static final class Terms implements Callable<Integer> {
        @Parameters(paramLabel = "SELLER_ID", description = "The seller's id.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String seller;

        @Option(names = "--mode", required = true, description = "direct, instant or threshold.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String mode;

        @Option(names = "--threshold", paramLabel = "USD", description = "With threshold: from which balance on.")
        private @Nullable String threshold;

        @Option(
                names = "--fee",
                paramLabel = "PERCENT",
                description = "What you keep of new orders; left out: as before.")
        private @Nullable String fee;

        @Mixin
        private final ServiceOptions service = new ServiceOptions();

        @Override
        public Integer call() {
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("mode", mode);
            if (threshold != null) {
                body.put("threshold_usd", threshold);
            }
            if (fee != null) {
                body.put("fee_percent", fee);
            }
            JsonNode now = service.rest().put("/api/v1/sellers/" + Rest.encoded(seller) + "/payout", body);
            String from = now.path("payout").path("threshold_usd").stringValue("");
            System.out.println(
                    service.json
                            ? now.toPrettyString()
                            : now.path("payout").path("mode").stringValue("")
                                    + (from.isEmpty() ? "" : " from " + from + " USD on") + ", fee "
                                    + now.path("fee_percent").stringValue("") + " %.");
            return 0;
        }
    }
}
