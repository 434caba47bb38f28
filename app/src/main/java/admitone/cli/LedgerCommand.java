package admitone.cli;

import java.math.BigDecimal;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

@Command(
        name = "ledger",
        description =
                "The journal: ledger verify looks whether anybody has altered it; ledger convert says what became of coins with the provider.",
        subcommands = {LedgerCommand.Verify.class, LedgerCommand.Convert.class},
        mixinStandardHelpOptions = true)
final class LedgerCommand implements Runnable {
    @CommandLine.Spec
    private CommandLine.Model.@Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(System.out);
        }
    }

    @Command(
            name = "verify",
            description = "Recomputes every chain and balance; names the first bad row, with exit code 1.",
            mixinStandardHelpOptions = true)
    static final class Verify implements Callable<Integer> {
        @Mixin
        private final ServiceOptions service = new ServiceOptions();

        @Override
        public Integer call() {
            JsonNode checked = service.rest().getLong("/api/v1/ledger/verify");
            boolean ok = checked.path("ok").asBoolean();
            System.out.println(service.json ? checked.toPrettyString() : told(checked, ok));
            return ok ? 0 : 1;
        }

        private static String told(JsonNode checked, boolean ok) {
            String counted = Count.of(checked.path("lines").longValue(0), "sealed line") + " of "
                    + Count.of(checked.path("sellers").longValue(0), "seller");
            if (ok) {
                long kept = checked.path("kept_heads").longValue(0);
                return "The ledger holds: " + counted + ", every chain and every balance"
                        + (kept == 0
                                ? ". Whether the end of a chain was cut off cannot be told: no ends were kept yet."
                                : "; " + Count.of(kept, "chain") + " compared with the end that was kept of it.");
            }
            StringBuilder also = new StringBuilder();
            checked.path("also_bad")
                    .forEach(one -> also.append("\nNor does it of seller ").append(told(one)));
            return "The ledger does NOT hold: seller " + told(checked.path("first_bad")) + " (" + counted + " hold.)"
                    + also;
        }

        private static String told(JsonNode bad) {
            String where = bad.path("entry_id").isString()
                    ? ", entry " + bad.path("entry_id").stringValue("") + ", line "
                            + bad.path("kind").stringValue("")
                    : "";
            return bad.path("seller_id").stringValue("") + where + ": "
                    + bad.path("why").stringValue("") + ".";
        }
    }

    @Command(
            name = "convert",
            description = "Says that coins of a seller's were converted with the provider. Nothing is converted by it.",
            mixinStandardHelpOptions = true)
    static final class Convert implements Callable<Integer> {
        @Option(names = "--seller", required = true, description = "Whose coins they are, by the seller's id.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String seller;

        @Option(
                names = "--reference",
                required = true,
                description = "Of your own, such as the provider's id of it: said again, it changes nothing.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String reference;

        @Option(names = "--from", required = true, description = "The coin that it was, such as eth.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String from;

        @Option(names = "--amount", required = true, description = "How much of that.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String amount;

        @Option(names = "--into", required = true, description = "The coin that it became, such as usdttrc20.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String into;

        @Option(names = "--got", required = true, description = "How much the provider has of that for it.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String got;

        @Mixin
        private final ServiceOptions service = new ServiceOptions();

        @Override
        public Integer call() {
            JsonNode booked = service.rest()
                    .post(
                            "/api/v1/conversions",
                            Map.of(
                                    "seller_id", seller,
                                    "reference", reference,
                                    "from_currency", from,
                                    "from_amount", amount,
                                    "to_currency", into,
                                    "to_amount", got));
            System.out.println(
                    service.json
                            ? booked.toPrettyString()
                            : told(new BigDecimal(booked.path("gain_usd").stringValue("0"))));
            return 0;
        }

        private static String told(BigDecimal gain) {
            return "Booked. Beside what it was worth when it came, a " + (gain.signum() < 0 ? "loss" : "gain") + " of "
                    + gain.abs().toPlainString() + " USD.";
        }
    }
}
