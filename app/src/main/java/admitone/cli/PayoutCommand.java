package admitone.cli;

import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** Commands that act on one payout. */
abstract sealed class PayoutCommand implements Callable<Integer> {
    @Parameters(paramLabel = "PAYOUT_ID", description = "As ./admitone payouts lists it.")
    @SuppressWarnings("NullAway.Init") // picocli sets it
    private String payoutId;

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    /** The last part of the path. */
    abstract String deed();

    /** Why; null where none is asked for. */
    abstract @Nullable String reason();

    @Override
    public Integer call() {
        String reason = reason();
        JsonNode answer = service.rest()
                .post(
                        "/api/v1/payouts/" + Rest.encoded(payoutId) + "/" + deed(),
                        reason == null ? Map.of() : Map.of("reason", reason));
        System.out.println(
                service.json
                        ? answer.toPrettyString()
                        : "It is " + answer.path("state").stringValue("") + " now.");
        return 0;
    }

    @Command(name = "approve", description = "Approves a payout: it is sent.", mixinStandardHelpOptions = true)
    static final class Approve extends PayoutCommand {
        @Override
        String deed() {
            return "approve";
        }

        @Override
        @Nullable
        String reason() {
            return null;
        }
    }

    /** With a reason, which is kept. */
    abstract static sealed class WithReason extends PayoutCommand {
        @Option(names = "--reason", required = true, description = "Why; kept with what is done.")
        @SuppressWarnings("NullAway.Init") // picocli sets it
        private String reason;

        @Override
        String reason() {
            return reason;
        }
    }

    @Command(name = "hold", description = "Stops a payout that is not verified yet.", mixinStandardHelpOptions = true)
    static final class Hold extends WithReason {
        @Override
        String deed() {
            return "hold";
        }
    }

    @Command(
            name = "resume",
            description = "Lets a payout on hold go on from where it was.",
            mixinStandardHelpOptions = true)
    static final class Resume extends WithReason {
        @Override
        String deed() {
            return "resume";
        }
    }

    @Command(
            name = "release",
            description = "Gives a payout that failed back to the balance.",
            mixinStandardHelpOptions = true)
    static final class Release extends WithReason {
        @Override
        String deed() {
            return "release";
        }
    }

    @Command(
            name = "cancel",
            description = "Calls off a payout of which the provider knows nothing.",
            mixinStandardHelpOptions = true)
    static final class Cancel extends WithReason {
        @Override
        String deed() {
            return "cancel";
        }
    }
}
