package admitone.cli;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Commands that list what the REST API lists. */
abstract sealed class ListCommand implements Callable<Integer> {
    @Mixin
    protected final ServiceOptions service = new ServiceOptions();

    /** The path of the list. */
    abstract String path();

    /** Which of its fields are columns. */
    abstract List<String> columns();

    boolean isWorthARow(JsonNode item) {
        return true;
    }

    @Override
    public Integer call() {
        JsonNode answer = ask(service.rest(), "/api/v1/" + path());
        if (service.json) {
            System.out.println(answer.toPrettyString());
        } else {
            print(answer);
        }
        return exitCode(answer);
    }

    JsonNode ask(Rest rest, String address) {
        return rest.get(address);
    }

    int exitCode(JsonNode answer) {
        return 0;
    }

    private void print(JsonNode answer) {
        JsonNode items = answer.has("items") ? answer.path("items") : answer;
        Table table = new Table(columns().toArray(String[]::new));
        int passedOver = 0;
        for (JsonNode item : items) {
            if (!isWorthARow(item)) {
                passedOver++;
                continue;
            }
            table.row(columns().stream()
                    .map(name -> item.path(name))
                    .map(value -> value.isNull() || value.isMissingNode()
                            ? "-"
                            : value.isString() ? value.stringValue() : value.toString())
                    .toArray(String[]::new));
        }
        System.out.print(table);
        if (items.isEmpty()) {
            System.out.println("  (none)");
        }
        if (passedOver > 0) {
            System.out.println("  (and " + passedOver + " with nothing in them: --json tells all)");
        }
        if (answer.path("next_cursor").isString()) {
            System.out.println("  and more: GET /api/v1/" + path() + (path().contains("?") ? "&" : "?") + "cursor="
                    + answer.path("next_cursor").stringValue());
        }
    }

    private static String query(String path, @Nullable String... pairs) {
        StringBuilder text = new StringBuilder(path);
        for (int i = 0; i < pairs.length; i += 2) {
            String value = pairs[i + 1];
            if (value != null) {
                text.append(text.indexOf("?") < 0 ? '?' : '&')
                        .append(pairs[i])
                        .append('=')
                        .append(Rest.encoded(value));
            }
        }
        return text.toString();
    }

    @Command(
            name = "payments",
            description = "A seller's payments, newest first; payments refund PAYMENT_ID gives one back by a payout.",
            subcommands = RefundCommand.class,
            mixinStandardHelpOptions = true)
    static final class Payments extends ListCommand {
        @Option(names = "--seller", description = "The seller's id.")
        private @Nullable String seller;

        @Option(names = "--status", description = "Only those in this status, such as confirmed.")
        private @Nullable String status;

        @Override
        String path() {
            return query("payments", "seller_id", seller, "status", status);
        }

        @Override
        List<String> columns() {
            return List.of(
                    "payment_id",
                    "status",
                    "pay_amount",
                    "pay_currency",
                    "outcome_amount",
                    "outcome_currency",
                    "created_at",
                    "order_id");
        }
    }

    @Command(
            name = "orders",
            description = "An order by its id, with its payments and its grant; as JSON.",
            mixinStandardHelpOptions = true)
    static final class Orders implements Callable<Integer> {
        @Mixin
        private final ServiceOptions service = new ServiceOptions();

        @Parameters(paramLabel = "ORDER_ID", description = "As it stands in the pay page's address.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String orderId;

        @Override
        public Integer call() {
            System.out.println(service.rest()
                    .get("/api/v1/orders/" + Rest.encoded(orderId))
                    .toPrettyString());
            return 0;
        }
    }

    @Command(
            name = "grants",
            description = "Who may be inside a channel; grants import FILE takes over members from before.",
            subcommands = ImportCommand.class,
            mixinStandardHelpOptions = true)
    static final class Grants extends ListCommand {
        @Option(names = "--channel", description = "Of this channel, by its id.")
        private @Nullable String channel;

        @Option(names = "--user", description = "Of this Telegram user.")
        private @Nullable String user;

        @Override
        String path() {
            return query("grants", "channel_id", channel, "telegram_user_id", user);
        }

        @Override
        List<String> columns() {
            return List.of("grant_id", "telegram_user_id", "access", "starts_at", "ends_at", "origin", "payment_id");
        }
    }

    @Command(
            name = "channels",
            description = "What is on sale, and whether its plans are posted in its open chat.",
            mixinStandardHelpOptions = true)
    static final class Channels extends ListCommand {
        @Option(names = "--seller", description = "The seller's id.")
        private @Nullable String seller;

        @Override
        String path() {
            return query("channels", "seller_id", seller);
        }

        @Override
        List<String> columns() {
            return List.of("channel_id", "title", "admission", "link_ready", "open_chat_id", "post");
        }
    }

    @Command(
            name = "cases",
            description = "What a person must decide; cases decide CASE_ID decides one.",
            subcommands = DecideCaseCommand.class,
            mixinStandardHelpOptions = true)
    static final class Cases extends ListCommand {
        @Option(names = "--state", description = "open or decided; open by default.")
        private String state = "open";

        @Override
        String path() {
            return query("cases", "state", state);
        }

