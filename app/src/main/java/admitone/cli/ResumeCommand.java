package admitone.cli;

import java.io.Console;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

@Command(
        name = "resume",
        description = "Lets outside effects go on that wait after a restore; first shows what it will do, and asks.",
        mixinStandardHelpOptions = true)
final class ResumeCommand implements Callable<Integer> {
    @Option(names = "--after-restore", description = "After the database was restored, or taken over with a loss.")
    private boolean afterRestore;

    @Option(names = "--yes", description = "Does not ask; for scripts.")
    private boolean yes;

    @Mixin
    private final ServiceOptions service = new ServiceOptions();

    @Override
    public Integer call() {
        if (!afterRestore) {
            throw new Failure("say what is over: resume --after-restore (a paused queue: POST"
                    + " /api/v1/queues/{name}/resume)");
        }
        Rest rest = service.rest();
        JsonNode hold = rest.get("/api/v1/hold");
        if (!hold.path("held").asBoolean()) {
            System.out.println("Nothing is on hold.");
            return 0;
        }
        System.out.print(service.json ? hold.toPrettyString() + "\n" : told(hold));
        if (!yes && !confirmed()) {
            return 1;
        }
        JsonNode answer = rest.post(
                "/api/v1/hold/resume", Map.of("hold_id", hold.path("hold_id").stringValue("")));
        if (!answer.path("lifted").asBoolean()
                && rest.get("/api/v1/hold").path("held").asBoolean()) {
            throw new Failure("another hold began meanwhile: look at it and run this again");
        }
        System.out.println("Outside effects go on.");
        return 0;
    }

    private static String told(JsonNode hold) {
        StringBuilder text = new StringBuilder("Outside effects are on hold since ")
                .append(time(hold.path("since")))
                .append(": the database may be older than the world, since\n")
                .append(hold.path("why").stringValue(""))
                .append(".\n\n  the database was last alive     ")
                .append(time(hold.path("database_until")))
                .append("\n  the service saw it alive until  ")
                .append(time(hold.path("seen_until")))
                .append("\n  What happened in between is not in it: orders, payments, messages, people let in.\n\n")
                .append("What waits:\n");
        Table waiting = new Table("queue", "tasks");
        hold.path("waiting")
                .forEach(queue -> waiting.row(
                        queue.path("queue").stringValue(""), queue.path("tasks").toString()));
        text.append(waiting).append("\nA resume will, in this order:\n");
        hold.path("on_resume")
                .forEach(step -> text.append("  - ")
                        .append(step.path("deed").stringValue(""))
                        .append(" (")
                        .append(step.path("count"))
                        .append(")\n"));
        return text.append("  - take this database, as it is, for the right one and do all that waits\n\n")
                .toString();
    }

    private static String time(JsonNode instant) {
        return instant.isString() ? instant.stringValue().replace('T', ' ').replace("Z", " UTC") : "(not known)";
    }

    private static boolean confirmed() {
        Optional<Console> terminal = Optional.ofNullable(System.console()).filter(Console::isTerminal);
        if (terminal.isEmpty()) {
            System.err.println("admitone: there is no terminal to ask on: give --yes to resume without being asked");
            return false;
        }
        @Nullable
        String answer =
                terminal.get().readLine("Is this the newest copy there is, and shall it go on from here? [yes/no] ");
        if (answer == null || !answer.strip().equalsIgnoreCase("yes")) {
            System.err.println("admitone: nothing was changed");
            return false;
        }
        return true;
    }
}