        @Override
        List<String> columns() {
            return List.of("case_id", "kind", "payment_id", "order_id", "opened_at", "state");
        }
    }

    @Command(
            name = "payouts",
            description =
                    "Money on its way to sellers, or back to buyers, newest first; payouts show PAYOUT_ID tells all of one, payouts"
                            + " approve|hold|release|cancel PAYOUT_ID acts on one, payouts switch on|off on all.",
            subcommands = {
                ShowPayout.class,
                SwitchCommand.class,
                PayoutCommand.Approve.class,
                PayoutCommand.Hold.class,
                PayoutCommand.Resume.class,
                PayoutCommand.Release.class,
                PayoutCommand.Cancel.class
            },
            mixinStandardHelpOptions = true)
    static final class Payouts extends ListCommand {
        @Option(names = "--seller", description = "The seller's id.")
        private @Nullable String seller;

        @Option(names = "--state", description = "Only those in this state, such as awaiting_approval.")
        private @Nullable String state;

        @Override
        String path() {
            return query("payouts", "seller_id", seller, "state", state);
        }

        @Override
        List<String> columns() {
            return List.of(
                    "payout_id",
                    "kind",
                    "seller_id",
                    "state",
                    "waits_for",
                    "amount_usd",
                    "fee_usd",
                    "coin_amount",
                    "coin",
                    "made_at");
        }
    }

    @Command(
            name = "show",
            description = "A payout by its id, with its batches and what happened to it; as JSON.",
            mixinStandardHelpOptions = true)
    static final class ShowPayout implements Callable<Integer> {
        @Mixin
        private final ServiceOptions service = new ServiceOptions();

        @Parameters(paramLabel = "PAYOUT_ID", description = "As ./admitone payouts lists it.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String payoutId;

        @Override
        public Integer call() {
            System.out.println(service.rest()
                    .get("/api/v1/payouts/" + Rest.encoded(payoutId))
                    .toPrettyString());
            return 0;
        }
    }

    @Command(
            name = "statement",
            description = "A seller's journal, newest first, with what was available and earned after each line.",
            mixinStandardHelpOptions = true)
    static final class Statement extends ListCommand {
        @Parameters(paramLabel = "SELLER_ID", description = "The seller's id.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String seller;

        @Option(names = "--from", description = "What was booked from then on, such as 2026-01-01T00:00:00Z.")
        private @Nullable String from;

        @Option(names = "--to", description = "What was booked before then.")
        private @Nullable String to;

        @Override
        String path() {
            return query("sellers/" + Rest.encoded(seller) + "/ledger", "from", from, "to", to);
        }

        @Override
        List<String> columns() {
            return List.of("at", "kind", "reference", "amount", "asset", "available_usd", "earned_usd");
        }
    }

    @Command(
            name = "destinations",
            description = "Where a seller's money goes, in versions, newest first.",
            mixinStandardHelpOptions = true)
    static final class Destinations extends ListCommand {
        @Parameters(paramLabel = "SELLER_ID", description = "The seller's id.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String seller;

        @Override
        String path() {
            return "sellers/" + Rest.encoded(seller) + "/destinations";
        }

        @Override
        List<String> columns() {
            return List.of("destination_id", "version", "state", "currency", "address", "usable_from");
        }
    }

    @Command(
            name = "queues",
            description = "What is owed to the outside: waiting, running, dead.",
            mixinStandardHelpOptions = true)
    static final class Queues extends ListCommand {
        @Parameters(
                paramLabel = "NAME",
                arity = "0..1",
                description =
                        "One queue: its unfinished tasks. Those done: GET /api/v1/queues/NAME/tasks?state=done&subject=…, such as"
                                + " subject=payment:5996609246.")
        private @Nullable String name;

        @Override
        String path() {
            return Optional.ofNullable(name)
                    .map(queue -> "queues/" + Rest.encoded(queue) + "/tasks")
                    .orElse("queues");
        }

        @Override
        List<String> columns() {
            return name == null
                    ? List.of("name", "ready", "scheduled", "running", "dead", "oldest_age_s", "paused", "held")
                    : List.of("task_id", "subject", "state", "attempt", "due_at", "last_error");
        }

        @Override
        boolean isWorthARow(JsonNode item) {
            return name != null
                    || List.of("ready", "scheduled", "running", "dead").stream()
                            .anyMatch(count -> item.path(count).asLong() > 0)
                    || item.path("paused").asBoolean()
                    || item.path("held").asBoolean();
        }
    }

    @Command(
            name = "invariants",
            description =
                    "What must always hold, checked now; exit code 1 where anything does not, or could not be looked at.",
            mixinStandardHelpOptions = true)
    static final class Invariants extends ListCommand {
        @Override
        JsonNode ask(Rest rest, String address) {
            return rest.getLong(address);
        }

        @Override
        int exitCode(JsonNode answer) {
            return answer.valueStream().allMatch(one -> one.path("violations").asLong() == 0) ? 0 : 1;
        }

        @Override
        String path() {
            return "invariants";
        }

        @Override
        List<String> columns() {
            return List.of("id", "title", "violations", "checked_at", "why");
        }
    }
}
